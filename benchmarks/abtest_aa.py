"""A/A tests by the thousand.

How often the A/B engine raises a false alarm, and how often its intervals hold.

Run `python benchmarks/abtest_aa.py` (half a minute). Every line gives a share, and the range of
three standard errors around its nominal value in which it must lie; naive looks are meant to lie
outside. The suite runs the same with fewer tests.
"""

import math

import numpy as np
import pandas as pd

from playbook.abtest import Summary, boundaries, collect, compare_means
from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.moments import levels, only, roll_up
from playbook.params.experiment import ExperimentPlan

UNITS = 600
TRUE_LIFT = 0.1
METRICS = [
    {"name": "rate", "kind": "rate", "numerator": "bought", "role": "primary"},
    {"name": "mean", "numerator": "revenue"},
    {"name": "ratio", "kind": "ratio", "numerator": "revenue", "denominator": "visits"},
    {"name": "cuped mean", "numerator": "revenue", "covariates": ["revenue_pre"]},
    {
        "name": "cuped ratio",
        "kind": "ratio",
        "numerator": "revenue",
        "denominator": "visits",
        "covariates": ["revenue_pre", "visits_pre"],
    },
]
PLAN = ExperimentPlan.model_validate(
    {
        "id": "aa",
        "variant": "arm",
        "arms": {"a": 0.5, "b": 0.5},
        "metrics": METRICS,
        "segments": ["test"],
    }
)


def simulated(tests: int, seed: int, lift: float = 0.0) -> pd.DataFrame:
    """Draw shoppers of many tests; with a lift, arm b has that much more of every metric."""
    generator = np.random.default_rng(seed)
    n = tests * UNITS
    arm = generator.integers(0, 2, n)
    factor = 1 + lift * arm
    keen = generator.gamma(2.0, 1.0, n)
    visits, visits_pre = 1 + generator.poisson(keen), 1 + generator.poisson(keen)
    return pd.DataFrame(
        {
            "test": np.arange(n) // UNITS,
            "arm": np.where(arm, "b", "a"),
            "bought": (generator.random(n) < 0.2 * factor).astype(int),
            "visits": visits,
            "revenue": visits * generator.gamma(2.0, 5.0, n) * factor,
            "visits_pre": visits_pre,
            "revenue_pre": visits_pre * generator.gamma(2.0, 5.0, n),
        }
    )


def results(frame: pd.DataFrame) -> dict[str, list[Effect]]:
    """Evaluate every test on every metric."""
    moments = collect(frame, PLAN, ("test",))
    parts = [roll_up(only(moments, "test", {test})) for test in levels(moments, "test")]
    return {
        metric.name: [effects(part, metric, ["a", "b"])[0] for part in parts]
        for metric in PLAN.metrics
    }


def false_alarms(tests: int, seed: int = 1) -> dict[str, float]:
    """Return the share of A/A tests with p < 0.05, by metric."""
    found = results(simulated(tests, seed))
    return {
        name: float(np.mean([effect.pvalue < 0.05 for effect in each]))
        for name, each in found.items()
    }


def coverage(tests: int, seed: int = 2) -> dict[str, float]:
    """Return the share of tests with a true lift whose interval of the lift holds it, by metric."""
    found = results(simulated(tests, seed, TRUE_LIFT))
    return {
        name: float(
            np.mean([effect.lift_ci_lower <= TRUE_LIFT <= effect.lift_ci_upper for effect in each])
        )
        for name, each in found.items()
    }


def false_alarms_over_looks(tests: int, looks: int = 5, seed: int = 3) -> dict[str, float]:
    """Return the share of A/A tests that are stopped at some look.

    Naively, and by O'Brien–Fleming spending.
    """
    generator = np.random.default_rng(seed)
    limits = boundaries([(look + 1) / looks for look in range(looks)])
    z = np.array([_path(generator.exponential(10.0, (2, UNITS)), looks) for _ in range(tests)])
    naive = (np.abs(z) > 1.959964).any(axis=1).mean()
    return {"naive": float(naive), "obf": float((np.abs(z) > np.array(limits)).any(axis=1).mean())}


def tolerance(tests: int, share: float) -> float:
    """Return three standard errors of a share over so many tests."""
    return 3 * math.sqrt(share * (1 - share) / tests)


def _path(values: np.ndarray, looks: int) -> list[float]:
    """Return the normal equivalent of the test at each look."""
    from scipy import special

    edges = [UNITS * (look + 1) // looks for look in range(looks)]
    found = [compare_means(*(_summary(arm[:edge]) for arm in values)) for edge in edges]
    return [-float(special.ndtri(effect.pvalue / 2)) for effect in found]


def _summary(values: np.ndarray) -> Summary:
    return Summary(n=values.size, mean=float(values.mean()), variance=float(values.var(ddof=1)))


def main() -> None:
    """Print all shares beside the range in which they must lie."""
    tests = 4000
    for title, found, share in (
        ("false alarms, 1 look", false_alarms(tests), 0.05),
        ("interval of the lift holds", coverage(tests), 0.95),
        ("false alarms, 5 looks", false_alarms_over_looks(tests), 0.05),
    ):
        low, high = share - tolerance(tests, share), share + tolerance(tests, share)
        for name, value in found.items():
            inside = "within" if low <= value <= high else "OUTSIDE"
            print(f"{title:28} {name:12} {value:.4f}  {inside} {low:.4f} .. {high:.4f}")


if __name__ == "__main__":
    main()
