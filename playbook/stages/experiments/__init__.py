"""Every planned A/B test of a campaign, and what each asks for."""

from playbook.stages.experiments.stage import analyse

__all__ = ["analyse"]
