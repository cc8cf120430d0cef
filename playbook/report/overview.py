"""What the management report shows beside the stages' own tables: decisions, definitions, gaps."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from IPython.display import HTML
from markupsafe import Markup

from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.params.model import KpiId
from playbook.report import page, store
from playbook.report.page import View, finding_row, section, show, table_html, ui, view_of
from playbook.report.pieces import piece
from playbook.report.words import Words, formula, name, value
from playbook.stages import EXPERIMENTS, STAGES
from playbook.stages.monitoring.data_quality import ABOUT_LOSSES, ABOUT_ROWS
from playbook.stages.shared.result import Finding, StageResult

MOST_DECISIONS = 5
MOST_LATE = 3
"""Channels that are named whose data end before those of the others."""

BETWEEN = {"zh": "，", "en": ", "}


def read_views(campaign: Campaign, run_dir: Path | str) -> dict[str, View]:
    """Read what every stage left in a run's folder.

    Returns:
        A view by short name of the stage; one that has not run has no tables and no findings.
    """
    views = {}
    for stage in STAGES:
        stored = store.opened(stage.notebook, Path(run_dir))
        result = stored or StageResult(stage=stage.notebook, tables={}, findings=())
        views[stage.id] = view_of(campaign, result, stage.id)
    return views


def headline(views: Mapping[str, View]) -> HTML:
    """Show the verdict.

    That of the analysis or, where it has not run, of the first stage that has one; before it what
    the numbers lack, where a source lost more than a report can bear.
    """
    lost = _losses(views["monitoring"]) if "monitoring" in views else []
    before = [piece("findings", rows=lost)] if lost else []
    return show(Markup("\n").join([*before, page.answer(_deciding(views))]))


def _losses(monitoring: View) -> list[dict[str, str]]:
    """Word each source that lost so much that the numbers below may mislead."""
    return [
        finding_row(monitoring, finding)
        for finding in monitoring.result.findings
        if finding.id.startswith(ABOUT_LOSSES)
    ]


def _deciding(views: Mapping[str, View]) -> View:
    return next(
        (view for view in (views["analysis"], *views.values()) if view.result.findings),
        views["analysis"],
    )


def decisions(views: Mapping[str, View]) -> HTML:
    """Show what somebody must decide, and what to watch, over all stages: the heaviest first.

    The finding that is the verdict above is left out.
    """
    rows = [finding_row(view, finding) for view, finding in pressing(views)]
    view = next(iter(views.values()))
    return show(
        section("to-decide", ui(view, "decisions"), piece("findings", rows=rows))
        if rows
        else Markup("")
    )


def pressing(views: Mapping[str, View]) -> list[tuple[View, Finding]]:
    """Pick the findings that ask for a decision or a look, with the view that words them.

    The heaviest first.
    """
    verdict = _deciding(views)
    pressed = [
        (view, one) for view in views.values() for one in view.result.findings[view is verdict :]
    ]
    open_ = [(view, one) for view, one in pressed if _is_open(one)]
    order = {"act": 0, "watch": 1}
    return sorted(open_, key=lambda pair: (order[pair[1].severity], -pair[1].weight))[
        :MOST_DECISIONS
    ]


def _is_open(finding: Finding) -> bool:
    """Whether somebody must decide or look; what data lack stands above the verdict already."""
    return finding.severity != "good" and not finding.id.startswith(ABOUT_LOSSES)


def about_data(monitoring: View) -> list[str]:
    """Word what became of the rows that were read; nothing where stage 5 has not run."""
    return [
        finding_row(monitoring, finding)["text"]
        for finding in monitoring.result.findings
        if finding.id == ABOUT_ROWS
    ]


def data_until(monitoring: View) -> str:
    """Say until which day the data reach, where that is not the end of the period; else nothing.

    Every total of the run is of these days. Channels that end before the others are named.
    """
    reach = monitoring.result.tables.get("quality_reach", pd.DataFrame())
    short = reach[reach["missing_days"] > 0] if len(reach) else reach
    if short.empty:
        return ""
    latest = reach["last_day"].max()
    all_short = len(short) == len(reach)
    before = short[short["last_day"] < latest]
    words = monitoring.words
    named = [
        ui(
            monitoring,
            "until_channel",
            channel=name(words, row["channel"], "channel"),
            day=value(words, row["last_day"], "day"),
        )
        for row in before.head(MOST_LATE).to_dict("records")
    ]
    more = len(before) - len(named)
    parts = [
        *([ui(monitoring, "until", day=value(words, latest, "day"))] if all_short else []),
        *named,
        *([ui(monitoring, "until_more", count=str(more))] if more else []),
    ]
    return BETWEEN[words.language].join(parts)


def definitions(view: View, kpis: tuple[KpiId, ...]) -> HTML:
    """Show what each KPI means, as the catalogue defines it."""
    words = Words(language=view.words.language, stage="page", table="definitions")
    formulas = [formula(words, CATALOGUE[kpi]) for kpi in kpis]
    rows = pd.DataFrame({"kpi": list(kpis), "formula": formulas})
    title = ui(view, "definitions")
    return show(section("definitions", title, table_html(words, rows, title)))


def unanswered(views: Mapping[str, View]) -> HTML:
    """Show, a line each, which stages did not run and what the others could not answer.

    What several stages miss is said once, in the words of the first; each stage's page says what it
    means there. The `ab_test` notebook is run for a single test, not with the month: nothing is
    said of it.
    """
    view = next(iter(views.values()))
    absent = [
        ui(view, "not_run", stage=ui(view, each.result.stage))
        for short, each in views.items()
        if not each.result.findings and short != EXPERIMENTS.id
    ]
    texts: dict[str, str] = {}
    for each in views.values():
        for part, text in page.missing_texts(each).items():
            texts.setdefault(part, text)
    rows = [*absent, *dict.fromkeys(texts.values())]
    if not rows:
        return show(Markup(""))
    return show(piece("notes", title={"id": "missing", "text": ui(view, "missing")}, rows=rows))
