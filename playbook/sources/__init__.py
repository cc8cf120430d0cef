"""Sources: platform exports and the team's own files, read into validated canonical tables.

What reads is imported when it is first asked for, since it imports pandas and DuckDB.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playbook.sources.checking import check
    from playbook.sources.imports.recognition import recognise
    from playbook.sources.inventory import inputs
    from playbook.sources.tables import Tables, load, misnamed

__all__ = ["Tables", "check", "inputs", "load", "misnamed", "recognise"]

HOMES = {"check": "checking", "inputs": "inventory", "recognise": "imports.recognition"}


def __getattr__(name: str) -> Any:
    """Import what a name stands for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES.get(name, 'tables')}"), name)
