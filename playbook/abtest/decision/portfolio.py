"""All tests of a period together.

False findings held down, and winners shrunk towards what is usual.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.abtest.decision.evaluation import Evaluation
from playbook.abtest.decision.stakes import effect_of
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.multiplicity import adjust
from playbook.methods.intervals import delta_se


@dataclass(frozen=True, kw_only=True, slots=True)
class Shrunk:
    """Effects after empirical Bayes.

    Attributes:
        spread: Standard deviation of the true effects, as far as noise does not explain them.
        effects: Each effect drawn towards 0 by its own noise.
        errors: Their posterior standard errors.
    """

    spread: float
    effects: tuple[float, ...]
    errors: tuple[float, ...]


def portfolio(evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    """Show the tests of a period side by side.

    Returns:
        One row per test, for the arm that the decision is about and the first primary metric: test,
        metric, arm, action, lift with interval, pvalue (adjusted within the test), pvalue_bh (over
        all valid tests), lift_shrunk and its se, money_low, money_mid, money_high. An invalid test
        has no BH p-value and no shrunk lift.
    """
    table = pd.DataFrame([_row(evaluation) for evaluation in evaluations], columns=_COLUMNS)
    valid = ((table["action"] != "invalid") & table["lift_se"].gt(0)).to_numpy(dtype=bool)
    table["pvalue_bh"] = math.nan
    table["lift_shrunk"] = math.nan
    table["lift_shrunk_se"] = math.nan
    if valid.any():
        shrunk = shrink(table.loc[valid, "lift"].tolist(), table.loc[valid, "lift_se"].tolist())
        table.loc[valid, "pvalue_bh"] = adjust(table.loc[valid, "pvalue"].tolist(), "bh")
        table.loc[valid, "lift_shrunk"] = shrunk.effects
        table.loc[valid, "lift_shrunk_se"] = shrunk.errors
    return table


def shrink(effects: Sequence[float], errors: Sequence[float]) -> Shrunk:
    """Draw effects towards 0, the noisier the more.

    Most changes do little, and winners are partly lucky.

    Args:
        effects: On a common scale, such as relative lifts.
        errors: Standard errors, above 0.

    Source:
        Efron & Morris (1975), Data analysis using Stein's estimator; spread by the method of
        moments.
    """
    lifts, noise = np.asarray(effects, dtype=float), np.asarray(errors, dtype=float) ** 2
    excess = (lifts**2 / noise).sum() - len(lifts)
    spread2 = max(0.0, float(excess / (1 / noise).sum()))
    keep = spread2 / (spread2 + noise)
    return Shrunk(
        spread=math.sqrt(spread2),
        effects=tuple((keep * lifts).tolist()),
        errors=tuple(np.sqrt(keep * noise).tolist()),
    )


_COLUMNS = [
    "test",
    "metric",
    "arm",
    "action",
    "lift",
    "lift_ci_lower",
    "lift_ci_upper",
    "lift_se",
    "pvalue",
    "money_low",
    "money_mid",
    "money_high",
]


def _lift_se(effect: Effect) -> float:
    if not effect.control > 0:
        return math.nan
    control, treatment = effect.se_control**2, effect.se**2 - effect.se_control**2
    return delta_se((effect.control, control), (effect.treatment, treatment))


def _row(evaluation: Evaluation) -> dict[str, object]:
    plan, decision = evaluation.plan, evaluation.decision
    effect = effect_of(evaluation.effects, plan.primary.name, decision.arm)
    money = decision.money
    return {
        "test": plan.id,
        "metric": plan.primary.name,
        "arm": decision.arm,
        "action": decision.action,
        "lift": effect.lift,
        "lift_ci_lower": effect.shown.lift_ci_lower,
        "lift_ci_upper": effect.shown.lift_ci_upper,
        "lift_se": _lift_se(effect),
        "pvalue": effect.pvalue_adjusted,
        "money_low": money.low if money else math.nan,
        "money_mid": money.mid if money else math.nan,
        "money_high": money.high if money else math.nan,
    }
