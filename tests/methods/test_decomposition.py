"""Against effects that are planted one at a time, and against the law that nothing is left over."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(max_examples=40, deadline=None)
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
