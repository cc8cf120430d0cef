"""The canonical tables: grain, key, columns with unit and meaning, and the rules of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa

from playbook.params.model import TableName

Kind = Literal["day", "moment", "text", "count", "money", "number"]

DTYPES: Mapping[Kind, Any] = MappingProxyType(
    {
        "day": "datetime64[us]",
        "moment": "datetime64[us]",
        "text": "str",
        "count": "float64",
        "money": "float64",
        "number": "float64",
    }
)
"""How each kind is held: days and moments without zone in the campaign's time, numbers as floats,
NaN missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a canonical table.

    A column that is not `required` may be absent from a source; it is then missing in every row.
    `default` fills a required text column that the source does not carry.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()
    default: str | None = None

    @property
    def costs_row(self) -> bool:
        """Whether a cell that cannot be read costs its row: money does, an optional count not."""
        return self.required or self.kind == "money"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule across the columns of one row.

    `holds` is True where a value needed for it is missing.
    """

    name: str
    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """One canonical table.

    `rules` cost the row that breaks one; `odd` are rules of which a break is only told, since the
    row may be right. `open_columns` lets a source bring columns of its own (outcomes, answers).
    `summed` says that rows of one key are added up where they are parts of it.
    """

    table: TableName
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    odd: tuple[Rule, ...] = ()
    open_columns: bool = False
    summed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns of counts and money, in order."""
        return tuple(column.name for column in self.columns if column.kind in ("count", "money"))


def _at_most(smaller: str, larger: str) -> Rule:
    def holds(rows: pd.DataFrame) -> pd.Series:
        return ~(rows[smaller] > rows[larger])

    return Rule(name=f"{smaller} must not exceed {larger}", columns=(smaller, larger), holds=holds)


def _not_below_zero(name: str) -> Rule:
    def holds(rows: pd.DataFrame) -> pd.Series:
        return ~(rows[name] < 0)

    return Rule(name=f"{name} is below zero", columns=(name,), holds=holds)


def _text(
    name: str, meaning: str, *, default: str | None = None, among: tuple[str, ...] = ()
) -> Column:
    return Column(
        name=name, kind="text", meaning=meaning, required=True, default=default, among=among
    )


def _note(name: str, meaning: str) -> Column:
    return Column(name=name, kind="text", meaning=meaning)


def _count(name: str, meaning: str) -> Column:
    return Column(name=name, kind="count", meaning=meaning, least=0)


def _money(name: str, meaning: str) -> Column:
    return Column(name=name, kind="money", meaning=meaning, least=0)


def _measures_of_days() -> tuple[Column, ...]:
    """Counts and money of a day; a return or a correction makes one negative."""
    columns = (
        _count("impressions", "times shown; for e-mail, messages delivered"),
        _count("reach", "people reached; never summed over days or channels"),
        _count("clicks", "clicks to the destination"),
        _count("visits", "sessions on the site that came from it"),
        _count("bounces", "visits that left after one page"),
        _count("engagements", "likes, comments, shares, opens"),
        _count("conversions", "goal actions; platforms may book fractions"),
        _count("orders", "paid orders"),
        _count("new_customers", "orders by people who never ordered before"),
        _money("revenue", "sales attributed by the platform, net of discount"),
        _money("spend", "what the platform charged"),
    )
    return tuple(replace(column, least=None) for column in columns)


MEASURES_OF_DAYS = _measures_of_days()
MEASURES_NOT_BELOW_ZERO = tuple(_not_below_zero(column.name) for column in MEASURES_OF_DAYS)


def _number(
    name: str, meaning: str, least: float | None = None, most: float | None = None
) -> Column:
    return Column(name=name, kind="number", meaning=meaning, least=least, most=most)


