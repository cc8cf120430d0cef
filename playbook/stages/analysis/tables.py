"""The result tables of stage 6, analysis and iteration.

Columns, units, names, and what a value means.
"""

from dataclasses import replace

from playbook.stages.experiments.tables import EVALUATED
from playbook.stages.shared.columns import CHANNEL, KPI
from playbook.stages.shared.schema import ResultTable, column, kpi_column
from playbook.stages.shared.targets import TARGETS

ACTIONS = ResultTable(
    name="actions",
    grain="One row per action that somebody has to take",
    columns=(
        column("action", "name", "动作", "Action", "code of what to do"),
        column("object", "name", "对象", "What", "id of the channel, goal or test"),
        KPI,
        column(
            "from_value",
            "number",
            "由",
            "From",
            "now, in the KPI's unit; missing where nothing is a number",
        ),
        column(
            "to_value",
            "number",
            "至",
            "To",
            "proposed, in the KPI's unit; missing where nothing is a number",
        ),
        column("reason", "name", "理由", "Reason", "code of why"),
        column(
            "owner", "name", "负责人", "Owner", "who answers for it; empty where nobody is named"
        ),
        column("due_on", "day", "完成日", "Due on", "first day of the next period"),
        column(
            "effect",
            "money",
            "对销售额的影响",
            "Effect on revenue",
            "money a month, at most; missing where it is not known",
            signed=True,
        ),
    ),
)

AGENDA = ResultTable(
    name="agenda",
    grain="One row, the decision on all actions; none without actions",
    columns=(
        column("matter", "id", "编号", "Id", "what is decided: proposal"),
        column("proposals", "count", "提案数", "Proposals", "number of actions"),
        column(
            "owner", "name", "负责人", "Owner", "who answers for it; empty where nobody is named"
        ),
        column("due_on", "day", "完成日", "Due on", "first day of the next period"),
    ),
)

BUDGET_NEXT = ResultTable(
    name="budget_next",
    grain="One row per channel with a budget",
    columns=(
        CHANNEL,
        column("budget", "money", "预算", "Budget", "money planned for this period"),
        column(
            "proposed",
            "money",
            "下期建议",
            "Proposed for next period",
            "money proposed for the next period",
        ),
        column("change", "money", "调整", "Change", "proposed less budget", signed=True),
        column(
            "partner",
            "name",
            "对方渠道",
            "Moved from or to",
            "channel that the step comes from or goes to; empty where nothing moves",
        ),
        column("value", "multiple", "数值", "Value", "return per unit of spend"),
        column(
            "value_low", "multiple", "回报下限", "Return, low", "lower end of the 90 % interval"
        ),
        column(
            "value_high", "multiple", "回报上限", "Return, high", "upper end of the 90 % interval"
        ),
        column(
            "basis",
            "name",
            "回报口径",
            "Return measured by",
            "roas, or conversions where revenue is not known",
        ),
        column(
            "effect",
            "money",
            "对销售额的影响",
            "Effect on revenue",
            "what the step brings at average returns, at most; missing where nothing comes",
            signed=True,
        ),
        column("reason", "name", "理由", "Reason", "code of why"),
    ),
)

EFFECT = (
    CHANNEL,
    column("step", "name", "环节", "Step", "step of the funnel, days, total_spend or mix"),
    column(
        "previous",
        "number",
        "上期",
        "Last period",
        "in the period before, in the unit of the row",
    ),
    column("actual", "number", "实际", "Actual", "in this period, in the unit of the row"),
    column(
        "effect",
        "money",
        "对销售额的影响",
        "Effect on revenue",
        "on revenue; positive is a gain",
        signed=True,
    ),
    column(
        "low",
        "money",
        "影响下限",
        "Effect, low",
        "lower end of the 90 % interval; missing where it is not drawn",
        signed=True,
    ),
    column(
        "high",
        "money",
        "影响上限",
        "Effect, high",
        "upper end of the 90 % interval; missing where it is not drawn",
        signed=True,
    ),
    column(
        "certainty",
        "name",
        "确定性",
        "Certainty",
        "clear, noise, or unknown below two weeks of days",
    ),
)
"""What a step of the funnel did to revenue."""


CAUSES = ResultTable(
    name="causes",
    grain="One row per cause of the change of revenue, the largest first",
    columns=(
        column("cause", "id", "编号", "Id", '"<channel>:<step>"'),
        *EFFECT,
        column(
            "incident_day",
            "day",
            "相关异常日",
            "Unusual day",
            "unusual day of the channel that fits best; missing where none fits",
        ),
        column(
            "incident_cause",
            "name",
            "可能原因",
            "Possible cause",
            "code of what that day may come from; empty where none fits",
        ),
    ),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

EFFECTS = ResultTable(
    name="effects",
    grain="One row per channel and step of its funnel",
    columns=(*EFFECT,),
    row_units={"order_rate": "fraction", "order_rate_click": "fraction"},
)

PLAN = ResultTable(
    name="plan",
    grain="One row per channel with a budget",
    columns=(
        CHANNEL,
        column("budget", "money", "预算", "Budget", "money planned for the period"),
        kpi_column("spend"),
        column(
            "expected_revenue",
            "money",
            "按预算与上期回报应有销售额",
            "Revenue expected from the budget",
            "budget at last period's ROAS; missing without one",
        ),
        kpi_column("revenue"),
        column(
            "revenue_gap",
            "money",
            "销售额差额",
            "Gap in revenue",
            "revenue less what was expected",
            signed=True,
        ),
        column(
            "spend_effect",
            "money",
            "花费差异的影响",
            "Effect of spend off budget",
            "spend off budget, at last period's ROAS",
            signed=True,
        ),
        column(
            "return_effect",
            "money",
            "回报变化的影响",
            "Effect of the return",
            "the rest: what the return did",
            signed=True,
        ),
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per measure that is known",
    columns=(
        column("measure", "name", "项目", "Measure", "what the row counts"),
        column("value", "number", "数值", "Value", "in the unit of what the row measures"),
    ),
    row_units={
        "goals": "count",
        "goals_good": "count",
        "goals_missed": "count",
        "previous_revenue": "money",
        "revenue_change": "money",
    },
)

TARGETS_NEXT = ResultTable(
    name="targets_next",
    grain="One row per goal",
    columns=(
        column("goal", "name", "目标项", "Goal", "id of the goal"),
        KPI,
        column("target", "number", "目标", "Target", "of this period, in the KPI's unit"),
        column("actual", "number", "实际", "Actual", "in this period, in the unit of the row"),
        column(
            "proposed",
            "number",
            "下期建议",
            "Proposed for next period",
            "for the next period, in the KPI's unit",
        ),
        column("reason", "name", "理由", "Reason", "reached, far_missed, kept, runs_on or unknown"),
    ),
)

TOP_CAUSES = replace(CAUSES, name="top_causes")

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
