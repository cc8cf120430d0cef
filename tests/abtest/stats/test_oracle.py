"""Every row of oracle.csv: expected values from at least two independent sources, or published."""

import csv
import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.tools import add_constant

from playbook.abtest import equivalence, noninferiority
from playbook.abtest.stats import power, sequential
from playbook.abtest.stats.effects import Effect, Summary, compare_means, compare_rates
from playbook.abtest.stats.effects import fisher as fisher_pvalue
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.multiplicity import adjust, dunnett
from playbook.abtest.stats.sample_ratio import srm
from playbook.abtest.stats.segments import cochran_q
from playbook.abtest.units.aggregate import collect
from playbook.methods import intervals
from playbook.params.experiment import ExperimentPlan

Found = dict[str, Any]

ROWS = {
    row["case"]: (json.loads(row["inputs"]), json.loads(row["expected"]))
    for row in csv.DictReader(
        Path(__file__).with_name("oracle.csv").read_text(encoding="utf-8").splitlines()
    )
}
NOT_COMPUTED = {"tol", "tol_p"}
TOLERANCE = {"dunnett_plantgrowth": 5e-4}


def two_proportions(i: Found) -> Found:
    (x1, x2), (n1, n2) = i["x"], i["n"]
    effect = compare_rates(control=(x2, n2), treatment=(x1, n1))
    return {
        "z": effect.statistic,
        "p": effect.pvalue,
        "chi2": effect.statistic**2,
        "diff": effect.difference,
        "ci": unpooled(x1 / n1, n1, x2 / n2, n2),
    }


def unpooled(rate: float, units: int, control_rate: float, control_units: int) -> list[float]:
    """The textbook interval of a difference, with each arm's own variance."""
    variance = rate * (1 - rate) / units + control_rate * (1 - control_rate) / control_units
    reach = intervals.normal_quantile(0.05) * math.sqrt(variance)
    return [rate - control_rate - reach, rate - control_rate + reach]


def panel_hc2(_: Found) -> Found:
    frame = panel()
    fitted = OLS(frame["y"], add_constant((frame["v"] == "b").astype(float))).fit(cov_type="HC2")
    assert panel_effect().se == pytest.approx(fitted.bse["v"], rel=1e-12)
    return {"se": panel_effect().se}


def lift_of_rates(i: Found) -> Found:
    rates = [(i[f"x_{arm}"] / i[f"n_{arm}"], i[f"n_{arm}"]) for arm in "ct"]
    control, treatment = ((rate, rate * (1 - rate) / n) for rate, n in rates)
    low, high = intervals.log_ratio(control, treatment, intervals.normal_quantile(0.05))
    ratio = treatment[0] / control[0]
    se = intervals.delta_se(control, treatment)
    return {"ratio": ratio, "rel_lift": ratio - 1, "ci_ratio": [1 + low, 1 + high], "se": se}


def fisher_of_counts(i: Found) -> Found:
    (a, b), (c, d) = i["table"]
    return {"p": fisher_pvalue((c, c + d), (a, a + b))}


def welch(effect: Effect) -> Found:
    return {
        "t": effect.statistic,
        "df": effect.df,
        "p": effect.pvalue,
        "ci": [effect.ci_lower, effect.ci_upper],
        "diff": effect.difference,
        "se": effect.se,
    }


def spend() -> tuple[Summary, Summary]:
    i = ROWS["hillstrom_mens_spend_welch"][0]
    control, treatment = (
        Summary(n=i[f"n_{a}"], mean=i[f"mean_{a}"], variance=i[f"var_{a}"]) for a in "ct"
    )
    return control, treatment


def spend_lift(method: Callable[..., tuple[float, float]]) -> Callable[[Found], Found]:
    def case(_: Found) -> Found:
        pairs = [(arm.mean, arm.variance / arm.n) for arm in spend()]
        lift = pairs[1][0] / pairs[0][0] - 1
        ends = method(*pairs, intervals.normal_quantile(0.05))
        return {"rel_lift": lift, "ci": ends, "se": intervals.delta_se(*pairs)}

    return case


