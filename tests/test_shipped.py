"""What ships beside the code is there."""

from playbook import shipped
from playbook.run.notebooks import MONTHLY_NOTEBOOKS


def test_every_monthly_notebook_ships() -> None:
    names = {path.stem for path in shipped.NOTEBOOKS.glob("*.ipynb")}
    assert set(MONTHLY_NOTEBOOKS) <= names


def test_scorecards_ship() -> None:
    assert list(shipped.SCORECARDS.glob("*.yml"))
