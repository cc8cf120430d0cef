"""What a campaign is: names, goals, channels, sources, budget, rules, experiments and team."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import list_currencies
from pydantic import Field, StringConstraints, field_validator, model_validator

from playbook.params.experiment import ExperimentPlan
from playbook.params.period import Period
from playbook.params.text import (
    MONTH,
    MOST,
    Amount,
    Day,
    Fraction,
    Language,
    Model,
    Named,
    Number,
    PeriodId,
    Slug,
    Text,
    Whole,
    Word,
)

KpiId = Literal[
    "impressions",
    "reach",
    "frequency",
    "clicks",
    "ctr",
    "cpc",
    "cpm",
    "visits",
    "visit_rate",
    "bounces",
    "bounce_rate",
    "engagements",
    "engagement_rate",
    "conversions",
    "cvr",
    "cvr_click",
    "cpa",
    "new_customers",
    "cac",
    "orders",
    "aov",
    "gmv",
    "revenue",
    "spend",
    "roas",
    "roi",
    "ltv",
    "retention_rate",
    "attainment",
    "on_time_rate",
    "on_quantity_rate",
    "pacing",
    "uptime",
]
"""The ids that parameters may name; `playbook.metrics.CATALOGUE` defines each."""

TableName = Literal[
    "channel_daily",
    "content_plan",
    "content_log",
    "audience",
    "orders",
    "touchpoints",
    "market_series",
    "competitors",
    "site_checks",
    "experiment_units",
    "staff",
    "ratings",
]
"""The canonical tables that a source can feed; `data/README.md` describes each."""


NOT_FOR_GOALS: tuple[KpiId, ...] = (
    "reach",
    "frequency",
    "ltv",
    "retention_rate",
    "attainment",
    "pacing",
)
"""KPIs that nothing computes over the days of a goal: a goal on them would stay unanswered."""


MOST_PATH, MOST_NAME = 1000, 255
"""Characters of a path and bytes of a name in it that file systems take."""


class Goal(Model):
    """One SMART goal: a KPI, how much of it, by when, and who answers for it."""

    id: Slug
    name: Text
    kpi: KpiId
    target: Number
    baseline: Number | None = None
    start: Day | None = None
    deadline: Day
    owner: Slug
    weight: Amount = 1.0
    channel: Slug | None = None
    relevant_to: str = ""

    @field_validator("kpi")
    @classmethod
    def _is_computed(cls, value: KpiId) -> KpiId:
        if value in NOT_FOR_GOALS:
            raise ValueError(
                "is not computed over the days of a goal: choose a KPI that adds up or is a ratio "
                "of sums, such as revenue, new_customers or cvr"
            )
        return value


class Channel(Model):
    """One way to the audience, and the least and the most that may be spent on it in a period."""

    id: Slug
    name: Text
    kind: Literal["owned", "partner", "kol", "paid"]
    owner: Slug
    min_spend: Amount = 0.0
    max_spend: Amount | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_spend is not None and self.max_spend < self.min_spend:
            raise ValueError(f"max_spend {self.max_spend:g} is below min_spend {self.min_spend:g}")
        return self


def _is_pattern(value: str) -> bool:
    """Whether a text can name files below a folder on every system."""
    parts = value.split("/")
    return (
        value.isprintable()
        and len(value) <= MOST_PATH
        and all(len(part.encode()) <= MOST_NAME for part in parts)
        and parts[-1] not in ("", ".", "..", "**")
        and all("**" not in part or part == "**" for part in parts)
        and parts.count("**") <= 1
    )


Measure = Literal[
    "impressions",
    "reach",
    "clicks",
    "visits",
    "bounces",
    "engagements",
    "conversions",
    "orders",
    "new_customers",
    "revenue",
    "spend",
]
"""The counts and money of `channel_daily`, of which each channel has one teller."""


Grain = Literal["day", "week", "month", "period"]
"""What a row of a file tells: a day, a week or month by its first day, or first and last day."""


class Rate(Model):
    """What one unit of a currency is worth in the campaign's, and who says so.

    `by` gives the rate of a month (YYYY-MM), of a day (YYYY-MM-DD), or both; the day goes before.
    """

    source: Word
    by: Annotated[
        Mapping[
            Annotated[str, StringConstraints(pattern=rf"^{MONTH}(-\d{{2}})?$")],
            Annotated[float, Field(strict=True, gt=0, le=MOST)],
        ],
        Field(min_length=1),
    ]


class Arrival(Model):
    """When a file came in by `playbook import`.

    `at` is the local moment; of files that tell the same days the later one counts. `stated` is the
    last day that the file's own name tells, and `replaces` names files whose place it takes.
    """

    at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")]
    stated: Day | None = None
    replaces: tuple[str, ...] = ()


class Source(Model):
    """Files or a database table that hold one canonical table, and how to read them.

    `platform` names a mapping shipped in `playbook/sources/platforms/`, `mapping` a file of the
    same form beside the parameters; with neither, the files hold the canonical columns themselves.
    `channel` is that of all rows; `channels` says which of ours each name in the file is, such as
    "google / cpc" in an export of GA4. `measures` are those for which the source counts; what else
    it tells is its claim. `grain` says what a row tells where that is not a day: a week or month is
    then booked evenly over its days. `imported` says of files when they came in.

    `uri` is `${NAME}` of an environment variable with the address of the database; `from_table` and
    `from_schema` name the table there (that of the canonical name where left out). Of tables with
    days only the period and `history_months` before it are fetched.
    """

    id: Slug
    table: TableName
    files: str = ""
    uri: str | None = Field(default=None, pattern=r"^\$\{[A-Z][A-Z0-9_]*\}$")
    from_table: str | None = Field(default=None, min_length=1)
    from_schema: str | None = Field(default=None, min_length=1)
    history_months: Annotated[int, Field(strict=True, ge=0, le=1200)] = 24
    platform: Slug | None = None
    mapping: str | None = None
    channel: Slug | None = None
    channels: Mapping[str, Slug] = Field(default_factory=dict)
    segment: str | None = None
    measures: tuple[Measure, ...] = ()
    grain: Grain | None = None
    imported: Mapping[str, Arrival] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.platform and self.mapping:
            raise ValueError("platform and mapping exclude each other")
        if bool(self.files) == bool(self.uri):
            raise ValueError("must say one of files and uri")
        if self.files and (self.from_table or self.from_schema):
            raise ValueError("from_table and from_schema belong to a uri")
        return self

    @field_validator("files")
    @classmethod
    def _names_files(cls, value: str) -> str:
        if value and not _is_pattern(value):
            raise ValueError(
                "is no usable pattern of files: write a short path such as ads/*.csv, with '**' "
                "as a whole folder and once at most"
            )
        return value

    @field_validator("files", "mapping")
    @classmethod
    def _inside(cls, value: str | None) -> str | None:
        if value and (value.startswith("/") or ".." in value.split("/")):
            raise ValueError(
                "must be a path inside its folder, without a leading '/' and without '..'"
            )
        return value


class Business(Model):
    """Facts of the business that turn results into profit.

    `margin` is the gross profit per unit of revenue; without it ROI is a revenue ROI and says so.
    """

    margin: Fraction | None = None
    other_acquisition_cost: Amount = 0.0
    lookback_days: Annotated[int, Field(strict=True, ge=1, le=365)] = 30


class ContentRules(Model):
    """When a piece is on time, how often a channel may publish, and what reads as a hard sell."""

    on_time_minutes: Annotated[int, Field(strict=True, ge=0, le=525_600)] = 60
    posts_per_day: Annotated[int, Field(strict=True, ge=1, le=1000)] = 3
    hard_sell_words: tuple[Word, ...] = ()
    hard_sell_share: Fraction = 0.2


class Monitoring(Model):
    """When a day counts as unusual, and what pacing is tolerated (Amber outside.

    Red far outside).
    """

    anomaly_cut: Annotated[float, Field(strict=True, gt=0, le=1000)] = 4.5
    pacing_green: Fraction = 0.1
    pacing_amber: Fraction = 0.2
    uptime_target: Fraction = 0.995


Acceptable = Literal[
    "below-zero",
    "bounces-above-visits",
    "clicks-above-impressions",
    "fewer",
    "overlap",
    "two-tellers",
    "unread-cells",
    "owner",
]
"""The warnings of `playbook check` that parameters can accept, each with the reason."""


class Member(Model):
    """One person of the team under a pseudonym, with what they answer for and agreed to reach."""

    id: Slug
    role: Slug
    channels: tuple[Slug, ...] = ()
    targets: Mapping[KpiId, Number] = Field(default_factory=dict)
    days_in_role: Whole | None = None


class Campaign(Model):
    """All parameters of one campaign in one period."""

    id: Slug
    period: PeriodId
    name: Text
    language: Language
    currency: str
    rates: Mapping[str, Rate] = Field(default_factory=dict)
    timezone: str
    objective: Text
    brand: str = ""
    goals: Annotated[Mapping[str, Goal], Named] = Field(default_factory=dict)
    channels: Annotated[Mapping[str, Channel], Named] = Field(min_length=1)
    sources: Annotated[Mapping[str, Source], Named] = Field(min_length=1)
    budget: Mapping[str, Amount] = Field(default_factory=dict)
    business: Business = Business()
    content: ContentRules = ContentRules()
    monitoring: Monitoring = Monitoring()
    experiments: Annotated[Mapping[str, ExperimentPlan], Named] = Field(default_factory=dict)
    registered: Mapping[str, ExperimentPlan] = Field(default_factory=dict)
    team: Annotated[Mapping[str, Member], Named] = Field(default_factory=dict)
    accept: Mapping[Acceptable, Text] = Field(default_factory=dict)

    @field_validator("currency", mode="before")
    @classmethod
    def _iso_4217(cls, value: Any) -> Any:
        if not isinstance(value, str) or value not in list_currencies():
            raise ValueError("must be an ISO 4217 code such as 'CNY' or 'USD'")
        return value

    @field_validator("rates")
    @classmethod
    def _of_currencies(cls, value: Mapping[str, Rate]) -> Mapping[str, Rate]:
        unknown = [name for name in value if name not in list_currencies()]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no ISO 4217 code such as 'EUR'")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("must be a zone name such as 'Asia/Shanghai'") from error
        return value

    @property
    def month(self) -> Period:
        """The period as a value: its days, the months around it."""
        return Period.of(self.period)

    def in_month(self, month: Period) -> "Campaign":
        """Return the same parameters for another period."""
        return self.model_copy(update={"period": str(month)})

    def only(self, fields: Collection[str]) -> "Campaign":
        """Return the same parameters with no other fields than these, id and period.

        To ask for another one raises AttributeError.
        """
        narrowed = self.model_copy()
        for name in type(self).model_fields.keys() - {"id", "period", *fields}:
            del narrowed.__dict__[name]
        return narrowed

    @property
    def start(self) -> date:
        """First day of the period."""
        return self.month.start

    @property
    def end(self) -> date:
        """Last day of the period, included."""
        return self.month.end

    @property
    def decider(self) -> str:
        """Who answers for the heaviest goal, and so decides on proposals; empty without goals."""
        return max(self.goals.values(), key=lambda goal: goal.weight).owner if self.goals else ""


def plain(campaign: Campaign) -> dict[str, Any]:
    """Return the parameters as plain JSON types, for a manifest or a fingerprint."""
    return campaign.model_dump(mode="json")
