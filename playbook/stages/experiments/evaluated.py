"""Evaluated A/B tests as tables: all that a card shows, one row per test and matter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isfinite, nan
from typing import Any

import pandas as pd

from playbook.abtest import Effect, Evaluation, portfolio
from playbook.abtest.decision import sentences
from playbook.abtest.decision.checks import title
from playbook.abtest.decision.verdict import Decision
from playbook.metrics import CATALOGUE
from playbook.params.experiment import ExperimentPlan, MetricPlan
from playbook.stages.experiments.tables import EVALUATED, PORTFOLIO
from playbook.stages.shared.schema import NUMERIC

NUMBERS = [
    "detectable_lift",
    "money_low",
    "money_mid",
    "money_high",
    "regret",
    "days_left",
    "units_needed",
    "days_needed",
    "critical",
    "statistic",
]
STATES = {"stop": "act", "watch": "watch", "ok": "good"}


def tables_of(evaluations: Sequence[Evaluation]) -> dict[str, pd.DataFrame]:
    """Lay out evaluations as tables.

    Args:
        evaluations: One per test.

    Returns:
        By name, each keyed by `experiment`; rates and lifts are fractions, missing is NaN:
        experiments (metric and arm: levels, difference and lift with intervals, corrected p-value),
        decisions (one row: what to do, the lift that could have been seen, money and regret a
        month), reasons (the chain, first decides), checks (validity, stops first), segments (the
        first primary metric by level and arm), looks, strengths (by arm: units and days needed),
        chances (to be best, and the expected loss of choosing the arm), equivalences (guardrails
        whose sameness is tested), sequences (intervals that hold at every look), plans (what was
        planned, in words), changes (since registration), portfolio (all tests side by side: p-value
        held down over the tests by Benjamini and Hochberg, lift shrunk for the luck of winners).
    """
    rows = {
        "experiments": _rows(evaluations, _effects),
        "decisions": _rows(evaluations, lambda evaluation: [_decision(evaluation)]),
        "reasons": _rows(evaluations, lambda evaluation: _numbered(evaluation.decision.reasons)),
        "checks": _rows(evaluations, _checks),
        "segments": _rows(evaluations, _segments),
        "looks": _rows(evaluations, _looks),
        "strengths": _rows(evaluations, lambda evaluation: map(asdict, evaluation.power)),
        "chances": _rows(evaluations, _chances),
        "equivalences": _rows(evaluations, _equivalences),
        "sequences": _rows(evaluations, _sequences),
        "plans": _rows(
            evaluations, lambda evaluation: _planned(evaluation.plan, evaluation.plan_hash)
        ),
        "changes": _rows(evaluations, lambda evaluation: map(asdict, evaluation.changes)),
    }
    schemas = {table.name: table for table in EVALUATED}
    tables = {name: _typed(schemas[name].frame(rows[name])) for name in rows}
    return {**tables, "portfolio": _together(evaluations)}


def _together(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    table = portfolio(evaluations).rename(columns={"test": "experiment", "action": "decision"})
    numbers = [column.name for column in PORTFOLIO.columns if column.unit in NUMERIC]
    return table[PORTFOLIO.names].astype(dict.fromkeys(numbers, "float64"))


def _rows(evaluations: Sequence[Evaluation], of: Any) -> list[dict[str, Any]]:
    return [
        {"experiment": evaluation.plan.id, **row}
        for evaluation in evaluations
        for row in of(evaluation)
    ]


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    others = [name for name in NUMBERS if name in table and table[name].dtype != "float64"]
    return table.astype(dict.fromkeys(others, "float64"))


def _effects(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    metrics = {metric.name: metric for metric in evaluation.plan.metrics}
    return (_estimate(effect, metrics[effect.metric]) for effect in evaluation.effects)


def _estimate(effect: Effect, metric: MetricPlan) -> dict[str, Any]:
    """Lay out an effect: alone, and with the intervals that fit its corrected p-value.

    A variance cut is known where there are covariates, a note where something is undefined.
    """
    note = sentences.note(effect.note) if effect.note else {}
    method = sentences.method(effect.method)
    corrected = {f"corrected_{name}": end for name, end in asdict(effect.shown).items()}
    return (
        asdict(effect)
        | corrected
        | {
            "role": metric.role,
            "kind": metric.kind,
            "variance_cut": effect.variance_cut if metric.covariates else nan,
            "method_zh": method["zh"],
            "method_en": method["en"],
            "note_zh": note.get("zh"),
            "note_en": note.get("en"),
        }
    )


def _chances(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    """Lay out the chances of the arms; a test that is not valid has no winner."""
    if evaluation.decision.action == "invalid":
        return ()
    primary = evaluation.plan.primary
    return (
        {
            "metric": primary.name,
            "arm": arm,
            "kind": primary.kind,
            "best_chance": p,
            "expected_loss": evaluation.losses[arm],
        }
        for arm, p in evaluation.chances.items()
    )


def _equivalences(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    return (
        {
            "metric": equivalence.metric,
            "arm": equivalence.arm,
            "lift": equivalence.difference,
            "margin_low": equivalence.low,
            "margin_high": equivalence.high,
            "pvalue": equivalence.pvalue,
        }
        for equivalence in evaluation.equivalences
    )


def _sequences(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    kinds = {metric.name: metric.kind for metric in evaluation.plan.metrics}
    differences = {(effect.metric, effect.arm): effect.difference for effect in evaluation.effects}
    return (
        asdict(sequence)
        | {"kind": kinds[sequence.metric], "difference": differences[sequence.metric, sequence.arm]}
        for sequence in evaluation.sequences
    )


def _segments(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    primary = evaluation.plan.primary
    return (
        {"column": segment.column, "level": segment.level} | _estimate(segment.effect, primary)
        for segment in evaluation.segments
    )


def _decision(evaluation: Evaluation) -> dict[str, Any]:
    decision = evaluation.decision
    able = next(
        (strength.detectable_lift for strength in evaluation.power if strength.arm == decision.arm),
        nan,
    )
    return {
        "decision": decision.action,
        "arm": decision.arm,
        "metric": evaluation.plan.primary.name,
        "detectable_lift": able,
        **_money(decision),
        "days_left": decision.days_left,
        "reason_zh": decision.reasons[0]["zh"],
        "reason_en": decision.reasons[0]["en"],
        "next_zh": decision.next_step["zh"],
        "next_en": decision.next_step["en"],
    }


def _money(decision: Decision) -> dict[str, float]:
    """Return money a month; missing where no value is given or the result is not valid."""
    if decision.money is None or decision.action == "invalid":
        return {}
    money = decision.money
    return {
        "money_low": money.low,
        "money_mid": money.mid,
        "money_high": money.high,
        "regret": money.regret,
    }


def _numbered(texts: Iterable[Mapping[str, str]]) -> Iterable[dict[str, Any]]:
    return ({"place": place, **text} for place, text in enumerate(texts, start=1))


def _checks(evaluation: Evaluation) -> list[dict[str, Any]]:
    order = list(STATES)
    checks = sorted(evaluation.checks, key=lambda check: order.index(check.verdict))
    return [
        {
            "check": check.name,
            "subject": check.subject,
            "state": STATES[check.verdict],
            "value": check.value,
            "threshold": check.threshold,
            **check.text,
        }
        for check in checks
    ]


def _looks(evaluation: Evaluation) -> Iterable[dict[str, Any]]:
    return (
        asdict(look)
        | {
            "look": look.number,
            "day": look.day.isoformat() if look.day else None,
            "critical": look.critical if isfinite(look.critical) else nan,
        }
        for look in evaluation.sequential
    )


def _planned(plan: ExperimentPlan, digest: str) -> Iterable[dict[str, str]]:
    """Say the plan item by item; what was not planned is left out."""
    items = {
        "hypothesis": sentences.same(plan.hypothesis),
        "arms": _arms(plan),
        **{role: _metrics(plan, role) for role in ("primary", "guardrail", "secondary")},
        "dates": sentences.same(f"{plan.start} – {plan.end}" if plan.start else ""),
        "looks_planned": sentences.same(", ".join(day.isoformat() for day in plan.looks)),
        "error_rates": _error_rates(plan),
        "ship_needs": _ship_needs(plan),
        "registered": sentences.same(_registered(plan)),
        "hash": sentences.same(f"sha256 {digest[:12]}"),
    }
    return (
        {"item": item, "planned_zh": text["zh"], "planned_en": text["en"]}
        for item, text in items.items()
        if text["en"]
    )


def _arms(plan: ExperimentPlan) -> sentences.Text:
    arms = [sentences.plan_item("arm", arm=arm, share=share) for arm, share in plan.arms.items()]
    return sentences.join(arms, sentences.BETWEEN_ITEMS)


def _metrics(plan: ExperimentPlan, role: str) -> sentences.Text:
    metrics = [_metric(metric) for metric in plan.metrics if metric.role == role]
    return sentences.join(metrics, sentences.BETWEEN_ITEMS)


def _metric(metric: MetricPlan) -> sentences.Text:
    details = [sentences.plan_item(metric.kind)]
    if metric.margin:
        details.append(sentences.plan_item("margin", margin=metric.margin))
    if metric.margin_abs:
        absolute = sentences.unsigned(sentences.points(metric.kind, metric.margin_abs))
        details.append(sentences.plan_item("margin_abs", margin=absolute))
    if metric.covariates:
        details.append(sentences.plan_item("cuped"))
    listed = sentences.join(details, sentences.BETWEEN_ITEMS)
    return sentences.plan_item("metric", metric=_name(metric), details=listed)


def _name(metric: MetricPlan) -> sentences.Text:
    """Name a metric as its card does: its label, that of the KPI of its id, or the id."""
    kpi = CATALOGUE.get(metric.name)  # type: ignore[call-overload]
    if metric.label is None and kpi is not None:
        return {"zh": kpi.zh, "en": kpi.en}
    return title(metric)


def _error_rates(plan: ExperimentPlan) -> sentences.Text:
    if plan.mde:
        return sentences.plan_item(
            "error_rates_mde", alpha=plan.alpha, power=plan.power, mde=plan.mde
        )
    return sentences.plan_item("error_rates", alpha=plan.alpha, power=plan.power)


def _ship_needs(plan: ExperimentPlan) -> sentences.Text:
    """Say what a new version must show to be shipped, and what may hold it up by luck."""
    margins = sum(metric.guarded for metric in plan.metrics)
    others = sum(metric.role == "guardrail" for metric in plan.metrics) - margins
    needs = [sentences.plan_item("ship_better", metric=_name(plan.primary))]
    if margins:
        needs.append(sentences.plan_item("ship_margins", count=margins))
    if others:
        needs.append(sentences.plan_item("ship_unharmed", count=others, chance=plan.alpha / 2))
    return sentences.join(needs)


def _registered(plan: ExperimentPlan) -> str:
    if not plan.registered_hash:
        return ""
    return f"{plan.registered_on or '–'}, sha256 {plan.registered_hash[:12]}"
