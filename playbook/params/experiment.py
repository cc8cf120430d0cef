"""What an A/B test is meant to show, written down before its data are looked at."""

import hashlib
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from playbook.params.text import Amount, Day, Model, Number, Slug, Text

REGISTRATION = {"registered_hash", "registered_on", "looks_taken"}
SHARES_SLACK = 1e-3
"""Shares may miss 1 by this much, so that a third can be written 0.3333."""


Column = Annotated[str, Field(min_length=1)]
Open = Annotated[float, Field(strict=True, gt=0, lt=1)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class MetricPlan(Model):
    """One number that the test is judged by.

    Attributes:
        name: Id of the metric, unique in the plan.
        label: Its name for readers; the id where left out.
        kind: rate (numerator is 0 or 1 per unit), mean (any number per unit), ratio (sum of the
            numerator over sum of the denominator, as in revenue per order) or quantile (of the
            numerator over the units, by the bootstrap; not for a primary metric).
        numerator: Column of the unit's value; the metric's name where left out.
        denominator: Column below the line; for a ratio only.
        role: primary (decides), guardrail (must not suffer) or secondary (explains).
        better: Which direction is good.
        margin: For a guardrail: the relative worsening that is still accepted, 0.02 for two per
            cent of the control's size, whatever its sign.
        margin_abs: The same in the metric's own unit, 0.005 for half a percentage point of a rate;
            for a control that is 0 or near it.
        equivalent: Whether a guardrail is also tested for equivalence: no change beyond the margin
            either way.
        test: Of a rate without covariates: auto (pooled z; Fisher's exact test where few
            conversions are expected), z, fisher, or boschloo (exact too, and finds more; for small
            arms).
        covariates: Columns known before the test, to narrow the interval (CUPED). For a ratio just
            two: numerator and denominator of the same ratio in the pre-period.
        cap: Quantile over all arms above which values are clamped to it, such as 0.999; numerator
            and denominator of a ratio each at their own.
        floor: The same below: quantile under which values are raised to it, such as 0.001.
        quantile: Which quantile, for that kind only; 0.5 is the median.
    """

    name: Column
    label: Text | None = None
    kind: Literal["rate", "mean", "ratio", "quantile"] = "mean"
    numerator: Column
    denominator: Column | None = None
    role: Literal["primary", "guardrail", "secondary"] = "secondary"
    better: Literal["higher", "lower"] = "higher"
    margin: Open | None = None
    margin_abs: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    equivalent: bool = False
    test: Literal["auto", "z", "fisher", "boschloo"] = "auto"
    covariates: tuple[Column, ...] = ()
    cap: Open | None = None
    floor: Open | None = None
    quantile: Open | None = None

    @model_validator(mode="before")
    @classmethod
    def _numerator_is_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and "name" in value:
            return {"numerator": value["name"]} | value
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.kind == "ratio") != (self.denominator is not None):
            raise ValueError("a ratio has a denominator, and nothing else has one")
        if self.kind == "ratio" and len(self.covariates) not in (0, 2):
            raise ValueError(
                "the covariates of a ratio are two: its numerator and denominator before the test"
            )
        if self.test != "auto" and (self.kind != "rate" or self.covariates):
            raise ValueError("only a rate without covariates has a test to choose")
        if self.kind == "rate" and self.clamped:
            raise ValueError("a rate cannot be capped: its values are 0 and 1")
        if self.floor is not None and self.cap is not None and self.floor >= self.cap:
            raise ValueError(f"floor {self.floor:g} must lie below cap {self.cap:g}")
        if self.guarded and self.role != "guardrail":
            raise ValueError("only a guardrail has a margin")
        if self.margin is not None and self.margin_abs is not None:
            raise ValueError("a guardrail has one margin: margin (relative) or margin_abs")
        if self.equivalent and self.margin is None:
            raise ValueError("equivalence needs a margin, a relative one")
        if len(set(self.covariates)) != len(self.covariates):
            raise ValueError("a covariate stands twice")
        return self

    @model_validator(mode="after")
    def _quantile_alone(self) -> Self:
        if (self.kind == "quantile") != (self.quantile is not None):
            raise ValueError("a quantile metric says which quantile, and nothing else does")
        if self.kind == "quantile" and (self.role == "primary" or self.covariates or self.clamped):
            raise ValueError("a quantile is not primary, and has neither covariates nor a cap")
        return self

    @property
    def guarded(self) -> bool:
        """Whether a guardrail has a margin, relative or absolute."""
        return self.margin is not None or self.margin_abs is not None

    @property
    def clamped(self) -> bool:
        """Whether values are moved to a quantile over all arms."""
        return self.cap is not None or self.floor is not None


