"""The decision card of an A/B test.

Verdict, money, checks, effects, segments, looks, power and plan.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from IPython.display import HTML
from markupsafe import Markup

import playbook
from playbook.abtest import Evaluation
from playbook.notebook_format import nbformat
from playbook.params.experiment import ExperimentPlan
from playbook.report import figures
from playbook.report.export import Head, render
from playbook.report.figures import Chart, svg
from playbook.report.page import OURS, View, download, section, show, table_html, ui
from playbook.report.pieces import piece
from playbook.report.words import Words, name, trial_names, value
from playbook.stages import EXPERIMENTS
from playbook.stages.experiments.evaluated import tables_of
from playbook.stages.shared.result import StageResult

LABELS = "experiments"
STATES = {"ship": "good", "hold": "watch", "iterate": "watch", "stop": "act", "invalid": "act"}
"""How a verdict looks: what a test says of its treatment, not whether somebody must act."""

PRESSING = ("ship", "stop", "invalid", "hold", "iterate")
EFFECT_COLUMNS = (
    "metric",
    "arm",
    "kind",
    "control",
    "treatment",
    "lift",
    "corrected_lift_ci_lower",
    "corrected_lift_ci_upper",
    "pvalue_adjusted",
    "difference",
    "corrected_ci_lower",
    "corrected_ci_upper",
)
SEGMENT_COLUMNS = (
    "column",
    "level",
    "arm",
    "kind",
    "n_control",
    "n_treatment",
    "control",
    "treatment",
    "lift",
    "lift_ci_lower",
    "lift_ci_upper",
)
LOOK_COLUMNS = ("look", "day", "time", "statistic", "critical")
METHOD_COLUMNS = ("metric", "arm", "n_control", "n_treatment", "variance_cut")
CHANCE_COLUMNS = ("arm", "kind", "best_chance", "expected_loss")
EQUIVALENCE_COLUMNS = ("metric", "arm", "lift", "margin_low", "margin_high", "pvalue")
SEQUENCE_COLUMNS = ("metric", "arm", "kind", "difference", "ci_lower", "ci_upper", "pvalue")
STRENGTH_COLUMNS = ("arm", "detectable_lift", "units", "units_needed", "days_needed", "formula")


def cards(view: View) -> HTML:
    """Show the card of every test that was evaluated, those first that somebody must act on."""
    decisions = view.result.tables.get("decisions")
    if decisions is None or decisions.empty:
        return show(Markup(""))
    ordered = decisions.sort_values(
        "decision", key=lambda codes: codes.map(PRESSING.index), kind="stable"
    )
    return show(Markup("\n").join(_one_of_many(view, str(test)) for test in ordered["experiment"]))


def card_page(evaluation: Evaluation, *, language: str, currency: str, data: str) -> str:
    """Render the card of one test as a page of its own.

    Args:
        evaluation: The evaluated test.
        language: zh or en.
        currency: ISO 4217 code of its money.
        data: Where the numbers came from, in a word or two.

    Returns:
        A complete HTML document, offline and without scripts.
    """
    plan = evaluation.plan
    words = Words(language=language, currency=currency, names=trial_names([plan]), stage=LABELS)
    result = StageResult(stage=EXPERIMENTS.notebook, tables=tables_of([evaluation]), findings=())
    view = View(result=result, words=words, caption=data, prefix=plan.id)
    shown = show(_body(_of(view, plan.id), plan.id, level=2))
    output = nbformat.v4.new_output("display_data", {"text/html": shown.data}, metadata=OURS)
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    head = Head(
        language=language,
        title=_title(words, plan),
        subject=ui(view, EXPERIMENTS.notebook),
        period=data,
        period_words=data,
    )
    provenance = [("inputs", data), ("package", playbook.__version__), ("currency", currency)]
    return render(content, head, provenance)


def _title(words: Words, plan: ExperimentPlan) -> str:
    """Return the name of the test; without one, ask what was asked of it."""
    if plan.name is not None:
        return name(words, plan.id, "experiment")
    metric = name(words, plan.primary.name, "metric")
    return name(words, "did_it_improve").format(metric=metric)


def _one_of_many(view: View, experiment: str) -> Markup:
    words = replace(view.words, stage=LABELS)
    title = name(words, experiment, "experiment")
    return section(f"test-{experiment}", title, _body(_of(view, experiment), experiment, level=3))


def _of(view: View, experiment: str) -> View:
    """Narrow a view to the rows of one test, in the words of tests."""
    tables = {key: table for key, table in view.result.tables.items() if "experiment" in table}
    rows = {
        key: table[table["experiment"].eq(experiment)].reset_index(drop=True)
        for key, table in tables.items()
    }
    result = StageResult(stage=view.result.stage, tables=rows, findings=())
    prefix = view.prefix if view.prefix.endswith(experiment) else f"{view.prefix}_{experiment}"
    return replace(view, result=result, words=replace(view.words, stage=LABELS), prefix=prefix)


def _body(view: View, experiment: str, level: int) -> Markup:
    parts = [_verdict(view, experiment), _key_figures(view)]
    for key, body in _parts(view):
        parts.append(
            section(f"{experiment}-{key}", name(view.words, f"part_{key}"), body, level=level)
        )
    return Markup("\n").join(parts)


def _verdict(view: View, experiment: str) -> Markup:
    decision, language = _decision(view), view.words.language
    reasons = view.result.tables["reasons"][language].tolist()
    verdict = piece(
        "verdict",
        state=STATES[decision["decision"]],
        word=name(view.words, decision["decision"]),
        text=reasons[0],
        action=decision[f"next_{language}"],
        action_word=ui(view, "todo"),
        about=experiment,
    )
    return verdict + piece("listing", rows=reasons[1:])


def _key_figures(view: View) -> Markup:
    """Show in large what a decision hangs on.

    What is not known has no card, and nothing of an invalid test.
    """
    decision = _decision(view)
    if decision["decision"] == "invalid":
        return Markup("")
    figures = [
        _lift(view, decision),
        _money(view, decision),
        _could_see(view, decision),
        _best(view, decision),
    ]
    return piece("cards", items=[figure for figure in figures if figure])


def _lift(view: View, decision: dict[str, Any]) -> dict[str, Any] | None:
    effects = view.result.tables["experiments"]
    [effect] = effects[
        effects["metric"].eq(decision["metric"]) & effects["arm"].eq(decision["arm"])
    ].to_dict("records")
    title = f"{name(view.words, decision['metric'], 'metric')} · {decision['arm']}"
    interval = _range(
        view,
        effect["corrected_lift_ci_lower"],
        effect["corrected_lift_ci_upper"],
        "fraction",
        signed=True,
    )
    p = value(view.words, effect["pvalue_adjusted"], "pvalue")
    lines = {"interval": interval, "corrected_p": p}
    return _card(view, title, value(view.words, effect["lift"], "fraction", signed=True), lines)


def _money(view: View, decision: dict[str, Any]) -> dict[str, Any] | None:
    if pd.isna(decision["money_mid"]):
        return None
    lines = {
        "interval": _range(
            view, decision["money_low"], decision["money_high"], "money", signed=True
        ),
        "regret": value(view.words, decision["regret"], "money"),
    }
    return _card(
        view,
        name(view.words, "money_a_month"),
        value(view.words, decision["money_mid"], "money", signed=True),
        lines,
    )


def _could_see(view: View, decision: dict[str, Any]) -> dict[str, Any] | None:
    if pd.isna(decision["detectable_lift"]):
        return None
    lines = (
        {"days_left": value(view.words, decision["days_left"], "days")}
        if decision["days_left"] > 0
        else {}
    )
    return _card(
        view,
        name(view.words, "could_see"),
        value(view.words, decision["detectable_lift"], "fraction"),
        lines,
    )


def _best(view: View, decision: dict[str, Any]) -> dict[str, Any] | None:
    chances = view.result.tables["chances"].set_index("arm")["best_chance"]
    if decision["arm"] not in chances.index:
        return None
    chance = value(view.words, chances[decision["arm"]], "fraction")
    return _card(view, f"{name(view.words, 'chance_best')} · {decision['arm']}", chance, {})


def _parts(view: View) -> Iterator[tuple[str, Markup]]:
    """Yield the sections that have something to say, with the key of their title."""
    tables = view.result.tables
    yield "checks", _checks(view)
    yield "effects", _figure(view, _effects(view), _forest(view, "experiments", ["arm", "metric"]))
    if len(tables["equivalences"]):
        yield "equivalences", _table(view, "equivalences", EQUIVALENCE_COLUMNS)
    if len(tables["chances"]):
        yield "chances", _table(view, "chances", CHANCE_COLUMNS)
    if len(tables["segments"]):
        chart = _forest(view, "segments", ["column", "level", "arm"])
        yield "segments", _figure(view, _table(view, "segments", SEGMENT_COLUMNS), chart)
    if len(tables["looks"]) > 1:
        yield (
            "looks",
            _figure(
                view,
                _table(view, "looks", LOOK_COLUMNS),
                figures.looks(view.words, tables["looks"]),
            ),
        )
    if len(tables["sequences"]):
        yield "sequences", _table(view, "sequences", SEQUENCE_COLUMNS)
    if len(tables["strengths"]):
        yield "power", _table(view, "strengths", STRENGTH_COLUMNS)
    if len(tables["changes"]):
        yield "changes", _table(view, "changes", ("field", "registered", "now"))
    yield "plan", _table(view, "plans", ("item", f"planned_{view.words.language}"))


def _checks(view: View) -> Markup:
    """Show what did not pass; fold away what did."""
    checks = view.result.tables["checks"]
    passed: list[dict[str, str]] = []
    remaining: list[dict[str, str]] = []
    for check in checks.to_dict("records"):
        row = {
            "state": check["state"],
            "word": ui(view, f"check_{check['state']}"),
            "text": check[view.words.language],
            "action": "",
        }
        rows = passed if check["state"] == "good" else remaining
        rows.append(row)
    count = ui(view, "passed", count=len(passed))
    folded = piece("folded", word=count, body=piece("findings", rows=passed))
    return piece("findings", rows=remaining) + folded if remaining else folded


def _forest(view: View, source: str, names: list[str]) -> Chart:
    """Draw lifts with their intervals; those of the whole test are corrected, like its p-values."""
    prefix = "corrected_" if source == "experiments" else ""
    return figures.intervals(
        view.words,
        view.result.tables[source],
        x="lift",
        lower=f"{prefix}lift_ci_lower",
        upper=f"{prefix}lift_ci_upper",
        y=names,
    )


def _figure(view: View, data: Markup, chart: Chart) -> Markup:
    return piece(
        "figure",
        src=svg(chart.figure),
        alt=chart.alt,
        caption=view.caption,
        data=data,
        data_word=ui(view, "data"),
    )


def _effects(view: View) -> Markup:
    """Show the effects, and how each was computed.

    Units, what covariates took away, test, why something is undefined.
    """
    methods = _shown(
        view,
        "experiments",
        (*METHOD_COLUMNS, f"method_{view.words.language}", f"note_{view.words.language}"),
        name(view.words, "table_methods"),
    )
    return _table(view, "experiments", EFFECT_COLUMNS) + "\n" + methods


def _table(view: View, source: str, columns: tuple[str, ...]) -> Markup:
    shown = _shown(view, source, columns, name(view.words, f"table_{source}"))
    return shown + "\n" + download(view, view.result.tables[source], source)


def _shown(view: View, source: str, columns: tuple[str, ...], title: str) -> Markup:
    """Show some columns of a table, those in which nothing is known left out."""
    shown = view.result.tables[source][list(columns)].dropna(axis="columns", how="all")
    return table_html(view.words, shown, title)


def _decision(view: View) -> dict[str, Any]:
    [row] = view.result.tables["decisions"].to_dict("records")
    return {str(key): cell for key, cell in row.items()}


def _range(view: View, low: float, high: float, unit: Any, *, signed: bool) -> str:
    return " … ".join(value(view.words, end, unit, signed=signed) for end in (low, high))


def _card(view: View, title: str, large: str, lines: dict[str, str]) -> dict[str, Any]:
    rows = [{"name": name(view.words, key), "value": text} for key, text in lines.items()]
    return {"name": title, "value": large, "lines": rows, "state": "", "word": ""}
