"""The KPI catalogue.

A ratio is always a ratio of sums, and undefined where its denominator is zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from playbook.params.model import KpiId

Direction = Literal["higher", "lower", "plan"]
KpiUnit = Literal["count", "money", "fraction", "multiple"]

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ALL = "(all)"
"""How tables name all channels, groups or people together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kpi:
    """One KPI and how it may be computed.

    Attributes:
        id: Column name wherever it stands.
        zh: Chinese name.
        en: English name.
        formula: In column names, as printed in the definitions of a report.
        formula_zh: The same in the Chinese names of the columns.
        unit: A `fraction` is 0-1, per cent only when printed; a `multiple` is a plain ratio such as
            ROAS.
        better: Which direction is good; `plan` means near the plan is good.
        aggregation: `sum` over any slice, `ratio` of sums, or `none` (may not be added up at all).
        numerator: Columns added up above the line; for a sum, the column itself.
        denominator: Columns added up below the line; empty for a sum.
        minus: Columns taken off the numerator.
        scale: Factor after the division; 1000 for CPM.
    """

    id: KpiId
    zh: str
    en: str
    formula: str
    formula_zh: str
    unit: KpiUnit
    better: Direction
    aggregation: Literal["sum", "ratio", "none"]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    scale: float = 1.0

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the KPI needs."""
        return (*self.numerator, *self.minus, *self.denominator)


COLUMN_NAMES_ZH: Mapping[str, str] = MappingProxyType(
    {
        "impressions": "展示量",
        "clicks": "点击量",
        "visits": "访问量",
        "bounces": "跳出数",
        "engagements": "互动量",
        "conversions": "转化数",
        "new_customers": "新客数",
        "orders": "订单数",
        "revenue": "销售额",
        "spend": "花费",
        "retained": "留存人数",
        "cohort_size": "同期群人数",
        "actual": "实际",
        "target": "目标",
        "on_time": "按时",
        "planned": "计划",
        "published": "已发布",
        "expected_spend": "应花费",
        "up": "可用次数",
        "checks": "检查次数",
    }
)
"""Chinese names of the columns that formulas add up."""


def _sum(id: KpiId, en: str, unit: KpiUnit = "count", better: Direction = "higher") -> Kpi:
    return Kpi(
        id=id,
        zh=COLUMN_NAMES_ZH[id],
        en=en,
        formula=f"sum({id})",
        formula_zh=f"合计({COLUMN_NAMES_ZH[id]})",
        unit=unit,
        better=better,
        aggregation="sum",
        numerator=(id,),
    )


def _ratio(
    id: KpiId, zh: str, en: str, above: str, below: str, unit: KpiUnit, better: Direction
) -> Kpi:
    return Kpi(
        id=id,
        zh=zh,
        en=en,
        formula=f"sum({above}) / sum({below})",
        formula_zh=f"合计({COLUMN_NAMES_ZH[above]}) / 合计({COLUMN_NAMES_ZH[below]})",
        unit=unit,
        better=better,
        aggregation="ratio",
        numerator=(above,),
        denominator=(below,),
    )


_ALL = (
    _sum("impressions", "Impressions"),
    Kpi(
        id="reach",
        zh="触达人数",
        en="Reach",
        formula="people reached; not additive",
        formula_zh="触达人数，不可相加",
        unit="count",
        better="higher",
        aggregation="none",
        numerator=("reach",),
    ),
    Kpi(
        id="frequency",
        zh="人均频次",
        en="Frequency",
        formula="impressions / reach of the same slice",
        formula_zh="同一范围的展示量 / 触达人数",
        unit="multiple",
        better="plan",
        aggregation="none",
        numerator=("impressions",),
        denominator=("reach",),
    ),
    _sum("clicks", "Clicks"),
    _ratio("ctr", "点击率", "Click-through rate", "clicks", "impressions", "fraction", "higher"),
    _ratio("cpc", "单次点击成本", "Cost per click", "spend", "clicks", "money", "lower"),
    Kpi(
        id="cpm",
        zh="千次展示成本",
        en="Cost per mille",
        formula="1000 * sum(spend) / sum(impressions)",
        formula_zh="1000 * 合计(花费) / 合计(展示量)",
        unit="money",
        better="lower",
        aggregation="ratio",
        numerator=("spend",),
        denominator=("impressions",),
        scale=1000.0,
    ),
    _sum("visits", "Visits"),
    _ratio("visit_rate", "到站率", "Visit rate", "visits", "clicks", "fraction", "higher"),
    _sum("bounces", "Bounces", better="lower"),
    _ratio("bounce_rate", "跳出率", "Bounce rate", "bounces", "visits", "fraction", "lower"),
    _sum("engagements", "Engagements"),
    _ratio(
        "engagement_rate",
        "互动率",
        "Engagement rate",
        "engagements",
        "impressions",
        "fraction",
        "higher",
    ),
    _sum("conversions", "Conversions"),
    _ratio("cvr", "转化率", "Conversion rate", "conversions", "visits", "fraction", "higher"),
    _ratio(
        "cvr_click",
        "点击转化率",
        "Conversion rate per click",
        "conversions",
        "clicks",
        "fraction",
        "higher",
    ),
    _ratio("cpa", "单次转化成本", "Cost per acquisition", "spend", "conversions", "money", "lower"),
    _sum("new_customers", "New customers"),
    Kpi(
        id="cac",
        zh="获客成本",
        en="Customer acquisition cost",
        formula="(sum(spend) + sum(other_acquisition_cost)) / sum(new_customers)",
        formula_zh="(合计(花费) + 合计(其他获客成本)) / 合计(新客数)",
        unit="money",
        better="lower",
        aggregation="ratio",
        numerator=("spend", "other_acquisition_cost"),
        denominator=("new_customers",),
    ),
    _sum("orders", "Orders"),
    _ratio("aov", "客单价", "Average order value", "revenue", "orders", "money", "higher"),
    Kpi(
        id="gmv",
        zh="成交总额",
        en="Gross merchandise value",
        formula="sum(revenue) + sum(discount), before refund",
        formula_zh="合计(销售额) + 合计(折扣)，退款前",
        unit="money",
        better="higher",
        aggregation="sum",
        numerator=("revenue", "discount"),
    ),
    _sum("revenue", "Revenue", "money"),
    _sum("spend", "Spend", "money", "plan"),
    _ratio("roas", "广告支出回报", "Return on ad spend", "revenue", "spend", "multiple", "higher"),
    Kpi(
        id="roi",
        zh="投资回报率",
        en="Return on investment",
        formula="(sum(gross_profit) - sum(spend)) / sum(spend); gross_profit = revenue * margin",
        formula_zh="(合计(毛利) - 合计(花费)) / 合计(花费)；毛利 = 销售额 * 毛利率",
        unit="fraction",
        better="higher",
        aggregation="ratio",
        numerator=("gross_profit",),
        minus=("spend",),
        denominator=("spend",),
    ),
    Kpi(
        id="ltv",
        zh="客户终身价值",
        en="Customer lifetime value",
        formula="gross profit of the months ahead, discounted and added up",
        formula_zh="未来各月毛利的折现合计",
        unit="money",
        better="higher",
        aggregation="none",
        numerator=("revenue",),
    ),
    _ratio(
        "retention_rate",
        "留存率",
        "Retention rate",
        "retained",
        "cohort_size",
        "fraction",
        "higher",
    ),
    _ratio("attainment", "达成率", "Attainment", "actual", "target", "fraction", "higher"),
    _ratio(
        "on_time_rate", "按时发布率", "On-time rate", "on_time", "planned", "fraction", "higher"
    ),
    _ratio(
        "on_quantity_rate",
        "按量发布率",
        "On-quantity rate",
        "published",
        "planned",
        "fraction",
        "higher",
    ),
    _ratio("pacing", "预算进度", "Pacing", "spend", "expected_spend", "fraction", "plan"),
    _ratio("uptime", "可用率", "Uptime", "up", "checks", "fraction", "higher"),
)

CATALOGUE: Mapping[KpiId, Kpi] = MappingProxyType({kpi.id: kpi for kpi in _ALL})
"""Every KPI by id; media terms as in the IAB Measurement Guidelines (`docs/methods.md`, KPIs)."""


def compute(table: pd.DataFrame, kpis: Iterable[KpiId], by: Sequence[str] = ()) -> pd.DataFrame:
    """Compute KPIs on each group of rows, or on all rows as one.

    Args:
        table: Any grain, raw or already added up; a column that a KPI needs and the table lacks
            counts as missing in every row.
        kpis: Ids of the catalogue, of aggregation `sum` or `ratio`.
        by: Grouping columns; they become the index. None gives one row with index 0.

    Returns:
        One row per group, one column per KPI. A ratio uses only rows in which all its columns are
        known, and is NaN where its denominator adds up to zero; a sum is NaN where no row of the
        group is known.

    Raises:
        ValueError: A KPI may not be added up (reach, frequency, LTV).
    """
    parts = {kpi: _known(table, _summable(CATALOGUE[kpi])) for kpi in kpis}
    keys = [table[name] for name in by] or [pd.Series(0, index=table.index)]
    cells = {column: values for part in parts.values() for column, values in part.items()}
    groups = pd.DataFrame(cells, index=table.index).groupby(keys, observed=True, sort=True)
    columns = {
        kpi: _of_sums(groups[list(part)].sum(min_count=1), CATALOGUE[kpi])
        for kpi, part in parts.items()
    }
    return pd.DataFrame(columns, index=groups.size().index).rename_axis(list(by) or None)


def _summable(kpi: Kpi) -> Kpi:
    if kpi.aggregation == "none":
        raise ValueError(f"{kpi.id} may not be added up: {kpi.formula}")
    return kpi


def _known(table: pd.DataFrame, kpi: Kpi) -> dict[str, Array]:
    """Return the columns of a KPI under names of its own.

    Those of a ratio are known only where all of them are.
    """
    columns = {_own(kpi, name): _floats(table, name) for name in kpi.columns}
    if kpi.aggregation == "sum":
        return columns
    is_known = ~np.isnan(list(columns.values())).any(axis=0)
    return {name: np.where(is_known, values, np.nan) for name, values in columns.items()}


def _of_sums(sums: pd.DataFrame, kpi: Kpi) -> Array:
    """Put a KPI together from the sums of its columns, one row a group."""
    above = _added(sums[_own(kpi, name)] for name in kpi.numerator)
    less = _added(sums[_own(kpi, name)].fillna(0.0) for name in kpi.minus)
    if kpi.aggregation == "sum":
        return above - less
    below = _added(sums[_own(kpi, name)] for name in kpi.denominator)
    return kpi.scale * (above - less) / np.where(below != 0, below, np.nan)


def _floats(table: pd.DataFrame, column: str) -> Array:
    """Return a column, NaN in every row where the table lacks it."""
    if column not in table:
        return np.full(len(table), np.nan)
    return np.asarray(table[column].astype("float64"), dtype=np.float64)


def _own(kpi: Kpi, column: str) -> str:
    return f"{kpi.id} of {column}"


def _added(columns: Iterable[pd.Series]) -> Array:
    return sum((column.to_numpy() for column in columns), np.zeros(1))


def with_profit(
    table: pd.DataFrame, margin: float | None, other_acquisition_cost: float = 0.0
) -> pd.DataFrame:
    """Add the columns that ROI and CAC need.

    Args:
        table: One row per slice with revenue and spend.
        margin: Gross profit per unit of revenue, 0-1; None takes revenue itself, so that ROI is a
            revenue ROI.
        other_acquisition_cost: Of all rows together, in campaign currency; spread by spend, evenly
            where nothing was spent.

    Returns:
        A copy with `gross_profit` and `other_acquisition_cost`.
    """
    weight = table["spend"].fillna(0.0)
    if not weight.sum():
        weight = pd.Series(1.0, index=table.index)
    return table.assign(
        gross_profit=table["revenue"] * (1.0 if margin is None else margin),
        other_acquisition_cost=other_acquisition_cost * weight / weight.sum(),
    )


def attainment(actual: float, target: float, better: Direction) -> float:
    """Say how much of a target is reached: actual/target, or target/actual where lower is better.

    Returns:
        A fraction; 1 is as planned. NaN where the lower number is zero or one of both is missing.
    """
    above, below = (target, actual) if better == "lower" else (actual, target)
    return above / below if below else float("nan")


def retention_rate(orders: pd.DataFrame, month: int) -> pd.Series:
    """Return the share of each cohort's customers who order again in a month after their first.

    Args:
        orders: One row per order: customer_id, ordered_at.
        month: Calendar months after the month of the first order, at least 1.

    Returns:
        One fraction per cohort (month of first order, as period); NaN where that month is not over
        in the data.
    """
    months = orders["ordered_at"].dt.to_period("M")
    first = months.groupby(orders["customer_id"]).transform("min")
    again = months.eq(first + month)
    size = orders["customer_id"].groupby(first).nunique()
    retained = orders["customer_id"].where(again).groupby(first).nunique()
    last = months.max()
    seen = pd.Series(
        [cohort + month <= last for cohort in size.index], index=size.index, dtype="bool"
    )
    return (retained / size).where(seen).rename("retention_rate").rename_axis("cohort")


def lifetime_value(
    orders_expected: Sequence[float], aov: float, margin: float, discount_rate: float
) -> float:
    """Present value of a customer's expected gross profit.

    Args:
        orders_expected: Expected orders a customer in each month ahead, this month first.
        aov: Average order value in campaign currency.
        margin: Gross profit per unit of revenue, 0-1.
        discount_rate: Per year, 0.1 is ten per cent.

    Returns:
        Money per customer over the horizon given.

    Source:
        Gupta, Lehmann & Stuart (2004), Valuing Customers, Journal of Marketing Research 41.
    """
    monthly = (1 + discount_rate) ** (1 / 12)
    worth = [
        margin * aov * expected / monthly**month for month, expected in enumerate(orders_expected)
    ]
    return float(sum(worth))
