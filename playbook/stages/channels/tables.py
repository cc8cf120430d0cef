"""The result tables of stage 4, channels and distribution.

Columns, units, names, and what a value means.
"""

from playbook.stages.shared.columns import CHANNEL, KPI
from playbook.stages.shared.schema import ResultTable, column, kpi_column

ATTRIBUTION = ResultTable(
    name="attribution",
    grain="One row per channel that users touched",
    columns=(
        CHANNEL,
        column(
            "platform_conversions",
            "count",
            "平台自报转化",
            "Conversions claimed by the platform",
            "what its platform claims",
        ),
        column(
            "last_touch",
            "count",
            "末次接触转化",
            "Conversions, last touch",
            "conversions whose last contact it was",
        ),
        column(
            "linear",
            "count",
            "平均分配转化",
            "Conversions, shared evenly",
            "conversions, each shared evenly over its contacts",
        ),
        column(
            "platform_share",
            "fraction",
            "平台自报占比",
            "Share, platform",
            "part of what all platforms claim",
        ),
        column(
            "last_touch_share",
            "fraction",
            "末次接触占比",
            "Share, last touch",
            "part of all, by last touch",
        ),
        column(
            "linear_share",
            "fraction",
            "平均分配占比",
            "Share, shared evenly",
            "part of all, shared evenly",
        ),
        column(
            "disagreement",
            "points",
            "平台与路径之差",
            "Platform less paths",
            "platform_share less linear_share",
        ),
        column(
            "last_touch_revenue",
            "money",
            "末次接触销售额",
            "Revenue, last touch",
            "revenue of the conversions whose last contact it was",
        ),
        column(
            "linear_revenue",
            "money",
            "平均分配销售额",
            "Revenue, shared evenly",
            "revenue, each conversion's shared evenly",
        ),
        column(
            "users", "count", "触达用户", "Users touched", "users whom it touched, converted or not"
        ),
        column(
            "converted_users",
            "count",
            "其中转化用户",
            "Of them converted",
            "of them, who converted in the period",
        ),
        column(
            "user_conversion_rate",
            "fraction",
            "用户转化率",
            "Share of users converted",
            "converted users over users",
        ),
    ),
)

CHANGES = ResultTable(
    name="changes",
    grain="One row per channel and KPI",
    columns=(
        CHANNEL,
        KPI,
        column("actual", "number", "本期", "This period", "in this period, in the KPI's unit"),
        column(
            "previous", "number", "上期", "Last period", "in the period before, in the KPI's unit"
        ),
        column(
            "change",
            "fraction",
            "环比",
            "Change",
            "over that of the period before, less 1",
            signed=True,
        ),
    ),
)

CHANNELS = ResultTable(
    name="channels",
    grain="One row per channel, the largest spend first",
    columns=(
        CHANNEL,
        column("kind", "name", "渠道类型", "Kind", "owned, partner, kol or paid"),
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
            "claims_per_order",
            "multiple",
            "每单自报转化",
            "Conversions claimed per order",
            "conversions claimed per order of the shop",
        ),
        column(
            "share_of_spend",
            "fraction",
            "花费占比",
            "Share of spend",
            "part of the spend of all channels",
        ),
        column(
            "share_of_revenue",
            "fraction",
            "销售额占比",
            "Share of revenue",
            "part of the revenue of all channels",
        ),
    ),
)

KINDS = ResultTable(
    name="kinds",
    grain="One row per kind of channel",
    columns=(
        column("kind", "name", "渠道类型", "Kind", "owned, partner, kol or paid"),
        kpi_column("impressions"),
        kpi_column("clicks"),
        kpi_column("visits"),
        kpi_column("conversions"),
        kpi_column("revenue"),
        kpi_column("spend"),
        kpi_column("cpa"),
        kpi_column("roas"),
        kpi_column("roi"),
        column(
            "share_of_spend",
            "fraction",
            "花费占比",
            "Share of spend",
            "part of the spend of all channels",
        ),
        column(
            "share_of_revenue",
            "fraction",
            "销售额占比",
            "Share of revenue",
            "part of the revenue of all channels",
        ),
    ),
)

MIX = ResultTable(
    name="mix",
    grain="One row per channel with spend",
    columns=(
        CHANNEL,
        kpi_column("spend"),
        column(
            "share_of_spend",
            "fraction",
            "花费占比",
            "Share of spend",
            "part of the spend of all channels",
        ),
        kpi_column("roas"),
        column(
            "linear_roas",
            "multiple",
            "按路径计算的回报",
            "Return by users' paths",
            "its share of revenue by users' paths, over its spend",
        ),
        column(
            "advice",
            "name",
            "建议",
            "Advice",
            "more, less, keep, disputed, too_little_spend or unknown",
        ),
    ),
)

RETURNS = ResultTable(
    name="returns",
    grain="One row per channel with spend",
    columns=(
        CHANNEL,
        kpi_column("spend"),
        kpi_column("revenue"),
        column(
            "gross_profit",
            "money",
            "扣除花费后毛利",
            "Gross profit after spend",
            "revenue times margin, less spend; missing without a margin",
        ),
        kpi_column("roas"),
        column(
            "roas_low",
            "multiple",
            "回报下限（九成区间）",
            "Return, low (90% interval)",
            "lower end of the 90 % interval over days; missing with too few",
        ),
        column(
            "roas_high",
            "multiple",
            "回报上限（九成区间）",
            "Return, high (90% interval)",
            "upper end of the 90 % interval over days; missing with too few",
        ),
        column(
            "average_roas",
            "multiple",
            "平均回报",
            "Average return",
            "of all channels with spend together",
        ),
        column(
            "break_even_roas",
            "multiple",
            "盈亏平衡回报",
            "Break-even return",
            "1 over the margin; missing without one",
        ),
        kpi_column("roi"),
        column(
            "verdict", "name", "判断", "Verdict", "earns, loses, unclear, no_margin or no_revenue"
        ),
    ),
)

TOTAL = ResultTable(
    name="total",
    grain="One row per KPI, all channels together",
    columns=(
        KPI,
        column("actual", "number", "本期", "This period", "in this period, in the KPI's unit"),
        column(
            "previous", "number", "上期", "Last period", "in the period before, in the KPI's unit"
        ),
        column(
            "change",
            "fraction",
            "环比",
            "Change",
            "over that of the period before, less 1",
            signed=True,
        ),
    ),
)

TABLES = (ATTRIBUTION, CHANGES, CHANNELS, KINDS, MIX, RETURNS, TOTAL)
"""All tables of the stage."""
