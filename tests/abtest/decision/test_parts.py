"""Effects within segments and over days, told as checks."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from playbook.abtest import collect, evaluate
from playbook.abtest.decision.checks import check
from playbook.abtest.decision.parts import reversed_checks, segment_results, trend_results
from playbook.abtest.stats.metric_effects import effects
from playbook.abtest.stats.segments import Heterogeneity
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]
REVENUE = {"name": "revenue", "role": "primary"}


def turned(*, is_reversed: bool) -> Heterogeneity:
    return Heterogeneity(
        column="channel",
        metric="y",
        arm="b",
        total=-1.0,
        pooled=1.0,
        standardised=2.0,
        q=1.0,
        df=1,
        pvalue=0.3,
        is_reversed=is_reversed,
    )


def test_a_reversal_is_told_only_where_the_arms_are_made_up_differently(plan: Plan) -> None:
    mixed = check(
        "srm_part", "srm_part_stop", subject="channel", value=0, p="", level="x", column=""
    )
    sound = check("srm_part", "srm_part_ok", subject="channel", value=1, p="", column="")
    other = check("srm_part", "srm_part_stop", subject="shop", value=0, p="", level="x", column="")
    alike = [turned(is_reversed=True)]
    [told] = reversed_checks(alike, [mixed], plan())
    assert (told.verdict, told.value, told.subject) == ("stop", 2.0, "channel, b")
    for checks in ([sound], [other], []):
        assert reversed_checks(alike, checks, plan()) == []
    assert reversed_checks([turned(is_reversed=False)], [mixed], plan()) == []


def test_segments_are_compared_and_too_many_levels_named(shop: pd.DataFrame, plan: Plan) -> None:
    here = plan(metrics=[REVENUE], segments=["channel", "user"])
    parts = {name: collect(shop, here, [name]) for name in here.segments}
    whole = effects(collect(shop, here), here.primary, ["a", "b"])
    split, alike, checks = segment_results(parts, here, whole)
    assert {(segment.column, segment.level) for segment in split} == {
        ("channel", "search"),
        ("channel", "social"),
    }
    assert [each.column for each in alike] == ["channel"]
    assert [(each.name, each.subject) for each in checks] == [
        ("levels", "user"),
        ("alike", "channel, b"),
    ]


def test_a_trend_needs_days(shop: pd.DataFrame, plan: Plan) -> None:
    undated = plan(metrics=[REVENUE])
    assert trend_results({"": collect(shop, undated)}, undated) == ((), [])
    dated = plan(metrics=[REVENUE], date_column="day", start="2026-09-01", end="2026-09-14")
    trends, checks = trend_results({"day": collect(shop, dated, ["day"])}, dated)
    assert [trend.days for trend in trends] == [14]
    assert np.isfinite(checks[0].value)


def two_tests(*, together: float) -> pd.DataFrame:
    """Colour brings 1, and so much more where the other test shows its new banner."""
    draw = np.random.default_rng(2)
    frame = pd.DataFrame(
        {"arm": draw.choice(list("ab"), 8000), "banner": draw.choice(["old", "new"], 8000)}
    )
    is_b, is_new = frame["arm"].eq("b"), frame["banner"].eq("new")
    frame["y"] = draw.normal(10, 3, 8000) + is_b + 0.5 * is_new + together * (is_b & is_new)
    return frame


@pytest.mark.parametrize(("together", "verdict"), [(0.0, "ok"), (1.0, "watch")])
def test_an_effect_that_depends_on_another_test_is_told(
    plan: Plan, together: float, verdict: str
) -> None:
    result = evaluate(two_tests(together=together), plan(concurrent=["banner"]))
    [told] = [one for one in result.checks if one.name == "interaction"]
    assert (told.verdict, told.subject) == (verdict, "banner, b")
    assert (told.text in result.decision.reasons) == (verdict == "watch")
    by_hand = smf.ols("y ~ C(arm) * C(banner)", two_tests(together=together)).fit()
    assert told.value == pytest.approx(by_hand.pvalues.iloc[-1], rel=0.2, abs=1e-9)
