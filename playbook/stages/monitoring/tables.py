"""The result tables of stage 5, monitoring and tracking.

Columns, units, names, and what a value means.
"""

from playbook.stages.shared.columns import CHANNEL, DATE, KPI
from playbook.stages.shared.schema import ResultTable, column, kpi_column

ANOMALIES = ResultTable(
    name="anomalies",
    grain="One row per unusual day, channel and KPI",
    columns=(
        DATE,
        CHANNEL,
        KPI,
        column("actual", "number", "实际", "Actual", "of the day, in the KPI's unit"),
        column(
            "expected",
            "number",
            "平常水平",
            "Usual",
            "what the weeks before let expect, in the KPI's unit",
        ),
        column(
            "score",
            "number",
            "偏离程度",
            "Robust standard deviations",
            "robust standard deviations from the expected, negative is below",
        ),
        column("change", "fraction", "变化", "Change", "actual over expected, less 1", signed=True),
        column(
            "cause",
            "name",
            "可能原因",
            "Possible cause",
            "page_down, tracking, clicks_without_result, spend_changed or unknown",
        ),
    ),
)

BOARD = ResultTable(
    name="board",
    grain="One row per KPI that is known, all channels together",
    columns=(
        KPI,
        column("actual", "number", "实际", "Actual", "in this period, in the KPI's unit"),
        column(
            "previous",
            "number",
            "上期",
            "Last period",
            "in the period before; missing where it is not known",
        ),
        column(
            "change",
            "fraction",
            "变化",
            "Change",
            "over that of the period before, less 1",
            signed=True,
        ),
        column(
            "target",
            "number",
            "目标",
            "Target",
            (
                "of the goal of this period that names the KPI, of spend else the budget; "
                "missing without"
            ),
        ),
        kpi_column("attainment"),
        column(
            "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
        ),
    ),
)

DAILY = ResultTable(
    name="daily",
    grain="One row per day, all channels together",
    columns=(
        DATE,
        kpi_column("impressions"),
        kpi_column("clicks"),
        kpi_column("visits"),
        kpi_column("conversions"),
        kpi_column("revenue"),
        kpi_column("spend"),
    ),
)

FRESHNESS = ResultTable(
    name="freshness",
    grain="One row per canonical table that has rows",
    columns=(
        column("table", "name", "数据表", "Table", "canonical table"),
        column("rows", "count", "行数", "Rows", "in all"),
        column("rows_in_period", "count", "本期行数", "Rows in the period", "of the period"),
        column("first_day", "day", "最早日期", "First day", "of its earliest row"),
        column("last_day", "day", "最新日期", "Last day", "of its latest row"),
        column(
            "missing_days",
            "days",
            "缺失天数",
            "Days missing",
            "days of the period without a row; missing for tables that need not have one every day",
        ),
        column(
            "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
        ),
    ),
)

INCIDENTS = ResultTable(
    name="incidents",
    grain="One row per unusual day",
    columns=(
        DATE,
        column(
            "signals", "count", "异常指标数", "Unusual KPIs", "number of unusual channels and KPIs"
        ),
        column(
            "channels", "count", "涉及渠道数", "Channels concerned", "number of channels concerned"
        ),
        CHANNEL,
        KPI,
        column(
            "actual", "number", "实际", "Actual", "of the most telling signal, in the KPI's unit"
        ),
        column(
            "expected",
            "number",
            "平常水平",
            "Usual",
            "what the weeks before let expect, in the KPI's unit",
        ),
        column("change", "fraction", "变化", "Change", "actual over expected, less 1", signed=True),
        column(
            "at_stake",
            "money",
            "涉及销售额",
            "Revenue at stake",
            "revenue off what was expected; missing where it is not known",
        ),
        column(
            "cause",
            "name",
            "可能原因",
            "Possible cause",
            "page_down, tracking, clicks_without_result, spend_changed or unknown",
        ),
        column(
            "share_of_day",
            "fraction",
            "占日均销售额",
            "Share of a mean day's revenue",
            "revenue at stake over a mean day's; missing where it is not known",
        ),
    ),
)

