"""What to change next period: targets by a stated rule, budget in small steps, and only beyond noise."""

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from playbook.methods.bootstrap import TAIL, interval, ratio_draws
from playbook.metrics import CATALOGUE
from playbook.params import Campaign, shift
from playbook.stages.shared.findings import each

STEP = 0.1
"""Share of a channel's budget that one period moves: what the next unit of money brings is not known."""

MOST_GROWTH = 0.25
"""Share by which a budget grows at most in one period."""

MOST_RAISE = 0.1
"""A target grows by at most a tenth at once."""

FAR = 0.8
"""Attainment below which a target is taken half the way back to what was reached."""

UNDERSPENT = 0.9
"""Share of the budget below which a channel could not spend what it had."""

BUDGET_COLUMNS = [
    "channel",
    "budget",
    "proposed",
    "change",
    "partner",
    "value",
    "value_low",
    "value_high",
    "basis",
    "effect",
    "reason",
]
ACTION_COLUMNS = [
    "action",
    "object",
    "kpi",
    "from_value",
    "to_value",
    "reason",
    "owner",
    "due_on",
    "effect",
]


def next_budget(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Move a small step of budget from the worst to the best return, if luck does not explain the difference.

    Pairs of channels are tried from the largest surely different returns down; each channel moves
    once, and owned channels do not: what they cost buys no reach. The sum of the budget stays.
    Return is revenue per spend, or conversions per spend where revenue is not known.

    Args:
        campaign: Budget, and least and most spend by channel.
        now: One row per day and channel of the period.

    Returns:
        One row per channel with a budget: channel, budget, proposed, change (money), value (return
        per unit of spend), value_low, value_high (90 % interval), basis ("roas" or "conversions"),
        partner (the channel that the step comes from or goes to; empty where nothing moves), effect
        (what the step brings at average returns: the most to hope for; NaN where nothing comes or
        revenue is not known), reason: a code of why it moves or does not.
    """
    basis = "revenue" if now["revenue"].notna().any() else "conversions"
    paid = {channel: money for channel, money in campaign.budget.items() if money > 0}
    drawn = ratio_draws(now[now["channel"].isin(paid)], basis, "spend")
    rows = now.dropna(subset=[basis, "spend"]).groupby("channel")[[basis, "spend"]].sum()
    value = (rows[basis] / rows["spend"].where(rows["spend"] > 0)).reindex(list(paid))
    limits = interval(drawn).reindex(list(paid))
    spent = now.groupby("channel")["spend"].sum().reindex(list(paid)).fillna(0.0)
    moves = _moves(campaign, paid, value, drawn, spent)
    table = pd.DataFrame(
        {
            "channel": list(paid),
            "budget": list(paid.values()),
            "value": value.to_numpy(),
            "value_low": limits["low"].to_numpy(),
            "value_high": limits["high"].to_numpy(),
            "basis": "roas" if basis == "revenue" else "conversions",
        }
    )
    moved = pd.DataFrame.from_dict(moves, orient="index", columns=["change", "reason", "partner"])
    table = table.join(moved, on="channel").astype(
        {"change": "float64", "reason": "str", "partner": "str"}
    )
    table["proposed"] = table["budget"] + table["change"]
    gain = table["change"] * (table["value"] - table["partner"].map(value).astype("float64"))
    table["effect"] = gain.where((table["change"] > 0) & (basis == "revenue"))
    return table[BUDGET_COLUMNS]


def next_targets(campaign: Campaign, targets: pd.DataFrame) -> pd.DataFrame:
    """Propose next period's targets of the goals that end with this period.

    A target that was reached becomes what was reached, but grows by a tenth at most; one that was
    missed by far goes half the way back; else it stays. Goals that end later stay as they are.

    Args:
        campaign: Goals.
        targets: One row per goal: goal, kpi, target, actual, attainment.

    Returns:
        One row per goal: goal, kpi, target, actual, proposed, reason (reached, far_missed, kept,
        runs_on, unknown).
    """
    rows = [
        (row.goal, row.kpi, row.target, row.actual, *_next_target(campaign, row))
        for row in each(targets)
    ]
    return pd.DataFrame(rows, columns=["goal", "kpi", "target", "actual", "proposed", "reason"])


def proposal(campaign: Campaign, budget: pd.DataFrame, targets: pd.DataFrame) -> dict[str, Any]:
    """Return the keys that differ in the next period's parameters: goals and budget."""
    start, end = _next_days(campaign)
    ending = targets[~targets["reason"].isin(["runs_on", "unknown"])]
    goals = {
        row.goal: {
            "target": _tidy(row.proposed),
            "start": start.isoformat(),
            "deadline": end.isoformat(),
        }
        for row in each(ending)
    }
    money = {row.channel: _tidy(row.proposed) for row in each(budget[budget["change"] != 0])}
    return {key: value for key, value in (("goals", goals), ("budget", money)) if value}


def next_month(
    campaign: Campaign, proposed: Mapping[str, Any], targets: pd.DataFrame
) -> dict[str, Any]:
    """Return the whole file of the next month: what goes on as it is, with what is proposed laid over it.

    Args:
        campaign: Parameters of this period.
        proposed: What `proposal` returned.
        targets: What `next_targets` returned; what was reached becomes the baseline of a goal that
            begins anew.

    Returns:
        goals, budget, and the experiments that still run; a key with nothing in it is left out.
    """
    start, end = _next_days(campaign)
    reached = targets.dropna(subset=["actual"]).set_index("goal")["actual"]
    goals = {}
    for key, goal in campaign.goals.items():
        ended = goal.deadline <= campaign.end.isoformat()
        days = {"start": start.isoformat(), "deadline": end.isoformat()} if ended else {}
        baseline = {"baseline": _tidy(reached[key])} if ended and key in reached.index else {}
        goals[key] = _written(goal) | days | baseline | proposed.get("goals", {}).get(key, {})
    budget = dict(campaign.budget) | proposed.get("budget", {})
    tests = {
        key: _written(one)
        for key, one in campaign.experiments.items()
        if one.end is None or one.end > campaign.end
    }
    parts = {"goals": goals, "budget": budget, "experiments": tests}
    return {name: part for name, part in parts.items() if part}


def actions(
    campaign: Campaign, budget: pd.DataFrame, targets: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    """List what somebody has to do, with owner and day.

    Returns:
        One row per action: action (code), object (id of channel, goal or experiment), kpi,
        from_value, to_value (in the unit of the KPI; NaN where nothing is a number), reason (code),
        owner (of the channel or goal; of a test the campaign's decider), due_on (first day of the
        next period), effect (money a month, at most; of a test what shipping it brings; NaN
        unknown).
    """
    due = pd.Timestamp(_next_days(campaign)[0])
    rows: list[tuple[Any, ...]] = [
        (
            "raise_budget" if row.change > 0 else "cut_budget",
            row.channel,
            "spend",
            row.budget,
            row.proposed,
            row.reason,
            campaign.channels[row.channel].owner,
            due,
            row.effect,
        )
        for row in each(budget[budget["change"] != 0])
    ]
    rows += [
        (
            "raise_target" if row.proposed > row.target else "lower_target",
            row.goal,
            row.kpi,
            row.target,
            row.proposed,
            row.reason,
            campaign.goals[row.goal].owner,
            due,
            np.nan,
        )
        for row in each(
            targets[
                targets["reason"].isin(["reached", "far_missed"])
                & targets["proposed"].ne(targets["target"])
            ]
        )
    ]
    rows += [
        (
            f"experiment_{row.decision}",
            row.experiment,
            "",
            np.nan,
            np.nan,
            row.decision,
            campaign.decider,
            due,
            row.money_mid if row.decision == "ship" else np.nan,
        )
        for row in each(decisions)
    ]
    table = pd.DataFrame(rows, columns=ACTION_COLUMNS)
    return table.astype({"from_value": "float64", "to_value": "float64", "effect": "float64"})


def agenda(campaign: Campaign, listed: pd.DataFrame) -> pd.DataFrame:
    """Say who decides on the actions, and until when.

    Args:
        campaign: Its decider is the owner of the heaviest goal.
        listed: What `actions` returned.

    Returns:
        One row: matter ("proposal"), proposals (count), owner (empty without goals), due_on; none
        without actions.
    """
    due = pd.Timestamp(_next_days(campaign)[0])
    table = pd.DataFrame(
        {
            "matter": ["proposal"],
            "proposals": [float(len(listed))],
            "owner": [campaign.decider],
            "due_on": [due],
        }
    )
    return table if len(listed) else table.iloc[:0]


def _written(item: BaseModel) -> dict[str, Any]:
    """Return a parameter as it stands in a file: without the id, which is its key there, and without defaults."""
    return item.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)


def _next_days(campaign: Campaign) -> tuple[date, date]:
    following = campaign.model_copy(update={"period": shift(campaign.period, 1)})
    return following.start, following.end


def _moves(
    campaign: Campaign,
    paid: Mapping[str, float],
    value: pd.Series,
    drawn: pd.DataFrame,
    spent: pd.Series,
) -> dict[str, tuple[float, str, str]]:
    """Return change, reason and the other side by channel."""
    moved: dict[str, tuple[float, str, str]] = {}
    blocked = {
        channel: reason
        for channel in paid
        if (reason := _unmovable(campaign, channel, value, drawn))
    }
    free = [channel for channel in paid if channel not in blocked]
    pairs = sorted(combinations(free, 2), key=lambda pair: -abs(value[pair[0]] - value[pair[1]]))
    for pair in pairs:
        worst, best = sorted(pair, key=lambda channel: value[channel])
        if not _surely(drawn, best, worst, TAIL / len(pairs)):
            continue
        if moved.keys() & {worst, best}:
            blocked |= {
                channel: "between" for channel in (worst, best) if channel not in moved | blocked
            }
            continue
        amount, reason = _step(campaign, paid, best, worst, spent)
        if amount > 0:
            moved |= {
                worst: (-amount, "lower_return", best),
                best: (amount, "higher_return", worst),
            }
        else:
            blocked.setdefault(best if reason != "at_least" else worst, reason)
    return {
        channel: moved.get(
            channel,
            (0.0, blocked.get(channel, "only_one" if len(free) < 2 else "within_noise"), ""),
        )
        for channel in paid
    }


def _unmovable(campaign: Campaign, channel: str, value: pd.Series, drawn: pd.DataFrame) -> str:
    if campaign.channels[channel].kind == "owned":
        return "owned"
    if np.isnan(value[channel]):
        return "no_return_known"
    return "" if channel in drawn and drawn[channel].notna().any() else "too_few_days"


def _surely(drawn: pd.DataFrame, best: str, worst: str, tail: float) -> bool:
    """Whether the better return is better in all draws but `tail`, which is shared by all pairs (Bonferroni)."""
    return bool((drawn[best] - drawn[worst]).quantile(tail) > 0)


def _step(
    campaign: Campaign, paid: Mapping[str, float], best: str, worst: str, spent: pd.Series
) -> tuple[float, str]:
    """Return how much may move from `worst` to `best`, or why nothing."""
    if spent[best] < UNDERSPENT * paid[best]:
        return 0.0, "underspent"
    most = campaign.channels[best].max_spend
    room = np.inf if most is None else most - paid[best]
    left = paid[worst] - campaign.channels[worst].min_spend
    amount = min(STEP * paid[worst], MOST_GROWTH * paid[best], room, left)
    return (float(amount), "") if amount > 0 else (0.0, "at_most" if room <= 0 else "at_least")


def _next_target(campaign: Campaign, row: Any) -> tuple[float, str]:
    goal = campaign.goals[row.goal]
    if goal.deadline > campaign.end.isoformat():
        return row.target, "runs_on"
    if np.isnan(row.attainment):
        return row.target, "unknown"
    if row.attainment >= 1:
        lower = CATALOGUE[row.kpi].better == "lower"
        limit = row.target * (1 - MOST_RAISE if lower else 1 + MOST_RAISE)
        return (max if lower else min)(row.actual, limit), "reached"
    return (
        ((row.target + row.actual) / 2, "far_missed")
        if row.attainment < FAR
        else (row.target, "kept")
    )


def _tidy(number: float) -> float:
    """Keep four significant digits: more would pretend to know."""
    return float(f"{number:.4g}")
