"""Write data/README.md from the table contracts, so that it cannot drift from them.

Usage: python scripts/data_readme.py
"""

from collections.abc import Iterator
from pathlib import Path

from playbook.sources.contracts import CONTRACTS, Column, Contract
from playbook.sources.files.grid import read_grid
from playbook.sources.files.layout import Layout, shipped

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "data" / "README.md"
EXPORTS = ROOT / "tests" / "data" / "exports"
UNITS = {
    "day": "local day",
    "moment": "local moment",
    "text": "text",
    "count": "count",
    "money": "campaign currency",
    "number": "number",
}
HEAD = """# Data

`data/<campaign>/` holds raw inputs as the platforms export them; a run reads them and never writes here. The two
campaigns in this folder are a sample made by `playbook sample`; `truth.json` says what was planted in them.

Every source becomes one of the tables below, checked on the way in: types, keys, ranges, rules across columns. Rows that
break a rule are kept with file, line and reason in `outputs/<campaign>/<month>/tables/rejects.csv`.

Days and moments are local to the campaign's time zone. A missing value is empty, never 0. Only columns marked
*required* must be there. (This page is written by `scripts/data_readme.py`.)

Which column of a file stands for which of these is said by a mapping: [docs/mappings.md](../docs/mappings.md).
"""

PLATFORMS = """
## Platforms

`playbook import FILE --campaign CAMPAIGN` knows these by their headers. How sure the headers are: A copied from a real
download, B read by public code that parses real downloads, C from the maker's documentation, D a guess. Each sample in
`tests/data/exports/<platform>/` (numbers invented, form as found) is read by `tests/sources/test_platforms.py` and
compared with what people read off it by hand: rows, days, numbers, currency, and that the platform is recognised.

| platform | headers known | samples and their form |
|---|---|---|
"""


def text() -> str:
    """The whole page."""
    tables = "".join(line for contract in CONTRACTS.values() for line in _table(contract))
    return (
        HEAD
        + tables
        + PLATFORMS
        + "".join(_platform(key, layout) for key, layout in shipped().items())
    )


def _table(contract: Contract) -> Iterator[str]:
    yield f"\n## {contract.table}\n\nGrain: {contract.grain}."
    yield f" Key: {', '.join(contract.key)}.\n" if contract.key else "\n"
    yield "\n| column | unit | meaning | |\n|---|---|---|---|\n"
    yield from (_column(column) for column in contract.columns)
    for rule in contract.rules:
        yield f"\nRule: {rule.name}.\n"


def _column(column: Column) -> str:
    notes = "required" if column.required and column.default is None else ""
    notes = f"{column.default} if absent" if column.default else notes
    notes = ", ".join(filter(None, (notes, " / ".join(column.among))))
    return f"| {column.name} | {UNITS[column.kind]} | {column.meaning} | {notes} |\n"


def _platform(key: str, layout: Layout) -> str:
    sure = "; ".join(f"{report}: {grade}" for report, grade in layout.sure.items())
    files = sorted(file for file in (EXPORTS / key).iterdir() if file.name != "expected.csv")
    samples = "; ".join(f"{file.name} ({read_grid(file, layout).form})" for file in files)
    return f"| {layout.name.zh} {layout.name.en} (`{key}`) | {sure} | {samples} |\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
