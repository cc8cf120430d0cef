"""Against budgets whose spend can be added up in the head."""

from datetime import date

import pandas as pd
import pytest

from playbook.params.model import Monitoring
from playbook.stages.monitoring.pacing import pacing
from playbook.stages.shared.daily import by_channel_day
from tests.stages.shop import filled

START, END, RULES = date(2026, 11, 1), date(2026, 11, 30), Monitoring()


def _spend(start: str, amounts: list[float], channel: str = "search") -> pd.DataFrame:
    days = pd.date_range(start, periods=len(amounts))
    rows = [
        {"date": day, "channel": channel, "spend": amount}
        for day, amount in zip(days, amounts, strict=True)
    ]
    return by_channel_day(filled("channel_daily", rows))


def _row(daily: pd.DataFrame, budget: float, channel: str = "search") -> pd.Series:
    table = pacing(daily, {channel: budget}, START, END, RULES)
    return table.set_index("channel").loc[channel]


def test_an_even_spend_is_on_pace_in_the_middle_of_the_month() -> None:
    row = _row(_spend("2026-11-01", [100.0] * 15), 3000.0)
    assert (row["pacing"], row["forecast_spend"], row["state"]) == (
        pytest.approx(1),
        pytest.approx(3000),
        "good",
    )


def test_the_expected_part_follows_the_weekdays_before() -> None:
    """The channel spends on Mondays only; by Sunday 8 November one of five Mondays is due."""
    history = [
        700.0 if day.day_of_week == 0 else 0.0 for day in pd.date_range("2026-10-01", "2026-10-31")
    ]
    now = [
        700.0 if day.day_of_week == 0 else 0.0 for day in pd.date_range("2026-11-01", "2026-11-08")
    ]
    row = _row(_spend("2026-10-01", history + now), 3500.0)
    assert row["expected_spend"] == pytest.approx(700)
    assert row["forecast_spend"] == pytest.approx(3500)


def test_a_budget_gone_early_names_the_day_and_the_days_without() -> None:
    row = _row(_spend("2026-11-01", [100.0] * 21 + [0.0] * 9), 2100.0)
    assert row["used_up_on"] == pd.Timestamp("2026-11-21")
    assert row["days_without_budget"] == 9
    assert row["pacing"] == pytest.approx(1)
    assert row["state"] == "act"


def test_spending_a_quarter_less_is_red() -> None:
    row = _row(_spend("2026-11-01", [75.0] * 30), 3000.0)
    assert (row["pacing"], row["state"]) == (pytest.approx(0.75), "act")


def test_spending_a_little_too_much_is_amber() -> None:
    assert _row(_spend("2026-11-01", [115.0] * 30), 3000.0)["state"] == "watch"


def test_overspending_is_not_called_a_lack_of_budget() -> None:
    row = _row(_spend("2026-11-01", [150.0] * 30), 3000.0)
    assert (row["used_up_on"], row["days_without_budget"]) == (pd.Timestamp("2026-11-20"), 0)


def test_several_channels_have_a_row_of_all() -> None:
    daily = pd.concat(
        [_spend("2026-11-01", [100.0] * 30), _spend("2026-11-01", [50.0] * 30, "social")]
    )
    table = pacing(daily, {"search": 3000.0, "social": 3000.0}, START, END, RULES).set_index(
        "channel"
    )
    assert table.loc["(all)", "pacing"] == pytest.approx(0.75)


def test_a_channel_that_never_spent_is_red_and_not_missing() -> None:
    daily = _spend("2026-11-01", [100.0] * 30)
    table = pacing(daily, {"search": 3000.0, "social": 3000.0}, START, END, RULES).set_index(
        "channel"
    )
    assert table.loc["social", ["spend", "pacing", "state"]].to_list() == [0.0, 0.0, "act"]


def test_nothing_is_paced_without_budget_or_days() -> None:
    assert pacing(_spend("2026-11-01", [1.0]), {}, START, END, RULES).empty
    assert pacing(_spend("2026-09-01", [1.0]), {"search": 1.0}, START, END, RULES).empty
