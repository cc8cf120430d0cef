"""Stage 4: what each channel really brings, and what the mix should be."""

from playbook.stages.channels.stage import analyse

__all__ = ["analyse"]
