"""The result tables of stage 7, performance appraisal: columns, units, names, and what a value means."""

from playbook.stages.shared.schema import ResultTable, column

GAPS = ResultTable(
    name="gaps",
    grain="One row per TODO",
    columns=(
        column("item", "name", "评分项", "Line", "TODO"),
        column("reason", "name", "未计分原因", "Why not scored", "TODO"),
        column("people", "count", "人数", "People", "TODO"),
        column("weight", "count", "权重（百分）", "Weight (of a hundred)", "TODO"),
    ),
)

PEOPLE = ResultTable(
    name="people",
    grain="One row per TODO",
    columns=(
        column("member", "name", "成员", "Person", "TODO"),
        column("role", "name", "岗位", "Role", "TODO"),
        column("score", "score", "得分", "Score", "TODO"),
        column("coverage", "fraction", "已计分权重", "Weight scored", "TODO"),
        column("objective_share", "fraction", "客观数据占比", "Share of objective data", "TODO"),
        column("grade", "name", "等级", "Grade", "TODO"),
        column("coefficient", "multiple", "建议系数", "Proposed coefficient", "TODO"),
        column("days_in_role", "days", "在岗工作日", "Working days in the role", "TODO"),
        column("state", "name", "状态", "State", "TODO"),
    ),
)

SCORECARD = ResultTable(
    name="scorecard",
    grain="One row per TODO",
    columns=(
        column("member", "name", "成员", "Person", "TODO"),
        column("item", "name", "评分项", "Line", "TODO"),
        column("kind", "name", "类别", "Class", "TODO"),
        column("kpi", "kpi", "指标", "KPI", "TODO"),
        column("weight", "count", "权重（百分）", "Weight (of a hundred)", "TODO"),
        column("method", "name", "计分方法", "Method", "TODO"),
        column("actual", "number", "实际", "Actual", "TODO"),
        column("target", "number", "目标", "Target", "TODO"),
        column("score", "score", "得分", "Score", "TODO"),
        column("weight_in_force", "fraction", "生效权重", "Weight in force", "TODO"),
        column("reason", "name", "未计分原因", "Why not scored", "TODO"),
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

TEAM = ResultTable(
    name="team",
    grain="One row per TODO",
    columns=(
        column("measure", "name", "项目", "Measure", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
    ),
    row_units={"rated": "count", "mean_score": "score", "share_as_agreed": "fraction"},
)

TABLES = (GAPS, PEOPLE, SCORECARD, SUMMARY, TEAM)
"""All tables of the stage."""
