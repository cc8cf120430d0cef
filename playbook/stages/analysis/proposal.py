"""What to change next period.

Targets by a stated rule, budget in small steps, and only beyond noise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from playbook.methods.bootstrap import TAIL, interval, ratio_draws
from playbook.metrics import CATALOGUE
from playbook.params import Campaign
from playbook.params.model import Goal, KpiId
from playbook.stages.analysis.tables import ACTIONS, AGENDA, BUDGET_NEXT, TARGETS_NEXT
from playbook.stages.shared.findings import records

STEP = 0.1
"""Share of a channel's budget that one period moves: what the next unit of money brings is not
known."""

MOST_GROWTH = 0.25
"""Share by which a budget grows at most in one period."""

MOST_RAISE = 0.1
"""A target grows by at most a tenth at once."""

FAR = 0.8
"""Attainment below which a target is taken half the way back to what was reached."""

UNDERSPENT = 0.9
"""Share of the budget below which a channel could not spend what it had."""


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one channel's budget.

    Money, the code of why, and the channel on the other side.
    """

    change: float
    reason: str
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A row of the table `targets`, as far as the next target needs it."""

    goal: str
    kpi: KpiId
    target: float
    actual: float
    attainment: float


@dataclass(frozen=True, slots=True)
class NextTarget:
    """A row of the table `targets_next`."""

    goal: str
    kpi: str
    target: float
    actual: float
    proposed: float
    reason: str


@dataclass(frozen=True, slots=True)
class NextBudget:
    """A row of the table `budget_next`, as far as actions need it."""

    channel: str
    budget: float
    proposed: float
    change: float
    reason: str
    effect: float


@dataclass(frozen=True, slots=True)
class Decided:
    """A row of the table `decisions`, as far as actions need it."""

    experiment: str
    decision: str
    money_mid: float


def next_budget(campaign: Campaign, now: pd.DataFrame) -> pd.DataFrame:
    """Move a small step of budget from the worst to the best return, if it is surely better.

    Pairs of channels are tried from the largest surely different returns down; each channel moves
    once, and owned channels do not: what they cost buys no reach. The sum of the budget stays.
    Return is revenue per spend, or conversions per spend where revenue is not known.

    Args:
        campaign: Budget, and least and most spend by channel.
        now: One row per day and channel of the period.

    Returns:
        The table `BUDGET_NEXT`.
    """
    returns = "revenue" if now["revenue"].notna().any() else "conversions"
    budgets = {channel: money for channel, money in campaign.budget.items() if money > 0}
    drawn = ratio_draws(now[now["channel"].isin(budgets)], returns, "spend")
    with_returns = now.dropna(subset=[returns, "spend"])
    sums = with_returns.groupby("channel")[[returns, "spend"]].sum()
    value = (sums[returns] / sums["spend"].where(sums["spend"] > 0)).reindex(list(budgets))
    ends = interval(drawn).reindex(list(budgets))
    spent = now.groupby("channel")["spend"].sum().reindex(list(budgets)).fillna(0.0)
    moves = _Moves(
        campaign=campaign, budgets=budgets, value=value, drawn=drawn, spent=spent
    ).by_channel()
    table = pd.DataFrame(
        {
            "channel": pd.Series(list(budgets), dtype="str"),
            "budget": pd.Series(list(budgets.values()), dtype="float64"),
            "change": pd.Series([move.change for move in moves], dtype="float64"),
            "partner": pd.Series([move.partner for move in moves], dtype="str"),
            "value": value.to_numpy(),
            "value_low": ends["low"].to_numpy(),
            "value_high": ends["high"].to_numpy(),
            "basis": "roas" if returns == "revenue" else "conversions",
            "reason": pd.Series([move.reason for move in moves], dtype="str"),
        }
    )
    table["proposed"] = table["budget"] + table["change"]
    partner_value = table["partner"].map(value).astype("float64")
    gain = table["change"] * (table["value"] - partner_value)
    table["effect"] = gain.where((table["change"] > 0) & (returns == "revenue"))
    return table[BUDGET_NEXT.names]


def next_targets(campaign: Campaign, targets: pd.DataFrame) -> pd.DataFrame:
    """Propose next period's targets of the goals that end with this period.

    A target that was reached becomes what was reached, but grows by a tenth at most; one that was
    missed by far goes half the way back; else it stays. Goals that end later stay as they are.

    Args:
        campaign: Goals.
        targets: One row per goal: goal, kpi, target, actual, attainment.

    Returns:
        The table `TARGETS_NEXT`.
    """
    rows = []
    for goal in records(targets, Reached):
        proposed, reason = _next_target(campaign, goal)
        rows.append((goal.goal, goal.kpi, goal.target, goal.actual, proposed, reason))
    return TARGETS_NEXT.frame(rows)


def proposal(campaign: Campaign, budget: pd.DataFrame, targets: pd.DataFrame) -> dict[str, Any]:
    """Return the keys that differ in the next period's parameters: goals and budget."""
    following = campaign.month.next
    ending = targets[~targets["reason"].isin(["runs_on", "unknown"])]
    goals: dict[str, Any] = {}
    for goal in records(ending, NextTarget):
        goals[goal.goal] = {
            "target": _rounded(goal.proposed),
            "start": following.start.isoformat(),
            "deadline": following.end.isoformat(),
        }
    moved = records(budget[budget["change"] != 0], NextBudget)
    money = {channel.channel: _rounded(channel.proposed) for channel in moved}
    return _without_empty({"goals": goals, "budget": money})


