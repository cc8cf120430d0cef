"""Every example of docs/mappings.md is read, and gives the rows that the page says."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from playbook.params.model import Source
from playbook.sources import filters
from playbook.sources.canonical import FileRows, read_file
from playbook.sources.contracts import CONTRACTS
from playbook.sources.files.grid import first_lines
from playbook.sources.files.layout import DateParts, Layout, Origin, Period, Sign, read_layout
from playbook.sources.grain import booked
from playbook.sources.imports.recognition import bears_sign

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text(encoding="utf-8")
EXAMPLES = {
    section.splitlines()[0]: dict(re.findall(r"```(yaml|csv \w+)\n(.*?)```", section, re.DOTALL))
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
}
DEFAULTS = {"name": "Example", "table": "channel_daily"}


def with_block(kind: str) -> list[str]:
    return [title for title, blocks in EXAMPLES.items() if f"csv {kind}" in blocks]


def mapping(title: str, folder: Path) -> Layout:
    file = folder / "example.yml"
    content = DEFAULTS | yaml.safe_load(EXAMPLES[title]["yaml"])
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return read_layout(file)


def written(title: str, kind: str, folder: Path) -> Path:
    file = folder / f"{kind}.csv"
    file.write_text(EXAMPLES[title][f"csv {kind}"], encoding="utf-8")
    return file


def read(title: str, folder: Path) -> FileRows:
    layout = mapping(title, folder)
    is_daily = layout.table == "channel_daily" and layout.channel is None
    source = Source(
        id="example",
        table=layout.table,
        files="*",
        mapping="example.yml",
        channel="ads" if is_daily else None,
    )
    found = read_file(source, written(title, "file", folder), "USD", folder)
    return booked(found, CONTRACTS[layout.table], layout.grain)


def as_text(cell: object) -> str:
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}" if cell == cell.normalize() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, float):
        return "" if pd.isna(cell) else f"{cell:g}"
    return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]


def wanted(title: str, kind: str) -> pd.DataFrame:
    text = EXAMPLES[title][f"csv {kind}"]
    return pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)


@pytest.mark.parametrize("title", with_block("rows"))
def test_example_gives_the_rows_that_the_page_says(title: str, tmp_path: Path) -> None:
    found, rows = read(title, tmp_path), wanted(title, "rows")
    stays, _ = filters.kept(found.texts, mapping(title, tmp_path).where)
    table = found.rows[stays.to_numpy()][list(rows)]
    assert [list(map(as_text, row)) for row in table.itertuples(index=False)] == (
        rows.to_numpy().tolist()
    )


@pytest.mark.parametrize("title", with_block("aside"))
def test_example_sets_aside_what_the_page_says(title: str, tmp_path: Path) -> None:
    faults, rows = read(title, tmp_path).faults, wanted(title, "aside")
    assert faults[list(rows)].astype("str").to_numpy().tolist() == rows.to_numpy().tolist()


@pytest.mark.parametrize("title", with_block("other"))
def test_example_is_known_by_its_signs_and_the_other_file_is_not(
    title: str, tmp_path: Path
) -> None:
    layout = mapping(title, tmp_path)
    assert bears_sign(first_lines(written(title, "file", tmp_path)), layout)
    assert not bears_sign(first_lines(written(title, "other", tmp_path)), layout)


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_section_holds_an_example_and_what_comes_of_it(title: str) -> None:
    blocks = set(EXAMPLES[title])
    assert {"yaml", "csv file"} <= blocks
    assert blocks & {"csv rows", "csv aside", "csv other"}


def test_every_key_of_a_mapping_stands_on_the_page() -> None:
    keys = {
        key for model in (Layout, Origin, DateParts, Period, Sign) for key in model.model_fields
    }
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
