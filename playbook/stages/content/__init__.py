"""Stage 3: whether the right content is ready, fits its channel and days, and is not a hard sell."""

from playbook.stages.content.stage import analyse

__all__ = ["analyse"]
