"""The result tables of stage 3, content and materials: columns, units, names, and what a value means."""

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
    WEEK,
)
from playbook.stages.shared.schema import ResultTable, column, kpi_column

CLASHES = ResultTable(
    name="clashes",
    grain="One row per TODO",
    columns=(
        CHANNEL,
        DATE,
        PLANNED,
        column("allowed", "count", "每日上限", "Allowed a day", "TODO"),
    ),
)

COVERAGE = ResultTable(
    name="coverage",
    grain="One row per TODO",
    columns=(
        CHANNEL,
        KIND,
        PLANNED,
        column("days_with_plan", "days", "有排期天数", "Days with a piece", "TODO"),
        column("days_without", "days", "无排期天数", "Days without", "TODO"),
        column("longest_gap", "days", "最长空档", "Longest gap", "TODO"),
        column("gap_from", "day", "空档起始日", "Gap from", "TODO"),
        column("clash_days", "days", "超量天数", "Days with too many", "TODO"),
        STATE,
    ),
)

HARD_SELL = ResultTable(
    name="hard_sell",
    grain="One row per TODO",
    columns=(
        CHANNEL,
        PLANNED,
        column("with_words", "count", "含硬推销用语", "With hard-sell words", "TODO"),
        SHARE,
        column("allowed_share", "fraction", "允许占比", "Allowed share", "TODO"),
        STATE,
    ),
)

HITS = ResultTable(
    name="hits",
    grain="One row per TODO",
    columns=(
        column("content_id", "text", "内容编号", "Piece", "TODO"),
        CHANNEL,
        OWNER,
        column("field", "text", "位置", "Where", "TODO"),
        column("word", "text", "用语", "Word", "TODO"),
        column("times", "count", "次数", "Times", "TODO"),
    ),
)

MIX = ResultTable(
    name="mix",
    grain="One row per TODO",
    columns=(
        column("dimension", "text", "维度", "Dimension", "TODO"),
        column("value", "text", "取值", "Value", "TODO"),
        PLANNED,
        SHARE,
    ),
)

PUNCTUALITY = ResultTable(
    name="on_time",
    grain="One row per TODO",
    columns=(
        column("by", "text", "统计口径", "By", "TODO"),
        column("group", "name", "对象", "Of", "TODO"),
        PLANNED,
        PUBLISHED,
        ON_TIME,
        kpi_column("on_quantity_rate"),
        kpi_column("on_time_rate"),
        column("low", "fraction", "按时率区间下限", "On-time rate from", "TODO"),
        column("high", "fraction", "按时率区间上限", "On-time rate to", "TODO"),
    ),
)

READINESS = ResultTable(
    name="readiness",
    grain="One row per TODO",
    columns=(
        CHANNEL,
        PLANNED,
        column("ready", "count", "提前备好", "Approved in time", "TODO"),
        column("ready_late", "count", "逾期备好", "Approved late", "TODO"),
        column("not_ready", "count", "未备好", "Not approved", "TODO"),
        column("ready_rate", "fraction", "提前备好率", "Approved in time", "TODO"),
        column("lead_hours", "number", "提前小时数（中位）", "Hours ahead (median)", "TODO"),
        STATE,
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per TODO",
    columns=(
        MEASURE,
        column("value", "text", "取值", "Value", "TODO"),
    ),
)

UNCOVERED = ResultTable(
    name="uncovered",
    grain="One row per TODO",
    columns=(
        column("persona", "text", "目标人群", "Persona", "TODO"),
        column("theme", "text", "主题", "Theme", "TODO"),
    ),
)

WEEKS = ResultTable(
    name="weeks",
    grain="One row per TODO",
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
