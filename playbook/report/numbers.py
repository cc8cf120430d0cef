"""All numbers of a run for other programs: one JSON document, and one workbook with typed cells."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from playbook.metrics import CATALOGUE
from playbook.report.page import View, finding_row, ui
from playbook.report.words import formula, label, name, unit_of, value
from playbook.stages.shared.schema import Unit

LONGEST_NAME = 31
"""Characters that a sheet's name may have in Excel."""

FORMATS: Mapping[Unit, str] = {
    "count": "#,##0",
    "money": "#,##0.00",
    "fraction": "0.0%",
    "points": "0.00%",
    "multiple": "0.00",
    "pvalue": "0.000",
    "score": "0.0",
    "days": "#,##0",
    "minutes": "#,##0",
}
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One result table on its way into a workbook."""

    name: str
    view: View
    table_name: str
    table: pd.DataFrame


def as_json(views: Mapping[str, View], about: Mapping[str, Any]) -> str:
    """Write out findings and tables of every stage.

    Args:
        views: By short name of the stage.
        about: What the run was: campaign, period, run id and the like.

    Returns:
        JSON text; a missing number is null, a day is YYYY-MM-DD.
    """
    stages = {view.result.stage: _stage(view) for view in views.values() if view.result.findings}
    return json.dumps({**about, "stages": stages}, ensure_ascii=False, indent=1) + "\n"


def _stage(view: View) -> dict[str, Any]:
    result = view.result
    return {
        "findings": [{"id": each.id, **finding_row(view, each)} for each in result.findings],
        "tables": {name: _records(table) for name, table in result.tables.items()},
    }


def write_workbook(
    views: Mapping[str, View], about: Mapping[str, str], created: datetime, file: Path
) -> None:
    """Write findings, definitions, the run, and a sheet for every result table.

    Args:
        views: By short name of the stage.
        about: Rows of the sheet about the run: name, value.
        created: Time that the file bears; the same time and tables give the same bytes.
        file: Written anew.
    """
    sheets = list(_sheets(views))
    with xlsxwriter.Workbook(str(file), OPTIONS) as book:
        book.set_properties({"created": created.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            unit: book.add_format({"num_format": pattern}) for unit, pattern in FORMATS.items()
        }
        view = next(iter(views.values()))
        _plain(book, head, ui(view, "findings"), _findings(views))
        _plain(book, head, ui(view, "definitions"), _definitions(view))
        _plain(book, head, ui(view, "provenance_sheet"), [["", ""], *map(list, about.items())])
        for sheet in sheets:
            _table(book, head, formats, sheet)


def _sheets(views: Mapping[str, View]) -> Iterator[Sheet]:
    for view in views.values():
        for table_name, table in view.result.tables.items():
            if len(table):
                title = f"{view.result.stage[:2]}_{table_name}"[:LONGEST_NAME]
                yield Sheet(name=title, view=view, table_name=table_name, table=table)


def _findings(views: Mapping[str, View]) -> list[list[str]]:
    view = next(iter(views.values()))
    rows = [
        [ui(view, "stage"), ui(view, "state"), ui(view, "findings"), ui(view, "todo").rstrip(":：")]
    ]
    for each in views.values():
        for finding in each.result.findings:
            row = finding_row(each, finding)
            rows.append([ui(each, each.result.stage), row["word"], row["text"], row["action"]])
    return rows


def _definitions(view: View) -> list[list[str]]:
    rows = [
        [kpi.id, name(view.words, kpi.id, "kpi"), formula(view.words, kpi), kpi.unit]
        for kpi in CATALOGUE.values()
    ]
    return [["id", label(view.words, "kpi"), ui(view, "formula"), ui(view, "unit")], *rows]


def _plain(book: Any, head: Any, name: str, rows: list[list[str]]) -> None:
    sheet = book.add_worksheet(name[:LONGEST_NAME])
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(place, column, str(text), head if place == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 3, 80)


def _table(book: Any, head: Any, formats: Mapping[Unit, Any], sheet: Sheet) -> None:
    """Write one table: the header in words, numbers as numbers, everything else as text."""
    written = book.add_worksheet(sheet.name)
    words = replace(sheet.view.words, table=sheet.table_name)
    for place_across, column in enumerate(sheet.table.columns):
        unit = unit_of(words, column)
        written.write_string(0, place_across, label(words, column), head)
        for place, cell in enumerate(sheet.table[column], start=1):
            _cell(written, place, place_across, cell, formats.get(unit), unit, sheet.view)
    written.freeze_panes(1, 1)
    written.autofilter(0, 0, len(sheet.table), len(sheet.table.columns) - 1)
    written.set_column(0, len(sheet.table.columns) - 1, 18)


def _cell(sheet: Any, row: int, column: int, cell: Any, style: Any, unit: Unit, view: View) -> None:
    plain = _json(cell)
    if plain is None:
        return
    if isinstance(plain, (int, float)) and not isinstance(plain, bool):
        sheet.write_number(row, column, plain, style)
    else:
        text = value(view.words, plain, unit) if unit in ("name", "kpi") else str(plain)
        sheet.write_string(row, column, text)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [_record(row) for row in table.to_dict("records")]


def _record(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _json(cell) for name, cell in row.items()}


def _json(cell: Any) -> Any:
    """Return a cell as a plain JSON type."""
    if isinstance(cell, (list, tuple, np.ndarray)):
        return [_json(item) for item in cell]
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return (
            cell.isoformat() if cell.time() != pd.Timestamp(0).time() else cell.date().isoformat()
        )
    plain = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(plain, float):
        return plain if isfinite(plain) else None
    return plain if isinstance(plain, (str, int, bool)) else str(plain)
