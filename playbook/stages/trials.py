"""What the campaign's planned experiments showed: one evaluation each, told as a decision."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from math import nan
from typing import Any

import pandas as pd

from playbook.abtest import Effect, Evaluation, engine, evaluate
from playbook.abtest.decide import Decision
from playbook.errors import PlaybookError
from playbook.params import Campaign
from playbook.params.experiment import ExperimentPlan
from playbook.stages.evidence import cells, each
from playbook.stages.result import Finding, Severity

EFFECTS = [
    "experiment", "metric", "arm", "role", "n_control", "n_treatment", "control", "treatment", "difference",
    "ci_lower", "ci_upper", "lift", "lift_ci_lower", "lift_ci_upper", "pvalue_adjusted",
]  # fmt: skip
DECISIONS = [
    "experiment", "decision", "arm", "metric", "detectable_lift", "money_low", "money_mid", "money_high",
    "reason_zh", "reason_en", "next_zh", "next_en",
]  # fmt: skip
SEVERITY: Mapping[str, Severity] = {
    "ship": "act", "stop": "act", "invalid": "act", "hold": "watch", "iterate": "watch",
}  # fmt: skip


def trials(
    campaign: Campaign, experiment_units: Any
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Mapping[str, str]]]:
    """Evaluate every planned experiment that has begun and has data.

    Args:
        campaign: Experiment plans by id, and the period up to whose end is looked.
        experiment_units: One row per experiment and unit, outcomes in columns of their own; a frame, or an Ibis table.

    Returns:
        The effects: one row per experiment, metric and treatment arm, with the interval of the plan's alpha and
        the p-value corrected for arms and metrics. The decisions: one row per experiment: decision (ship, hold,
        iterate, stop or invalid), the arm it is about, the metric that decided, the lift that the test can see,
        money a month (NaN where the plan gives no value), the deciding reason and the next step in words. And what
        could not be evaluated, in zh and en.

    Source:
        `playbook.abtest`, which names the source of each test.
    """
    effects: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    missing: dict[str, Mapping[str, str]] = {}
    for plan in campaign.experiments.values():
        units = _units(experiment_units, plan)
        if units is None or (plan.start and plan.start > campaign.end):
            missing[f"experiment.{plan.id}"] = _without_data(plan)
            continue
        try:
            found = evaluate(units, plan, today=_today(campaign, plan))
        except PlaybookError as error:
            missing[f"experiment.{plan.id}"] = _unusable(plan, error)
            continue
        effects += [_effect(found, effect) for effect in found.effects]
        decisions.append(_decision(found))
    return pd.DataFrame(effects, columns=EFFECTS), _typed(pd.DataFrame(decisions, columns=DECISIONS)), missing


def tell_trials(decisions: pd.DataFrame) -> Iterator[Finding]:
    """Tell each decision with the reason that led to it, and the next step as the action."""
    for row in each(decisions):
        yield Finding(
            id=f"analysis.experiment.{row.experiment}", severity=SEVERITY[row.decision],
            weight=0.0 if pd.isna(row.money_mid) else abs(row.money_mid),
            text={
                "zh": "实验“{experiment}”：{decision}。{reason_zh}",
                "en": "Experiment “{experiment}”: {decision}. {reason_en}",
            },
            evidence=cells("decisions", {"experiment": row.experiment}, experiment=("experiment", "name"),
                           decision=("decision", "name"), reason_zh=("reason_zh", "text"), reason_en=("reason_en", "text"),
                           next_zh=("next_zh", "text"), next_en=("next_en", "text")),
            action={"zh": "{next_zh}", "en": "{next_en}"},
        )  # fmt: skip


def _units(experiment_units: Any, plan: ExperimentPlan) -> Any:
    """Take the rows of one experiment, where they lie; None where there is none."""
    mine = experiment_units["experiment"] == plan.id
    if isinstance(experiment_units, pd.DataFrame):
        return experiment_units[mine] if mine.any() else None
    units = experiment_units.filter(mine)
    return units if engine.has_rows(units) else None


def _today(campaign: Campaign, plan: ExperimentPlan) -> date | None:
    return min(campaign.end, plan.end) if plan.end else None


def _effect(found: Evaluation, effect: Effect) -> dict[str, Any]:
    roles = {metric.name: metric.role for metric in found.plan.metrics}
    row = asdict(effect) | {"experiment": found.plan.id, "role": roles[effect.metric]}
    return {name: row[name] for name in EFFECTS}


def _decision(found: Evaluation) -> dict[str, Any]:
    decision = found.decision
    able = next((strength.detectable_lift for strength in found.power if strength.arm == decision.arm), nan)
    low, mid, high = _money(decision)
    return {
        "experiment": found.plan.id, "decision": decision.action, "arm": decision.arm,
        "metric": found.plan.primary.name, "detectable_lift": able,
        "money_low": low, "money_mid": mid, "money_high": high,
        "reason_zh": decision.reasons[0]["zh"], "reason_en": decision.reasons[0]["en"],
        "next_zh": decision.next_step["zh"], "next_en": decision.next_step["en"],
    }  # fmt: skip


def _money(decision: Decision) -> tuple[float, float, float]:
    """Return low, mid and high money a month; missing where no value is given or the result is not valid."""
    if decision.money is None or decision.action == "invalid":
        return nan, nan, nan
    return decision.money.low, decision.money.mid, decision.money.high


def _typed(decisions: pd.DataFrame) -> pd.DataFrame:
    numbers = ["detectable_lift", "money_low", "money_mid", "money_high"]
    return decisions.astype(dict.fromkeys(numbers, "float64"))


def _without_data(plan: ExperimentPlan) -> Mapping[str, str]:
    return {"zh": f"实验 {plan.id} 本期没有数据。", "en": f"Experiment {plan.id} has no data in this period."}


def _unusable(plan: ExperimentPlan, error: PlaybookError) -> Mapping[str, str]:
    problem = error.problems[0]
    return {
        "zh": f"实验 {plan.id} 的数据无法评估：{problem}",
        "en": f"The data of experiment {plan.id} cannot be evaluated: {problem}",
    }