OUTAGES = ResultTable(
    name="outages",
    grain="One row per stretch of failed checks",
    columns=(
        column("outage", "text", "序号", "No.", "number in order of page and time"),
        column("page_id", "name", "落地页", "Landing page", "as the checks name it"),
        DATE,
        column("started_at", "moment", "开始", "From", "first failed check"),
        column("ended_at", "moment", "结束", "To", "next answered check"),
        column(
            "minutes",
            "minutes",
            "中断分钟",
            "Minutes down",
            "from first failed to next answered check",
        ),
        column(
            "at_stake",
            "money",
            "涉及销售额",
            "Revenue at stake",
            "revenue that usually comes in during that time; missing where none is known",
        ),
        column(
            "basis",
            "name",
            "估算依据",
            "Estimated from",
            "hour (usual orders by hour of the week), day (daily revenue) or none",
        ),
    ),
)

PACING = ResultTable(
    name="pacing",
    grain="One row per channel with a budget, and one of all where there are several",
    columns=(
        CHANNEL,
        column("budget", "money", "预算", "Budget", "money planned for the period"),
        kpi_column("spend"),
        column("left", "money", "剩余", "Left", "budget less spend; negative when overspent"),
        column(
            "expected_spend",
            "money",
            "应达花费",
            "Spend due",
            "part of the budget that was due by the last day with data",
        ),
        kpi_column("pacing"),
        column(
            "forecast_spend",
            "money",
            "期末预计花费",
            "Spend forecast to the end",
            "to the end of the period, at the rate of the last two weeks",
        ),
        column(
            "forecast_to_budget",
            "fraction",
            "预计占预算",
            "Forecast to budget",
            "forecast over budget",
        ),
        column(
            "used_up_on",
            "day",
            "预算用完日",
            "Budget used up on",
            "day on which the budget was gone; missing where it lasted",
        ),
        column(
            "days_without_budget",
            "days",
            "无预算天数",
            "Days without budget",
            "days after that without spend",
        ),
        column(
            "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
        ),
    ),
)

PAGES = ResultTable(
    name="pages",
    grain="One row per landing page",
    columns=(
        column("page_id", "name", "落地页", "Landing page", "as the checks name it"),
        column("checks", "count", "检查次数", "Checks", "number of checks"),
        kpi_column("uptime"),
        column(
            "uptime_target",
            "fraction",
            "目标可用率",
            "Target",
            "share of checks that must be answered",
        ),
        column("outages", "count", "中断次数", "Outages", "number of stretches of failed checks"),
        column("minutes", "minutes", "中断分钟", "Minutes down", "of all outages"),
        column(
            "latency_ms",
            "number",
            "响应时间（毫秒，中位数）",
            "Latency (ms, median)",
            "median; missing where it is not measured",
        ),
        column(
            "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
        ),
    ),
)

PUBLISHED = ResultTable(
    name="published",
    grain="One row per channel with planned content",
    columns=(
        CHANNEL,
        column("planned", "count", "计划篇数", "Planned", "pieces planned for the period"),
        column("published", "count", "已发布", "Published", "of them, pieces that came out"),
        column("on_time", "count", "按时", "On time", "of them, pieces that came out on time"),
        kpi_column("on_quantity_rate"),
        kpi_column("on_time_rate"),
    ),
)

QUALITY_GAPS = ResultTable(
    name="quality_gaps",
    grain="One row per channel and day without a row",
    columns=(
        CHANNEL,
        DATE,
    ),
)

QUALITY_REJECTS = ResultTable(
    name="quality_rejects",
    grain="One row per table, reason and file, most rows first",
    columns=(
        column("table", "name", "数据表", "Table", "canonical table"),
        column("reason", "name", "原因", "Reason", "rule that the rows break"),
        column("file", "text", "文件", "File", "as it lies below the campaign's data folder"),
        column("rows", "count", "行数", "Rows", "number of rows set aside"),
        column(
            "example",
            "text",
            "示例（行号：列与值）",
            "Example (line: columns, values)",
            "one of them: line, columns, values",
        ),
    ),
)