def next_month(
    campaign: Campaign, proposed: Mapping[str, Any], targets: pd.DataFrame
) -> dict[str, Any]:
    """Return the whole file of the next month.

    What goes on as it is, with what is proposed laid over it.

    Args:
        campaign: Parameters of this period.
        proposed: What `proposal` returned.
        targets: What `next_targets` returned; what was reached becomes the baseline of a goal that
            begins anew.

    Returns:
        goals, budget, and the experiments that still run; a key with nothing in it is left out.
    """
    reached = targets.dropna(subset=["actual"]).set_index("goal")["actual"]
    proposed_goals = proposed.get("goals", {})
    goals = {}
    for key, goal in campaign.goals.items():
        changes = _begun_anew(campaign, goal, reached)
        goals[key] = _written(goal) | changes | proposed_goals.get(key, {})
    experiments = {}
    for key, plan in campaign.experiments.items():
        if plan.end is None or plan.end > campaign.end:
            experiments[key] = _written(plan)
    budget = dict(campaign.budget) | proposed.get("budget", {})
    return _without_empty({"goals": goals, "budget": budget, "experiments": experiments})


def _begun_anew(campaign: Campaign, goal: Goal, reached: pd.Series) -> dict[str, Any]:
    """Return days and baseline of a goal that ended and begins again.

    Nothing of one that runs on.
    """
    if goal.deadline > campaign.end:
        return {}
    following = campaign.month.next
    changes: dict[str, Any] = {
        "start": following.start.isoformat(),
        "deadline": following.end.isoformat(),
    }
    if goal.id in reached.index:
        changes["baseline"] = _rounded(reached[goal.id])
    return changes


def _without_empty(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part}


