"""What a person really did on each line of a scorecard, or why it cannot be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.metrics import CATALOGUE, compute, with_profit
from playbook.params import Campaign
from playbook.params.model import KpiId, Member
from playbook.params.scorecard import ScorecardKpi
from playbook.stages.appraisal.scoring import CAP, share_of_target
from playbook.stages.shared import uptime
from playbook.stages.shared.delivery import delivery, planned_pieces
from playbook.stages.shared.months import months
from playbook.stages.shared.targets import targets

UNRECORDED = ("plan_log", "outputs", "audience")
"""Sources that no canonical table carries yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The tables of one period, cut and paired once for all people.

    `now` has one row per day and channel, `pieces` one per planned piece, `goals` one per goal.
    """

    campaign: Campaign
    now: pd.DataFrame
    pieces: pd.DataFrame
    log: pd.DataFrame
    orders: pd.DataFrame
    checks: pd.DataFrame
    ratings: pd.DataFrame
    goals: pd.DataFrame
    staff: pd.DataFrame


@dataclass(frozen=True, kw_only=True, slots=True)
class Actual:
    """One measurement.

    Attributes:
        value: In the unit of the KPI; NaN where it is not known.
        reason: Why the value is missing: no_data, not_recorded or too_few_raters; empty where it is
            known.
        spend: Above the line of a cost per result.
        results: Below the line of it.
        levels: Of the raters, 1 to 5.
    """

    value: float = nan
    reason: str = ""
    spend: float = nan
    results: float = nan
    levels: tuple[float, ...] = ()


def facts(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> Facts:
    """Cut the canonical tables to the period."""
    daily, now, _ = months(campaign, tables["channel_daily"])
    start, end = campaign.start, campaign.end
    pieces = planned_pieces(
        tables["content_plan"], tables["content_log"], start, end, campaign.content.on_time_minutes
    )
    of_period = {
        name: tables[name][tables[name]["period"].eq(campaign.period)]
        for name in ("ratings", "staff")
    }
    return Facts(
        campaign=campaign,
        now=now,
        pieces=pieces,
        log=tables["content_log"],
        orders=in_period(tables["orders"], start, end, "ordered_at"),
        checks=uptime.within(tables["site_checks"], start, end),
        goals=targets(campaign, tables, daily),
        **of_period,
    )


def actual(item: ScorecardKpi, who: Member, facts: Facts) -> Actual:
    """Measure one line for one person; channels that a person does not name are all channels."""
    if item.source in UNRECORDED:
        return Actual(reason="not_recorded")
    if item.source == "ratings":
        return _rated(item, who, facts.ratings)
    if item.method == "cost_ratio" and item.kpi:
        return _cost(item.kpi, who, facts)
    value = _value(item, who, facts)
    return Actual(value=value, reason="no_data" if np.isnan(value) else "")


def agreed(item: ScorecardKpi, who: Member, facts: Facts) -> float:
    """Return the level that earns 100, cut to the days in the role for sums.

    NaN where nothing was agreed.
    """
    if not item.relative:
        return item.target
    if not item.kpi:
        return nan
    target = who.targets.get(item.kpi, _own_goal(item.kpi, who, facts))
    if CATALOGUE[item.kpi].aggregation == "sum":
        target = share_of_target(target, days_in_role(who, facts), working_days(facts.campaign))
    return item.target * target


def _own_goal(kpi: KpiId, who: Member, facts: Facts) -> float:
    """Return the target of the one goal on a KPI that a person owns.

    NaN without one, or with several.
    """
    goals = facts.campaign.goals.values()
    own = [goal.target for goal in goals if goal.owner == who.id and goal.kpi == kpi]
    return own[0] if len(own) == 1 else nan


def days_in_role(who: Member, facts: Facts) -> float:
    """Return a person's working days in the role; the whole period where nothing says otherwise."""
    row = facts.staff.loc[facts.staff["staff_id"].eq(who.id), "days_in_role"].dropna()
    if len(row):
        return float(row.iloc[0])
    return float(working_days(facts.campaign) if who.days_in_role is None else who.days_in_role)


def working_days(campaign: Campaign) -> float:
    """Return the Mondays to Fridays of the period; public holidays are not known here."""
    return float(np.busday_count(campaign.start, np.datetime64(campaign.end) + 1))


