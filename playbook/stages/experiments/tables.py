"""The result tables of evaluated A/B tests: columns, units, names, and what a value means."""

from playbook.stages.shared.columns import (
    MEASURE,
    VALUE,
)
from playbook.stages.shared.schema import ResultTable, column

LIFT = (
    column(
        "lift",
        "fraction",
        "提升",
        "Lift",
        "treatment over control, less 1; missing where the control is not above 0",
        signed=True,
    ),
    column(
        "lift_ci_lower",
        "fraction",
        "提升下限",
        "Lift, low",
        "lower end of the lift's interval",
        signed=True,
    ),
    column(
        "lift_ci_upper",
        "fraction",
        "提升上限",
        "Lift, high",
        "upper end of the lift's interval",
        signed=True,
    ),
)
"""Relative change that a treatment brought, with its interval."""

CORRECTED = (
    column(
        "corrected_ci_lower",
        "number",
        "差异下限（已校正）",
        "Difference, low (corrected)",
        "lower end of the difference's interval, corrected over arms, metrics and looks",
        signed=True,
    ),
    column(
        "corrected_ci_upper",
        "number",
        "差异上限（已校正）",
        "Difference, high (corrected)",
        "upper end of the difference's interval, corrected over arms, metrics and looks",
        signed=True,
    ),
    column(
        "corrected_lift_ci_lower",
        "fraction",
        "提升下限（已校正）",
        "Lift, low (corrected)",
        "lower end of the lift's interval, corrected over arms, metrics and looks",
        signed=True,
    ),
    column(
        "corrected_lift_ci_upper",
        "fraction",
        "提升上限（已校正）",
        "Lift, high (corrected)",
        "upper end of the lift's interval, corrected over arms, metrics and looks",
        signed=True,
    ),
)
"""Ends of the intervals that stand beside a corrected p-value."""

ESTIMATE = (
    column("arm", "name", "组别", "Arm", "the treatment that is compared with the control"),
    column(
        "n_control",
        "count",
        "对照组单位数",
        "Units, control",
        "units of the control with a known value",
    ),
    column(
        "n_treatment",
        "count",
        "实验组单位数",
        "Units, treatment",
        "units of the treatment with a known value",
    ),
    column("control", "number", "对照组", "Control", "level of the control, in the metric's unit"),
    column(
        "treatment",
        "number",
        "实验组",
        "Treatment",
        "level of the treatment, in the metric's unit",
    ),
    column(
        "difference",
        "number",
        "差异",
        "Difference",
        "treatment less control, in the metric's unit",
        signed=True,
    ),
    column(
        "ci_lower",
        "number",
        "差异下限",
        "Difference, low",
        "lower end of the difference's interval",
        signed=True,
    ),
    column(
        "ci_upper",
        "number",
        "差异上限",
        "Difference, high",
        "upper end of the difference's interval",
        signed=True,
    ),
    *LIFT,
)
"""What a treatment did: units, levels, difference and lift with their intervals."""


EXPERIMENTS = ResultTable(
    name="experiments",
    grain="One row per test, metric and treatment",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "name of the metric"),
        *ESTIMATE,
        *CORRECTED,
        column("role", "name", "作用", "Role", "primary, guardrail or secondary"),
        column("kind", "id", "类型", "Kind", "rate, mean, ratio or quantile"),
        column(
            "variance_cut",
            "fraction",
            "协变量减少的方差",
            "Variance cut by covariates",
            "part of the variance that covariates took away; missing without",
        ),
        column(
            "pvalue_adjusted",
            "pvalue",
            "p 值（已校正）",
            "p-value (corrected)",
            "of no difference, corrected over arms and metrics",
        ),
        column(
            "method_zh",
            "text",
            "方法",
            "Method",
            "how estimate, interval and p-value were computed, in Chinese",
        ),
        column(
            "method_en",
            "text",
            "方法",
            "Method",
            "how estimate, interval and p-value were computed, in English",
        ),
        column(
            "note_zh",
            "text",
            "备注",
            "Note",
            "why something is undefined, in Chinese; missing where nothing is",
        ),
        column(
            "note_en",
            "text",
            "备注",
            "Note",
            "why something is undefined, in English; missing where nothing is",
        ),
    ),
)

