"""The KPI catalogue, against sums done by hand and published definitions."""

import math
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from playbook import metrics
from playbook.params.model import KpiId


@pytest.fixture
def daily() -> pd.DataFrame:
    """Two channels; the days of 'search' differ in size on purpose, 'mail' has no conversions."""
    return pd.DataFrame(
        {
            "channel": ["search", "search", "mail"],
            "impressions": [1000.0, 100.0, 500.0],
            "clicks": [10.0, 10.0, 0.0],
            "visits": [8.0, 2.0, 0.0],
            "conversions": [10.0, 1.0, 0.0],
            "orders": [2.0, 1.0, 0.0],
            "new_customers": [1.0, 1.0, 0.0],
            "revenue": [300.0, 60.0, 0.0],
            "spend": [100.0, 20.0, 30.0],
        }
    )


def test_every_id_that_parameters_may_name_is_defined_once() -> None:
    assert set(metrics.CATALOGUE) == set(get_args(KpiId))


def test_every_kpi_has_both_names_and_a_formula() -> None:
    assert all(kpi.zh and kpi.en and kpi.formula for kpi in metrics.CATALOGUE.values())


def test_cpa_is_a_ratio_of_sums_not_a_mean_of_ratios(daily: pd.DataFrame) -> None:
    found = metrics.compute(daily, ["cpa"], by=["channel"])
    assert found.loc["search", "cpa"] == pytest.approx(
        120 / 11
    )  # the mean of 10 and 20 would be 15


def test_ctr_of_all_rows_is_one_row_and_a_ratio_of_sums(daily: pd.DataFrame) -> None:
    assert metrics.compute(daily, ["ctr"])["ctr"].tolist() == [pytest.approx(20 / 1600)]


def test_cpm_counts_per_thousand(daily: pd.DataFrame) -> None:
    assert metrics.compute(daily, ["cpm"])["cpm"].item() == pytest.approx(1000 * 150 / 1600)


def test_ratio_over_zero_is_missing_not_zero_and_not_infinite(daily: pd.DataFrame) -> None:
    found = metrics.compute(daily, ["cpa", "cvr", "roas"], by=["channel"]).loc["mail"]
    assert math.isnan(found["cpa"])
    assert math.isnan(found["cvr"])
    assert found["roas"] == 0


def test_row_with_a_missing_part_takes_no_share_in_a_ratio(daily: pd.DataFrame) -> None:
    daily.loc[1, "conversions"] = None
    assert metrics.compute(daily, ["cpa"], by=["channel"]).loc["search", "cpa"] == pytest.approx(
        100 / 10
    )


def test_sum_of_nothing_known_is_missing() -> None:
    nothing = pd.DataFrame({"visits": [None, None]}, dtype="float64")
    assert math.isnan(metrics.compute(nothing, ["visits"])["visits"].item())


def test_absent_column_counts_as_missing(daily: pd.DataFrame) -> None:
    assert math.isnan(metrics.compute(daily, ["bounce_rate"])["bounce_rate"].item())


@pytest.mark.parametrize("kpi", ["reach", "frequency", "ltv"])
def test_what_may_not_be_added_up_is_refused(daily: pd.DataFrame, kpi: KpiId) -> None:
    with pytest.raises(ValueError, match=f"{kpi} may not be added up"):
        metrics.compute(daily, [kpi])


def test_roi_takes_the_margin_and_the_spend_off(daily: pd.DataFrame) -> None:
    priced = metrics.with_profit(daily, margin=0.5)
    assert metrics.compute(priced, ["roi"])["roi"].item() == pytest.approx((0.5 * 360 - 150) / 150)


def test_roi_without_margin_is_a_revenue_roi(daily: pd.DataFrame) -> None:
    assert metrics.compute(metrics.with_profit(daily, None), ["roi"])[
        "roi"
    ].item() == pytest.approx((360 - 150) / 150)


def test_cac_holds_the_other_cost_once(daily: pd.DataFrame) -> None:
    priced = metrics.with_profit(daily, margin=None, other_acquisition_cost=50)
    assert metrics.compute(priced, ["cac"])["cac"].item() == pytest.approx((150 + 50) / 2)


def test_attainment_turns_round_where_lower_is_better() -> None:
    assert metrics.attainment(80, 100, "lower") == pytest.approx(1.25)
    assert metrics.attainment(80, 100, "higher") == pytest.approx(0.8)


def test_attainment_of_a_zero_target_is_missing() -> None:
    assert math.isnan(metrics.attainment(5, 0, "higher"))


def test_retention_counts_customers_who_order_again_in_that_month() -> None:
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", "c", "d"],
            "ordered_at": pd.to_datetime(
                ["2026-01-03", "2026-02-04", "2026-01-05", "2026-01-06", "2026-03-01", "2026-02-10"]
            ),
        }
    )
    found = metrics.retention_rate(orders, month=1)
    assert found[pd.Period("2026-01", "M")] == pytest.approx(
        1 / 3
    )  # a came back; c only two months later
    assert found[pd.Period("2026-02", "M")] == 0
    assert pd.Period("2026-03", "M") not in found.index


