"""The small workspace of the runner's tests, for commands that run it."""

from tests.run.conftest import published, workspace

__all__ = ["published", "workspace"]
