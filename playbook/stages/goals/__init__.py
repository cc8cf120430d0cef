"""Stage 1: whether the goals are SMART and reachable, and who the audience is."""

from playbook.stages.goals.stage import analyse

__all__ = ["analyse"]
