"""A stage is given what it says that it reads, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

from playbook.params import Campaign
from playbook.stages import Stage


class DeclaredTables(Mapping[str, Any]):
    """The tables that a stage declares; to look for any other is an error, not an absence."""

    def __init__(self, stage: Stage, tables: Mapping[str, Any]) -> None:
        """Read none of them yet."""
        self._stage = stage
        self._tables = tables

    def __getitem__(self, name: str) -> Any:
        """Return a table.

        Raises:
            KeyError: It is declared, and is not there.
            LookupError: The stage does not declare it.
        """
        if name not in self._stage.tables:
            raise LookupError(
                f"stage {self._stage.id} reads table {name} without saying so in playbook.stages"
            )
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the declared tables that are there."""
        return (name for name in self._stage.tables if name in self._tables)

    def __len__(self) -> int:
        """Count them."""
        return sum(1 for _ in self)


def declared(
    stage: Stage, campaign: Campaign, tables: Mapping[str, Any]
) -> tuple[Campaign, DeclaredTables]:
    """Narrow parameters and tables to those that a stage declares in `playbook.stages`.

    So a run knows what the stage depends on: to read anything else raises an error.

    Args:
        stage: With the names of its tables and of its parameters.
        campaign: All parameters.
        tables: Canonical tables; each is asked for when the stage asks for it.

    Returns:
        The parameters and the tables.
    """
    return campaign.only(stage.parameters), DeclaredTables(stage, tables)
