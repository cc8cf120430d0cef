"""The marketing playbook.

Seven stages of a campaign, from platform exports to a management report.
"""

__version__ = "0.1.0"
