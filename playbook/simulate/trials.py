"""Users of the A/B tests.

One true lift, one without effect, one with a broken split, one Simpson's paradox.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from playbook.params.experiment import ExperimentPlan
from playbook.simulate.draw import Floats, generator
from playbook.simulate.scene import Scene, Trial

PRE_SHARE = 0.35
"""Share of users who had bought before the test."""


def experiment_units(
    scene: Scene, plans: Mapping[str, ExperimentPlan], seed: int
) -> dict[str, pd.DataFrame]:
    """Draw the users of every test of the scene.

    Args:
        scene: The campaign.
        plans: The tests as planned, by id; their arms and days are used.
        seed: Of the sample.

    Returns:
        By test, one row per user: experiment, unit_id, variant, assigned_on, device, converted (0
        or 1), revenue, revenue_pre (of the month before).
    """
    return {
        trial.id: _units(
            trial, plans[trial.id], generator(seed, scene.campaign, f"experiment_units/{trial.id}")
        )
        for trial in scene.trials
    }


def _units(trial: Trial, plan: ExperimentPlan, rng: np.random.Generator) -> pd.DataFrame:
    n, (control, treatment) = trial.units, list(plan.arms)
    mobile = rng.random(n) < trial.mobile
    treated = rng.random(n) < np.where(mobile, *trial.treated)
    before = np.where(rng.random(n) < PRE_SHARE, np.rint(rng.gamma(2.0, trial.value / 2, n)), 0.0)
    rate = np.where(mobile, *trial.base) * np.where(treated, 1 + trial.lift, 1.0)
    converted = rng.random(n) < rate
    return pd.DataFrame(
        {
            "experiment": trial.id,
            "unit_id": [f"{trial.id[:3]}{number:05d}" for number in range(1, n + 1)],
            "variant": np.where(treated, treatment, control),
            "assigned_on": _days(plan, n, rng),
            "device": np.where(mobile, "mobile", "desktop"),
            "converted": converted.astype("int8"),
            "revenue": np.where(converted, _basket(trial, before, rng), 0.0),
            "revenue_pre": before,
        }
    )


def _days(plan: ExperimentPlan, n: int, rng: np.random.Generator) -> pd.DatetimeIndex:
    """Draw the day on which each user came, in order."""
    days = pd.date_range(str(plan.start), str(plan.end))
    return days[np.sort(rng.integers(0, len(days), n))]


def _basket(trial: Trial, before: Floats, rng: np.random.Generator) -> Floats:
    """Return what a buyer spends.

    Those who bought much before buy more, so that history narrows intervals.
    """
    level = 0.7 * trial.value + 0.6 * before
    return np.rint(level * rng.lognormal(-0.045, 0.3, len(before)))
