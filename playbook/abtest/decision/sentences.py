"""Every sentence that the A/B engine says, in Chinese and in English."""

import math
import re
from collections.abc import Mapping
from typing import Any

from playbook.abtest.stats import effects

Text = Mapping[str, str]

HYPHEN_AS_MINUS = re.compile(r"(?<![\w\-])-(?=\d)")

SENTENCES: Mapping[str, tuple[str, str]] = {
    "srm_ok": (
        "各组人数与计划比例相符（p {p}）。",
        "The arms have the planned sizes (p {p}).",
    ),
    "srm_stop": (
        "各组人数与计划比例不符：{counts}，p {p}。分流有误，结果不可用。",
        (
            "The arms do not have the planned sizes: {counts}, p {p}. The split is broken; the "
            "result cannot be used."
        ),
    ),
    "srm_part_ok": (
        "按“{column}”拆分后，各组比例仍与计划相符（最小校正 p {p}）。",
        "The planned sizes also hold within each {column} (smallest corrected p {p}).",
    ),
    "srm_part_stop": (
        (
            "在“{column}” = {level} 中，各组比例与计划不符（校正 p "
            "{p}）：各组构成不同，总体结果不可用。"
        ),
        "Where {column} is {level}, the arms do not have the planned sizes (corrected p {p}): "
        "the arms are made up differently, and the total cannot be used.",
    ),
    "leak_ok": ("计划为 0% 的组没有流量。", "No unit is in an arm planned at 0%."),
    "leak_stop": (
        "计划为 0% 的组“{arm}”收到了 {count:,} 个单位。",
        "Arm {arm} was planned at 0%, but {count:,} units are in it.",
    ),
    "arms_ok": ("数据中只有计划内的组。", "The data hold the planned arms and no other."),
    "arms_stop": (
        "数据中有计划外的组：{arms}（共 {count:,} 个单位）。",
        "The data hold arms that the plan does not know: {arms} ({count:,} units).",
    ),
    "arms_watch": (
        "{count:,} 个单位没有组别，未计入。",
        "{count:,} units have no arm and are left out.",
    ),
    "units_ok": ("每个单位只出现一次。", "Every unit stands in the data once."),
    "units_stop": (
        "{count:,} 个单位出现多次。请按单位汇总后再评估。",
        "{count:,} units stand in the data more than once. Sum them up by unit first.",
    ),
    "crossovers_ok": ("没有单位同时出现在两个组。", "No unit is in two arms."),
    "crossovers_watch": (
        "{count:,} 个单位（{share:.2%}）出现在两个组，已剔除。",
        "{count:,} units ({share:.2%}) were in two arms and are left out.",
    ),
    "crossovers_stop": (
        "{count:,} 个单位（{share:.2%}）出现在两个组，超过 {limit:.0%}。",
        "{count:,} units ({share:.2%}) were in two arms, more than {limit:.0%}.",
    ),
    "dates_ok": ("所有单位都在测试期内进入。", "All units entered between start and end."),
    "dates_watch": (
        "{count:,} 个单位（{share:.2%}）的日期缺失或不在测试期内。",
        "{count:,} units ({share:.2%}) have no day, or one outside the test.",
    ),
    "dates_stop": (
        "{count:,} 个单位（{share:.2%}）的日期缺失或不在测试期内，数据与计划不符。",
        (
            "{count:,} units ({share:.2%}) have no day, or one outside the test: the data do "
            "not fit the plan."
        ),
    ),
    "weeks_ok": ("测试覆盖 {days} 天，为整周。", "The test covers {days} days, full weeks."),
    "weeks_watch": (
        "测试覆盖 {days} 天，不是整周：星期因素可能影响结果。",
        "The test covers {days} days, not full weeks: weekdays may colour the result.",
    ),
    "missing_ok": (
        "“{metric}”的缺失率各组相近（{share:.2%}）。",
        "{metric} is missing equally often in all arms ({share:.2%}).",
    ),
    "missing_watch": (
        "“{metric}”的缺失率各组不同（总计 {share:.2%}，p {p}）：结果可能有偏差。",
        (
            "{metric} is missing more often in one arm than in another ({share:.2%} in all, p "
            "{p}): the result may be biased."
        ),
    ),
    "balance_ok": (
        "用来收窄“{metric}”的测试前变量各组相当（校正 p {p}）。",
        "What was known before the test to narrow {metric} is equal in all arms (corrected p {p}).",
    ),
    "balance_stop": (
        (
            "用来收窄“{metric}”的测试前变量（{column}）各组已不同（校正 p "
            "{p}）：分流有误，或该变量在测试期间测量。"
        ),
        "What was known before the test to narrow {metric} ({column}) already differs between the arms (corrected p {p}): "
        "the split is broken, or it was measured in the test.",
    ),
    "trend_ok": (
        "“{metric}”的效果没有随时间明显变化（p {p}）。",
        "The effect on {metric} shows no trend over the days (p {p}).",
    ),
    "trend_watch": (
        "“{metric}”的效果每天变化 {slope}（p {p}）：可能是新奇效应或学习效应。",
        (
            "The effect on {metric} changes by {slope} a day (p {p}): novelty wears off, or "
            "people still learn."
        ),
    ),
    "alike_ok": (
        "“{arm}”对“{metric}”的效果在各“{column}”之间没有明显差异（校正 p {p}）。",
        "The effect of {arm} on {metric} is alike in every {column} (corrected p {p}).",
    ),
    "alike_watch": (
        "“{arm}”对“{metric}”的效果在各“{column}”之间不同（校正 p {p}）：不要只看总体。",
        (
            "The effect of {arm} on {metric} differs between levels of {column} (corrected p "
            "{p}): do not read the total alone."
        ),
    ),
    "simpson_stop": (
        (
            "“{arm}”对“{metric}”的差异总体为 {total}，在各“{column}”之内却为 "
            "{within}（辛普森悖论）：各组构成不同，总体结果会误导。"
        ),
        "{arm} moves {metric} by {total} in total, but by {within} within each {column} (Simpson): "
        "the arms are made up differently, and the total misleads.",
    ),
    "levels_watch": (
        "“{column}”有 {count} 个取值，太多，不逐一比较。",
        "{column} has {count} levels, too many to compare.",
    ),
    "outlier_ok": (
        "“{metric}”不取决于单个最大值。",
        "{metric} does not hang on its largest value.",
    ),
    "outlier_watch": (
        "“{metric}”的最大值 {amount:,.6g} 单独使差异移动 {shift:.1f} 个标准误：考虑设置上限。",
        (
            "The largest {metric}, {amount:,.6g}, alone moves the difference by {shift:.1f} "
            "standard errors: plan a cap."
        ),
    ),
    "plan_ok": ("计划自登记以来未变（{hash}）。", "The plan is as registered ({hash})."),
    "plan_open": (
        "计划未登记：结论只能作为探索。",
        "The plan was not registered: read the result as exploratory.",
    ),
    "plan_watch": (
        "计划在登记后有改动：{fields}。",
        "The plan was changed after registration: {fields}.",
    ),
    "plan_stop": (
        "计划的关键部分在登记后有改动：{fields}。不能作为验证性结论。",
        "What decides was changed after registration: {fields}. The result confirms nothing.",
    ),
    "plan_unknown_change": (
        "内容不同（无登记原件可比）",
        "content differs (no registered copy at hand)",
    ),
    "looks_ok": (
        "已查看 {taken} 次，计划 {planned} 次。",
        "Looked {taken} times, {planned} planned.",
    ),
    "looks_watch": (
        (
            "已查看 {taken} 次，多于计划的 {planned} 次。若每次都按 p < {alpha:g} 判断，误报率为 "
            "{cost:.1%}；这里按实际次数收紧界限。"
        ),
        "Looked {taken} times, {planned} planned. Stopping at the first p < {alpha:g} would raise false alarms to "
        "{cost:.1%}; the boundaries here count every look.",
    ),
    "looks_none_watch": (
        (
            "已查看 {taken} 次，多于计划的 {planned} 次，而计划没有分配误报率：若每次都按 p < {alpha:g} 判断，误报率为 "
            "{cost:.1%}。"
        ),
        "Looked {taken} times, {planned} planned, and the plan spends no alpha on looks: stopping at the first "
        "p < {alpha:g} would raise false alarms to {cost:.1%}.",
    ),
    "invalid": ("有效性检查未通过：{checks}。", "The result is not valid: {checks}."),
    "interim": (
        (
            "测试未结束：第 {look} 次查看，共 {planned} 次，需要 |z| > {needed:.2f}，现在为 {found:.2f}；还剩 "
            "{days} 天。"
        ),
        (
            "The test is not over: look {look} of {planned} needs |z| > {needed:.2f} and has "
            "{found:.2f}; {days} days left."
        ),
    ),
    "interim_none": (
        "测试未结束，计划不允许提前下结论；还剩 {days} 天。",
        "The test is not over, and the plan allows no conclusion before its end; {days} days left.",
    ),
    "harm": (
        (
            "护栏指标“{metric}”变差 {worse:.1%}，超过允许的 {margin:.1%}（区间 {low:+.1%} 至 "
            "{high:+.1%}）。"
        ),
        (
            "Guardrail {metric} is worse by {worse:.1%}, more than the {margin:.1%} allowed "
            "(interval {low:+.1%} to {high:+.1%})."
        ),
    ),
    "worse": (
        "主要指标“{metric}”变差 {lift}（校正 p {p}）。",
        "{metric} got worse by {lift} (corrected p {p}).",
    ),
    "switch_off": ("“{arm}”组应关闭：{reason}", "{arm} should be switched off: {reason}"),
    "moved": (
        "次要指标“{metric}”变化 {lift}（校正 p {p}）：不作为决策依据，可供后续检验。",
        (
            "{metric}, a secondary metric, changed by {lift} (corrected p {p}): not what "
            "decides, but worth a test of its own."
        ),
    ),
    "better": (
        "主要指标“{metric}”变化 {lift}（{confidence:.0%} 区间 {low} 至 {high}，校正 p {p}）。",
        "{metric} changed by {lift} ({confidence:.0%} interval {low} to {high}, corrected p {p}).",
    ),
    "guardrails_hold": ("所有护栏指标都在允许范围内。", "Every guardrail stays within its margin."),
    "no_guardrails": ("计划中没有护栏指标。", "The plan has no guardrail."),
    "unproven": (
        (
            "护栏指标“{metric}”尚不能排除变差超过 {margin:.1%}（区间 {low} 至 {high}）；每组约需 "
            "{units:,} 个单位。"
        ),
        "Guardrail {metric} may still be worse by more than {margin:.1%} (interval {low} to {high}); "
        "about {units:,} units per arm would tell.",
    ),
    "unproven_open": (
        "护栏指标“{metric}”无法判断：{note}。",
        "Guardrail {metric} cannot be judged: {note}.",
    ),
    "ruled_out": (
        "区间 {low:+.1%} 至 {high:+.1%} 全部在 ±{mde:.1%} 之内：可以排除计划中期望的提升。",
        (
            "The interval {low:+.1%} to {high:+.1%} lies within ±{mde:.1%}: the lift that was "
            "planned for can be ruled out."
        ),
    ),
    "open": (
        "“{metric}”没有定论：变化 {lift}（区间 {low} 至 {high}，校正 p {p}）。",
        "{metric} is open: changed by {lift} (interval {low} to {high}, corrected p {p}).",
    ),
    "no_test": ("“{metric}”无法检验：{note}。", "{metric} cannot be tested: {note}."),
    "detectable": (
        "以现有样本，能以 {power:.0%} 的把握发现 {lift:.1%} 的变化。",
        "With these units a change of {lift:.1%} would be found with probability {power:.0%}.",
    ),
    "next_invalid": (
        "查明并修复原因，然后重新测试。",
        "Find and mend the cause, then run the test again.",
    ),
    "next_hold": (
        "继续测试到 {day}，不要提前下结论。",
        "Let the test run until {day}; do not conclude before.",
    ),
    "next_more": (
        "延长测试：每组约需 {units:,} 个单位。",
        "Extend the test: about {units:,} units per arm are needed.",
    ),
    "next_stop": ("关闭“{arm}”，保留对照组。", "Switch {arm} off and keep the control."),
    "next_ship": (
        "全量上线“{arm}”，并继续观察护栏指标。",
        "Roll {arm} out to everyone and keep an eye on the guardrails.",
    ),
    "next_iterate": (
        "保留对照组，用更大的改动做下一次测试。",
        "Keep the control and test a bolder change next.",
    ),
    "size": (
        (
            "要在基线 {baseline:g} 上发现 {lift:+.1%} 的变化（把握 {power:.0%}），每组需要 {units:,} 个单位，共 "
            "{total:,} 个。"
        ),
        "To find a change of {lift:+.1%} on {baseline:g} with probability {power:.0%}, "
        "each arm needs {units:,} units, {total:,} in all.",
    ),
    "size_narrowed": (
        "用相关系数为 {correlation:g} 的测试前变量（CUPED）收窄后，每组需要 {units:,} 个单位。",
        (
            "Narrowed by a covariate with correlation {correlation:g} (CUPED), each arm needs "
            "{units:,} units."
        ),
    ),
    "size_days": (
        "每天进入 {daily:,.0f} 个单位，需要 {days} 天（整周）。",
        "With {daily:,.0f} units entering a day that takes {days} days, in full weeks.",
    ),
    "money": (
        "每月影响 {low} 至 {high}，最可能为 {mid}。",
        "Worth {low} to {high} a month, most likely {mid}.",
    ),
}

