"""The result tables of stage 2, market and strategy: columns, units, names, and what a value means."""

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
    grain="One row per TODO",
    columns=(
        CHANNEL,
        KIND,
        BUDGET,
        column("budget_share", "fraction", "预算占比", "Share of budget", "TODO"),
        kpi_column("spend"),
        kpi_column("roas"),
        column("roas_low", "multiple", "回报区间下限", "Return from", "TODO"),
        column("roas_high", "multiple", "回报区间上限", "Return to", "TODO"),
        column("roas_previous", "multiple", "上期支出回报", "Return last period", "TODO"),
        kpi_column("cpa"),
        column("min_spend", "money", "最低花费", "Least spend", "TODO"),
        column("max_spend", "money", "最高花费", "Most spend", "TODO"),
        column("headroom", "money", "可加空间", "Room upwards", "TODO"),
        column("basis", "kpi", "比较依据", "Compared by", "TODO"),
        column("hint", "text", "回报提示", "What the return says", "TODO"),
    ),
)

GROWTH = ResultTable(
    name="growth",
    grain="One row per TODO",
    columns=(
        column("series_id", "text", "市场序列", "Market series", "TODO"),
        KPI,
        column("own_change", "fraction", "我们的变化", "Our change", "TODO", signed=True),
        column("market_change", "fraction", "市场变化", "The market's change", "TODO", signed=True),
        column("gap", "points", "差距", "Difference", "TODO", signed=True),
    ),
)

MONTHLY = ResultTable(
    name="monthly",
    grain="One row per TODO",
    columns=(
        column("series_id", "text", "市场序列", "Market series", "TODO"),
        DATE,
        column("value", "number", "月均值", "Mean of the month", "TODO"),
        column("trend", "number", "趋势", "Trend", "TODO"),
        column("trend_index", "score", "趋势（首月 = 100）", "Trend (first month = 100)", "TODO"),
    ),
)

RIVALS = ResultTable(
    name="rivals",
    grain="One row per TODO",
    columns=(
        column("brand", "text", "品牌", "Brand", "TODO"),
        column("role", "text", "身份", "Whose", "TODO"),
        column("weeks", "count", "周数", "Weeks", "TODO"),
        column("share_of_voice", "fraction", "声量份额", "Share of voice", "TODO"),
        column(
            "share_of_voice_previous", "fraction", "上期声量份额", "Share of voice before", "TODO"
        ),
        column(
            "share_of_voice_change",
            "points",
            "声量份额变化",
            "Change in voice",
            "TODO",
            signed=True,
        ),
        column("share_of_search", "fraction", "搜索份额", "Share of search", "TODO"),
        column(
            "share_of_search_previous", "fraction", "上期搜索份额", "Share of search before", "TODO"
        ),
        column(
            "share_of_search_change",
            "points",
            "搜索份额变化",
            "Change in search",
            "TODO",
            signed=True,
        ),
        column("price_index", "score", "价格指数", "Price index", "TODO"),
        column("price_index_previous", "score", "上期价格指数", "Price index before", "TODO"),
        column(
            "price_index_change", "fraction", "价格变化", "Change in price", "TODO", signed=True
        ),
    ),
)

TRENDS = ResultTable(
    name="trends",
    grain="One row per TODO",
    columns=(
        column("series_id", "text", "市场序列", "Market series", "TODO"),
        column("unit", "text", "单位", "Unit", "TODO"),
        FIRST_DAY,
        LAST_DAY,
        column("steps", "count", "期数", "Steps", "TODO"),
        ACTUAL,
        PREVIOUS,
        CHANGE,
        column("last_year", "number", "去年同期", "A year ago", "TODO"),
        column("change_year", "fraction", "较去年同期", "Vs a year ago", "TODO", signed=True),
        column("slope_year", "fraction", "长期趋势（每年）", "Trend a year", "TODO", signed=True),
        column("pvalue", "pvalue", "趋势检验 p 值", "p-value of the trend", "TODO"),
        column("direction", "text", "方向", "Direction", "TODO"),
        column("peak_month", "text", "旺季月份", "Peak month", "TODO"),
        column("method", "text", "方法", "Method", "TODO"),
    ),
)

TABLES = (ALLOCATION, GROWTH, MONTHLY, RIVALS, TRENDS)
"""All tables of the stage."""
