"""Stage 7: how each person did, on objective data.

A proposal that a person decides on, and never a ranking.
"""

from playbook.stages.appraisal.stage import analyse

__all__ = ["analyse"]