def _value(item: ScorecardKpi, who: Member, facts: Facts) -> float:
    if item.source == "goals":
        return _plan_attainment(facts.goals)
    if item.source == "site_checks":
        return float(facts.checks["up"].mean())
    if item.source == "content_log":
        return _of_content(item, who, facts)
    if item.source == "orders":
        return (
            _first(compute(facts.orders.fillna({"discount": 0.0}), ["gmv"]))
            if item.kpi == "gmv"
            else nan
        )
    if item.kpi == "pacing":
        return _off_budget(who, facts)
    if item.kpi is None or CATALOGUE[item.kpi].aggregation == "none":
        return nan
    rows = with_profit(_own(who, facts.now), facts.campaign.business.margin)
    return _first(compute(rows, [item.kpi]))


def _cost(kpi: KpiId, who: Member, facts: Facts) -> Actual:
    parts = CATALOGUE[kpi]
    business = facts.campaign.business
    rows = with_profit(_own(who, facts.now), business.margin, business.other_acquisition_cost)
    sums = (
        rows[list(parts.columns)].dropna().sum()
        if len(rows)
        else pd.Series(nan, index=list(parts.columns))
    )
    if rows[list(parts.columns)].dropna().empty:
        return Actual(reason="no_data")
    spend = float(sums[list(parts.numerator)].sum())
    results = float(sums[list(parts.denominator)].sum()) / parts.scale
    value = spend / results if results else nan
    nothing = spend == 0 and results == 0
    return Actual(value=value, spend=spend, results=results, reason="no_data" if nothing else "")


def _rated(item: ScorecardKpi, who: Member, ratings: pd.DataFrame) -> Actual:
    """Take the levels of all raters but the person; a single opinion is no rubric."""
    by_others = (
        ratings["staff_id"].eq(who.id)
        & ratings["item"].eq(item.id)
        & ratings["rater_id"].ne(who.id)
    )
    levels = tuple(ratings.loc[by_others, "level"].astype("float64"))
    if len(levels) < min(item.raters, 2):
        return Actual(reason="too_few_raters" if levels else "no_data")
    return Actual(value=float(np.mean(levels)), levels=levels)


def _of_content(item: ScorecardKpi, who: Member, facts: Facts) -> float:
    chosen = _own_pieces(who, facts.pieces)
    if chosen.empty:
        return nan
    if item.kpi in ("on_time_rate", "on_quantity_rate"):
        return float(delivery(chosen)[item.kpi].iloc[0])
    shown = chosen[["content_id", "channel"]].merge(facts.log, on=["content_id", "channel"])
    return _first(compute(shown, ["engagement_rate"])) if item.kpi == "engagement_rate" else nan


def _own_pieces(who: Member, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return a person's own pieces; where the plan names no owner, those of the channels."""
    if pieces["owner"].notna().any():
        return pieces[pieces["owner"].eq(who.id)]
    return _own(who, pieces)


def _off_budget(who: Member, facts: Facts) -> float:
    """Return how far spend lies from the budget of the person's channels, as a share of it."""
    budget = {channel: money for channel, money in facts.campaign.budget.items() if money > 0}
    own = [channel for channel in budget if not who.channels or channel in who.channels]
    spend = facts.now.loc[facts.now["channel"].isin(own), "spend"].sum(min_count=1)
    return abs(float(spend) / sum(budget[channel] for channel in own) - 1) if own else nan


def _plan_attainment(goals: pd.DataFrame) -> float:
    """Return the weighted mean attainment of what was due, each goal up to the cap of a score."""
    measured_goals = goals.dropna(subset=["progress"])
    weight = measured_goals["weight"].sum()
    return (
        float(
            (measured_goals["progress"].clip(upper=CAP / 100) * measured_goals["weight"]).sum()
            / weight
        )
        if weight
        else nan
    )


def _own(who: Member, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a person's channels; all rows where the person names none."""
    return rows[rows["channel"].isin(who.channels)] if who.channels else rows


def _first(rows: pd.DataFrame) -> float:
    return float(rows.to_numpy()[0, 0]) if len(rows) else nan