ACTIONS: Mapping[str, tuple[str, str]] = {
    "ship": ("上线", "Ship"),
    "hold": ("继续等待", "Hold"),
    "iterate": ("改进后再测", "Iterate"),
    "stop": ("停止", "Stop"),
    "invalid": ("结果无效", "Invalid"),
}

NOTES: Mapping[str, str] = {
    effects.CONTROL_NOT_POSITIVE: "对照组不大于 0，相对提升无定义",
    effects.CONTROL_NEAR_ZERO: "对照组与 0 无法区分，相对提升没有有界区间",
    effects.NO_CONVERSIONS: "两组都没有转化",
    effects.ALL_CONVERTED: "两组全部转化",
    effects.NO_VARIANCE: "各组内数值全部相同，无法检验",
    effects.TOO_FEW: "某组有数值的单位少于两个，无法检验",
    effects.NO_DENOMINATOR: "某组分母合计为 0，比率无定义",
}


def say(key: str, /, **values: Any) -> Text:
    """Fill one of `SENTENCES` in both languages.

    A value that is a mapping by language is used in its own.
    """
    zh, en = SENTENCES[key]
    return {
        "zh": _signed(zh.format(**_in(values, "zh"))),
        "en": _signed(en.format(**_in(values, "en"))),
    }


