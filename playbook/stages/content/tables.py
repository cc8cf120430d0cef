"""The result tables of stage 3, content and materials.

Columns, units, names, and what a value means.
"""

from playbook.stages.shared.columns import (
    CHANNEL,
    DATE,
    KIND,
    MEASURE,
    ON_TIME,
    OWNER,
    PLANNED,
    PUBLISHED,
    SHARE,
    STATE,
    VALUE,
    WEEK,
)
from playbook.stages.shared.schema import ResultTable, column, kpi_column

CLASHES = ResultTable(
    name="clashes",
    grain="One row per channel and day with more pieces than allowed",
    columns=(
        CHANNEL,
        DATE,
        PLANNED,
        column(
            "allowed",
            "count",
            "每日上限",
            "Allowed a day",
            "most pieces a channel may publish on a day",
        ),
    ),
)

COVERAGE = ResultTable(
    name="coverage",
    grain="One row per channel that should publish",
    columns=(
        CHANNEL,
        KIND,
        PLANNED,
        column(
            "days_with_plan",
            "days",
            "有排期天数",
            "Days with a piece",
            "days of the period with a piece",
        ),
        column(
            "days_without",
            "days",
            "无排期天数",
            "Days without",
            "days of the period without a piece",
        ),
        column(
            "longest_gap", "days", "最长空档", "Longest gap", "most days in a row without a piece"
        ),
        column(
            "gap_from",
            "day",
            "空档起始日",
            "Gap from",
            "first day of the longest gap; missing without one",
        ),
        column(
            "clash_days",
            "days",
            "超量天数",
            "Days with too many",
            "days with more pieces than allowed",
        ),
        STATE,
    ),
)

HARD_SELL = ResultTable(
    name="hard_sell",
    grain="One row per channel, all together first",
    columns=(
        CHANNEL,
        PLANNED,
        column(
            "with_words",
            "count",
            "含硬推销用语",
            "With hard-sell words",
            "pieces with a word of the list",
        ),
        SHARE,
        column(
            "allowed_share",
            "fraction",
            "允许占比",
            "Allowed share",
            "largest share that the parameters tolerate",
        ),
        STATE,
    ),
)

HITS = ResultTable(
    name="hits",
    grain="One row per piece, channel, field and word that is there",
    columns=(
        column("content_id", "text", "内容编号", "Piece", "id of the piece"),
        CHANNEL,
        OWNER,
        column("field", "name", "位置", "Where", "title or body"),
        column("word", "text", "用语", "Word", "as the list has it"),
        column("times", "count", "次数", "Times", "how often it stands there"),
    ),
)

MIX = ResultTable(
    name="mix",
    grain="One row per dimension and value, the largest first",
    columns=(
        column("dimension", "name", "维度", "Dimension", "theme, format or persona"),
        column(
            "value",
            "name",
            "取值",
            "Value",
            'as the plan has it; "(none)" where it is not filled in',
        ),
        PLANNED,
        SHARE,
    ),
)

PUNCTUALITY = ResultTable(
    name="on_time",
    grain="One row per group",
    columns=(
        column("by", "name", "统计口径", "By", "all, channel or owner"),
        column("group", "name", "对象", "Of", 'the channel or owner; "(all)" for all'),
        PLANNED,
        PUBLISHED,
        ON_TIME,
        kpi_column("on_quantity_rate"),
        kpi_column("on_time_rate"),
        column(
            "low",
            "fraction",
            "按时率区间下限",
            "On-time rate from",
            "lower end of the rate's 95 % Wilson interval",
        ),
        column(
            "high",
            "fraction",
            "按时率区间上限",
            "On-time rate to",
            "upper end of the rate's 95 % Wilson interval",
        ),
    ),
)

READINESS = ResultTable(
    name="readiness",
    grain="One row per channel",
    columns=(
        CHANNEL,
        PLANNED,
        column(
            "ready", "count", "提前备好", "Approved in time", "approved before the planned moment"
        ),
        column(
            "ready_late", "count", "逾期备好", "Approved late", "approved after the planned moment"
        ),
        column("not_ready", "count", "未备好", "Not approved", "never approved"),
        column(
            "ready_rate",
            "fraction",
            "提前备好率",
            "Approved in time",
            "part of the planned pieces that was approved in time",
        ),
        column(
            "lead_hours",
            "number",
            "提前小时数（中位）",
            "Hours ahead (median)",
            "median hours from approval to the planned moment",
        ),
        STATE,
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per measure that is known",
    columns=(
        MEASURE,
        VALUE,
    ),
    row_units={
        "planned": "count",
        "channels": "count",
        "channels_covered": "count",
        "days_without": "days",
        "ready_rate": "fraction",
        "on_time_rate": "fraction",
        "hard_sell_share": "fraction",
        "clash_days": "count",
    },
)

UNCOVERED = ResultTable(
    name="uncovered",
    grain="One row per pair of persona and theme that no piece serves",
    columns=(
        column("persona", "name", "目标人群", "Persona", "as the plan has it"),
        column("theme", "name", "主题", "Theme", "as the plan has it"),
    ),
)

WEEKS = ResultTable(
    name="weeks",
    grain="One row per channel and week",
    columns=(
        CHANNEL,
        WEEK,
        PLANNED,
    ),
)

TABLES = (
    CLASHES,
    COVERAGE,
    HARD_SELL,
    HITS,
    MIX,
    PUNCTUALITY,
    READINESS,
    SUMMARY,
    UNCOVERED,
    WEEKS,
)
"""All tables of the stage."""