QUALITY_ODD = ResultTable(
    name="quality_odd",
    grain="One row per table, reason and file, most rows first",
    columns=QUALITY_REJECTS.columns,
)

QUALITY_LOSSES = ResultTable(
    name="quality_losses",
    grain="One row per source and measure of which rows set aside tell something",
    columns=(
        column("source", "text", "数据源", "Source", "id in the parameters"),
        column("measure", "name", "指标", "Measure", "spend, revenue or conversions"),
        column("lost", "number", "剔除部分", "Set aside", "sum over the rows set aside"),
        column("total", "number", "全部", "All", "sum over these and the rows kept"),
        column("share", "fraction", "剔除占比", "Share set aside", "of all"),
    ),
)

QUALITY_REACH = ResultTable(
    name="quality_reach",
    grain="One row per channel with rows up to the end of the period, the shortest first",
    columns=(
        CHANNEL,
        column(
            "last_day", "day", "数据截至", "Data until", "its latest day up to the period's end"
        ),
        column(
            "missing_days",
            "days",
            "距期末缺少天数",
            "Days short of the end",
            "days without a row up to the period's end, where that is longer than the channel's "
            "usual silence; 0 where it is not",
        ),
    ),
)

QUALITY_CLAIMS = ResultTable(
    name="quality_claims",
    grain="One row per channel, measure and source that does not count beside another",
    columns=(
        CHANNEL,
        column("measure", "name", "指标", "Measure", "count or money of a day"),
        column("source", "text", "未计入的数据源", "Source not counted", "id in the parameters"),
        column("claimed", "number", "其自报数", "It claims", "its sum on the days that both tell"),
        column("counts", "text", "计入的数据源", "Source that counts", "id in the parameters"),
        column("counted", "number", "计入数", "Counted", "sum of that on the same days"),
        column("first_day", "day", "起", "From", "first of these days"),
        column("last_day", "day", "止", "To", "last of these days"),
    ),
)

SUMS = (
    column(
        "impressions_before",
        "number",
        "曝光（原始）",
        "Impressions, read",
        "impressions of all rows read; missing where the file has none",
    ),
    column(
        "impressions_after",
        "number",
        "曝光（采用）",
        "Impressions, kept",
        "impressions of the rows kept; missing where the file has none",
    ),
    column(
        "clicks_before",
        "number",
        "点击（原始）",
        "Clicks, read",
        "clicks of all rows read; missing where the file has none",
    ),
    column(
        "clicks_after",
        "number",
        "点击（采用）",
        "Clicks, kept",
        "clicks of the rows kept; missing where the file has none",
    ),
    column(
        "spend_before",
        "number",
        "花费（原始）",
        "Spend, read",
        "spend of all rows read; missing where the file has none",
    ),
    column(
        "spend_after",
        "number",
        "花费（采用）",
        "Spend, kept",
        "spend of the rows kept; missing where the file has none",
    ),
    column(
        "conversions_before",
        "number",
        "转化（原始）",
        "Conversions, read",
        "conversions of all rows read; missing where the file has none",
    ),
    column(
        "conversions_after",
        "number",
        "转化（采用）",
        "Conversions, kept",
        "conversions of the rows kept; missing where the file has none",
    ),
    column(
        "revenue_before",
        "number",
        "销售额（原始）",
        "Revenue, read",
        "revenue of all rows read; missing where the file has none",
    ),
    column(
        "revenue_after",
        "number",
        "销售额（采用）",
        "Revenue, kept",
        "revenue of the rows kept; missing where the file has none",
    ),
)
"""Sums of a file over all rows read, and over those kept."""