DECISIONS = ResultTable(
    name="decisions",
    grain="One row per test",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("decision", "name", "决定", "Decision", "ship, hold, iterate, stop or invalid"),
        column("arm", "name", "组别", "Arm", "the treatment that is compared with the control"),
        column("metric", "name", "指标", "Metric", "first primary metric"),
        column(
            "detectable_lift",
            "fraction",
            "可识别的最小提升",
            "Smallest lift it can see",
            "lift that the test could have seen with its power",
        ),
        column(
            "money_low",
            "money",
            "每月价值下限",
            "Money a month, low",
            "a month, lower end; missing without a value or where invalid",
            signed=True,
        ),
        column(
            "money_mid",
            "money",
            "每月价值",
            "Money a month",
            "a month; missing without a value or where invalid",
            signed=True,
        ),
        column(
            "money_high",
            "money",
            "每月价值上限",
            "Money a month, high",
            "a month, upper end; missing without a value or where invalid",
            signed=True,
        ),
        column(
            "regret",
            "money",
            "若判断错误每月预期损失",
            "Expected loss a month if wrong",
            "expected loss a month if the decision is wrong",
        ),
        column(
            "days_left",
            "days",
            "剩余天数",
            "Days left",
            "days to the planned end; missing without one",
        ),
        column("reason_zh", "text", "依据", "Why", "first reason, in Chinese"),
        column("reason_en", "text", "依据", "Why", "first reason, in English"),
        column("next_zh", "text", "下一步", "Next step", "next step, in Chinese"),
        column("next_en", "text", "下一步", "Next step", "next step, in English"),
    ),
)

REASONS = ResultTable(
    name="reasons",
    grain="One row per test and reason, the deciding one first",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("place", "count", "次序", "Order", "order, 1 is first"),
        column("zh", "text", "说明", "In Chinese", "in Chinese"),
        column("en", "text", "英文说明", "In words", "in English"),
    ),
)

CHECKS = ResultTable(
    name="checks",
    grain="One row per test and check of validity, stops first",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("check", "name", "检查", "Check", "code of the check"),
        column(
            "subject",
            "name",
            "对象",
            "About",
            "column, metric or arm that it is about; empty for the whole test",
        ),
        column("state", "name", "状态", "State", "good, watch or act"),
        column("value", "number", "数值", "Value", "what was found"),
        column(
            "threshold",
            "number",
            "界限",
            "Limit",
            "limit that it is held against; missing without one",
        ),
        column("zh", "text", "说明", "In Chinese", "in Chinese"),
        column("en", "text", "英文说明", "In words", "in English"),
    ),
)

SEGMENTS = ResultTable(
    name="segments",
    grain="One row per test, segment column, level and treatment",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "name of the metric"),
        column("column", "name", "维度", "By", "segment column of the plan"),
        column("level", "name", "取值", "Level", "value of that column"),
        *ESTIMATE,
        column("kind", "id", "类型", "Kind", "rate, mean, ratio or quantile"),
        column("pvalue", "pvalue", "p 值", "p-value", "of no difference"),
    ),
)

LOOKS = ResultTable(
    name="looks",
    grain="One row per test and look",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("look", "count", "第几次查看", "Look", "number of the look"),
        column(
            "day",
            "day",
            "数据截至",
            "Data until",
            "last day of the data that it saw; missing where unknown",
        ),
        column(
            "time",
            "fraction",
            "已过计划时间",
            "Share of the planned time",
            "part of the planned time",
        ),
        column(
            "critical",
            "multiple",
            "停止界限",
            "Boundary, |z|",
            "boundary for |z|; missing where no early stop is planned",
        ),
        column("statistic", "multiple", "检验值 z", "Evidence, z", "z of the first primary metric"),
        column(
            "crossed", "name", "越过界限", "Boundary crossed", "whether the boundary was crossed"
        ),
    ),
)

STRENGTHS = ResultTable(
    name="strengths",
    grain="One row per test and treatment",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "name of the metric"),
        column("arm", "name", "组别", "Arm", "the treatment that is compared with the control"),
        column(
            "detectable_lift",
            "fraction",
            "可识别的最小提升",
            "Smallest lift it can see",
            "smallest lift that it can see with its power",
        ),
        column("units", "count", "每组单位数", "Units per arm", "per arm so far"),
        column(
            "units_needed",
            "count",
            "每组需要的单位数",
            "Units per arm needed",
            "per arm for the MDE; missing without one",
        ),
        column(
            "days_needed",
            "days",
            "需要的天数",
            "Days needed",
            "days until then at the present rate",
        ),
        column("formula", "name", "公式", "Formula", "code of the formula"),
    ),
)

