"""A stage is given what it says that it reads, and nothing else."""

from collections.abc import Mapping
from typing import Any

from playbook.params import Campaign
from playbook.stages import Stage


def declared(
    stage: Stage, campaign: Campaign, tables: Mapping[str, Any]
) -> tuple[Campaign, dict[str, Any]]:
    """Narrow parameters and tables to those that a stage declares in `playbook.stages`.

    So a run knows what the stage depends on: to read anything else raises an error.

    Args:
        stage: With the names of its tables and of its parameters.
        campaign: All parameters.
        tables: Canonical tables; only those of the stage are asked for.

    Returns:
        The parameters, and the tables by name; a table that is not there stays out.
    """
    return campaign.only(stage.parameters), {
        name: tables[name] for name in stage.tables if name in tables
    }
