"""What a notebook shows: a headline, findings, cards, tables and figures, worded and escaped."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import HTML
from markupsafe import Markup

from playbook.csvfile import csv_text
from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.report import store
from playbook.report.figures import Chart, svg
from playbook.report.messages import messages
from playbook.report.pieces import lab_style, piece
from playbook.report.words import (
    DATES,
    MISSING,
    Words,
    action,
    is_signed,
    label,
    name,
    own_unit,
    sentence,
    unit_of,
    value,
    words_for,
)
from playbook.stages import stage_of
from playbook.stages.shared.result import Finding, StageResult
from playbook.stages.shared.schema import Unit

MOST_ROWS = 30
TEXT_UNITS = ("text", "name", "kpi", "day", "moment", "period")
OURS = {"playbook": True}


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """One stage's result, ready to be shown in one language.

    Attributes:
        result: Tables and findings.
        words: Language, currency and names.
        caption: Whose numbers these are, in words: campaign and period.
        prefix: The same for the names of files.
    """

    result: StageResult
    words: Words
    caption: str
    prefix: str


def open_view(campaign: Campaign, result: StageResult, run_dir: Path | str) -> View:
    """Keep a stage's result in the run's folder, and return it for showing.

    Args:
        campaign: Parameters of the run.
        result: What the stage's `analyse` returned.
        run_dir: Folder of the run.
    """
    view = view_of(campaign, result, stage_of(result.stage).id)
    store.save(result, view.words, Path(run_dir))
    store.propose(str(campaign.month.next), result.next_month, Path(run_dir))
    return view


def view_of(campaign: Campaign, result: StageResult, stage: str) -> View:
    """Make a stage's result ready for showing in the campaign's language."""
    return View(
        result=result,
        words=words_for(campaign, stage),
        caption=f"{campaign.name.model_dump()[campaign.language]} · {campaign.period}",
        prefix=f"{campaign.id}_{campaign.period}",
    )


def headline(view: View, finding: str = "") -> HTML:
    """Show the answer to the stage's question: its first finding, or the one of an id.

    What to run where there is none.
    """
    return show(answer(view, finding))


def answer(view: View, finding: str = "") -> Markup:
    """Write what `headline` shows, to stand beside other parts of a page."""
    shown = [each for each in view.result.findings if finding in ("", each.id)]
    if shown:
        return _verdict(view, shown[0])
    return piece("note", text=ui(view, "not_yet", stage=ui(view, view.result.stage)))


def findings(view: View) -> HTML:
    """Show the other findings, and what could not be answered."""
    rest = [finding_row(view, finding) for finding in view.result.findings[1:]]
    parts = (
        [section("findings", ui(view, "findings"), piece("findings", rows=rest))] if rest else []
    )
    if view.result.missing:
        texts = list(missing_texts(view).values())
        parts.append(
            piece("notes", title={"id": "missing", "text": ui(view, "missing")}, rows=texts)
        )
    return show(Markup("\n").join(parts))


def table(
    view: View,
    source: str,
    *,
    title: str = "",
    columns: tuple[str, ...] = (),
    most: int = MOST_ROWS,
    half: bool = False,
    stack: bool = False,
) -> HTML:
    """Show a result table with its CSV; nothing where the stage has no such table or it is empty.

    Args:
        view: What `open_view` returned.
        source: Name of the table in the result.
        title: Key of its title in the messages of the stage; that of the table where none is named.
        columns: Which columns, in order; all where none is named. The CSV holds all.
        most: Rows that are shown. The CSV holds all.
        half: Take half the page's width; the next half stands beside it.
        stack: On a phone let each row stand as a list, instead of a table that scrolls sideways.
    """
    frame = view.result.tables.get(source)
    if frame is None or frame.empty:
        return show(Markup(""))
    other = "_en" if view.words.language == "zh" else "_zh"
    shown = list(columns) or [name for name in frame.columns if not name.endswith(other)]
    heading = title_of(view, title or source)
    words = replace(view.words, table=source)
    rows = table_html(words, frame, heading, shown, most, stack=stack)
    body = Markup("\n").join([rows, download(view, frame, source, most)])
    return show(section(source, heading, body, half=half))


def figure(
    view: View,
    source: str,
    draw: Callable[..., Chart],
    *,
    title: str = "",
    where: str = "",
    half: bool = False,
    **columns: Any,
) -> HTML:
    """Draw columns of a result table, with its text alternative, its data and their CSV.

    Args:
        view: What `open_view` returned.
        source: Name of the table in the result.
        draw: A function of `playbook.report.figures`.
        title: Key of its title in the messages of the stage; that of the table where none is named.
        where: Rows to draw, as a condition of `DataFrame.query`; all where it is empty.
        half: Take half the page's width; the next half stands beside it.
        **columns: What `draw` takes beside words and table.
    """
    frame = view.result.tables.get(source)
    if frame is None or frame.empty:
        return show(Markup(""))
    rows = frame.query(where) if where else frame
    heading = title_of(view, title or source)
    words = replace(view.words, table=source)
    chart = draw(words, rows, **columns)
    data = Markup("\n").join([table_html(words, rows, heading), download(view, rows, source)])
    body = piece(
        "figure",
        src=svg(chart.figure),
        alt=chart.alt,
        caption=view.caption,
        data=data,
        data_word=ui(view, "data"),
    )
    return show(section(_anchor(source, columns.values()), heading, body, half=half))


def cards(view: View, source: str, kpis: tuple[str, ...]) -> HTML:
    """Show one card a KPI from a board: actual against target and against the last period.

    Args:
        view: What `open_view` returned.
        source: A table with columns kpi, actual, target, previous, change; one row per KPI.
        kpis: Which KPIs, in order; those that are not in the table or missing are left out.
    """
    items = card_items(view, source, kpis)
    return show(piece("cards", items=items) if items else Markup(""))


def card_items(view: View, source: str, kpis: tuple[str, ...]) -> list[dict[str, Any]]:
    """Word the cards of `cards`: name, value, lines against plan and last period, state.

    None without a board.
    """
    board = view.result.tables.get(source)
    if board is None or board.empty:
        return []
    rows = {str(row["kpi"]): row for _, row in board.dropna(subset=["actual"]).iterrows()}
    return [_card(view, kpi, rows[kpi]) for kpi in kpis if kpi in rows]


def ui(view: View, key: str, **values: Any) -> str:
    """Return a word of the page itself in the campaign's language."""
    return messages("page").codes[key][view.words.language].format(**values)


