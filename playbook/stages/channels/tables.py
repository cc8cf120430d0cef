"""The result tables of stage 4, channels and distribution: columns, units, names, and what a value means."""

from playbook.stages.shared.schema import ResultTable, column, kpi_column

ATTRIBUTION = ResultTable(
    name="attribution",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column(
            "platform_conversions",
            "count",
            "平台自报转化",
            "Conversions claimed by the platform",
            "TODO",
        ),
        column("last_touch", "count", "末次接触转化", "Conversions, last touch", "TODO"),
        column("linear", "count", "平均分配转化", "Conversions, shared evenly", "TODO"),
        column("platform_share", "fraction", "平台自报占比", "Share, platform", "TODO"),
        column("last_touch_share", "fraction", "末次接触占比", "Share, last touch", "TODO"),
        column("linear_share", "fraction", "平均分配占比", "Share, shared evenly", "TODO"),
        column("disagreement", "points", "平台与路径之差", "Platform less paths", "TODO"),
        column("last_touch_revenue", "money", "末次接触销售额", "Revenue, last touch", "TODO"),
        column("linear_revenue", "money", "平均分配销售额", "Revenue, shared evenly", "TODO"),
        column("users", "count", "触达用户", "Users touched", "TODO"),
        column("converted_users", "count", "其中转化用户", "Of them converted", "TODO"),
        column(
            "user_conversion_rate", "fraction", "用户转化率", "Share of users converted", "TODO"
        ),
    ),
)

CHANGES = ResultTable(
    name="changes",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("actual", "number", "本期", "This period", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("change", "fraction", "环比", "Change", "TODO", signed=True),
    ),
)

CHANNELS = ResultTable(
    name="channels",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("kind", "name", "渠道类型", "Kind", "TODO"),
        kpi_column("impressions"),
        kpi_column("clicks"),
        kpi_column("ctr"),
        kpi_column("cpc"),
        kpi_column("cpm"),
        kpi_column("visits"),
        kpi_column("visit_rate"),
        kpi_column("bounce_rate"),
        kpi_column("conversions"),
        kpi_column("cvr"),
        kpi_column("cvr_click"),
        kpi_column("cpa"),
        kpi_column("new_customers"),
        kpi_column("cac"),
        kpi_column("orders"),
        kpi_column("aov"),
        kpi_column("revenue"),
        kpi_column("spend"),
        kpi_column("roas"),
        kpi_column("roi"),
        column(
            "claims_per_order", "multiple", "每单自报转化", "Conversions claimed per order", "TODO"
        ),
        column("share_of_spend", "fraction", "花费占比", "Share of spend", "TODO"),
        column("share_of_revenue", "fraction", "销售额占比", "Share of revenue", "TODO"),
    ),
)

KINDS = ResultTable(
    name="kinds",
    grain="One row per TODO",
    columns=(
        column("kind", "name", "渠道类型", "Kind", "TODO"),
        kpi_column("impressions"),
        kpi_column("clicks"),
        kpi_column("visits"),
        kpi_column("conversions"),
        kpi_column("revenue"),
        kpi_column("spend"),
        kpi_column("cpa"),
        kpi_column("roas"),
        kpi_column("roi"),
        column("share_of_spend", "fraction", "花费占比", "Share of spend", "TODO"),
        column("share_of_revenue", "fraction", "销售额占比", "Share of revenue", "TODO"),
    ),
)

MIX = ResultTable(
    name="mix",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        kpi_column("spend"),
        column("share_of_spend", "fraction", "花费占比", "Share of spend", "TODO"),
        kpi_column("roas"),
        column("linear_roas", "multiple", "按路径计算的回报", "Return by users' paths", "TODO"),
        column("advice", "name", "建议", "Advice", "TODO"),
    ),
)

RETURNS = ResultTable(
    name="returns",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        kpi_column("spend"),
        kpi_column("revenue"),
        column("gross_profit", "money", "扣除花费后毛利", "Gross profit after spend", "TODO"),
        kpi_column("roas"),
        column(
            "roas_low", "multiple", "回报下限（九成区间）", "Return, low (90% interval)", "TODO"
        ),
        column(
            "roas_high", "multiple", "回报上限（九成区间）", "Return, high (90% interval)", "TODO"
        ),
        column("average_roas", "multiple", "平均回报", "Average return", "TODO"),
        column("break_even_roas", "multiple", "盈亏平衡回报", "Break-even return", "TODO"),
        kpi_column("roi"),
        column("verdict", "name", "判断", "Verdict", "TODO"),
    ),
)

TOTAL = ResultTable(
    name="total",
    grain="One row per TODO",
    columns=(
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("actual", "number", "本期", "This period", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("change", "fraction", "环比", "Change", "TODO", signed=True),
    ),
)

TABLES = (ATTRIBUTION, CHANGES, CHANNELS, KINDS, MIX, RETURNS, TOTAL)
"""All tables of the stage."""