CHANCES = ResultTable(
    name="chances",
    grain="One row per test and arm",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "first primary metric"),
        column("arm", "name", "组别", "Arm", "control or treatment"),
        column("kind", "id", "类型", "Kind", "rate, mean, ratio or quantile"),
        column(
            "best_chance",
            "fraction",
            "最优的概率",
            "Chance to be best",
            "probability that the arm is best, with flat priors",
        ),
        column(
            "expected_loss",
            "difference",
            "选此组的预期损失",
            "Expected loss of choosing it",
            "expected loss of choosing the arm, in the metric's unit",
        ),
    ),
)

EQUIVALENCES = ResultTable(
    name="equivalences",
    grain="One row per test and guardrail whose sameness is tested",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "name of the metric"),
        column("arm", "name", "组别", "Arm", "the treatment that is compared with the control"),
        column(
            "lift",
            "fraction",
            "提升",
            "Lift",
            "treatment over control, less 1; missing where the control is not above 0",
            signed=True,
        ),
        column("margin_low", "fraction", "等效下限", "Margin, low", "lower margin of the lift"),
        column("margin_high", "fraction", "等效上限", "Margin, high", "upper margin of the lift"),
        column("pvalue", "pvalue", "p 值", "p-value", "of a difference beyond the margins"),
    ),
)

SEQUENCES = ResultTable(
    name="sequences",
    grain="One row per test, metric and treatment",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "name of the metric"),
        column("arm", "name", "组别", "Arm", "the treatment that is compared with the control"),
        column(
            "difference",
            "number",
            "差异",
            "Difference",
            "treatment less control, in the metric's unit",
            signed=True,
        ),
        column(
            "ci_lower",
            "number",
            "差异下限",
            "Difference, low",
            "lower end of the interval that holds at every look",
            signed=True,
        ),
        column(
            "ci_upper",
            "number",
            "差异上限",
            "Difference, high",
            "upper end of the interval that holds at every look",
            signed=True,
        ),
        column("kind", "id", "类型", "Kind", "rate, mean, ratio or quantile"),
        column("pvalue", "pvalue", "p 值", "p-value", "always valid"),
    ),
)

PLANS = ResultTable(
    name="plans",
    grain="One row per test and item of its plan",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("item", "name", "项目", "Item", "code of the item"),
        column("planned_zh", "text", "内容", "Planned", "as planned, in Chinese"),
        column("planned_en", "text", "内容", "Planned", "as planned, in English"),
    ),
)

CHANGES = ResultTable(
    name="changes",
    grain="One row per test and part of the plan that was changed since registration",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("field", "name", "计划项", "Part of the plan", "part of the plan"),
        column("registered", "text", "登记时", "As registered", "as registered"),
        column("now", "text", "现在", "Now", "as it is now"),
    ),
)

PORTFOLIO = ResultTable(
    name="portfolio",
    grain="One row per test of the period",
    columns=(
        column("experiment", "name", "实验", "Experiment", "id of the test"),
        column("metric", "name", "指标", "Metric", "first primary metric"),
        column("arm", "name", "组别", "Arm", "the leading treatment"),
        column("decision", "name", "决定", "Decision", "ship, hold, iterate, stop or invalid"),
        *LIFT,
        column(
            "lift_shrunk",
            "fraction",
            "扣除运气后的提升",
            "Lift less luck",
            "lift less what winners owe to luck",
            signed=True,
        ),
        column(
            "pvalue_bh",
            "pvalue",
            "p 值（跨测试校正）",
            "p-value over all tests",
            "of no difference, held down over all tests",
        ),
    ),
)

EVALUATED = (
    EXPERIMENTS,
    DECISIONS,
    REASONS,
    CHECKS,
    SEGMENTS,
    LOOKS,
    STRENGTHS,
    CHANCES,
    EQUIVALENCES,
    SEQUENCES,
    PLANS,
    CHANGES,
    PORTFOLIO,
)
"""All that a card shows, by test; stage 6 has the same tables."""

SUMMARY = ResultTable(
    name="summary",
    grain="One row per measure",
    columns=(MEASURE, VALUE),
    row_units={
        "tests": "count",
        "ship": "count",
        "hold": "count",
        "iterate": "count",
        "stop": "count",
        "invalid": "count",
    },
)

TABLES = (SUMMARY, *EVALUATED)
"""All tables of the stage."""