def test_lifetime_value_without_discount_is_margin_times_aov_times_orders() -> None:
    assert metrics.lifetime_value(
        [1, 0.5, 0.25], aov=80, margin=0.3, discount_rate=0
    ) == pytest.approx(42)


def test_lifetime_value_discounts_a_year_by_the_rate() -> None:
    assert metrics.lifetime_value(
        [0] * 12 + [1], aov=110, margin=1, discount_rate=0.1
    ) == pytest.approx(100)


counts = st.integers(0, 1000).map(float)


@given(
    st.lists(st.tuples(counts, counts, st.sampled_from(["x", "y"])), min_size=2, max_size=20),
    st.integers(1, 10),
)
def test_adding_rows_up_first_changes_no_ratio(
    rows: list[tuple[float, float, str]], parts: int
) -> None:
    table = pd.DataFrame(rows, columns=["clicks", "impressions", "channel"])
    table["part"] = [index % parts for index in range(len(table))]
    added = table.groupby(["channel", "part"], as_index=False)[["clicks", "impressions"]].sum()
    kpis: list[KpiId] = ["ctr", "clicks"]
    assert_frame_equal(
        metrics.compute(added, kpis, by=["channel"]), metrics.compute(table, kpis, by=["channel"])
    )


def test_other_cost_is_spread_by_spend_and_evenly_where_nothing_was_spent() -> None:
    rows = pd.DataFrame({"spend": [30.0, 10.0], "revenue": [1.0, 2.0]})
    assert metrics.with_profit(rows, 0.4, 8.0)["other_acquisition_cost"].tolist() == [6.0, 2.0]
    unspent = rows.assign(spend=[0.0, float("nan")])
    for margin in (0.4, None):
        spread = metrics.with_profit(unspent, margin, 8.0)["other_acquisition_cost"]
        assert spread.tolist() == [4.0, 4.0]


def test_profit_without_a_margin_is_revenue_itself() -> None:
    rows = pd.DataFrame({"spend": [30.0], "revenue": [50.0]})
    assert metrics.with_profit(rows, None)["gross_profit"].tolist() == [50.0]
    assert metrics.with_profit(rows, 0.0)["gross_profit"].tolist() == [0.0]


def orders(*rows: tuple[str, str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["customer_id", "ordered_at"])
    return found.assign(ordered_at=pd.to_datetime(found["ordered_at"]))


def test_retention_of_a_cohort_is_known_once_its_month_is_in_the_data() -> None:
    table = orders(
        ("anna", "2026-08-03"),
        ("ben", "2026-08-09"),
        ("anna", "2026-09-30"),
        ("anna", "2026-09-01"),
        ("cleo", "2026-09-05"),
        ("ben", "2026-10-01"),
    )
    after_one, after_two = (metrics.retention_rate(table, month) for month in (1, 2))
    august, september = pd.Period("2026-08", "M"), pd.Period("2026-09", "M")
    assert after_one.to_dict() == {august: 0.5, september: 0.0}
    assert after_two[august] == 0.5
    assert math.isnan(after_two[september])
    assert (after_one.name, after_one.index.name) == ("retention_rate", "cohort")


def test_groups_come_in_order_and_no_grouping_is_one_row(daily: pd.DataFrame) -> None:
    found = metrics.compute(daily, ["spend"], by=["channel"])
    assert found.index.to_list() == ["mail", "search"]
    assert found.index.name == "channel"
    assert metrics.compute(daily, ["spend"]).index.to_list() == [0]


def test_a_category_without_rows_is_no_group(daily: pd.DataFrame) -> None:
    kinds = pd.Categorical(daily["channel"], categories=["mail", "search", "radio"])
    found = metrics.compute(daily.assign(channel=kinds), ["spend"], by=["channel"])
    assert found.index.to_list() == ["mail", "search"]


def test_a_ratio_with_an_unknown_cost_is_unknown_and_one_known_sum_stays() -> None:
    table = pd.DataFrame({"gross_profit": [10.0, None], "spend": [4.0, 1.0]})
    assert metrics.compute(table, ["roi"])["roi"].item() == pytest.approx((10 - 4) / 4)
    assert metrics.compute(table, ["spend"])["spend"].item() == 5.0


@pytest.mark.parametrize(
    ("actual", "target", "better", "reached"),
    [(5.0, 10.0, "higher", 0.5), (5.0, 10.0, "lower", 2.0), (0.0, 10.0, "higher", 0.0)],
)
def test_attainment_is_of_the_target_in_its_direction(
    actual: float, target: float, better: metrics.Direction, reached: float
) -> None:
    assert metrics.attainment(actual, target, better) == reached


def test_an_expected_order_next_month_is_worth_a_twelfth_of_a_year_less() -> None:
    assert metrics.lifetime_value([0.0, 1.0], 50.0, 0.4, 0.21) == pytest.approx(
        20 / 1.21 ** (1 / 12)
    )
    assert metrics.lifetime_value([1.0], 50.0, 0.4, 0.21) == 20.0
    assert metrics.lifetime_value([], 50.0, 0.4, 0.21) == 0.0