def action(key: str) -> Text:
    """Name an action in both languages."""
    return dict(zip(("zh", "en"), ACTIONS[key], strict=True))


def note(text: str) -> Text:
    """Return an effect's note in both languages."""
    return {"zh": NOTES.get(text, text), "en": text}


def join(parts: list[Text]) -> Text:
    """Join phrases with the comma of each language."""
    return {
        "zh": "；".join(part["zh"] for part in parts),
        "en": "; ".join(part["en"] for part in parts),
    }


def pvalue(p: float) -> str:
    """Print a p-value with its relation sign and two digits; tiny ones as a bound."""
    if math.isnan(p):
        return "= –"
    return f"= {p:.2g}" if p >= 1e-4 else "< 0.0001"


def change(kind: str, lift: float, difference: float) -> Text:
    """Print a lift in per cent; the difference, as `points` does, where the lift is undefined."""
    relative = f"{lift:+.1%}"
    return {"zh": relative, "en": relative} if math.isfinite(lift) else points(kind, difference)


def unsigned(text: Text) -> Text:
    """Take the sign away, where a verb says the direction."""
    return {language: said.lstrip("+-") for language, said in text.items()}


def amount(value: float) -> str:
    """Print money without decimals, with a sign."""
    return f"{value:+,.0f}"


def points(kind: str, difference: float) -> Text:
    """Print a difference of levels: percentage points for a rate, the plain number otherwise."""
    if kind != "rate":
        return {"zh": f"{difference:+.3g}", "en": f"{difference:+.3g}"}
    return {
        "zh": f"{100 * difference:+.2f} 个百分点",
        "en": f"{100 * difference:+.2f} percentage points",
    }


def _signed(text: str) -> str:
    """Put a true minus before numbers; hyphens within words and days stay."""
    return HYPHEN_AS_MINUS.sub("\u2212", text)


def _in(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        key: value[language] if isinstance(value, Mapping) else value
        for key, value in values.items()
    }