def sample_ratio(i: Found) -> Found:
    found = srm(i["observed"], i["ratio"])
    return {"chi2": found.statistic, "p": found.pvalue}


def dunnett_case(i: Found) -> Found:
    groups = [np.array(i[name]) for name in ("ctrl", "trt1", "trt2")]
    variance = np.mean([group.var(ddof=1) for group in groups])
    t = [(group.mean() - groups[0].mean()) / math.sqrt(variance * 2 / 10) for group in groups[1:]]
    return {"t": t, "p": dunnett(t, [0.5, 0.5], df=27)}


def miller(i: Found) -> Found:
    base = i["baseline"]
    size = power.sample_size(baseline=base, lift=i["mde_abs"] / base, formula="miller")
    return {"n_per_arm": size.per_arm, "published": round(size.per_arm)}


def rates_n(formula: power.Formula) -> Callable[[Found], Found]:
    def case(i: Found) -> Found:
        lift = i["p2"] / i["p1"] - 1
        size = power.sample_size(baseline=i["p1"], lift=lift, power=i["power"], formula=formula)
        return {"n_per_arm": size.per_arm, "h": power.arcsine_effect(i["p1"], i["p2"])}

    return case


def spent(spending: sequential.Spending) -> Callable[[Found], Found]:
    return lambda i: {"critical_z": sequential.boundaries(i["t"], i["alpha"], spending)}


def confidence_sequence(i: Found) -> Found:
    rates = [(i[f"x_{arm}"] / i[f"n_{arm}"], i[f"n_{arm}"]) for arm in "ct"]
    se = math.sqrt(sum(rate * (1 - rate) / n for rate, n in rates))
    difference, units = rates[1][0] - rates[0][0], rates[0][1] + rates[1][1]
    ends, p = sequential.confidence_sequence(difference, se, units, tune_units=i["tune_n"])
    return {"ci": ends, "p_always_valid": p}


