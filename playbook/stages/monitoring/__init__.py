"""Stage 5: whether everything is published, delivering and up, and what the KPIs do."""

from playbook.stages.monitoring.stage import analyse

__all__ = ["analyse"]
