"""Wording of numbers, dates and names in zh and en, at the edges where wording goes wrong."""

from typing import Any

import pytest
from pandera.pandas import Column, DataFrameSchema

from playbook.metrics import CATALOGUE
from playbook.report.messages import messages
from playbook.report.words import MISSING, Words, formula, label, name, value, words_for
from playbook.sources import rules
from playbook.sources.contracts import CONTRACTS, schema
from playbook.stages.shared.schema import Unit
from tests.stages.shop import campaign

ZH = Words(
    language="zh",
    currency="CNY",
    names={
        "channel": {"mail": {"zh": "邮件", "en": "E-mail"}},
        "goal": {"cpa": {"zh": "目标", "en": "Goal"}},
    },
)
EN = Words(language="en", currency="USD", names=ZH.names)


@pytest.mark.parametrize(
    ("found", "unit", "zh", "en"),
    [
        (0, "count", "0", "0"),
        (1234, "count", "1,234", "1,234"),
        (99_999, "count", "99,999", "99,999"),
        (99_999.6, "count", "10.0万", "100.0k"),
        (123_456, "count", "12.3万", "123.5k"),
        (9_999_500, "count", "1,000万", "10.0M"),
        (999_949, "count", "100.0万", "999.9k"),
        (999_950, "count", "100.0万", "1.00M"),
        (99_994_000, "count", "9,999万", "100.0M"),
        (99_996_000, "count", "1.00亿", "100.0M"),
        (999_999_999, "money", "¥10.0亿", "$1.00B"),
        (123_456_789, "count", "1.23亿", "123.5M"),
        (2.5, "count", "2.5", "2.5"),
        (36.523, "money", "¥36.52", "$36.52"),
        (9_999.95, "money", "¥10,000", "$10,000"),
        (1_234_567, "money", "¥123.5万", "$1.23M"),
        (-2_000, "money", "\u2212¥2,000", "\u2212$2,000"),
        (0.0123, "fraction", "1.2%", "1.2%"),
        (-0.0004, "fraction", "\u22120.04%", "\u22120.04%"),
        (-0.000001, "fraction", "0.00%", "0.00%"),
        (0.0766, "points", "7.66 个百分点", "7.66 pp"),
        (3.4167, "multiple", "3.42", "3.42"),
        (0.00002, "pvalue", "<0.001", "<0.001"),
        (0.0412, "pvalue", "0.041", "0.041"),
        ("2026-10-05", "day", "2026年10月5日", "Oct 5, 2026"),
        ("2026-10", "period", "2026年10月", "October 2026"),
        ("mail", "name", "邮件", "E-mail"),
        ("cpa", "kpi", "单次转化成本", "Cost per acquisition"),
    ],
)
def test_value_reads_as_people_write_it(found: Any, unit: Unit, zh: str, en: str) -> None:
    assert (value(ZH, found, unit), value(EN, found, unit)) == (zh, en)


@pytest.mark.parametrize("found", [None, float("nan"), float("inf")])
def test_missing_is_a_dash_and_never_zero(found: float | None) -> None:
    assert value(EN, found, "money") == MISSING


@pytest.mark.parametrize(
    ("found", "text"), [(0.05, "+5.0%"), (-0.05, "\u22125.0%"), (0.0, "0.00%"), (1e-9, "0.00%")]
)
def test_change_has_a_sign_unless_it_is_zero_as_printed(found: float, text: str) -> None:
    assert value(EN, found, "fraction", signed=True) == text


def test_kpi_keeps_its_name_where_a_goal_has_the_same_id() -> None:
    assert value(EN, "cpa", "kpi") == "Cost per acquisition"
    assert name(EN, "cpa", "metric") == "Cost per acquisition"
    assert name(EN, "cpa", "goal") == "Goal"


def test_unknown_id_prints_as_it_is() -> None:
    assert name(EN, "radio") == "radio"


def test_column_of_the_catalogue_has_its_name() -> None:
    assert (label(ZH, "roas"), label(EN, "roas")) == ("广告支出回报", "Return on ad spend")


def test_a_formula_is_printed_in_the_names_of_each_language() -> None:
    cpa = CATALOGUE["cpa"]
    assert formula(EN, cpa) == "sum(spend) / sum(conversions)"
    assert formula(ZH, cpa) == "合计(花费) / 合计(转化数)"


def every_rule() -> list[str]:
    """What a row can be set aside for: the rules of all tables, and those of each contract."""
    of_rows = [
        text for name, text in vars(rules).items() if name.isupper() and isinstance(text, str)
    ]
    parts = [part for each in CONTRACTS.values() for part in with_columns(schema(each))]
    of_contracts = [check.error for part in parts for check in part.checks]
    return list(dict.fromkeys([*of_rows, *of_contracts]))


def with_columns(table: DataFrameSchema) -> list[DataFrameSchema | Column]:
    return [table, *table.columns.values()]


@pytest.mark.parametrize("rule", every_rule())
def test_every_rule_of_the_data_is_named_in_both_languages(rule: str) -> None:
    names = messages("monitoring").codes[rule]
    assert names["zh"]
    assert names["en"]


def test_an_id_of_goal_and_metric_is_the_goal_where_the_column_does_not_say() -> None:
    goal = {"kpi": "revenue", "target": 1.0, "deadline": "2026-10-31", "owner": "s01"}
    metric = {"name": "sales", "numerator": "y", "role": "primary", "label": "Sales per user"}
    test = {"variant": "v", "arms": {"a": 0.5, "b": 0.5}, "metrics": [metric]}
    shop = campaign(goals={"sales": {"name": "Sales", **goal}}, experiments={"button": test})
    words = words_for(shop, "goals")
    assert name(words, "sales", "object") == "Sales"
    assert name(words, "sales", "metric") == "Sales per user"
