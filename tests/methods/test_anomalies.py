"""Against days that were planted.

A break in tracking, a landing page down, a burst of clicks, a growing shop.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from playbook.methods.anomalies import anomalies, incidents, judged
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import channel_daily

FIRST, LAST, CUT = date(2026, 10, 1), date(2026, 10, 31), 4.5


@pytest.fixture
def daily() -> pd.DataFrame:
    """Three months in which every figure scatters by a tenth."""
    rows = by_channel_day(channel_daily("2026-08-01", "2026-10-31"))
    generator = np.random.default_rng(11)
    columns = ["impressions", "clicks", "conversions", "revenue", "spend"]
    rows[columns] = rows[columns] * generator.uniform(0.9, 1.1, (len(rows), len(columns)))
    return rows


def _on(rows: pd.DataFrame, day: str, channel: str) -> pd.Series:
    return rows["date"].eq(pd.Timestamp(day)) & rows["channel"].eq(channel)


def _found(rows: pd.DataFrame, *outage_days: str) -> pd.DataFrame:
    return anomalies(judged(rows), FIRST, LAST, CUT, [pd.Timestamp(day) for day in outage_days])


def test_an_ordinary_month_has_few_unusual_days(daily: pd.DataFrame) -> None:
    assert len(_found(daily)) <= 2


def test_weekends_are_compared_with_weekends(daily: pd.DataFrame) -> None:
    found = judged(daily)
    saturday = found[_on(found, "2026-10-17", "search") & found["kpi"].eq("clicks")]
    assert saturday["expected"].iloc[0] == pytest.approx(600, rel=0.1)  # 500 on weekdays


def test_results_that_vanish_while_clicks_go_on_look_like_a_break_in_tracking(
    daily: pd.DataFrame,
) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-14", "search"), ["conversions", "revenue"]] = 0.0
    found = _found(broken)
    assert set(found.loc[_on(found, "2026-10-14", "search"), "cause"]) == {"tracking"}


def test_the_same_fall_on_the_day_of_an_outage_is_the_page(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-14", "search"), ["conversions", "revenue"]] = 0.0
    found = _found(broken, "2026-10-14")
    assert set(found.loc[_on(found, "2026-10-14", "search"), "cause"]) == {"page_down"}


def test_a_burst_of_clicks_without_results_is_doubtful(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[_on(broken, "2026-10-20", "social"), "clicks"] *= 4
    (row,) = _found(broken)[_on(_found(broken), "2026-10-20", "social")].to_dict("records")
    assert (row["kpi"], row["cause"]) == ("clicks", "clicks_without_result")
    assert row["change"] == pytest.approx(3, rel=0.2)


@pytest.mark.parametrize(
    ("results", "cause"),
    [
        ({"conversions": 1.0}, "clicks_without_result"),
        ({"conversions": 2.5}, "unknown"),
        ({"conversions": 1.0, "revenue": 2.5}, "unknown"),
        ({"revenue": 1.0}, "clicks_without_result"),
        ({}, "unknown"),
    ],
    ids=["flat", "followed", "revenue followed", "revenue flat", "not known"],
)
def test_a_burst_of_clicks_is_without_results_only_where_results_are_known(
    daily: pd.DataFrame, results: dict[str, float], cause: str
) -> None:
    burst = daily.copy()
    that_day = _on(burst, "2026-10-20", "social")
    burst.loc[that_day, "clicks"] *= 4
    for kpi in ("conversions", "revenue"):
        burst.loc[that_day, kpi] *= results.get(kpi, 1.0)
        burst.loc[burst["channel"].eq("social") & (kpi not in results), kpi] = np.nan
    found = _found(burst)
    clicks = found[_on(found, "2026-10-20", "social") & found["kpi"].eq("clicks")]
    assert clicks["cause"].to_list() == [cause]


def test_a_burst_of_clicks_where_no_channel_knows_results_has_no_known_cause(
    daily: pd.DataFrame,
) -> None:
    burst = daily.assign(conversions=np.nan, revenue=np.nan)
    burst.loc[_on(burst, "2026-10-20", "social"), "clicks"] *= 4
    assert _found(burst)["cause"].to_list() == ["unknown"]


def test_sales_where_none_were_expected_follow_the_clicks(daily: pd.DataFrame) -> None:
    burst = daily.copy()
    social = burst["channel"].eq("social")
    burst.loc[social, ["conversions", "revenue"]] = 0.0
    that_day = _on(burst, "2026-10-20", "social")
    burst.loc[that_day, "clicks"] *= 4
    burst.loc[that_day, "conversions"] = 30.0
    found = _found(burst)
    clicks = found[_on(found, "2026-10-20", "social") & found["kpi"].eq("clicks")]
    assert clicks["cause"].to_list() == ["unknown"]


def test_more_money_explains_more_of_everything(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    broken.loc[
        _on(broken, "2026-10-20", "search"),
        ["impressions", "clicks", "conversions", "revenue", "spend"],
    ] *= 3
    assert set(_found(broken)["cause"]) == {"spend_changed"}


def test_a_day_is_never_judged_by_later_days(daily: pd.DataFrame) -> None:
    whole, cut = judged(daily), judged(daily[daily["date"] <= "2026-10-15"])
    early = whole[whole["date"] <= "2026-10-15"].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, cut)


def test_a_channel_with_an_order_a_day_is_not_judged_by_the_day() -> None:
    small = {"search": (2.0, 10.0, 0.05, 0.9, 0.05, 100.0)}
    found = judged(by_channel_day(channel_daily("2026-08-01", "2026-10-31", **small)))
    scored = found[found["channel"].eq("search") & found["score"].notna()]
    assert set(scored["kpi"]) == {"impressions", "clicks", "spend"}


def test_steady_growth_is_not_unusual() -> None:
    rows = by_channel_day(channel_daily("2026-08-01", "2026-10-31"))
    growth = 1.01 ** (rows["date"] - rows["date"].min()).dt.days
    columns = ["impressions", "clicks", "conversions", "revenue", "spend"]
    rows[columns] = rows[columns].mul(growth, axis=0)
    assert _found(rows).empty


@pytest.mark.parametrize("factor", [0.2, 3, 100])
def test_after_a_lasting_change_of_level_the_new_level_is_usual(
    daily: pd.DataFrame, factor: float
) -> None:
    moved = daily.copy()
    after = moved["date"].ge(pd.Timestamp("2026-09-14")) & moved["channel"].eq("search")
    moved.loc[after, ["impressions", "clicks", "conversions", "revenue", "spend"]] *= factor
    found = judged(moved)
    later = found[
        found["channel"].eq("search")
        & found["kpi"].eq("clicks")
        & found["date"].ge(pd.Timestamp(FIRST))
    ]
    assert (
        (later["actual"] / later["expected"]).between(0.75, 1.33).all()
    )  # the level is counted once, not twice
    assert len(_found(moved)) <= 2


def test_an_incident_gathers_a_day_and_counts_the_money(daily: pd.DataFrame) -> None:
    broken = daily.copy()
    both = broken["date"].eq(pd.Timestamp("2026-10-14")) & broken["channel"].isin(
        ["search", "social"]
    )
    broken.loc[both, ["conversions", "revenue"]] = 0.0
    row = (
        incidents(_found(broken), judged(broken)).set_index("date").loc[pd.Timestamp("2026-10-14")]
    )
    assert (row["signals"], row["channels"], row["cause"]) == (4, 2, "tracking")
    assert row["at_stake"] == pytest.approx(-(2250 + 720), rel=0.15)


def test_a_few_days_of_history_judge_nothing() -> None:
    assert judged(by_channel_day(channel_daily("2026-10-01", "2026-10-10"))).empty


def test_expectation_and_score_are_those_of_the_docstring_worked_day_by_day(
    daily: pd.DataFrame,
) -> None:
    """Level of two weeks, the weekday's median of eight, and the MAD, with loops instead of windows."""
    daily["clicks"] *= np.random.default_rng(2).lognormal(0, 0.3, len(daily))
    clicks = daily[daily["channel"].eq("search")].set_index("date")["clicks"]
    logs = np.log(clicks.to_numpy() + 0.5)
    count = len(logs)
    level, center, off = (np.full(count, np.nan) for _ in range(3))
    for day in range(7, count):
        level[day] = np.median(logs[max(0, day - 14) : day])
        above = [
            logs[day - 7 * week] - level[day - 7 * week]
            for week in range(1, 9)
            if day >= 7 * week + 7
        ]
        if len(above) >= 3:
            center[day] = level[day] + np.median(above)
            off[day] = logs[day] - center[day]
    found = judged(daily)
    found = found[found["channel"].eq("search") & found["kpi"].eq("clicks")].set_index("date")
    assert len(found) == np.isfinite(center).sum()
    assert found["expected"].to_numpy() == pytest.approx(
        np.exp(center[np.isfinite(center)]) - 0.5, rel=1e-12
    )
    for day, score in zip(clicks.index, range(count), strict=True):
        earlier = np.abs(off[max(0, score - 56) : score])
        earlier = earlier[np.isfinite(earlier)]
        if np.isfinite(center[score]):
            spread = 1.4826 * np.median(earlier) if len(earlier) >= 7 else 0.0
            least = max(0.05, max(1.0, np.exp(center[score]) - 0.5) ** -0.5)
            assert found.loc[day, "score"] == pytest.approx(off[score] / max(spread, least))


