"""The numbers beside the report.

JSON and workbook hold what the tables hold, and text stays text.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook

from playbook.report.numbers import as_json, write_workbook
from playbook.report.page import View
from playbook.report.words import Words
from playbook.stages.shared.result import Finding, StageResult

HOSTILE = '=HYPERLINK("http://x","y")'
TABLE = pd.DataFrame(
    {
        "channel": ["search", HOSTILE],
        "spend": [1234.5, np.nan],
        "date": pd.to_datetime(["2026-10-01", "2026-10-02"]),
    }
)
CREATED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def views(language: str = "en") -> dict[str, View]:
    finding = Finding(id="channels.answer", severity="watch", sentence="nothing_known")
    result = StageResult(
        stage="04_channels_and_distribution", tables={"channels": TABLE}, findings=(finding,)
    )
    words = Words(language=language, currency="USD", stage="channels")
    return {"channels": View(result=result, words=words, caption="Spring", prefix="spring")}


def sheet(file: Path, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(file)).get_sheet_by_name(name).to_python()


def test_json_holds_numbers_days_and_null_for_what_is_missing() -> None:
    said = json.loads(as_json(views(), {"campaign": "spring"}))
    rows = said["stages"]["04_channels_and_distribution"]["tables"]["channels"]
    assert rows[0] == {"channel": "search", "spend": 1234.5, "date": "2026-10-01"}
    assert rows[1]["spend"] is None
    assert said["campaign"] == "spring"


def test_workbook_holds_the_numbers_of_the_json_as_numbers(tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    write_workbook(views(), {"campaign": "spring"}, CREATED, file)
    head, first, second = sheet(file, "04_channels")
    assert head[:2] == ["Channel", "Spend"]
    assert first[1] == 1234.5
    assert second[1] == ""


def test_formula_in_a_name_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    write_workbook(views(), {"campaign": HOSTILE}, CREATED, file)
    assert sheet(file, "04_channels")[2][0] == HOSTILE
    assert sheet(file, "This run")[1][1] == HOSTILE


def test_workbook_says_what_each_kpi_means_in_the_language_of_the_campaign(tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    write_workbook(views("zh"), {}, CREATED, file)
    names = {str(row[0]): row[1] for row in sheet(file, "指标口径")}
    assert names["roas"] == "广告支出回报"


def test_same_tables_and_time_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(views(), {"campaign": "spring"}, CREATED, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
