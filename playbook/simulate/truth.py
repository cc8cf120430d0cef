"""What was planted where and how large.

One function a truth, numbered as in `docs/methods.md`, The planted truths of the sample.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from playbook.simulate import funnel, journeys, people
from playbook.simulate.draw import calendar
from playbook.simulate.hours import lost_share
from playbook.simulate.made import Made
from playbook.simulate.scene import PERIODS, REPORTED, ChannelSpec, Event

Truth = dict[str, Any]
BEFORE = PERIODS[-2]


def truths(made: Made, seed: int) -> list[Truth]:
    """Return every truth of a campaign.

    A size is money, a fraction or a count, as its text says.
    """
    return [
        *iroas(made),
        *saturation(made),
        *over_reporting(made),
        *causal_shares(made, seed),
        *personas(made, seed),
        *market(made),
        *price_cuts(made),
        *anomalies(made),
        *outages(made),
        *pacing(made),
        *content(made),
        *experiments(made),
        *target_miss(made),
        *ratio_trap(made),
    ]


def iroas(made: Made) -> Iterator[Truth]:
    """1.

    Revenue caused per unit of spend over the three months, which saturation and events have bent.
    """
    true = made.flow.true
    value = true["caused"] * true["cvr"] * (1 - true["lost"]) * true["aov"]
    found = value.groupby(true["channel"]).sum() / true.groupby("channel")["spend"].sum()
    for spec in made.scene.channels:
        if spec.units:
            yield _truth(
                made,
                1,
                f"iroas.{spec.id}",
                "revenue caused per unit of spend",
                spec.id,
                (calendar()[0], calendar()[-1]),
                found[spec.id],
            )


def saturation(made: Made) -> Iterator[Truth]:
    """2: carry-over from day to day, and the spend a day at half of the largest effect."""
    for spec in made.scene.channels:
        reference = sum(made.budgets[spec.id].values()) / len(calendar())
        yield _truth(
            made,
            2,
            f"carry-over.{spec.id}",
            "share of a day's effect left the day after",
            spec.id,
            None,
            spec.carry_over,
        )
        yield _truth(
            made,
            2,
            f"half-point.{spec.id}",
            "spend a day at half of the largest effect",
            spec.id,
            None,
            spec.half_point * reference,
        )


def over_reporting(made: Made) -> Iterator[Truth]:
    """3: conversions that a platform claims, per order of the shop that came from it."""
    for spec in made.scene.channels:
        if spec.view_through:
            yield _truth(
                made,
                3,
                f"claimed.{spec.id}",
                "conversions claimed by the platform per order",
                spec.id,
                None,
                funnel.ATTRIBUTED + spec.view_through,
            )


def causal_shares(made: Made, seed: int) -> Iterator[Truth]:
    """4: share of the conversions of `touchpoints` that each channel causes."""
    for channel, share in journeys.causal_shares(made.scene, seed).items():
        yield _truth(
            made,
            4,
            f"causal-share.{channel}",
            "share of the conversions in touchpoints that it causes",
            channel,
            None,
            share,
        )


def personas(made: Made, seed: int) -> Iterator[Truth]:
    """5: share of each latent persona among the people drawn."""
    counts = np.bincount(people.membership(made.scene, seed), minlength=len(made.scene.personas))
    for persona, count in zip(made.scene.personas, counts, strict=True):
        yield _truth(
            made,
            5,
            f"persona.{persona.id}",
            "share of the people in audience",
            "audience",
            None,
            count / counts.sum(),
        )


def market(made: Made) -> Iterator[Truth]:
    """7: growth a year of each market series, and its lasting step."""
    for series in made.scene.series:
        yield _truth(
            made,
            7,
            f"growth.{series.id}",
            "growth a year; 0 is no trend",
            series.id,
            None,
            series.growth,
        )
        if series.step_on:
            yield _truth(
                made,
                7,
                f"step.{series.id}",
                "lasting change of level",
                series.id,
                (series.step_on, None),
                series.step,
            )


def price_cuts(made: Made) -> Iterator[Truth]:
    """8: a rival's price cut, and the rise of its mentions from that week on."""
    for rival in made.scene.rivals:
        if rival.cut_on:
            yield _truth(
                made,
                8,
                "price-cut",
                "change of the price index",
                rival.brand,
                (rival.cut_on, None),
                -rival.price_cut,
            )
            yield _truth(
                made,
                8,
                "louder",
                "change of weekly mentions",
                rival.brand,
                (rival.cut_on, None),
                rival.mentions_rise,
            )


def anomalies(made: Made) -> Iterator[Truth]:
    """9: unusual days of a channel; the size is the factor on the stage that was hit hardest."""
    for event in made.scene.events:
        if event.truth == 9:
            yield _truth(
                made,
                9,
                event.id,
                event.kind,
                event.channel,
                (event.first, event.last),
                _hardest(event),
            )


def outages(made: Made) -> Iterator[Truth]:
    """10: pages that were down, and the revenue that was lost by it."""
    for number, outage in enumerate(made.scene.outages, start=1):
        start = pd.Timestamp(outage.start)
        share = lost_share(start.normalize(), made.scene, (outage,))
        rows = made.flow.true[made.flow.true["date"].eq(start.normalize())]
        lost = share * (rows["visits"] * rows["cvr"] * rows["aov"]).sum()
        end = start + pd.Timedelta(minutes=outage.minutes)
        yield _truth(
            made,
            10,
            f"outage-{number}",
            "revenue lost while the page was down",
            outage.page,
            (f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}"),
            lost,
        )


