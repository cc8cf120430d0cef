"""Against effects that are planted one at a time, and against the law that nothing is left over."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.methods.bootstrap import day_counts, widened
from playbook.methods.decomposition import causes, decompose
from playbook.metrics import ALL
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import channel_daily, without_site

SEPTEMBER = by_channel_day(channel_daily("2026-09-01", "2026-09-30"))


def _october(**funnels: tuple[float, ...]) -> pd.DataFrame:
    return by_channel_day(channel_daily("2026-10-01", "2026-10-31", **funnels))


def _change(before: pd.DataFrame, now: pd.DataFrame) -> float:
    return float(now["revenue"].sum() - before["revenue"].sum())


def _effect(effects: pd.DataFrame, channel: str, step: str) -> float:
    return float(effects.set_index(["channel", "step"]).loc[(channel, step), "effect"])


def test_the_effects_add_up_to_the_change() -> None:
    now = _october(
        search=(150.0, 8.0, 0.04, 0.8, 0.06, 90.0), social=(50.0, 6.0, 0.02, 0.9, 0.03, 110.0)
    )
    effects = decompose(SEPTEMBER, now, draws=0)
    assert effects["effect"].sum() == pytest.approx(_change(SEPTEMBER, now), rel=1e-9, abs=1e-9)


def test_a_planted_fall_of_the_order_rate_is_that_step_and_no_other() -> None:
    now = by_channel_day(
        channel_daily("2026-09-01", "2026-09-30", search=(100.0, 10.0, 0.05, 0.9, 0.041, 100.0))
    )
    effects = decompose(SEPTEMBER, now, draws=0)
    assert _effect(effects, "search", "order_rate") == pytest.approx(_change(SEPTEMBER, now))
    others = effects[~(effects["channel"].eq("search") & effects["step"].eq("order_rate"))]
    assert others["effect"].abs().max() < 1e-6


def test_a_shift_of_money_is_mix_although_the_totals_blame_ctr() -> None:
    """Display takes search's money.

    The CTR of all falls by half, but no channel's CTR has changed.
    """
    now = by_channel_day(
        channel_daily(
            "2026-09-01",
            "2026-09-30",
            search=(50.0, 10.0, 0.05, 0.9, 0.05, 100.0),
            display=(150.0, 2.0, 0.004, 0.5, 0.02, 80.0),
        )
    )
    found = causes(decompose(SEPTEMBER, now, draws=0)).set_index("cause")["effect"]
    assert found["(all):mix"] == pytest.approx(_change(SEPTEMBER, now))
    assert found.drop("(all):mix").abs().max() < 1e-6


def test_one_day_more_is_not_a_better_month() -> None:
    now = by_channel_day(channel_daily("2026-09-01", "2026-09-29"))
    first = causes(decompose(SEPTEMBER, now, draws=0)).iloc[0]
    assert (first["channel"], first["step"]) == (ALL, "days")


def test_missing_visits_merge_their_steps() -> None:
    before, now = (
        by_channel_day(without_site(channel_daily(*days)))
        for days in (("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31"))
    )
    before, now = (
        rows.assign(revenue=rows["conversions"] * price)
        for rows, price in ((before, 100.0), (now, 90.0))
    )
    effects = decompose(before, now, draws=0)
    steps = ["days", "total_spend", "mix", "cpm", "ctr", "cvr_click", "conversions_to_revenue"]
    assert list(effects.loc[effects["channel"].eq("search"), "step"]) == steps
    assert effects["effect"].sum() == pytest.approx(_change(before, now), rel=1e-9)


def test_a_channel_without_spend_has_volume_instead_of_mix() -> None:
    rows = [rows.assign(spend=np.nan) for rows in (SEPTEMBER, _october())]
    effects = decompose(*rows, draws=0)
    assert set(effects["step"]) == {"days", "volume", "ctr", "visit_rate", "order_rate", "aov"}
    assert effects["effect"].sum() == pytest.approx(_change(*rows), rel=1e-9)


def test_a_new_channel_is_one_effect_of_all_its_revenue() -> None:
    before = SEPTEMBER[SEPTEMBER["channel"].ne("social")]
    effects = decompose(before, SEPTEMBER, draws=0)
    whole = SEPTEMBER.loc[SEPTEMBER["channel"].eq("social"), "revenue"].sum()
    assert _effect(effects, "social", "started") == pytest.approx(whole)
    assert effects["effect"].sum() == pytest.approx(whole)


def test_levels_are_the_kpis_of_both_periods() -> None:
    effects = decompose(SEPTEMBER, _october(search=(100.0, 12.0, 0.05, 0.9, 0.05, 100.0)), draws=0)
    row = effects.set_index(["channel", "step"]).loc[("search", "cpm")]
    assert (row["previous"], row["actual"]) == (pytest.approx(10.0), pytest.approx(12.0))


def test_a_change_within_the_daily_scatter_is_noise() -> None:
    generator = np.random.default_rng(3)
    scatter = [
        rows.assign(orders=rows["orders"] * generator.uniform(0.5, 1.5, len(rows)))
        for rows in (SEPTEMBER, _october())
    ]
    scatter = [rows.assign(revenue=rows["orders"] * 100.0) for rows in scatter]
    effects = decompose(*scatter).set_index(["channel", "step"])
    assert effects.loc[("search", "order_rate"), "certainty"] == "noise"


def test_a_large_fall_in_the_same_scatter_is_clear() -> None:
    generator = np.random.default_rng(3)
    halved = [(SEPTEMBER, 1.0), (_october(), 0.5)]
    scatter = [
        rows.assign(orders=rows["orders"] * share * generator.uniform(0.5, 1.5, len(rows)))
        for rows, share in halved
    ]
    scatter = [rows.assign(revenue=rows["orders"] * 100.0) for rows in scatter]
    row = decompose(*scatter).set_index(["channel", "step"]).loc[("search", "order_rate")]
    assert row["certainty"] == "clear"
    assert row["low"] < row["effect"] < row["high"] < 0


def test_a_week_of_days_leaves_noise_unknown() -> None:
    week = by_channel_day(channel_daily("2026-10-01", "2026-10-07"))
    assert set(decompose(week, week)["certainty"]) == {"unknown"}


def test_the_same_seed_draws_the_same() -> None:
    now = _october(search=(100.0, 10.0, 0.05, 0.9, 0.041, 100.0))
    pd.testing.assert_frame_equal(decompose(SEPTEMBER, now), decompose(SEPTEMBER, now))


def test_without_a_period_before_nothing_has_started() -> None:
    nothing = SEPTEMBER.iloc[:0]
    assert decompose(nothing, SEPTEMBER).empty
    assert causes(decompose(nothing, nothing)).empty


funnel = st.tuples(
    st.floats(1, 1e4),
    st.floats(0.5, 50),
    st.floats(0.001, 0.2),
    st.floats(0.1, 1),
    st.floats(0.001, 0.5),
    st.floats(1, 1e3),
)


@settings(max_examples=40)
@given(search=funnel, social=funnel, display=funnel)
def test_nothing_is_left_over_whatever_changes(
    search: tuple[float, ...], social: tuple[float, ...], display: tuple[float, ...]
) -> None:
    before = by_channel_day(channel_daily("2026-09-01", "2026-09-03"))
    now = by_channel_day(
        channel_daily("2026-10-01", "2026-10-04", search=search, social=social, display=display)
    )
    effects = decompose(before, now, draws=0)
    assert effects["effect"].sum() == pytest.approx(
        _change(before, now), rel=1e-9, abs=1e-9 * now["revenue"].sum()
    )


def test_days_as_many_as_before_are_noise_and_not_a_clear_effect_of_nothing() -> None:
    now = by_channel_day(
        channel_daily("2026-10-01", "2026-10-30", search=(100.0, 10.0, 0.05, 0.9, 0.06, 100.0))
    )
    effects = decompose(SEPTEMBER, now, draws=50).set_index(["channel", "step"])
    days = effects.loc[("search", "days")]
    assert days[["effect", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert days["certainty"] == "noise"


def test_effects_are_logarithmic_means_times_logs_worked_by_hand() -> None:
    """One channel, one day; revenue from 100 to 300 because prices and clicks have both moved."""
    names = ["date", "channel", "spend", "impressions", "clicks", "visits", "orders", "revenue"]
    old = pd.DataFrame(
        [(pd.Timestamp("2026-09-01"), "x", 10, 1000, 100, 50, 5, 100.0)], columns=names
    )
    new = pd.DataFrame(
        [(pd.Timestamp("2026-10-01"), "x", 20, 1000, 200, 50, 5, 300.0)], columns=names
    )
    found = decompose(old, new, draws=0).set_index("step")
    mean = (300 - 100) / np.log(300 / 100)
    wanted = {
        "days": 1,
        "total_spend": 2,
        "mix": 1,
        "cpm": 0.5,
        "ctr": 2,
        "visit_rate": 0.5,
        "order_rate": 1,
        "aov": 3,
    }
    assert found["effect"].to_dict() == pytest.approx(
        {step: mean * np.log(ratio) for step, ratio in wanted.items()}
    )
    assert found["previous"].to_dict() == pytest.approx(
        {
            "days": np.nan,
            "total_spend": np.nan,
            "mix": np.nan,
            "cpm": 10,
            "ctr": 0.1,
            "visit_rate": 0.5,
            "order_rate": 0.1,
            "aov": 20,
        },
        nan_ok=True,
    )
    assert found.loc["cpm", "actual"] == pytest.approx(20)


def test_a_channel_that_stays_the_same_size_weighs_its_revenue() -> None:
    """The logarithmic mean of two equal revenues is that revenue."""
    names = ["date", "channel", "clicks", "orders", "revenue"]
    old = pd.DataFrame([(pd.Timestamp("2026-09-01"), "x", 100, 5, 100.0)], columns=names)
    new = pd.DataFrame([(pd.Timestamp("2026-10-01"), "x", 200, 5, 100.0)], columns=names)
    found = decompose(old, new, draws=0).set_index("step")["effect"]
    assert found.to_dict() == pytest.approx(
        {"days": 0, "volume": 100 * np.log(2), "order_rate_click": -100 * np.log(2), "aov": 0}
    )


def test_a_channel_that_has_stopped_loses_all_its_revenue() -> None:
    now = SEPTEMBER[SEPTEMBER["channel"].ne("social")]
    row = (
        decompose(SEPTEMBER, now, draws=0).set_index(["channel", "step"]).loc[("social", "stopped")]
    )
    whole = SEPTEMBER.loc[SEPTEMBER["channel"].eq("social"), "revenue"].sum()
    assert row["effect"] == pytest.approx(-whole)
    assert row["certainty"] == "clear"


def test_conversions_stand_in_where_there_are_no_orders() -> None:
    rows = [rows.assign(orders=np.nan) for rows in (SEPTEMBER, _october())]
    steps = decompose(*rows, draws=0).query("channel == 'search'")["step"].tolist()
    assert steps[-3:] == ["visit_rate", "cvr", "conversions_to_revenue"]


def test_causes_are_named_by_channel_and_step_the_largest_first() -> None:
    now = _october(search=(150.0, 8.0, 0.04, 0.8, 0.02, 90.0))
    effects = decompose(SEPTEMBER, now, draws=0)
    found = causes(effects)
    assert found["effect"].abs().is_monotonic_decreasing
    assert found["cause"].tolist() == (found["channel"] + ":" + found["step"]).tolist()
    common = found[found["channel"].eq(ALL)].set_index("step")
    assert set(common.index) == {"days", "total_spend", "mix"}
    assert set(common["certainty"]) == {"clear"}
    assert common["low"].isna().all()
    assert common.loc["mix", "effect"] == pytest.approx(
        effects.loc[effects["step"].eq("mix"), "effect"].sum()
    )


def test_each_cause_is_listed_once_where_one_channel_pays_and_another_does_not() -> None:
    """The first channel has two steps before its funnel, the others three."""
    rows = [
        rows.assign(spend=rows["spend"].where(rows["channel"].ne("display")))
        for rows in (SEPTEMBER, _october(search=(150.0, 8.0, 0.04, 0.8, 0.02, 90.0)))
    ]
    effects = decompose(*rows, draws=0)
    found = causes(effects)
    assert found["cause"].is_unique
    assert found["effect"].sum() == pytest.approx(effects["effect"].sum())


def test_two_weeks_of_days_are_enough_to_judge_noise_and_a_day_less_is_not() -> None:
    fortnight = by_channel_day(channel_daily("2026-10-01", "2026-10-14"))
    less = by_channel_day(channel_daily("2026-10-01", "2026-10-13"))
    assert "unknown" not in set(decompose(SEPTEMBER, fortnight, draws=50)["certainty"])
    assert set(decompose(SEPTEMBER, less, draws=50)["certainty"]) == {"unknown"}


def test_intervals_are_those_of_draws_stretched_by_the_weeks_of_both_periods() -> None:
    """One channel's order rate drawn with the same generator, the formula written out."""
    generator = np.random.default_rng(8)
    before, now = (
        rows[rows["channel"].eq("search")].assign(
            revenue=lambda part: part["orders"] * generator.uniform(50, 150, len(part))
        )
        for rows in (SEPTEMBER, _october())
    )
    row = decompose(before, now, seed=4, draws=300).set_index("step").loc["aov"]
    same = np.random.default_rng(4)
    counts = day_counts(30, 300, same), day_counts(31, 300, same)
    sums = [
        {name: drawn @ rows[name].to_numpy() for name in ("orders", "revenue")}
        for drawn, rows in zip(counts, (before, now), strict=True)
    ]
    old, new = sums
    mean = (new["revenue"] - old["revenue"]) / np.log(new["revenue"] / old["revenue"])
    price = np.log(new["revenue"] / new["orders"] * old["orders"] / old["revenue"])
    for _ in range(7):  # the seven steps before it draw their own stretch
        same.chisquare(30 / 7 + 31 / 7 - 2, 300)
    wide = widened(mean * price, 30 / 7 + 31 / 7 - 2, 30, same)
    assert [row["low"], row["high"]] == pytest.approx(np.quantile(wide, [0.05, 0.95]), rel=1e-6)
