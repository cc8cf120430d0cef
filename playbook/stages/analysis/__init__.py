"""Stage 6.

Whether the goals were reached, why or why not, what the tests showed, and what to change.
"""

from playbook.stages.analysis.stage import analyse

__all__ = ["analyse"]
