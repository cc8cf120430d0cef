"""The result tables of stage 5, monitoring and tracking: columns, units, names, and what a value means."""

from playbook.stages.shared.schema import ResultTable, column, kpi_column

ANOMALIES = ResultTable(
    name="anomalies",
    grain="One row per TODO",
    columns=(
        column("date", "day", "日期", "Day", "TODO"),
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("expected", "number", "平常水平", "Usual", "TODO"),
        column("score", "number", "偏离程度", "Robust standard deviations", "TODO"),
        column("change", "fraction", "变化", "Change", "TODO", signed=True),
        column("cause", "name", "可能原因", "Possible cause", "TODO"),
    ),
)

BOARD = ResultTable(
    name="board",
    grain="One row per TODO",
    columns=(
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("change", "fraction", "变化", "Change", "TODO", signed=True),
        column("target", "number", "目标", "Target", "TODO"),
        kpi_column("attainment"),
        column("state", "text", "状态", "State", "TODO"),
    ),
)

DAILY = ResultTable(
    name="daily",
    grain="One row per TODO",
    columns=(
        column("date", "day", "日期", "Day", "TODO"),
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
    grain="One row per TODO",
    columns=(
        column("table", "name", "数据表", "Table", "TODO"),
        column("rows", "count", "行数", "Rows", "TODO"),
        column("rows_in_period", "count", "本期行数", "Rows in the period", "TODO"),
        column("first_day", "day", "最早日期", "First day", "TODO"),
        column("last_day", "day", "最新日期", "Last day", "TODO"),
        column("missing_days", "days", "缺失天数", "Days missing", "TODO"),
        column("state", "text", "状态", "State", "TODO"),
    ),
)

INCIDENTS = ResultTable(
    name="incidents",
    grain="One row per TODO",
    columns=(
        column("date", "day", "日期", "Day", "TODO"),
        column("signals", "count", "异常指标数", "Unusual KPIs", "TODO"),
        column("channels", "count", "涉及渠道数", "Channels concerned", "TODO"),
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("expected", "number", "平常水平", "Usual", "TODO"),
        column("change", "fraction", "变化", "Change", "TODO", signed=True),
        column("at_stake", "money", "涉及销售额", "Revenue at stake", "TODO"),
        column("cause", "name", "可能原因", "Possible cause", "TODO"),
        column("share_of_day", "fraction", "占日均销售额", "Share of a mean day's revenue", "TODO"),
    ),
)

OUTAGES = ResultTable(
    name="outages",
    grain="One row per TODO",
    columns=(
        column("outage", "text", "序号", "No.", "TODO"),
        column("page_id", "name", "落地页", "Landing page", "TODO"),
        column("date", "day", "日期", "Day", "TODO"),
        column("started_at", "moment", "开始", "From", "TODO"),
        column("ended_at", "moment", "结束", "To", "TODO"),
        column("minutes", "minutes", "中断分钟", "Minutes down", "TODO"),
        column("at_stake", "money", "涉及销售额", "Revenue at stake", "TODO"),
        column("basis", "name", "估算依据", "Estimated from", "TODO"),
    ),
)

PACING = ResultTable(
    name="pacing",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("budget", "money", "预算", "Budget", "TODO"),
        kpi_column("spend"),
        column("left", "money", "剩余", "Left", "TODO"),
        column("expected_spend", "money", "应达花费", "Spend due", "TODO"),
        kpi_column("pacing"),
        column("forecast_spend", "money", "期末预计花费", "Spend forecast to the end", "TODO"),
        column("forecast_to_budget", "fraction", "预计占预算", "Forecast to budget", "TODO"),
        column("used_up_on", "day", "预算用完日", "Budget used up on", "TODO"),
        column("days_without_budget", "days", "无预算天数", "Days without budget", "TODO"),
        column("state", "text", "状态", "State", "TODO"),
    ),
)

PAGES = ResultTable(
    name="pages",
    grain="One row per TODO",
    columns=(
        column("page_id", "name", "落地页", "Landing page", "TODO"),
        column("checks", "count", "检查次数", "Checks", "TODO"),
        kpi_column("uptime"),
        column("uptime_target", "fraction", "目标可用率", "Target", "TODO"),
        column("outages", "count", "中断次数", "Outages", "TODO"),
        column("minutes", "minutes", "中断分钟", "Minutes down", "TODO"),
        column("latency_ms", "number", "响应时间（毫秒，中位数）", "Latency (ms, median)", "TODO"),
        column("state", "text", "状态", "State", "TODO"),
    ),
)

PUBLISHED = ResultTable(
    name="published",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("planned", "count", "计划篇数", "Planned", "TODO"),
        column("published", "count", "已发布", "Published", "TODO"),
        column("on_time", "count", "按时", "On time", "TODO"),
        kpi_column("on_quantity_rate"),
        kpi_column("on_time_rate"),
    ),
)

