"""What the list of truths says of channels, days and months is in the files.

Recomputed from them by simple means, never from the simulator.
"""

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook import params
from playbook.simulate.scene import Scene
from tests.simulate import reading

OCTOBER = "2026-10"


def monthly(daily: pd.DataFrame) -> pd.DataFrame:
    """Sums by channel and month."""
    return daily.groupby(["channel", "month"])[
        ["impressions", "visits", "orders", "revenue", "spend"]
    ].sum()


def test_one_paid_channel_loses_money_and_the_others_earn_it(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    found = reading.truths(root, campaign, 1)["size"]
    assert plan.business.margin is not None
    losing = found * plan.business.margin < 1
    assert losing.sum() == 1
    assert losing.idxmax() in ("iroas.ocean-feed", "iroas.google-display")


def test_less_revenue_is_caused_than_attributed(
    root: Path, campaign: str, scene: Scene, daily: pd.DataFrame
) -> None:
    caused = reading.truths(root, campaign, 1).set_index("where")["size"]
    sums = daily.groupby("channel")[["revenue", "spend"]].sum()
    attributed = (sums["revenue"] / sums["spend"])[caused.index]
    comes_anyway = pd.Series({spec.id: spec.base_share for spec in scene.channels})[caused.index]
    assert (caused < attributed).all()
    assert caused.to_numpy() == pytest.approx((attributed * (1 - comes_anyway)).to_numpy(), rel=0.1)


def test_a_platform_claims_more_than_the_shop_sold(
    root: Path, campaign: str, scene: Scene, daily: pd.DataFrame
) -> None:
    august = daily[daily["month"].eq("2026-08")].groupby("channel")[["conversions", "orders"]].sum()
    for truth in reading.truths(root, campaign, 3).itertuples():
        claimed = august.loc[truth.where, "conversions"] / august.loc[truth.where, "orders"]
        assert claimed == pytest.approx(truth.size, rel=0.1)


KINDS = {
    "spike": {"clicks": (1.5, 4)},
    "drop": {"impressions": (0.1, 0.6)},
    "outage": {"spend": (0.0, 0.1), "visits": (0.0, 0.3)},
    "tracking_loss": {"conversions": (0.0, 0.2), "clicks": (0.8, 1.25)},
    "bot_clicks": {"clicks": (1.6, 2.6), "spend": (0.8, 1.25), "visits": (0.8, 1.25)},
    "budget_cap": {"spend": (0.3, 0.7), "clicks": (0.3, 0.8)},
    "mild": {"visits": (0.55, 0.88)},
}
"""Against the same weekdays of the two weeks before and after, what each kind of anomaly does."""


def test_a_dozen_anomalies_of_seven_kinds_are_in_the_days(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    events = reading.truths(root, campaign, 9)
    assert len(events) == 12
    assert set(events["what"]) == set(KINDS)
    wide = daily.set_index(["channel", "date"]).sort_index()
    for event in events.to_dict("records"):
        for column, (least, most) in KINDS[event["what"]].items():
            assert (
                least
                <= against_usual(wide.loc[event["where"], column], event["from"], event["to"])
                <= most
            ), event


def against_usual(values: pd.Series, first: str, last: str) -> float:
    """Sum of the days over the median of the same days one and two weeks earlier and later."""
    here = values[first:last].sum()
    around = [values.shift(weeks, freq="7D")[first:last].sum() for weeks in (1, 2, -1, -2)]
    return float(here / np.median([level for level in around if level > 0]))


def test_one_budget_is_gone_on_the_21st(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    truth = reading.truths(root, campaign, 11).query("id.str.startswith('gone')").iloc[0]
    october = daily[daily["month"].eq(OCTOBER) & daily["channel"].eq(truth["where"])].set_index(
        "date"
    )["spend"]
    used = october.cumsum() / plan.budget[truth["where"]]
    assert used["2026-10-20"] < 0.98
    assert used["2026-10-21"] == pytest.approx(1, abs=1e-4)
    assert october["2026-10-22":].sum() == 0


def test_one_budget_is_a_quarter_unspent(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    truth = reading.truths(root, campaign, 11).query("id.str.startswith('under')").iloc[0]
    spend = daily[daily["month"].eq(OCTOBER) & daily["channel"].eq(truth["where"])]["spend"].sum()
    assert spend / plan.budget[truth["where"]] == pytest.approx(0.75, abs=0.005)


def test_october_misses_its_revenue_by_the_checkout_bug(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    lost = reading.truths(root, campaign, 15).loc["checkout-bug.revenue", "size"]
    actual = daily.loc[daily["month"].eq(OCTOBER), "revenue"].sum()
    target = plan.goals["revenue"].target
    assert actual < 0.98 * target
    assert actual + lost > target


def test_the_bug_takes_a_fifth_of_the_conversion_rate_from_the_12th_on(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    truth = reading.truths(root, campaign, 15).loc["checkout-bug"]
    search = daily[daily["channel"].eq(truth["where"])].set_index("date")[["orders", "visits"]]
    before, after = (
        search[days].sum()
        for days in (slice("2026-08-01", "2026-10-11"), slice("2026-10-12", "2026-10-31"))
    )
    ratio = (after["orders"] / after["visits"]) / (before["orders"] / before["visits"])
    assert truth["size"] == pytest.approx(-0.18)
    assert ratio - 1 == pytest.approx(truth["size"], abs=0.06)


def test_contacts_got_a_fifth_dearer_on_one_channel(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    truth = reading.truths(root, campaign, 15).query("what == 'cpm_rise'").iloc[0]
    sums = monthly(daily).loc[truth["where"]]
    cpm = 1000 * sums["spend"] / sums["impressions"]
    assert cpm[OCTOBER] / cpm["2026-09"] - 1 == pytest.approx(0.2, abs=0.05)


def test_spend_moved_to_the_weakest_channel(root: Path, campaign: str, daily: pd.DataFrame) -> None:
    spend = monthly(daily)["spend"].unstack("month")
    shift = (spend / spend.sum())[OCTOBER] - (spend / spend.sum())["2026-09"]
    truth = (
        reading.truths(root, campaign, 15)
        .query("id.str.startswith('mix')")
        .set_index("where")["size"]
    )
    assert shift[truth.index].to_numpy() == pytest.approx(truth.to_numpy(), abs=1e-4)
    assert shift.idxmax() in ("ocean-feed", "google-display")
    assert shift.max() > 0.03


def test_the_distractor_is_within_noise(root: Path, campaign: str, daily: pd.DataFrame) -> None:
    truth = reading.truths(root, campaign, 15).query("what == 'distractor'").iloc[0]
    sums = monthly(daily).loc[truth["where"]]
    rate = sums["orders"] / sums["visits"]
    error = sqrt((rate * (1 - rate) / sums["visits"]).loc[["2026-09", OCTOBER]].sum())
    assert abs(rate[OCTOBER] - rate["2026-09"]) < 1.96 * error


def test_the_mean_of_ratios_lies_on_one_channel(root: Path, campaign: str) -> None:
    truth = (
        reading.truths(root, campaign, 20)
        .query("id.str.startswith('mean')")
        .set_index("where")["size"]
    )
    for channel, planted in truth.items():
        rows = reading.units(root, campaign, str(channel))
        shown = rows[rows["impressions"] > 0]
        lie = (shown["clicks"] / shown["impressions"]).mean() / (
            rows["clicks"].sum() / rows["impressions"].sum()
        ) - 1
        assert lie == pytest.approx(planted, abs=1e-4)
    assert truth.max() > 0.15


def test_a_paused_unit_has_rows_without_denominator(root: Path, campaign: str) -> None:
    truth = reading.truths(root, campaign, 20).query("id.str.startswith('no-imp')").iloc[0]
    rows = reading.units(root, campaign, truth["where"])
    empty = rows[rows["impressions"].eq(0)]
    assert len(empty) == truth["size"] == 3
    assert empty[["clicks", "conversions", "spend"]].eq(0).all(axis=None)


def test_most_goals_have_an_answer_and_some_are_missed(
    daily: pd.DataFrame, plan: params.Campaign
) -> None:
    october = daily[daily["month"].eq(OCTOBER)][["spend", "new_customers"]].sum()
    cac = (october["spend"] + plan.business.other_acquisition_cost) / october["new_customers"]
    assert october["new_customers"] > plan.goals["new-customers"].target
    assert "cac" not in plan.goals or cac < plan.goals["cac"].target


def test_every_truth_has_an_id_of_its_own_and_a_number_of_the_methods_page(root: Path) -> None:
    table = pd.DataFrame(
        json.loads((root / "data/truth.json").read_text(encoding="utf-8"))["truths"]
    )
    assert not table.duplicated(["campaign", "id"]).any()
    assert set(table["truth"]) == {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 15, 20}
    assert table["size"].notna().all()


def test_half_of_the_largest_effect_lies_at_its_multiple_of_the_usual_spend(
    root: Path, campaign: str, scene: Scene
) -> None:
    planted = reading.truths(root, campaign, 2)["size"]
    budgets = [
        params.load(campaign, period, root / "params").budget
        for period in ("2026-08", "2026-09", "2026-10")
    ]
    for spec in scene.channels:
        a_day = sum(budget[spec.id] for budget in budgets) / 92
        assert planted[f"half-point.{spec.id}"] == pytest.approx(spec.half_point * a_day, rel=1e-5)
        assert planted[f"carry-over.{spec.id}"] == spec.carry_over