def title_of(view: View, key: str) -> str:
    """Return the title of a table or figure in the campaign's language."""
    return messages(view.words.stage).titles[key][view.words.language]


def missing_texts(view: View) -> dict[str, str]:
    """Word by key what the stage could not answer."""
    templates = messages(view.words.stage).missing
    texts = {}
    for part, values in view.result.missing.items():
        key = part.split(".", maxsplit=1)[0]
        texts[part] = templates[key][view.words.language].format(**values)
    return texts


def show(html: Markup) -> HTML:
    """Make a cell's output of our own HTML, styled for JupyterLab.

    A page's template prints no other, without the style.
    """
    return HTML(str(html + lab_style()) if html else "", metadata=OURS)


def section(key: str, title: str, body: Markup, *, level: int = 2, half: bool = False) -> Markup:
    """Put a body under a heading of level 2 or 3, over the page's width or half of it."""
    return piece("exhibit", id=key, title=title, body=body, level=level, half=half)


def _verdict(view: View, finding: Finding) -> Markup:
    row = finding_row(view, finding)
    return piece(
        "verdict",
        state=row["state"],
        word=row["word"],
        text=row["text"],
        action=row["action"],
        action_word=row["action_word"],
    )


def finding_row(view: View, finding: Finding) -> dict[str, str]:
    """Word a finding: its state, sentence and action."""
    tables = view.result.tables
    return {
        "state": finding.severity,
        "word": ui(view, "fine" if finding.severity == "good" else finding.severity),
        "text": sentence(view.words, finding, tables),
        "action": action(view.words, finding, tables),
        "action_word": ui(view, "todo"),
    }


def _anchor(source: str, columns: Iterable[object]) -> str:
    """Name a place on the page; figures of one table differ by their columns."""
    return re.sub(r"[^a-z0-9]+", "-", f"{source}-{'-'.join(map(str, columns))}".lower()).strip("-")


def table_html(
    words: Words,
    frame: pd.DataFrame,
    title: str,
    columns: Sequence[str] = (),
    most: int = MOST_ROWS,
    *,
    stack: bool = False,
) -> Markup:
    """Word a table: the first rows, each value in its unit.

    A key that only findings need is left out.
    """
    shown = [column for column in columns or frame.columns if unit_of(words, column) != "id"]
    units = {column: unit_of(words, column) for column in shown}
    head = []
    for column, unit in units.items():
        head.append({"text": label(words, column), "numeric": unit not in TEXT_UNITS})
    rows = [_cells(words, units, row) for row in frame.head(most).to_dict("records")]
    return piece("table", head=head, rows=rows, caption=title, stack=stack)


def _cells(words: Words, units: Mapping[str, Unit], row: dict[Any, Any]) -> list[dict[str, Any]]:
    return [_cell(words, column, row[column], unit, row) for column, unit in units.items()]


def _cell(words: Words, column: str, cell: Any, unit: Unit, row: dict[Any, Any]) -> dict[str, Any]:
    if unit in ("number", "difference"):
        unit = own_unit(words, column, row)
    state = cell if column in ("state", "severity") and cell in ("good", "watch", "act") else ""
    shown = value(words, cell, unit, signed=is_signed(words, column), column=column)
    text = name(Words(language=words.language, stage="page"), cell) if state else shown
    return {
        "text": text,
        "numeric": unit not in TEXT_UNITS,
        "date": unit in DATES,
        "state": state,
        "missing": text in ("", MISSING),
    }


def download(view: View, frame: pd.DataFrame, source: str, shown: int = MOST_ROWS) -> Markup:
    """Offer a table as a CSV that lies in the page, and say how many rows only it holds."""
    content = csv_text(frame).encode("utf-8-sig")
    size = f"{max(1, round(len(content) / 1024))} KB"
    filename = f"{view.prefix}_{source}.csv"
    link = piece(
        "download",
        csv=base64.b64encode(content).decode("ascii"),
        filename=filename,
        word=ui(view, "download", size=size),
    )
    return (
        link
        if len(frame) <= shown
        else link + " " + ui(view, "more_rows", count=len(frame) - shown)
    )


def _card(view: View, kpi: str, row: pd.Series) -> dict[str, Any]:
    unit = CATALOGUE[kpi].unit  # type: ignore[index]
    change = value(view.words, row["change"], "fraction", signed=True)
    lines = [{"name": ui(view, "vs_last"), "value": change}]
    if pd.notna(row["target"]):
        against = row["actual"] / row["target"] - 1 if row["target"] else None
        planned = value(view.words, row["target"], unit)
        lines.insert(
            0,
            {
                "name": f"{ui(view, 'vs_plan')} ({planned})",
                "value": value(view.words, against, "fraction", signed=True),
            },
        )
    state = row.get("state", "") if row.get("state") in ("good", "watch", "act") else ""
    return {
        "name": label(view.words, kpi),
        "value": value(view.words, row["actual"], unit),
        "lines": lines,
        "state": state,
        "word": ui(view, state) if state else "",
    }
