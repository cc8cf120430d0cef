"""Stage 3.

Whether the right content is ready, fits its channel and days, and is not a hard sell.
"""

from playbook.stages.content.stage import analyse

__all__ = ["analyse"]
