"""The result tables of stage 7, performance appraisal.

Columns, units, names, and what a value means.
"""

from playbook.stages.shared.schema import ResultTable, column

GAPS = ResultTable(
    name="gaps",
    grain="One row per line that could not be scored and reason",
    columns=(
        column("item", "name", "评分项", "Line", "line of the scorecards"),
        column("reason", "name", "未计分原因", "Why not scored", "code of why"),
        column("people", "count", "人数", "People", "number of people concerned"),
        column(
            "weight",
            "count",
            "权重（百分）",
            "Weight (of a hundred)",
            "mean weight of the line, of a hundred",
        ),
    ),
)

PEOPLE = ResultTable(
    name="people",
    grain="One row per person, by id and not by score",
    columns=(
        column("member", "name", "成员", "Person", "id of the person"),
        column("role", "name", "岗位", "Role", "whose scorecard is used"),
        column("score", "score", "得分", "Score", "100 is as agreed; missing where not rated"),
        column(
            "coverage",
            "fraction",
            "已计分权重",
            "Weight scored",
            "part of the weight that could be scored",
        ),
        column(
            "objective_share",
            "fraction",
            "客观数据占比",
            "Share of objective data",
            "part of the weight scored on data, not on ratings",
        ),
        column("grade", "name", "等级", "Grade", "S to D; empty where not rated"),
        column(
            "coefficient",
            "multiple",
            "建议系数",
            "Proposed coefficient",
            "proposed; missing where not rated",
        ),
        column(
            "days_in_role",
            "days",
            "在岗工作日",
            "Working days in the role",
            "working days of the period",
        ),
        column("state", "name", "状态", "State", "rated, too_thin, too_short or no_scorecard"),
    ),
)

SCORECARD = ResultTable(
    name="scorecard",
    grain="One row per person and line that is due",
    columns=(
        column("member", "name", "成员", "Person", "id of the person"),
        column("item", "name", "评分项", "Line", "line of the scorecard"),
        column("kind", "name", "类别", "Class", "result, process or ability"),
        column("kpi", "kpi", "指标", "KPI", "of the catalogue; empty for ratings and events"),
        column("weight", "count", "权重（百分）", "Weight (of a hundred)", "of a hundred"),
        column("method", "name", "计分方法", "Method", "code of the scoring rule"),
        column(
            "actual", "number", "实际", "Actual", "in the KPI's unit; missing where it is not known"
        ),
        column(
            "target", "number", "目标", "Target", "in the KPI's unit; missing where none was agreed"
        ),
        column("score", "score", "得分", "Score", "100 is as agreed; missing where not scored"),
        column(
            "weight_in_force",
            "fraction",
            "生效权重",
            "Weight in force",
            "part after the weight of missing lines is shared out",
        ),
        column(
            "reason",
            "name",
            "未计分原因",
            "Why not scored",
            "code of why it is not scored; empty where it is",
        ),
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per measure",
    columns=(
        column("measure", "name", "项目", "Measure", "what the row counts"),
        column("value", "number", "数值", "Value", "in the unit of what the row measures"),
    ),
    row_units={"people": "count", "rated": "count", "not_rated": "count"},
)

TEAM = ResultTable(
    name="team",
    grain="One row per measure; none below five rated people",
    columns=(
        column("measure", "name", "项目", "Measure", "what the row counts"),
        column("value", "number", "数值", "Value", "in the unit of what the row measures"),
    ),
    row_units={"rated": "count", "mean_score": "score", "share_as_agreed": "fraction"},
)

TABLES = (GAPS, PEOPLE, SCORECARD, SUMMARY, TEAM)
"""All tables of the stage."""