def test_revenue_counts_as_its_conversions_and_spend_without_end() -> None:
    """Of five orders a day revenue of any size may be off by the root of a fifth."""
    rows = by_channel_day(
        channel_daily("2026-08-01", "2026-10-31", search=(100.0, 10.0, 0.05, 0.9, 0.05, 100.0))
    )
    some = rows["channel"].eq("search")
    rows.loc[some, ["conversions", "revenue", "spend", "clicks"]] = [6.0, 600.0, 50.0, 50.0]
    rows.loc[some & rows["date"].eq(rows["date"].max()), ["revenue", "spend"]] = [1200.0, 100.0]
    found = judged(rows)
    last = found[_on(found, "2026-10-31", "search")].set_index("kpi")
    step = np.log(1200.5 / 600.5)
    assert last.loc["revenue", "score"] == pytest.approx(step * np.sqrt(6))
    assert last.loc["spend", "score"] == pytest.approx(np.log(100.5 / 50.5) / 0.05)


def _day(day: str, channel: str = "search", **kpis: tuple[float, float, float]) -> pd.DataFrame:
    """One channel's day as `judged` returns it: kpi = (actual, expected, score)."""
    rows = [(pd.Timestamp(day), channel, kpi, *values) for kpi, values in kpis.items()]
    return pd.DataFrame(rows, columns=["date", "channel", "kpi", "actual", "expected", "score"])