def actions(
    campaign: Campaign, budget: pd.DataFrame, targets: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    """List what somebody has to do, with owner and day.

    Returns:
        The table `ACTIONS`: the owner is that of the channel or goal; of a test, the decider.
    """
    due_on = pd.Timestamp(campaign.month.next.start)
    rows = [
        *_budget_actions(campaign, budget),
        *_target_actions(campaign, targets),
        *_test_actions(campaign, decisions),
    ]
    table = pd.DataFrame(rows, columns=[name for name in ACTIONS.names if name != "due_on"])
    table["due_on"] = due_on
    return table[ACTIONS.names].astype(
        {"from_value": "float64", "to_value": "float64", "effect": "float64"}
    )


def _budget_actions(campaign: Campaign, budget: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for channel in records(budget[budget["change"] != 0], NextBudget):
        yield {
            "action": "raise_budget" if channel.change > 0 else "cut_budget",
            "object": channel.channel,
            "kpi": "spend",
            "from_value": channel.budget,
            "to_value": channel.proposed,
            "reason": channel.reason,
            "owner": campaign.channels[channel.channel].owner,
            "effect": channel.effect,
        }


def _target_actions(campaign: Campaign, targets: pd.DataFrame) -> Iterator[dict[str, Any]]:
    is_decided = targets["reason"].isin(["reached", "far_missed"])
    is_changed = targets["proposed"].ne(targets["target"])
    for goal in records(targets[is_decided & is_changed], NextTarget):
        yield {
            "action": "raise_target" if goal.proposed > goal.target else "lower_target",
            "object": goal.goal,
            "kpi": goal.kpi,
            "from_value": goal.target,
            "to_value": goal.proposed,
            "reason": goal.reason,
            "owner": campaign.goals[goal.goal].owner,
            "effect": np.nan,
        }


def _test_actions(campaign: Campaign, decisions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for test in records(decisions, Decided):
        yield {
            "action": f"experiment_{test.decision}",
            "object": test.experiment,
            "kpi": "",
            "from_value": np.nan,
            "to_value": np.nan,
            "reason": test.decision,
            "owner": campaign.decider,
            "effect": test.money_mid if test.decision == "ship" else np.nan,
        }


def agenda(campaign: Campaign, listed: pd.DataFrame) -> pd.DataFrame:
    """Say who decides on the actions, and until when.

    Args:
        campaign: Its decider is the owner of the heaviest goal.
        listed: What `actions` returned.

    Returns:
        The table `AGENDA`; no row without actions.
    """
    if listed.empty:
        return AGENDA.frame([])
    due_on = pd.Timestamp(campaign.month.next.start)
    return AGENDA.frame([("proposal", float(len(listed)), campaign.decider, due_on)])


def _written(item: BaseModel) -> dict[str, Any]:
    """Return a parameter as it stands in a file: without its id and without defaults."""
    return item.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)


@dataclass(kw_only=True, slots=True)
class _Moves:
    """The steps of budget: pairs of channels, from the largest surely different returns down.

    Attributes:
        campaign: Kinds of channels, and least and most spend.
        budgets: Money of this period by channel.
        value: Return per unit of spend by channel.
        drawn: The same in each draw of the period's days, one column per channel.
        spent: Money spent this period by channel.
        moves: Steps that were taken, by channel.
        blocked: Code of why a channel does not move, by channel.
    """

    campaign: Campaign
    budgets: Mapping[str, float]
    value: pd.Series
    drawn: pd.DataFrame
    spent: pd.Series
    moves: dict[str, Move] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)

    def by_channel(self) -> list[Move]:
        """Return what becomes of every channel's budget, in order."""
        for channel in self.budgets:
            reason = self._unmovable(channel)
            if reason:
                self.blocked[channel] = reason
        free = [channel for channel in self.budgets if channel not in self.blocked]
        pairs = sorted(combinations(free, 2), key=self._difference, reverse=True)
        for pair in pairs:
            worst, best = sorted(pair, key=self._return_of)
            if self._is_surely_better(best, worst, TAIL / len(pairs)):
                self._try(best, worst)
        otherwise = "only_one" if len(free) < 2 else "within_noise"
        moves = []
        for channel in self.budgets:
            stays = Move(0.0, self.blocked.get(channel, otherwise))
            moves.append(self.moves.get(channel, stays))
        return moves

    def _return_of(self, channel: str) -> float:
        return float(self.value[channel])

    def _difference(self, pair: tuple[str, str]) -> float:
        return abs(self._return_of(pair[0]) - self._return_of(pair[1]))

    def _unmovable(self, channel: str) -> str:
        """Return why a channel's budget cannot move; empty where it can."""
        if self.campaign.channels[channel].kind == "owned":
            return "owned"
        if np.isnan(self.value[channel]):
            return "no_return_known"
        if channel not in self.drawn or self.drawn[channel].isna().all():
            return "too_few_days"
        return ""

    def _is_surely_better(self, best: str, worst: str, tail: float) -> bool:
        """Whether the better return is better in all draws but `tail`.

        Which is shared by all pairs (Bonferroni).
        """
        return bool((self.drawn[best] - self.drawn[worst]).quantile(tail) > 0)

    def _try(self, best: str, worst: str) -> None:
        """Move a step from the worse to the better channel, or note why nothing moves."""
        if {best, worst} & self.moves.keys():
            for channel in {best, worst} - self.moves.keys():
                self.blocked.setdefault(channel, "between")
            return
        amount, reason = self._step(best, worst)
        if amount > 0:
            self.moves[worst] = Move(-amount, "lower_return", best)
            self.moves[best] = Move(amount, "higher_return", worst)
        else:
            limited = worst if reason == "at_least" else best
            self.blocked.setdefault(limited, reason)

    def _step(self, best: str, worst: str) -> tuple[float, str]:
        """Return how much may move from the worse to the better channel, or why nothing."""
        if self.spent[best] < UNDERSPENT * self.budgets[best]:
            return 0.0, "underspent"
        most = self.campaign.channels[best].max_spend
        room = np.inf if most is None else most - self.budgets[best]
        spare = self.budgets[worst] - self.campaign.channels[worst].min_spend
        step, growth = STEP * self.budgets[worst], MOST_GROWTH * self.budgets[best]
        amount = min(step, growth, room, spare)
        if amount > 0:
            return float(amount), ""
        return 0.0, "at_most" if room <= 0 else "at_least"


def _next_target(campaign: Campaign, reached: Reached) -> tuple[float, str]:
    """Return the next target of a goal, and the code of why."""
    if campaign.goals[reached.goal].deadline > campaign.end:
        return reached.target, "runs_on"
    if np.isnan(reached.attainment):
        return reached.target, "unknown"
    if reached.attainment >= 1:
        return _raised(reached), "reached"
    if reached.attainment < FAR:
        return (reached.target + reached.actual) / 2, "far_missed"
    return reached.target, "kept"


def _raised(reached: Reached) -> float:
    """Return what was reached, but no more than a tenth beyond the target."""
    if CATALOGUE[reached.kpi].better == "lower":
        return max(reached.actual, reached.target * (1 - MOST_RAISE))
    return min(reached.actual, reached.target * (1 + MOST_RAISE))


def _rounded(number: float) -> float:
    """Keep four significant digits: more would pretend to know."""
    return float(f"{number:.4g}")
