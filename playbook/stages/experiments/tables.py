"""The result tables of evaluated A/B tests: columns, units, names, and what a value means."""

from playbook.stages.shared.columns import (
    MEASURE,
    VALUE,
)
from playbook.stages.shared.schema import ResultTable, column

EXPERIMENTS = ResultTable(
    name="experiments",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("n_control", "count", "对照组单位数", "Units, control", "TODO"),
        column("n_treatment", "count", "实验组单位数", "Units, treatment", "TODO"),
        column("control", "number", "对照组", "Control", "TODO"),
        column("treatment", "number", "实验组", "Treatment", "TODO"),
        column("difference", "number", "差异", "Difference", "TODO", signed=True),
        column("ci_lower", "number", "差异下限", "Difference, low", "TODO", signed=True),
        column("ci_upper", "number", "差异上限", "Difference, high", "TODO", signed=True),
        column("lift", "fraction", "提升", "Lift", "TODO", signed=True),
        column("lift_ci_lower", "fraction", "提升下限", "Lift, low", "TODO", signed=True),
        column("lift_ci_upper", "fraction", "提升上限", "Lift, high", "TODO", signed=True),
        column("role", "name", "作用", "Role", "TODO"),
        column("kind", "id", "类型", "Kind", "TODO"),
        column(
            "variance_cut", "fraction", "协变量减少的方差", "Variance cut by covariates", "TODO"
        ),
        column("pvalue_adjusted", "pvalue", "p 值（已校正）", "p-value (corrected)", "TODO"),
        column("method", "phrases", "方法", "Method", "TODO"),
        column("note_zh", "text", "备注", "Note", "TODO"),
        column("note_en", "text", "备注", "Note", "TODO"),
    ),
)

DECISIONS = ResultTable(
    name="decisions",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("decision", "name", "决定", "Decision", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column(
            "detectable_lift", "fraction", "可识别的最小提升", "Smallest lift it can see", "TODO"
        ),
        column("money_low", "money", "每月价值下限", "Money a month, low", "TODO", signed=True),
        column("money_mid", "money", "每月价值", "Money a month", "TODO", signed=True),
        column("money_high", "money", "每月价值上限", "Money a month, high", "TODO", signed=True),
        column(
            "regret", "money", "若判断错误每月预期损失", "Expected loss a month if wrong", "TODO"
        ),
        column("days_left", "days", "剩余天数", "Days left", "TODO"),
        column("reason_zh", "text", "依据", "Why", "TODO"),
        column("reason_en", "text", "依据", "Why", "TODO"),
        column("next_zh", "text", "下一步", "Next step", "TODO"),
        column("next_en", "text", "下一步", "Next step", "TODO"),
    ),
)

REASONS = ResultTable(
    name="reasons",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("place", "count", "次序", "Order", "TODO"),
        column("zh", "text", "说明", "In Chinese", "TODO"),
        column("en", "text", "英文说明", "In words", "TODO"),
    ),
)

CHECKS = ResultTable(
    name="checks",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("check", "text", "检查", "Check", "TODO"),
        column("subject", "text", "对象", "About", "TODO"),
        column("state", "text", "状态", "State", "TODO"),
        column("value", "number", "数值", "Value", "TODO"),
        column("threshold", "number", "界限", "Limit", "TODO"),
        column("zh", "text", "说明", "In Chinese", "TODO"),
        column("en", "text", "英文说明", "In words", "TODO"),
    ),
)

SEGMENTS = ResultTable(
    name="segments",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("column", "name", "维度", "By", "TODO"),
        column("level", "text", "取值", "Level", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("n_control", "count", "对照组单位数", "Units, control", "TODO"),
        column("n_treatment", "count", "实验组单位数", "Units, treatment", "TODO"),
        column("control", "number", "对照组", "Control", "TODO"),
        column("treatment", "number", "实验组", "Treatment", "TODO"),
        column("difference", "number", "差异", "Difference", "TODO", signed=True),
        column("ci_lower", "number", "差异下限", "Difference, low", "TODO", signed=True),
        column("ci_upper", "number", "差异上限", "Difference, high", "TODO", signed=True),
        column("lift", "fraction", "提升", "Lift", "TODO", signed=True),
        column("lift_ci_lower", "fraction", "提升下限", "Lift, low", "TODO", signed=True),
        column("lift_ci_upper", "fraction", "提升上限", "Lift, high", "TODO", signed=True),
        column("kind", "id", "类型", "Kind", "TODO"),
        column("pvalue", "pvalue", "p 值", "p-value", "TODO"),
    ),
)