def _causes(found: pd.DataFrame, *outage_days: str) -> dict[str, str]:
    days = [pd.Timestamp(day) for day in outage_days]
    unusual = anomalies(found, FIRST, LAST, CUT, days)
    return dict(zip(unusual["kpi"], unusual["cause"], strict=True))


def test_a_score_at_the_cut_is_unusual_and_one_just_below_is_not() -> None:
    found = _day("2026-10-05", clicks=(20.0, 10.0, CUT), conversions=(1.0, 10.0, -CUT + 0.01))
    unusual = anomalies(found, FIRST, LAST, CUT)
    assert unusual["kpi"].tolist() == ["clicks"]
    assert unusual["change"].tolist() == [1.0]


def test_the_first_and_the_last_day_of_the_period_are_looked_at_and_none_beyond() -> None:
    days = ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01"]
    found = pd.concat([_day(day, clicks=(20.0, 10.0, 9.0)) for day in days], ignore_index=True)
    assert anomalies(found, FIRST, LAST, CUT)["date"].tolist() == [
        pd.Timestamp(days[1]),
        pd.Timestamp(days[2]),
    ]


@pytest.mark.parametrize(
    ("kpis", "cause"),
    [
        ({"conversions": (1.9, 10.0, -6.0), "clicks": (9.0, 10.0, -1.0)}, "tracking"),
        ({"conversions": (2.0, 10.0, -6.0), "clicks": (9.0, 10.0, -1.0)}, "unknown"),
        ({"conversions": (1.0, 10.0, -6.0), "clicks": (2.0, 10.0, -CUT)}, "unknown"),
        ({"revenue": (1.0, 10.0, -6.0), "clicks": (9.0, 10.0, -4.4)}, "tracking"),
        ({"conversions": (1.0, 10.0, -6.0), "spend": (1.0, 10.0, -CUT)}, "spend_changed"),
        ({"conversions": (5.0, 10.0, -6.0), "spend": (1.0, 10.0, -CUT + 0.1)}, "unknown"),
        ({"conversions": (20.0, 10.0, 6.0), "spend": (1.0, 10.0, -6.0)}, "unknown"),
        ({"impressions": (1.0, 10.0, -6.0), "clicks": (9.0, 10.0, -1.0)}, "unknown"),
        ({"clicks": (20.0, 10.0, 6.0), "conversions": (12.9, 10.0, 1.0)}, "clicks_without_result"),
        ({"clicks": (20.0, 10.0, 6.0), "conversions": (13.0, 10.0, 1.0)}, "unknown"),
        ({"clicks": (20.0, 10.0, 6.0), "revenue": (14.0, 10.0, 1.0)}, "unknown"),
        ({"clicks": (40.0, 10.0, 6.0), "revenue": (19.0, 10.0, 1.0)}, "unknown"),
        ({"clicks": (5.0, 10.0, -6.0), "conversions": (1.0, 10.0, -1.0)}, "unknown"),
        ({"clicks": (20.0, 10.0, 6.0)}, "unknown"),
        ({"clicks": (20.0, 10.0, 6.0), "conversions": (5.0, 0.0, np.nan)}, "unknown"),
        ({"clicks": (20.0, 10.0, 6.0), "conversions": (0.0, 0.0, np.nan)}, "clicks_without_result"),
    ],
)
def test_a_cause_is_named_where_its_rule_holds_and_not_at_its_border(
    kpis: dict[str, tuple[float, float, float]], cause: str
) -> None:
    assert _causes(_day("2026-10-05", **kpis))[next(iter(kpis))] == cause


