"""The result tables of stage 2, market and strategy.

Columns, units, names, and what a value means.
"""

from playbook.stages.shared.columns import (
    ACTUAL,
    BUDGET,
    CHANGE,
    CHANNEL,
    DATE,
    FIRST_DAY,
    KIND,
    KPI,
    LAST_DAY,
    PREVIOUS,
)
from playbook.stages.shared.schema import ResultTable, column, kpi_column

ALLOCATION = ResultTable(
    name="allocation",
    grain="One row per channel with a budget or spend, the largest budget first",
    columns=(
        CHANNEL,
        KIND,
        BUDGET,
        column("budget_share", "fraction", "预算占比", "Share of budget", "part of all budgets"),
        kpi_column("spend"),
        kpi_column("roas"),
        column(
            "roas_low",
            "multiple",
            "回报区间下限",
            "Return from",
            "lower end of the 90 % interval; missing with too few days",
        ),
        column(
            "roas_high",
            "multiple",
            "回报区间上限",
            "Return to",
            "upper end of the 90 % interval; missing with too few days",
        ),
        column(
            "roas_previous",
            "multiple",
            "上期支出回报",
            "Return last period",
            "in the period before",
        ),
        kpi_column("cpa"),
        column(
            "min_spend", "money", "最低花费", "Least spend", "least spend that the parameters allow"
        ),
        column(
            "max_spend",
            "money",
            "最高花费",
            "Most spend",
            "most spend that the parameters allow; missing without a limit",
        ),
        column("headroom", "money", "可加空间", "Room upwards", "most spend less budget"),
        column(
            "basis", "kpi", "比较依据", "Compared by", "roas, or cpa where revenue is not known"
        ),
        column(
            "hint",
            "name",
            "回报提示",
            "What the return says",
            "code of how the return compares with all these channels together",
        ),
    ),
)

GROWTH = ResultTable(
    name="growth",
    grain="One row per market series whose change is known",
    columns=(
        column("series_id", "name", "市场序列", "Market series", "id of the series"),
        KPI,
        column(
            "own_change",
            "fraction",
            "我们的变化",
            "Our change",
            "ours per day over the period before, less 1",
            signed=True,
        ),
        column(
            "market_change",
            "fraction",
            "市场变化",
            "The market's change",
            "the series' mean over the period before, less 1",
            signed=True,
        ),
        column("gap", "points", "差距", "Difference", "our change less the market's", signed=True),
    ),
)

MONTHLY = ResultTable(
    name="monthly",
    grain="One row per series and month, at most three years",
    columns=(
        column("series_id", "name", "市场序列", "Market series", "id of the series"),
        DATE,
        column(
            "value",
            "number",
            "月均值",
            "Mean of the month",
            "mean of the month, in the series' own unit",
        ),
        column(
            "trend", "number", "趋势", "Trend", "with the season taken out, in the series' own unit"
        ),
        column(
            "trend_index",
            "score",
            "趋势（首月 = 100）",
            "Trend (first month = 100)",
            "trend over that of the first month, times 100",
        ),
    ),
)

RIVALS = ResultTable(
    name="rivals",
    grain="One row per brand, the loudest first",
    columns=(
        column("brand", "text", "品牌", "Brand", "as the data name it"),
        column("role", "name", "身份", "Whose", "own or rival"),
        column("weeks", "count", "周数", "Weeks", "weeks of the period with data"),
        column(
            "share_of_voice",
            "fraction",
            "声量份额",
            "Share of voice",
            "of all mentions, in weeks that know every brand",
        ),
        column(
            "share_of_voice_previous",
            "fraction",
            "上期声量份额",
            "Share of voice before",
            "in the period before",
        ),
        column(
            "share_of_voice_change",
            "points",
            "声量份额变化",
            "Change in voice",
            "less that of the period before",
            signed=True,
        ),
        column(
            "share_of_search",
            "fraction",
            "搜索份额",
            "Share of search",
            "of all searches, in weeks that know every brand",
        ),
        column(
            "share_of_search_previous",
            "fraction",
            "上期搜索份额",
            "Share of search before",
            "in the period before",
        ),
        column(
            "share_of_search_change",
            "points",
            "搜索份额变化",
            "Change in search",
            "less that of the period before",
            signed=True,
        ),
        column("price_index", "score", "价格指数", "Price index", "mean week"),
        column(
            "price_index_previous",
            "score",
            "上期价格指数",
            "Price index before",
            "in the period before",
        ),
        column(
            "price_index_change",
            "fraction",
            "价格变化",
            "Change in price",
            "over that of the period before, less 1",
            signed=True,
        ),
    ),
)

TRENDS = ResultTable(
    name="trends",
    grain="One row per market series",
    columns=(
        column("series_id", "name", "市场序列", "Market series", "id of the series"),
        column("unit", "text", "单位", "Unit", "as the data name it"),
        FIRST_DAY,
        LAST_DAY,
        column("steps", "count", "期数", "Steps", "number of values, in the series' own rhythm"),
        ACTUAL,
        PREVIOUS,
        CHANGE,
        column("last_year", "number", "去年同期", "A year ago", "mean of the same days a year ago"),
        column(
            "change_year",
            "fraction",
            "较去年同期",
            "Vs a year ago",
            "over that of a year ago, less 1",
            signed=True,
        ),
        column(
            "slope_year",
            "fraction",
            "长期趋势（每年）",
            "Trend a year",
            "robust slope a year over the level; missing with too few steps",
            signed=True,
        ),
        column(
            "pvalue", "pvalue", "趋势检验 p 值", "p-value of the trend", "of a trend against none"
        ),
        column("direction", "name", "方向", "Direction", "rising, falling, no_trend or unknown"),
        column(
            "peak_month",
            "name",
            "旺季月份",
            "Peak month",
            "m01 to m12; empty without a clear season",
        ),
        column("method", "name", "方法", "Method", "stl (season taken out), no_season or plain"),
    ),
)

TABLES = (ALLOCATION, GROWTH, MONTHLY, RIVALS, TRENDS)
"""All tables of the stage."""
