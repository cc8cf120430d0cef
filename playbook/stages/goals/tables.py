"""The result tables of stage 1, goals and audience.

Columns, units, names, and what a value means.
"""

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
    grain="One row per goal",
    columns=(
        GOAL,
        KPI,
        CHANNEL,
        BASELINE,
        column(
            "baseline_from",
            "name",
            "基线来源",
            "Baseline from",
            "whence the baseline is known: set, history or unknown",
        ),
        TARGET,
        column(
            "target_change",
            "fraction",
            "目标较基线",
            "Target vs baseline",
            "target over baseline, less 1",
            signed=True,
        ),
        ACTUAL,
        column(
            "attainment",
            "fraction",
            "达成率",
            "Attainment",
            "of the target so far; over 1 is better, whichever direction is good",
        ),
        FORECAST,
        column(
            "forecast_attainment",
            "fraction",
            "预计达成率",
            "Expected attainment",
            "of the target, at the deadline",
        ),
        column(
            "outlook",
            "name",
            "进展",
            "Outlook",
            "reached, missed, on_pace, at_risk, off_pace, not_begun or unknown",
        ),
        STATE,
        column(
            "days_left",
            "days",
            "剩余天数",
            "Days left",
            "days from the end of the period to the deadline",
        ),
        column(
            "best_week",
            "number",
            "历史最好一周",
            "Best week before",
            (
                "best of up to thirteen whole weeks before the start, a sum as a week's sum; "
                "missing below four weeks"
            ),
        ),
        OWNER,
        DEADLINE,
        WEIGHT,
    ),
)

ANSWERS = ResultTable(
    name="answers",
    grain="One row per item and segment, '(all)' first",
    columns=(
        column("item", "name", "题目", "Question", "id of the question"),
        column("segment", "name", "人群", "Group", 'age band; "(all)" for everyone'),
        PEOPLE,
        column("mean", "number", "平均分", "Mean (of five)", "mean answer from 1 to 5"),
        column(
            "top_two",
            "fraction",
            "最高两档占比",
            "Two highest answers",
            "share of the answers 4 and 5",
        ),
        column(
            "lift",
            "points",
            "较全体",
            "Against all people",
            "top_two less that of all people",
            signed=True,
        ),
        column("enough", "name", "人数足够", "Enough people", "yes from thirty people on, else no"),
    ),
)

FIXES = ResultTable(
    name="fixes",
    grain="One row per goal and rule that is open",
    columns=(
        GOAL,
        column("rule", "name", "规则", "Rule", "rule that is not met, or not known"),
        column("fix", "name", "如何改进", "What mends it", "code of what would mend it"),
    ),
)

FOLLOWED = ResultTable(
    name="followed",
    grain="One row per proposed number",
    columns=(
        column("matter", "name", "事项", "Matter", "target or budget"),
        OBJECT,
        KPI,
        column(
            "from_value",
            "number",
            "原值",
            "Before",
            "before the proposal; missing where it is not known",
        ),
        column("proposed", "number", "上期提案", "Proposed", "by stage 6 of the period before"),
        column(
            "decided",
            "number",
            "本期参数",
            "In the parameters",
            "what the parameters hold now; missing where it is gone",
        ),
        column(
            "followed",
            "name",
            "落实情况",
            "What became of it",
            "as_proposed, kept, otherwise or dropped",
        ),
        ACTUAL,
        REASON,
        OWNER,
    ),
)

INTERESTS = ResultTable(
    name="interests",
    grain="One row per segment and place",
    columns=(
        column("segment", "name", "人群", "Group", "age band of thirty people or more"),
        column("place", "count", "名次", "Place", "1 is what it cares about most, to 3"),
        column("item", "name", "题目", "Question", "id of the question"),
        column(
            "top_two",
            "fraction",
            "最高两档占比",
            "Two highest answers",
            "share of the answers 4 and 5",
        ),
        column(
            "lift",
            "points",
            "较全体",
            "Against all people",
            "top_two less that of all people",
            signed=True,
        ),
        PEOPLE,
    ),
)

PROFILE = ResultTable(
    name="profile",
    grain="One row per trait and answer, the largest first",
    columns=(
        column("trait", "name", "特征", "Trait", "age_band, gender, region, income_band or media"),
        column("answer", "name", "回答", "Answer", "what was answered, or the medium used"),
        PEOPLE,
        SHARE,
        column(
            "low",
            "fraction",
            "区间下限",
            "Interval from",
            "lower end of the share's 95 % Wilson interval",
        ),
        column(
            "high",
            "fraction",
            "区间上限",
            "Interval to",
            "upper end of the share's 95 % Wilson interval",
        ),
        column("asked", "count", "回答人数", "Answered", "who answered the question"),
    ),
)

SMART = ResultTable(
    name="smart",
    grain="One row per goal",
    columns=(
        GOAL,
        column(
            "specific",
            "name",
            "明确",
            "Specific",
            "a known person answers for it, and no other goal sets the same: yes or no",
        ),
        column(
            "measurable",
            "name",
            "可衡量",
            "Measurable",
            "its KPI adds up, has data and a start: yes or no",
        ),
        column(
            "achievable",
            "name",
            "可达成",
            "Achievable",
            "asks for no more than the best week before brought: yes, no or unknown",
        ),
        column(
            "relevant",
            "name",
            "相关",
            "Relevant",
            "says what it serves, and carries weight: yes or no",
        ),
        column(
            "time_bound",
            "name",
            "有期限",
            "Time-bound",
            "its deadline does not lie before the period: yes or no",
        ),
        column("score", "count", "符合规则数", "Rules met", "number of rules met, to 5"),
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