QUALITY_GAPS = ResultTable(
    name="quality_gaps",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("date", "day", "日期", "Day", "TODO"),
    ),
)

QUALITY_REJECTS = ResultTable(
    name="quality_rejects",
    grain="One row per TODO",
    columns=(
        column("table", "name", "数据表", "Table", "TODO"),
        column("reason", "phrases", "原因", "Reason", "TODO"),
        column("file", "text", "文件", "File", "TODO"),
        column("rows", "count", "行数", "Rows", "TODO"),
        column(
            "example", "text", "示例（行号：列与值）", "Example (line: columns, values)", "TODO"
        ),
    ),
)

QUALITY_SOURCES = ResultTable(
    name="quality_sources",
    grain="One row per TODO",
    columns=(
        column("platform", "text", "平台", "Platform", "TODO"),
        column("file", "text", "文件", "File", "TODO"),
        column("table", "name", "数据表", "Table", "TODO"),
        column("rows", "count", "行数", "Rows", "TODO"),
        column("kept", "count", "采用行数", "Rows kept", "TODO"),
        column("rejected", "count", "剔除行数", "Rows rejected", "TODO"),
        column("duplicates", "count", "重复行数", "Duplicates dropped", "TODO"),
        column("totals_set_aside", "count", "合计行数", "Total rows set aside", "TODO"),
        column("first_day", "day", "最早日期", "First day", "TODO"),
        column("last_day", "day", "最新日期", "Last day", "TODO"),
        column("freshness_days", "days", "距期末天数", "Days short of the end", "TODO"),
        column("impressions_before", "number", "曝光（原始）", "Impressions, read", "TODO"),
        column("impressions_after", "number", "曝光（采用）", "Impressions, kept", "TODO"),
        column("clicks_before", "number", "点击（原始）", "Clicks, read", "TODO"),
        column("clicks_after", "number", "点击（采用）", "Clicks, kept", "TODO"),
        column("spend_before", "number", "花费（原始）", "Spend, read", "TODO"),
        column("spend_after", "number", "花费（采用）", "Spend, kept", "TODO"),
        column("conversions_before", "number", "转化（原始）", "Conversions, read", "TODO"),
        column("conversions_after", "number", "转化（采用）", "Conversions, kept", "TODO"),
        column("revenue_before", "number", "销售额（原始）", "Revenue, read", "TODO"),
        column("revenue_after", "number", "销售额（采用）", "Revenue, kept", "TODO"),
    ),
)

QUALITY_SUMMARY = ResultTable(
    name="quality_summary",
    grain="One row per TODO",
    columns=(
        column("measure", "name", "项目", "Measure", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
    ),
)

QUALITY_SUMS = ResultTable(
    name="quality_sums",
    grain="One row per TODO",
    columns=(
        column("file", "text", "文件", "File", "TODO"),
        column("impressions_before", "number", "曝光（原始）", "Impressions, read", "TODO"),
        column("impressions_after", "number", "曝光（采用）", "Impressions, kept", "TODO"),
        column("clicks_before", "number", "点击（原始）", "Clicks, read", "TODO"),
        column("clicks_after", "number", "点击（采用）", "Clicks, kept", "TODO"),
        column("spend_before", "number", "花费（原始）", "Spend, read", "TODO"),
        column("spend_after", "number", "花费（采用）", "Spend, kept", "TODO"),
        column("conversions_before", "number", "转化（原始）", "Conversions, read", "TODO"),
        column("conversions_after", "number", "转化（采用）", "Conversions, kept", "TODO"),
        column("revenue_before", "number", "销售额（原始）", "Revenue, read", "TODO"),
        column("revenue_after", "number", "销售额（采用）", "Revenue, kept", "TODO"),
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per TODO",
    columns=(
        column("measure", "name", "项目", "Measure", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
    ),
)

TRACKING = ResultTable(
    name="tracking",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("days", "days", "有数据天数", "Days with data", "TODO"),
        column("missing_days", "days", "缺失天数", "Days missing", "TODO"),
        kpi_column("visit_rate"),
        column("previous_visit_rate", "fraction", "上期到站率", "Visit rate, last period", "TODO"),
        column("zero_days", "days", "最长零转化天数", "Longest run without conversion", "TODO"),
        column("zero_from", "day", "零转化起始日", "From", "TODO"),
        column(
            "expected_conversions", "count", "期间应有转化", "Conversions expected in it", "TODO"
        ),
        column("chance", "pvalue", "纯属巧合的概率", "Chance of that by luck", "TODO"),
        column("state", "text", "状态", "State", "TODO"),
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
    QUALITY_REJECTS,
    QUALITY_SOURCES,
    QUALITY_SUMMARY,
    QUALITY_SUMS,
    SUMMARY,
    TRACKING,
)
"""All tables of the stage."""
