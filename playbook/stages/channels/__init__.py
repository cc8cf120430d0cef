"""Stage 4: what each channel really brings, and what the mix should be."""

from playbook.stages.channels.stage import STAGE, analyse

__all__ = ["STAGE", "analyse"]