LOOKS = ResultTable(
    name="looks",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("look", "count", "第几次查看", "Look", "TODO"),
        column("day", "day", "数据截至", "Data until", "TODO"),
        column("time", "fraction", "已过计划时间", "Share of the planned time", "TODO"),
        column("critical", "multiple", "停止界限", "Boundary, |z|", "TODO"),
        column("statistic", "multiple", "检验值 z", "Evidence, z", "TODO"),
        column("crossed", "text", "越过界限", "Boundary crossed", "TODO"),
    ),
)

STRENGTHS = ResultTable(
    name="strengths",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column(
            "detectable_lift", "fraction", "可识别的最小提升", "Smallest lift it can see", "TODO"
        ),
        column("units", "count", "每组单位数", "Units per arm", "TODO"),
        column("units_needed", "count", "每组需要的单位数", "Units per arm needed", "TODO"),
        column("days_needed", "days", "需要的天数", "Days needed", "TODO"),
        column("formula", "name", "公式", "Formula", "TODO"),
    ),
)

CHANCES = ResultTable(
    name="chances",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("kind", "id", "类型", "Kind", "TODO"),
        column("best_chance", "fraction", "最优的概率", "Chance to be best", "TODO"),
        column(
            "expected_loss",
            "difference",
            "选此组的预期损失",
            "Expected loss of choosing it",
            "TODO",
        ),
    ),
)

EQUIVALENCES = ResultTable(
    name="equivalences",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("lift", "fraction", "提升", "Lift", "TODO", signed=True),
        column("margin_low", "fraction", "等效下限", "Margin, low", "TODO"),
        column("margin_high", "fraction", "等效上限", "Margin, high", "TODO"),
        column("pvalue", "pvalue", "p 值", "p-value", "TODO"),
    ),
)

SEQUENCES = ResultTable(
    name="sequences",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("difference", "number", "差异", "Difference", "TODO", signed=True),
        column("ci_lower", "number", "差异下限", "Difference, low", "TODO", signed=True),
        column("ci_upper", "number", "差异上限", "Difference, high", "TODO", signed=True),
        column("kind", "id", "类型", "Kind", "TODO"),
        column("pvalue", "pvalue", "p 值", "p-value", "TODO"),
    ),
)

PLANS = ResultTable(
    name="plans",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("item", "name", "项目", "Item", "TODO"),
        column("planned", "phrases", "内容", "Planned", "TODO"),
    ),
)

CHANGES = ResultTable(
    name="changes",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("field", "text", "计划项", "Part of the plan", "TODO"),
        column("registered", "text", "登记时", "As registered", "TODO"),
        column("now", "text", "现在", "Now", "TODO"),
    ),
)

PORTFOLIO = ResultTable(
    name="portfolio",
    grain="One row per TODO",
    columns=(
        column("experiment", "name", "实验", "Experiment", "TODO"),
        column("metric", "name", "指标", "Metric", "TODO"),
        column("arm", "name", "组别", "Arm", "TODO"),
        column("decision", "name", "决定", "Decision", "TODO"),
        column("lift", "fraction", "提升", "Lift", "TODO", signed=True),
        column("lift_ci_lower", "fraction", "提升下限", "Lift, low", "TODO", signed=True),
        column("lift_ci_upper", "fraction", "提升上限", "Lift, high", "TODO", signed=True),
        column(
            "lift_shrunk", "fraction", "扣除运气后的提升", "Lift less luck", "TODO", signed=True
        ),
        column("pvalue_bh", "pvalue", "p 值（跨测试校正）", "p-value over all tests", "TODO"),
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
