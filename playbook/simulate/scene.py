"""What a simulated campaign is made of.

Channels and how people respond, events, outages, words. Values only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

FIRST, LAST = date(2026, 8, 1), date(2026, 10, 31)
PERIODS = ("2026-08", "2026-09", "2026-10")
REPORTED = "2026-10"

Stage = Literal["spend", "cpm", "demand", "clicks", "visits", "cvr", "tracking"]
"""Where an event bites: `demand` moves impressions and visits together, `tracking` only what
platforms count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One campaign of a platform account, as a share of its channel.

    Shares are of the channel's impressions, clicks, conversions and spend. In `paused` (first, last
    day) it shows nothing and costs nothing.
    """

    name: str
    impressions: float
    clicks: float
    conversions: float
    spend: float
    paused: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelSpec:
    """How people respond to one channel.

    Attributes:
        id: As in the parameters.
        cpm: Money per thousand impressions in August; for an owned channel at its reference spend.
        iroas: Revenue caused per unit of spend, at reference spend.
        base_share: Share of the channel's visits that would have come without its spend, 0-1.
        carry_over: Share of the effect of a day's spend that is left the day after, 0-1.
        half_point: Spend at half of the largest effect, as a multiple of reference spend.
        slope: Of the Hill curve.
        visit_rate: Visits per click, 0-1.
        bounce_rate: Of visits, 0-1.
        cvr: Orders per visit, 0-1.
        aov: Mean net revenue of an order.
        new_share: Share of orders by people who never ordered, 0-1.
        engagement_rate: Per impression; None where the channel reports none.
        view_through: Conversions that the platform claims beyond its orders, per order.
        delivery: Share of the month's budget that is spent, by month; 0.985 where not named.
        gone_on: Month and day of it on which the budget is used up.
        units: Campaigns of the platform account; none where the file is canonical.
    """

    id: str
    cpm: float
    iroas: float
    base_share: float
    carry_over: float
    half_point: float
    slope: float
    visit_rate: float
    bounce_rate: float
    cvr: float
    aov: float
    new_share: float
    engagement_rate: float | None = None
    view_through: float = 0.0
    paid: bool = True
    delivery: Mapping[str, float] = field(default_factory=dict)
    gone_on: tuple[str, int] | None = None
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to one channel: factors on stages between two days, both included.

    `truth` is the number in the table of `docs/methods.md`, The planted truths of the sample:
    9 an anomaly, 15 a cause of the miss.
    """

    id: str
    kind: str
    channel: str
    first: str
    last: str
    factors: Mapping[Stage, float]
    truth: int = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """A page that did not answer from `start` for `minutes`; while it is down nobody orders."""

    page: str
    start: str
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who publishes what: pieces a month, how many of them late (in all) and how many never."""

    id: str
    channels: tuple[str, ...]
    pieces: int
    late: int
    missing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentSpec:
    """What is written: themes with plain texts, and texts that push; formats by channel."""

    owners: tuple[Owner, ...]
    formats: Mapping[str, str]
    plain: Mapping[str, tuple[tuple[str, str], ...]]
    hard_sell: tuple[tuple[str, str], ...]
    hard_sell_pieces: int
    personas: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Persona:
    """A latent segment.

    Its share, how it answers (mean of 1-5 by question), who it is, what it reads.
    """

    id: str
    share: float
    answers: Mapping[str, float]
    demographics: Mapping[str, Mapping[str, float]]
    media: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """A brand on the market: weekly mentions and searches, price index; what changes, and when."""

    brand: str
    mentions: float
    searches: float
    price_index: float
    spend: float
    cut_on: str | None = None
    price_cut: float = 0.0
    mentions_rise: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A weekly market series: level, growth, yearly swing with its peak, a lasting step."""

    id: str
    unit: str
    source: str
    level: float
    growth: float
    swing: float
    peak_week: int
    noise: float
    step_on: str | None = None
    step: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """How an experiment of the parameters really went.

    Attributes:
        id: As in the parameters.
        kind: lift, null, srm (broken split) or simpson (arms differ in their mix of devices).
        units: Users in the test.
        base: Conversion rate of the control on mobile and desktop.
        lift: True relative lift of the rate within each device.
        treated: Share of users given the treatment, on mobile and desktop.
        mobile: Share of mobile users.
        value: Mean revenue of a conversion.
    """

    id: str
    kind: Literal["lift", "null", "srm", "simpson"]
    units: int
    base: tuple[float, float]
    lift: float
    treated: tuple[float, float]
    mobile: float
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One simulated campaign; money in its currency, days in its time zone.

    Attributes:
        campaign: Folder below params/ and data/.
        channels: All channels of the parameters.
        weekday: Demand on Monday … Sunday, about 1 on average.
        growth: Of demand over the three months.
        ramp_on: Day from which demand rises straight to the last day, by `ramp`.
        ramp: Rise on the last day, 0.2 is a fifth.
        hours: Weight of each hour of the day in orders, 24 of them.
        earlier_orders: Orders a day in the half year before.
        events: What happened to channels.
        outages: Pages that were down.
        content: What is published, by whom.
        personas: Latent segments of the audience.
        people: Asked in the survey.
        series: Of the market.
        rivals: Brands, our own first.
        causal: Chance to convert that meeting a channel adds by itself.
        exposure: Share of users who meet a channel.
        users: Followed in `touchpoints`, those who met no channel included.
        trials: Experiments.
        rated: Scorecard item and true level (1 to 5) of each person.
        newest: Who joined in the second month.
        raters: Who rates.
    """

    campaign: str
    channels: tuple[ChannelSpec, ...]
    weekday: tuple[float, ...]
    growth: float
    ramp_on: str
    ramp: float
    hours: tuple[float, ...]
    earlier_orders: float
    events: tuple[Event, ...]
    outages: tuple[Outage, ...]
    content: ContentSpec
    personas: tuple[Persona, ...]
    people: int
    series: tuple[Series, ...]
    rivals: tuple[Rival, ...]
    causal: Mapping[str, float]
    exposure: Mapping[str, float]
    users: int
    trials: tuple[Trial, ...]
    rated: Mapping[str, tuple[str, float]]
    newest: str
    raters: tuple[str, ...]
