"""The first page of a workspace: every campaign and period, what needs a decision first."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

import playbook
from playbook.notebook_format import nbformat
from playbook.params import Campaign
from playbook.report.export import Head, render
from playbook.report.figures import spark, svg
from playbook.report.messages import messages
from playbook.report.page import OURS, View, finding_row, section, show
from playbook.report.pieces import piece
from playbook.report.words import Words, label, value

ORDER = ("act", "watch", "good")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One published run.

    Attributes:
        campaign: Parameters with which it ran.
        href: Of its report, from the index.
        analysis: What stage 6 found.
        board: KPIs of the period: kpi, actual, target, state.
    """

    campaign: Campaign
    href: str
    analysis: View
    board: pd.DataFrame


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """A campaign's period that cannot be shown, and why.

    Not_reported, run_failed, damaged or older_version.
    """

    campaign: str
    period: str
    reason: str


def index(entries: Sequence[Entry], absent: Sequence[Absent], language: str) -> str:
    """Render the index of a workspace.

    Args:
        entries: Published runs; of each campaign the latest period stands in front, with the course
            of its revenue.
        absent: What was not reported.
        language: zh or en.

    Returns:
        A complete HTML document, offline and without scripts.
    """
    words = {key: text[language] for key, text in messages("page").codes.items()}
    latest = {one.campaign.id: one for one in sorted(entries, key=lambda one: one.campaign.period)}
    rows = [_row(one, entries) for one in latest.values()]
    rows.sort(key=lambda row: (ORDER.index(row["state"]), row["name"]))
    head = [words[key] for key in ("campaign", "state", "conclusion")]
    shown = Words(language=language)
    head += [label(shown, kpi) for kpi in ("revenue", "spend", "roas")]
    parts = [
        section(
            "latest",
            words["latest_reports"],
            piece("portfolio", head=head, rows=rows, todo=words["todo"]),
        )
    ]
    parts += _lists(entries, latest, absent, words)
    output = nbformat.v4.new_output(
        "display_data", {"text/html": show(Markup("\n").join(parts)).data}, metadata=OURS
    )
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    about = Head(
        language=language,
        title=words["portfolio"],
        subject=words["workspace"],
        period="",
        period_words="",
    )
    return render(content, about, [("package", playbook.__version__)])


def _row(entry: Entry, entries: Sequence[Entry]) -> dict[str, str]:
    """Say one campaign.

    Its verdict, what to do, and revenue over the periods that were published.
    """
    view = entry.analysis
    verdict = finding_row(view, view.result.findings[0])
    own = sorted(
        (one for one in entries if one.campaign.id == entry.campaign.id),
        key=lambda one: one.campaign.period,
    )
    course = pd.Series(
        [_actual(one, "revenue") for one in own],
        index=[one.campaign.period for one in own],
        dtype="float64",
    )
    chart = spark(view.words, course)
    language = view.words.language
    return {
        **verdict,
        "name": entry.campaign.name.model_dump()[language],
        "href": entry.href,
        "period": value(view.words, entry.campaign.period, "period"),
        "src": svg(chart.figure),
        "alt": chart.alt,
        "revenue": value(view.words, _actual(entry, "revenue"), "money"),
        "spend": value(view.words, _actual(entry, "spend"), "money"),
        "roas": value(view.words, _actual(entry, "roas"), "multiple"),
    }


def _actual(entry: Entry, kpi: str) -> float:
    actual = (
        entry.board.loc[entry.board["kpi"].eq(kpi), "actual"]
        if len(entry.board)
        else pd.Series(dtype=float)
    )
    return float(actual.iloc[0]) if len(actual) else float("nan")


def _lists(
    entries: Sequence[Entry],
    latest: dict[str, Entry],
    absent: Sequence[Absent],
    words: dict[str, str],
) -> list[Markup]:
    newest_first = sorted(entries, key=lambda one: one.campaign.period, reverse=True)
    earlier = sorted(
        (one for one in newest_first if one is not latest[one.campaign.id]),
        key=lambda one: one.campaign.id,
    )
    links = [{"href": one.href, "text": f"{_name(one)} · {_month(one)}"} for one in earlier]
    missing = [words[one.reason].format(campaign=one.campaign, period=one.period) for one in absent]
    made = (
        [section("earlier", words["earlier_reports"], piece("links", rows=links))] if links else []
    )
    return made + (
        [piece("notes", title={"id": "missing", "text": words["not_there"]}, rows=missing)]
        if missing
        else []
    )


def _name(entry: Entry) -> str:
    return str(entry.campaign.name.model_dump()[entry.analysis.words.language])


def _month(entry: Entry) -> str:
    return value(entry.analysis.words, entry.campaign.period, "period")