CONTRACTS: Mapping[TableName, Contract] = MappingProxyType(
    {
        contract.table: contract
        for contract in (
            Contract(
                table="channel_daily",
                grain="one row per day, channel, unit of the platform and segment",
                key=("date", "channel", "campaign_unit", "segment"),
                columns=(
                    Column(
                        name="date", kind="day", meaning="local day of the campaign", required=True
                    ),
                    _text("channel", "id of a channel in the parameters"),
                    _text(
                        "campaign_unit",
                        "finest named level of the export: ad, ad group or campaign",
                        default="(all)",
                    ),
                    _text(
                        "segment",
                        "part of the audience: prospecting, retargeting, brand …",
                        default="(all)",
                    ),
                    _text("currency", "ISO 4217 code of spend and revenue"),
                    *MEASURES_OF_DAYS,
                ),
                odd=(
                    _at_most("clicks", "impressions"),
                    _at_most("bounces", "visits"),
                    *MEASURES_NOT_BELOW_ZERO,
                ),
                summed=True,
            ),
            Contract(
                table="content_plan",
                grain="one row per piece and channel",
                key=("content_id", "channel"),
                columns=(
                    _text("content_id", "id of the piece"),
                    _text("channel", "id of a channel in the parameters"),
                    Column(
                        name="planned_at",
                        kind="moment",
                        meaning="local moment of publication",
                        required=True,
                    ),
                    Column(
                        name="ready_at",
                        kind="moment",
                        meaning="local moment at which it was approved",
                    ),
                    _note("theme", "what it is about"),
                    _note("format", "article, video, picture, e-mail …"),
                    _note("persona", "whom it is for"),
                    _note("owner", "pseudonym of who answers for it"),
                    _note("title", "headline as written"),
                    _note("body", "text as written"),
                ),
            ),
            Contract(
                table="content_log",
                grain="one row per published piece and channel",
                key=("content_id", "channel"),
                columns=(
                    _text("content_id", "id of the piece"),
                    _text("channel", "id of a channel in the parameters"),
                    Column(
                        name="published_at",
                        kind="moment",
                        meaning="local moment of publication",
                        required=True,
                    ),
                    _count("impressions", "times shown"),
                    _count("engagements", "likes, comments, shares"),
                    _count("clicks", "clicks to the destination"),
                ),
            ),
            Contract(
                table="audience",
                grain="one row per person asked",
                key=("person_id",),
                columns=(
                    _text("person_id", "pseudonym"),
                    Column(name="asked_on", kind="day", meaning="local day of the answers"),
                    _note("age_band", "for example 25-34"),
                    _note("gender", "as answered"),
                    _note("region", "city tier or region"),
                    _note("income_band", "as answered"),
                ),
                open_columns=True,
            ),
            Contract(
                table="orders",
                grain="one row per order",
                key=("order_id",),
                columns=(
                    _text("order_id", "id of the order"),
                    _text("customer_id", "pseudonym of the buyer"),
                    Column(
                        name="ordered_at",
                        kind="moment",
                        meaning="local moment of payment",
                        required=True,
                    ),
                    _money("revenue", "net of discount, before refund"),
                    _money("discount", "given on the list price"),
                    _money("refund", "paid back later"),
                    _note("channel", "last channel before the order"),
                ),
            ),
            Contract(
                table="touchpoints",
                grain=(
                    "one row per contact or conversion of a user; users who never convert are in it"
                ),
                key=("user_id", "touched_at", "channel", "kind"),
                columns=(
                    _text("user_id", "pseudonym"),
                    Column(name="touched_at", kind="moment", meaning="local moment", required=True),
                    _text(
                        "channel", "id of a channel; '(none)' for a conversion", default="(none)"
                    ),
                    _text(
                        "kind",
                        "what happened",
                        among=("impression", "click", "visit", "conversion"),
                    ),
                    _money("value", "revenue of a conversion"),
                ),
            ),
            Contract(
                table="market_series",
                grain="one row per series and day",
                key=("series_id", "date"),
                columns=(
                    _text("series_id", "id of the series: search index, category sales …"),
                    Column(name="date", kind="day", meaning="first day of the step", required=True),
                    Column(
                        name="value",
                        kind="number",
                        meaning="level, in the unit of the series",
                        required=True,
                    ),
                    _note("unit", "unit of the level"),
                    _note("source", "who publishes it"),
                ),
            ),
            Contract(
                table="competitors",
                grain="one row per brand and week, our own brand included",
                key=("brand", "week"),
                columns=(
                    _text("brand", "name; the own brand as in the parameters"),
                    Column(name="week", kind="day", meaning="Monday of the week", required=True),
                    _count("mentions", "posts and articles that name it"),
                    _count("search_index", "searches for the name"),
                    _number("price_index", "100 is the market's mean price", 0),
                    _money("est_spend", "estimate of media spend"),
                ),
            ),
            Contract(
                table="site_checks",
                grain="one row per page and check",
                key=("page_id", "checked_at"),
                columns=(
                    _text("page_id", "landing page"),
                    Column(
                        name="checked_at",
                        kind="moment",
                        meaning="local moment of the check",
                        required=True,
                    ),
                    Column(
                        name="up",
                        kind="number",
                        meaning="1 answered, 0 did not",
                        required=True,
                        least=0,
                        most=1,
                    ),
                    _number("latency_ms", "time to the answer, in milliseconds", 0),
                ),
            ),
            Contract(
                table="experiment_units",
                grain=(
                    "one row per experiment and unit; outcomes and segments in columns of their own"
                ),
                key=(),
                columns=(
                    _text("experiment", "id of the experiment in the parameters"),
                    _text("unit_id", "what was randomised: user, cookie, shop"),
                    _text("variant", "arm that it was given"),
                ),
                open_columns=True,
            ),
            Contract(
                table="staff",
                grain="one row per person and period; made of parameters where no file brings it",
                key=("staff_id", "period"),
                columns=(
                    _text("staff_id", "pseudonym; the table of names is kept elsewhere"),
                    _text("period", "YYYY-MM"),
                    _number("days_in_role", "working days in the role", 0),
                ),
            ),
            Contract(
                table="ratings",
                grain="one row per rated person, period, rater and item",
                key=("staff_id", "period", "rater_id", "item"),
                columns=(
                    _text("staff_id", "pseudonym of the rated person"),
                    _text("period", "YYYY-MM"),
                    _text("rater_id", "pseudonym of the rater"),
                    _text("item", "KPI of the scorecard that is rated"),
                    Column(
                        name="level",
                        kind="number",
                        meaning="1 to 5; 3 is as agreed",
                        required=True,
                        least=1,
                        most=5,
                    ),
                ),
            ),
        )
    }
)


def schema(contract: Contract) -> pa.DataFrameSchema:
    """Build the pandera schema of a canonical table: types, ranges, rules.

    The key is checked apart.
    """
    return pa.DataFrameSchema(
        {column.name: _column(column) for column in contract.columns},
        checks=[pa.Check(rule.holds, error=rule.name, ignore_na=False) for rule in contract.rules],
        strict=not contract.open_columns,
    )


def _column(column: Column) -> pa.Column:
    checks = []
    if column.least is not None:
        checks.append(
            pa.Check.ge(column.least, error=f"{column.name} must be at least {column.least:g}")
        )
    if column.most is not None:
        checks.append(
            pa.Check.le(column.most, error=f"{column.name} must be at most {column.most:g}")
        )
    if column.among:
        checks.append(
            pa.Check.isin(
                column.among, error=f"{column.name} must be one of {', '.join(column.among)}"
            )
        )
    return pa.Column(DTYPES[column.kind], checks, nullable=not column.required)


def empty(table: TableName) -> pd.DataFrame:
    """Return the canonical table without rows: what a stage gets where no source brings it."""
    contract = CONTRACTS[table]
    return pd.DataFrame(
        {column.name: pd.Series(dtype=DTYPES[column.kind]) for column in contract.columns}
    )
