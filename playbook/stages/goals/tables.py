"""The result tables of stage 1, goals and audience: columns, units, names, and what a value means."""

from playbook.stages.shared.columns import (
    ACTUAL,
    BASELINE,
    CHANNEL,
    DEADLINE,
    FORECAST,
    GOAL,
    KPI,
    MEASURE,
    OBJECT,
    OWNER,
    PEOPLE,
    REASON,
    SHARE,
    STATE,
    TARGET,
    VALUE,
    WEIGHT,
)
from playbook.stages.shared.schema import ResultTable, column

AIMS = ResultTable(
    name="aims",
    grain="One row per TODO",
    columns=(
        GOAL,
        KPI,
        CHANNEL,
        BASELINE,
        column("baseline_from", "text", "基线来源", "Baseline from", "TODO"),
        TARGET,
        column(
            "target_change", "fraction", "目标较基线", "Target vs baseline", "TODO", signed=True
        ),
        ACTUAL,
        column("attainment", "fraction", "达成率", "Attainment", "TODO"),
        FORECAST,
        column("forecast_attainment", "fraction", "预计达成率", "Expected attainment", "TODO"),
        column("outlook", "text", "进展", "Outlook", "TODO"),
        STATE,
        column("days_left", "days", "剩余天数", "Days left", "TODO"),
        column("best_week", "number", "历史最好一周", "Best week before", "TODO"),
        OWNER,
        DEADLINE,
        WEIGHT,
    ),
)

ANSWERS = ResultTable(
    name="answers",
    grain="One row per TODO",
    columns=(
        column("item", "text", "题目", "Question", "TODO"),
        column("segment", "text", "人群", "Group", "TODO"),
        PEOPLE,
        column("mean", "number", "平均分", "Mean (of five)", "TODO"),
        column("top_two", "fraction", "最高两档占比", "Two highest answers", "TODO"),
        column("lift", "points", "较全体", "Against all people", "TODO", signed=True),
        column("enough", "text", "人数足够", "Enough people", "TODO"),
    ),
)

FIXES = ResultTable(
    name="fixes",
    grain="One row per TODO",
    columns=(
        GOAL,
        column("rule", "text", "规则", "Rule", "TODO"),
        column("fix", "text", "如何改进", "What mends it", "TODO"),
    ),
)

FOLLOWED = ResultTable(
    name="followed",
    grain="One row per TODO",
    columns=(
        column("matter", "text", "事项", "Matter", "TODO"),
        OBJECT,
        KPI,
        column("from_value", "number", "原值", "Before", "TODO"),
        column("proposed", "number", "上期提案", "Proposed", "TODO"),
        column("decided", "number", "本期参数", "In the parameters", "TODO"),
        column("followed", "text", "落实情况", "What became of it", "TODO"),
        ACTUAL,
        REASON,
        OWNER,
    ),
)

INTERESTS = ResultTable(
    name="interests",
    grain="One row per TODO",
    columns=(
        column("segment", "text", "人群", "Group", "TODO"),
        column("place", "count", "名次", "Place", "TODO"),
        column("item", "text", "题目", "Question", "TODO"),
        column("top_two", "fraction", "最高两档占比", "Two highest answers", "TODO"),
        column("lift", "points", "较全体", "Against all people", "TODO", signed=True),
        PEOPLE,
    ),
)

PROFILE = ResultTable(
    name="profile",
    grain="One row per TODO",
    columns=(
        column("trait", "text", "特征", "Trait", "TODO"),
        column("answer", "text", "回答", "Answer", "TODO"),
        PEOPLE,
        SHARE,
        column("low", "fraction", "区间下限", "Interval from", "TODO"),
        column("high", "fraction", "区间上限", "Interval to", "TODO"),
        column("asked", "count", "回答人数", "Answered", "TODO"),
    ),
)

SMART = ResultTable(
    name="smart",
    grain="One row per TODO",
    columns=(
        GOAL,
        column("specific", "text", "明确", "Specific", "TODO"),
        column("measurable", "text", "可衡量", "Measurable", "TODO"),
        column("achievable", "text", "可达成", "Achievable", "TODO"),
        column("relevant", "text", "相关", "Relevant", "TODO"),
        column("time_bound", "text", "有期限", "Time-bound", "TODO"),
        column("score", "count", "符合规则数", "Rules met", "TODO"),
        STATE,
    ),
)

SUMMARY = ResultTable(
    name="summary",
    grain="One row per TODO",
    columns=(
        MEASURE,
        VALUE,
    ),
    row_units={
        "goals": "count",
        "goals_good": "count",
        "goals_smart": "count",
        "people": "count",
        "straight_liners": "fraction",
        "proposed": "count",
        "as_proposed": "count",
    },
)

TABLES = (AIMS, ANSWERS, FIXES, FOLLOWED, INTERESTS, PROFILE, SMART, SUMMARY)
"""All tables of the stage."""