class ExperimentPlan(Model):
    """The plan of one test; frozen when it is registered.

    Attributes:
        id: Of the test.
        name: For readers, in zh and en.
        hypothesis: What is expected and why, in a sentence.
        unit: Column that identifies what was randomised; without it every row is a unit.
        cluster: Column of the group that was randomised as a whole (shop, city); its members are
            then not counted as independent.
        variant: Column that holds the arm of the unit.
        date_column: Column with the day or moment on which the unit entered the test.
        timezone: Zone in which moments are cut into days, such as Europe/Berlin; the campaign's
            where left out, and without one that of the moments themselves.
        arms: Planned share of the units by arm; the first is the control.
        metrics: At least one primary; the first primary decides.
        start: First day, included.
        end: Last day, included.
        outcome_days: Days that the outcome of a unit takes after it entered. A test whose units all
            entered on one day (a mailing), or that takes in nobody any more, is over so many days
            after its last unit.
        pre_period_end: Last day on which covariates were measured; before `start`.
        alpha: Accepted probability of a false alarm: that a test in which nothing differs is
            shipped or stopped.
        alternative: two-sided (half of alpha is for "better", half for harm), or better: nearly all
            of alpha is for "better", a primary metric that is worse stops nothing, and guardrails
            have a fifth of alpha for harm.
        power: Wanted probability to find an effect as large as `mde`.
        mde: Smallest relative effect worth finding, 0.05 for five per cent.
        looks: Planned days of interim looks; the look at `end` is not listed.
        spending: How alpha is spent over the looks; "always" allows any number of them, by
            confidence sequences.
        planned_units: Units of all arms that the test is planned for; interim looks spend alpha by
            the share of them that has come in. Without it by the share of the days.
        sizes_planned: Whether the shares of the arms were planned. False for a test that nobody
            planned: then the sizes of the arms are shown, and nothing follows from them.
        stray_limit: Share of units that may be left out (twice in the data, in two arms, outside
            the dates) before the data do not fit the plan.
        tune_units: Units of two arms at which a confidence sequence is narrowest.
        segments: Columns by which the effect is also shown.
        concurrent: Columns that hold the arms of other tests that ran at the same time on the same
            units; it is tested whether the effect depends on them (interaction).
        strata: Column known before the test, such as country or new and returning; the effects on
            rates and means are averaged over its levels (post-stratification), which narrows them.
        prior_lift_sd: How large lifts usually are, as the standard deviation of a normal prior
            about none; the chance to be best and the expected loss then are not swayed by few
            units.
        value_per_conversion: Money that one more unit of the first primary metric is worth, in the
            campaign's currency; without it and without `money_metric` no money is shown.
        money_metric: Metric that is money per unit already; then no value is needed.
        monthly_units: Units in a month that the decision will touch.
        registered_hash: Hash of the plan as registered; see `plan_hash`.
        registered_on: Day of the registration.
        looks_taken: Days of the data at which the test was looked at since; written by the
            commands.
    """

    id: Slug
    name: Text | None = None
    hypothesis: str = ""
    unit: Column | None = None
    cluster: Column | None = None
    variant: Column
    date_column: Column | None = None
    timezone: str | None = None
    arms: Mapping[Column, Share] = Field(min_length=2)
    metrics: tuple[MetricPlan, ...] = Field(min_length=1)
    start: Day | None = None
    end: Day | None = None
    outcome_days: Annotated[int, Field(strict=True, ge=0, le=3650)] | None = None
    pre_period_end: Day | None = None
    alpha: Open = 0.05
    alternative: Literal["two-sided", "better"] = "two-sided"
    power: Open = 0.8
    mde: Open | None = None
    looks: tuple[Day, ...] = ()
    spending: Literal["none", "obf", "pocock", "always"] = "obf"
    planned_units: Annotated[int, Field(strict=True, ge=4)] | None = None
    sizes_planned: bool = True
    stray_limit: Share = 0.001
    tune_units: Annotated[int, Field(strict=True, ge=100)] = 5000
    segments: tuple[Column, ...] = ()
    concurrent: tuple[Column, ...] = ()
    strata: Column | None = None
    prior_lift_sd: Open | None = None
    value_per_conversion: Number | None = None
    money_metric: str | None = None
    monthly_units: Amount | None = None
    registered_hash: str | None = None
    registered_on: Day | None = None
    looks_taken: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _arms_share_everything(self) -> Self:
        shares = list(self.arms.values())
        if abs(sum(shares) - 1) > SHARES_SLACK:
            raise ValueError(f"the shares of the arms add up to {sum(shares):g}, must be 1")
        if shares[0] == 0 or not any(shares[1:]):
            raise ValueError("the control and at least one other arm need a share above 0")
        return self

    @field_validator("timezone")
    @classmethod
    def _zone_is_there(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError("no such time zone; write it like Europe/Berlin or Asia/Shanghai")
        return value

    @model_validator(mode="after")
    def _metrics_differ(self) -> Self:
        names = [metric.name for metric in self.metrics]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"metrics stand twice: {', '.join(twice)}")
        if not any(metric.role == "primary" for metric in self.metrics):
            raise ValueError("one metric must have the role primary")
        if self.money_metric is not None and self.money_metric not in names:
            raise ValueError(f"money_metric {self.money_metric!r} is not among the metrics")
        if self.cluster and any(metric.kind == "quantile" for metric in self.metrics):
            raise ValueError("a quantile over clusters is not supported")
        return self

    @model_validator(mode="after")
    def _strata_of_units(self) -> Self:
        if self.strata and self.cluster:
            raise ValueError("strata are of units, not of clusters: leave one of the two out")
        return self

    @model_validator(mode="after")
    def _covariates_come_before(self) -> Self:
        measured = {
            column for metric in self.metrics for column in (metric.numerator, metric.denominator)
        }
        overlap = sorted(
            {column for metric in self.metrics for column in metric.covariates} & measured
        )
        if overlap:
            raise ValueError(f"covariates are measured in the test itself: {', '.join(overlap)}")
        if self.pre_period_end and self.start and self.pre_period_end >= self.start:
            raise ValueError(
                f"pre_period_end {self.pre_period_end} must lie before the start {self.start}"
            )
        return self

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end belong together")
        days = [day for day in (self.start, *self.looks, self.end) if day is not None]
        if any(later < earlier for earlier, later in pairwise(days)) or len(set(self.looks)) < len(
            self.looks
        ):
            raise ValueError("start, looks and end must follow each other in time")
        if self.looks and self.end is None:
            raise ValueError("planned looks need a start and an end")
        return self

    @property
    def control(self) -> str:
        """Name of the arm that the others are compared with."""
        return next(iter(self.arms))

    @property
    def treatments(self) -> tuple[str, ...]:
        """Arms other than the control that were planned to get units."""
        return tuple(arm for arm, share in self.arms.items() if share > 0 and arm != self.control)

    @property
    def primary(self) -> MetricPlan:
        """The metric that decides."""
        return next(metric for metric in self.metrics if metric.role == "primary")


def plan_hash(plan: ExperimentPlan) -> str:
    """Return the SHA-256 of a plan.

    Equal for plans that mean the same, whatever the order of keys in a file.

    What the registration adds is left out, so that a plan keeps its hash when it is registered; so
    are defaults, so that it keeps its hash when plans learn to say more.
    """
    content = plan.model_dump(mode="json", exclude=REGISTRATION, exclude_defaults=True)
    content["arms"] = list(content["arms"].items())
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