def panel() -> pd.DataFrame:
    i = np.arange(60)
    frame = pd.DataFrame(
        {"i": i, "v": np.where(i % 2, "b", "a"), "x": (7 * i) % 13, "den": 1 + (5 * i) % 4}
    )
    frame["y"] = 5 + 0.8 * frame["x"] + 1.5 * (i % 2) + (11 * i) % 7 - 3
    return frame.assign(cluster=i // 4)


def panel_plan(**metric: Any) -> ExperimentPlan:
    metrics = [{"name": "m", "numerator": "y", "role": "primary"} | metric]
    return ExperimentPlan.model_validate(
        {"id": "panel", "variant": "v", "arms": {"a": 0.5, "b": 0.5}, "metrics": metrics}
    )


def panel_effect(**metric: Any) -> Effect:
    plan = panel_plan(**metric)
    return effects(collect(panel(), plan), plan.primary, ["a", "b"])[0]


def panel_cuped(_: Found) -> Found:
    effect, plain = panel_effect(covariates=["x"]), panel_effect()
    shift = panel().groupby("v")["x"].mean()
    theta = (plain.difference - effect.difference) / (shift["b"] - shift["a"])
    return welch(effect) | {"theta": theta}


def panel_ratio(_: Found) -> Found:
    effect = panel_effect(kind="ratio", denominator="den")
    return {
        "control": effect.control,
        "treatment": effect.treatment,
        "diff": effect.difference,
        "se": effect.se,
        "z": effect.statistic,
        "p": effect.pvalue,
    }


def panel_samples() -> tuple[pd.Series, pd.Series]:
    frame = panel()
    return frame.loc[frame["v"] == "a", "y"], frame.loc[frame["v"] == "b", "y"]


def tost(i: Found) -> Found:
    found = equivalence(*panel_samples(), low=i["low"], high=i["high"])
    return {"p": found.pvalue, "p_low": found.pvalue_low, "p_high": found.pvalue_high}


def noninferior(i: Found) -> Found:
    return {"p": noninferiority(compare_means(*panel_samples()), i["margin"])}


def newcombe(i: Found) -> Found:
    (x1, x2), (n1, n2) = i["x"], i["n"]
    effect = compare_rates(control=(x2, n2), treatment=(x1, n1))
    return {"diff": effect.difference, "ci": [effect.ci_lower, effect.ci_upper]}


def heterogeneity(i: Found) -> Found:
    pooled, q, p = cochran_q(i["effect"], i["se"])
    return {"pooled": pooled, "Q": q, "df": len(i["se"]) - 1, "p": p}


def adjusted(method: Any) -> Callable[[Found], Found]:
    return lambda i: {"adjusted": adjust(i["p"], method)}


CASES: dict[str, Callable[[Found], Found]] = {
    **dict.fromkeys(
        [
            "cookie_cats_ret7",
            "cookie_cats_ret1",
            "udacity_gross_conversion",
            "udacity_net_conversion",
            "hillstrom_mens_visit",
            "hillstrom_womens_conversion",
        ],
        two_proportions,
    ),
    "cookie_cats_ret7_relative": lift_of_rates,
    "cookie_cats_ret7_relative_delta": lift_of_rates,
    "fisher_small_conv": fisher_of_counts,
    "student_sleep_welch": lambda i: welch(compare_means(i["b"], i["a"])),
    "hillstrom_mens_spend_welch": lambda _: welch(compare_means(*spend())),
    "hillstrom_mens_spend_fieller": spend_lift(intervals.fieller),
    "hillstrom_mens_spend_delta": spend_lift(intervals.delta),
    "hillstrom_mens_spend_loglift": spend_lift(intervals.log_ratio),
    **dict.fromkeys(["srm_kohavi", "srm_80_20", "srm_three_arms"], sample_ratio),
    **{
        f"adjust_{name}": adjusted(name)
        for name in ("holm", "bh", "bonferroni", "hommel", "by", "hochberg")
    },
    "dunnett_plantgrowth": dunnett_case,
    "power_t_cohen": lambda i: {
        "n_per_arm": power.sample_size(baseline=1, lift=i["d"], sd=1, formula="t").per_arm
    },
    "power_2p_arcsine": rates_n("arcsine"),
    "power_prop_R": rates_n("pooled"),
    "power_prop_10_11": rates_n("pooled"),
    **dict.fromkeys(
        ["evanmiller_20_5", "udacity_n_gross", "udacity_n_retention", "udacity_n_net"], miller
    ),
    "gs_ldof_k5": spent("obf"),
    "gs_ldpocock_k5": spent("pocock"),
    "gs_ldof_k4": spent("obf"),
    "gs_ldof_unequal": spent("obf"),
    "gs_kd2_k4": spent("kim-demets"),
    "peeking_inflation": lambda i: {"error": [sequential.peeking_cost(k) for k in i["K"]]},
    "asymptotic_confidence_sequence": confidence_sequence,
    "panel_welch": lambda _: welch(panel_effect()),
    "panel_cuped_pooled_theta": panel_cuped,
    "panel_hc2_equals_welch": panel_hc2,
    "panel_ratio_delta": panel_ratio,
    "panel_tost": tost,
    "panel_noninferiority": noninferior,
    "wilson_newcombe": lambda i: {"ci": intervals.wilson(i["x"], i["n"])},
    "newcombe_56_70_48_80": newcombe,
    "segment_heterogeneity_q": heterogeneity,
}


def test_every_row_of_the_oracle_has_a_case() -> None:
    assert set(CASES) == set(ROWS)


@pytest.mark.parametrize("case", ROWS)
def test_oracle(case: str) -> None:
    given, expected = ROWS[case]
    found = CASES[case](given)
    for name in expected.keys() - NOT_COMPUTED:
        assert found[name] == pytest.approx(
            expected[name], rel=TOLERANCE.get(case, 2e-6), abs=1e-300
        ), name


def test_results_are_frozen() -> None:
    effect = compare_rates(control=(10, 100), treatment=(12, 100))
    with pytest.raises(dataclasses.FrozenInstanceError):
        effect.pvalue = 0.0  # type: ignore[misc]