QUALITY_SOURCES = ResultTable(
    name="quality_sources",
    grain="One row per file",
    columns=(
        column("platform", "name", "平台", "Platform", "mapping that read it"),
        column("file", "text", "文件", "File", "as it lies below the campaign's data folder"),
        column("table", "name", "数据表", "Table", "canonical table"),
        column("rows", "count", "行数", "Rows", "read: kept, rejected and duplicates"),
        column("kept", "count", "采用行数", "Rows kept", "used in the canonical table"),
        column("rejected", "count", "剔除行数", "Rows rejected", "set aside with a reason"),
        column(
            "duplicates",
            "count",
            "重复行数",
            "Duplicates dropped",
            "copies, and rows that a later file replaces",
        ),
        column(
            "totals_set_aside",
            "count",
            "合计行数",
            "Total rows set aside",
            "rows of totals, not counted among the rows",
        ),
        column(
            "first_day", "day", "最早日期", "First day", "of its earliest row; missing without days"
        ),
        column(
            "last_day", "day", "最新日期", "Last day", "of its latest row; missing without days"
        ),
        column(
            "freshness_days",
            "days",
            "距期末天数",
            "Days short of the end",
            "from its last day to the end of the period; missing without days",
        ),
        *SUMS,
    ),
)

QUALITY_SUMMARY = ResultTable(
    name="quality_summary",
    grain="One row per measure; none where no file was read",
    columns=(
        column("measure", "name", "项目", "Measure", "what the row counts"),
        column("value", "number", "数值", "Value", "in the unit of what the row measures"),
    ),
    row_units={
        "files": "count",
        "rows": "count",
        "kept": "count",
        "rejected": "count",
        "duplicates": "count",
        "gap_days": "count",
    },
)

QUALITY_SUMS = ResultTable(
    name="quality_sums",
    grain="One row per file with any of the sums",
    columns=(
        column("file", "text", "文件", "File", "as it lies below the campaign's data folder"),
        *SUMS,
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per measure that is known",
    columns=(
        column("measure", "name", "项目", "Measure", "what the row counts"),
        column("value", "number", "数值", "Value", "in the unit of what the row measures"),
    ),
    row_units={"outage_minutes": "minutes", "incident_days": "count"},
)

TRACKING = ResultTable(
    name="tracking",
    grain="One row per channel",
    columns=(
        CHANNEL,
        column("days", "days", "有数据天数", "Days with data", "with any data"),
        column(
            "missing_days", "days", "缺失天数", "Days missing", "of those that other channels have"
        ),
        kpi_column("visit_rate"),
        column(
            "previous_visit_rate",
            "fraction",
            "上期到站率",
            "Visit rate, last period",
            "visits per click in the period before",
        ),
        column(
            "zero_days",
            "days",
            "最长零转化天数",
            "Longest run without conversion",
            "longest run of days with clicks but no conversion",
        ),
        column(
            "zero_from", "day", "零转化起始日", "From", "first day of that run; missing without one"
        ),
        column(
            "expected_conversions",
            "count",
            "期间应有转化",
            "Conversions expected in it",
            "of that run, at the channel's usual rate",
        ),
        column(
            "chance",
            "pvalue",
            "纯属巧合的概率",
            "Chance of that by luck",
            "that such a run comes by luck",
        ),
        column(
            "state", "name", "状态", "State", "good, watch, act, or empty where nothing is judged"
        ),
    ),
)

TABLES = (
    ANOMALIES,
    BOARD,
    DAILY,
    FRESHNESS,
    INCIDENTS,
    OUTAGES,
    PACING,
    PAGES,
    PUBLISHED,
    QUALITY_GAPS,
    QUALITY_CLAIMS,
    QUALITY_LOSSES,
    QUALITY_ODD,
    QUALITY_REACH,
    QUALITY_REJECTS,
    QUALITY_SOURCES,
    QUALITY_SUMMARY,
    QUALITY_SUMS,
    SUMMARY,
    TRACKING,
)
"""All tables of the stage."""