def test_an_outage_explains_a_fall_of_results_and_nothing_else() -> None:
    falls = _day("2026-10-05", conversions=(1.0, 10.0, -6.0), clicks=(1.0, 10.0, -6.0))
    assert _causes(falls, "2026-10-05") == {"conversions": "page_down", "clicks": "unknown"}
    rises = _day("2026-10-05", conversions=(20.0, 10.0, 6.0))
    assert _causes(rises, "2026-10-05") == {"conversions": "unknown"}


def test_the_most_telling_signal_of_a_day_is_the_first_cause_and_then_the_largest_score() -> None:
    found = pd.concat(
        [
            _day(
                "2026-10-05",
                impressions=(1.0, 10.0, -9.0),
                clicks=(9.0, 10.0, -1.0),
                conversions=(1.0, 10.0, -5.0),
                revenue=(10.0, 100.0, -6.0),
            ),
            _day("2026-10-05", "social", impressions=(30.0, 10.0, 7.0), revenue=(50.0, 60.0, 1.0)),
            _day("2026-10-09", impressions=(1.0, 10.0, -9.0), revenue=(700.0, 100.0, 4.0)),
            _day("2026-10-12", "email", impressions=(1.0, 10.0, -9.0)),
        ],
        ignore_index=True,
    )
    rows = incidents(anomalies(found, FIRST, LAST, CUT), found)
    assert rows["date"].dt.day.tolist() == [9, 5, 12]  # 600, 100 and unknown
    assert rows["at_stake"].tolist()[:2] == [600.0, -100.0]
    assert np.isnan(rows["at_stake"].iloc[2])
    fifth = rows.iloc[1]
    assert (fifth["kpi"], fifth["cause"], fifth["signals"]) == ("revenue", "tracking", 4)
    assert (fifth["channels"], fifth["change"]) == (2, pytest.approx(-0.9))


def test_days_without_a_row_stay_gaps_and_do_not_close_up() -> None:
    rows = by_channel_day(channel_daily("2026-08-01", "2026-10-31"))
    gone = rows[rows["date"].ne(pd.Timestamp("2026-10-10"))]
    found = judged(gone)
    assert not found["date"].eq(pd.Timestamp("2026-10-10")).any()
    sunday = found[_on(found, "2026-10-18", "search") & found["kpi"].eq("clicks")]
    assert sunday["expected"].iloc[0] == pytest.approx(600, rel=1e-3)
