"""The result tables of stage 6, analysis and iteration: columns, units, names, and what a value means."""

from playbook.stages.experiments.tables import EVALUATED
from playbook.stages.shared.schema import ResultTable, column, kpi_column

ACTIONS = ResultTable(
    name="actions",
    grain="One row per TODO",
    columns=(
        column("action", "name", "动作", "Action", "TODO"),
        column("object", "name", "对象", "What", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("from_value", "number", "由", "From", "TODO"),
        column("to_value", "number", "至", "To", "TODO"),
        column("reason", "name", "理由", "Reason", "TODO"),
        column("owner", "name", "负责人", "Owner", "TODO"),
        column("due_on", "day", "完成日", "Due on", "TODO"),
        column("effect", "money", "对销售额的影响", "Effect on revenue", "TODO", signed=True),
    ),
)

AGENDA = ResultTable(
    name="agenda",
    grain="One row per TODO",
    columns=(
        column("matter", "id", "编号", "Id", "TODO"),
        column("proposals", "count", "提案数", "Proposals", "TODO"),
        column("owner", "name", "负责人", "Owner", "TODO"),
        column("due_on", "day", "完成日", "Due on", "TODO"),
    ),
)

BUDGET_NEXT = ResultTable(
    name="budget_next",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("budget", "money", "预算", "Budget", "TODO"),
        column("proposed", "number", "下期建议", "Proposed for next period", "TODO"),
        column("change", "money", "调整", "Change", "TODO", signed=True),
        column("partner", "name", "对方渠道", "Moved from or to", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
        column("value_low", "multiple", "回报下限", "Return, low", "TODO"),
        column("value_high", "multiple", "回报上限", "Return, high", "TODO"),
        column("basis", "name", "回报口径", "Return measured by", "TODO"),
        column("effect", "money", "对销售额的影响", "Effect on revenue", "TODO", signed=True),
        column("reason", "name", "理由", "Reason", "TODO"),
    ),
)

CAUSES = ResultTable(
    name="causes",
    grain="One row per TODO",
    columns=(
        column("cause", "id", "编号", "Id", "TODO"),
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("step", "name", "环节", "Step", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("effect", "money", "对销售额的影响", "Effect on revenue", "TODO", signed=True),
        column("low", "money", "影响下限", "Effect, low", "TODO", signed=True),
        column("high", "money", "影响上限", "Effect, high", "TODO", signed=True),
        column("certainty", "name", "确定性", "Certainty", "TODO"),
        column("incident_day", "day", "相关异常日", "Unusual day", "TODO"),
        column("incident_cause", "name", "可能原因", "Possible cause", "TODO"),
    ),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

EFFECTS = ResultTable(
    name="effects",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("step", "name", "环节", "Step", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("effect", "money", "对销售额的影响", "Effect on revenue", "TODO", signed=True),
        column("low", "money", "影响下限", "Effect, low", "TODO", signed=True),
        column("high", "money", "影响上限", "Effect, high", "TODO", signed=True),
        column("certainty", "name", "确定性", "Certainty", "TODO"),
    ),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

PLAN = ResultTable(
    name="plan",
    grain="One row per TODO",
    columns=(
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("budget", "money", "预算", "Budget", "TODO"),
        kpi_column("spend"),
        column(
            "expected_revenue",
            "money",
            "按预算与上期回报应有销售额",
            "Revenue expected from the budget",
            "TODO",
        ),
        kpi_column("revenue"),
        column("revenue_gap", "money", "销售额差额", "Gap in revenue", "TODO", signed=True),
        column(
            "spend_effect",
            "money",
            "花费差异的影响",
            "Effect of spend off budget",
            "TODO",
            signed=True,
        ),
        column(
            "return_effect", "money", "回报变化的影响", "Effect of the return", "TODO", signed=True
        ),
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per TODO",
    columns=(
        column("measure", "name", "项目", "Measure", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
    ),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

TARGETS = ResultTable(
    name="targets",
    grain="One row per TODO",
    columns=(
        column("goal", "name", "目标项", "Goal", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("target", "number", "目标", "Target", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("due", "number", "应达", "Due by now", "TODO"),
        kpi_column("attainment"),
        column("progress", "fraction", "进度完成率", "Attainment of what was due", "TODO"),
        column("gap", "number", "差额", "Gap", "TODO", signed=True),
        column("state", "text", "状态", "State", "TODO"),
        column("outcome", "name", "结果", "Outcome", "TODO"),
        column("owner", "name", "负责人", "Owner", "TODO"),
        column("deadline", "day", "截止日", "Deadline", "TODO"),
        column("weight", "number", "权重", "Weight", "TODO"),
    ),
)

TARGETS_NEXT = ResultTable(
    name="targets_next",
    grain="One row per TODO",
    columns=(
        column("goal", "name", "目标项", "Goal", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("target", "number", "目标", "Target", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("proposed", "number", "下期建议", "Proposed for next period", "TODO"),
        column("reason", "name", "理由", "Reason", "TODO"),
    ),
)

TOP_CAUSES = ResultTable(
    name="top_causes",
    grain="One row per TODO",
    columns=(
        column("cause", "id", "编号", "Id", "TODO"),
        column("channel", "name", "渠道", "Channel", "TODO"),
        column("step", "name", "环节", "Step", "TODO"),
        column("previous", "number", "上期", "Last period", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("effect", "money", "对销售额的影响", "Effect on revenue", "TODO", signed=True),
        column("low", "money", "影响下限", "Effect, low", "TODO", signed=True),
        column("high", "money", "影响上限", "Effect, high", "TODO", signed=True),
        column("certainty", "name", "确定性", "Certainty", "TODO"),
        column("incident_day", "day", "相关异常日", "Unusual day", "TODO"),
        column("incident_cause", "name", "可能原因", "Possible cause", "TODO"),
    ),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

TABLES = (
    ACTIONS,
    AGENDA,
    BUDGET_NEXT,
    CAUSES,
    EFFECTS,
    PLAN,
    SUMMARY,
    TARGETS,
    TARGETS_NEXT,
    TOP_CAUSES,
    *EVALUATED,
)
"""All tables of the stage."""