def pacing(made: Made) -> Iterator[Truth]:
    """11.

    The budget that ran dry (day of the month) and the one that was not used (share of it).
    """
    for spec in made.scene.channels:
        if spec.gone_on:
            month, day = spec.gone_on
            yield _truth(
                made,
                11,
                f"gone.{spec.id}",
                "day of the month on which the budget is used up",
                spec.id,
                (f"{month}-{day}", None),
                day,
            )
        for month, share in spec.delivery.items():
            yield _truth(
                made,
                11,
                f"under-delivery.{spec.id}",
                "share of the month's budget that is spent",
                spec.id,
                _month(month),
                share,
            )


def content(made: Made) -> Iterator[Truth]:
    """12: pieces late and never published by owner and month, and texts that push."""
    for period in PERIODS:
        for owner in made.scene.content.owners:
            yield _truth(
                made,
                12,
                f"late.{period}.{owner.id}",
                "pieces published late",
                owner.id,
                _month(period),
                owner.late,
            )
            yield _truth(
                made,
                12,
                f"missing.{period}.{owner.id}",
                "pieces never published",
                owner.id,
                _month(period),
                owner.missing,
            )
        yield _truth(
            made,
            12,
            f"hard-sell.{period}",
            "pieces that push",
            "content_plan",
            _month(period),
            made.scene.content.hard_sell_pieces,
        )


def experiments(made: Made) -> Iterator[Truth]:
    """14: what each test really is.

    The size is the true relative lift of the rate within a device.
    """
    for trial in made.scene.trials:
        days = made.trials[trial.id]["assigned_on"]
        yield _truth(
            made, 14, trial.id, trial.kind, "experiment_units", (days.min(), days.max()), trial.lift
        )


def target_miss(made: Made) -> Iterator[Truth]:
    """15: why the reported month missed its revenue.

    A conversion rate, a mix, a price, and one that is noise.
    """
    true = made.flow.true[made.flow.true["date"].ge(f"{REPORTED}-01")]
    for event in made.scene.events:
        if event.truth == 15:
            yield _truth(
                made,
                15,
                event.id,
                event.kind,
                event.channel,
                (event.first, event.last),
                _hardest(event) - 1,
            )
        if event.kind == "cvr_drop":
            hit = true[
                true["channel"].eq(event.channel) & true["date"].between(event.first, event.last)
            ]
            got = (hit["visits"] * hit["cvr"] * (1 - hit["lost"]) * hit["aov"]).sum()
            yield _truth(
                made,
                15,
                f"{event.id}.revenue",
                "revenue lost by it",
                event.channel,
                (event.first, event.last),
                got / event.factors["cvr"] - got,
            )
    shift = _shares(made, REPORTED) - _shares(made, BEFORE)
    for channel in made.units:
        yield _truth(
            made,
            15,
            f"mix.{channel}",
            "change of its share of all spend against the month before",
            channel,
            _month(REPORTED),
            shift[channel],
        )


def ratio_trap(made: Made) -> Iterator[Truth]:
    """20: where the mean of ratios lies, and cells without denominator."""
    for spec in made.scene.channels:
        if spec.units:
            yield from _ratio_trap(made, spec)


def _ratio_trap(made: Made, spec: ChannelSpec) -> Iterator[Truth]:
    rows = made.units[spec.id]
    ratios = (rows["clicks"] / rows["impressions"].where(rows["impressions"] > 0)).mean()
    of_sums = rows["clicks"].sum() / rows["impressions"].sum()
    yield _truth(
        made,
        20,
        f"mean-of-ratios.{spec.id}",
        "mean of daily unit CTRs over the ratio of sums, less 1",
        spec.id,
        None,
        ratios / of_sums - 1,
    )
    empty = int(rows["impressions"].eq(0).sum())
    if empty:
        yield _truth(
            made, 20, f"no-impressions.{spec.id}", "rows without impressions", spec.id, None, empty
        )


def _shares(made: Made, period: str) -> pd.Series:
    """Return each channel's share of the spend of a month."""
    month = made.daily[made.daily["date"].dt.strftime("%Y-%m").eq(period)]
    shares: pd.Series = month.groupby("channel")["spend"].sum() / month["spend"].sum()
    return shares


def _hardest(event: Event) -> float:
    return max(event.factors.values(), key=lambda factor: abs(np.log(factor)))


def _month(period: str) -> tuple[object, object]:
    first = pd.Timestamp(f"{period}-01")
    return first, first + pd.offsets.MonthEnd(0)


def _truth(
    made: Made,
    truth: int,
    id: str,
    what: str,
    where: str,
    when: tuple[object, object] | None,
    size: float,
) -> Truth:
    first, last = when or (None, None)
    return {
        "id": id,
        "truth": truth,
        "campaign": made.scene.campaign,
        "what": what,
        "where": where,
        "from": _said(first),
        "to": _said(last),
        "size": float(f"{size:.6g}"),
    }


def _said(moment: object) -> str | None:
    if moment is None:
        return None
    return f"{moment:%Y-%m-%d}" if isinstance(moment, pd.Timestamp) else str(moment)
