"""How a page says things in Chinese and English: numbers, dates, names, sentences."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_datetime
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from playbook.metrics import CATALOGUE, Kpi
from playbook.params import Campaign
from playbook.params.experiment import ExperimentPlan
from playbook.report.messages import messages
from playbook.report.schemas import column_of, table_of
from playbook.sources.files.layout import shipped
from playbook.stages.shared.result import Cell, Finding, look_up
from playbook.stages.shared.schema import Unit, unit_in_row

MISSING = "–"
MINUS = "\u2212"
LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_US")}
STEPS = {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, "B"), (1e6, "M"), (1e3, "k"))}
IN_FULL_BELOW = 100_000
DATES = {
    "day": {"zh": "y年M月d日", "en": "MMM d, y"},
    "moment": {"zh": "y年M月d日 HH:mm", "en": "MMM d, y, HH:mm"},
    "period": {"zh": "y年M月", "en": "MMMM y"},
}
NAMELESS = ("kpi", "metric", "measure", "item")
"""Columns whose codes never are ids of the parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What it takes to word a value.

    Attributes:
        language: zh or en.
        currency: ISO 4217 code of all money.
        names: Names of ids by the column that holds them (channel, goal, experiment); a goal and a
            KPI may share an id.
        stage: Id of the stage whose schema and messages are used.
        table: Result table that the values stand in; empty where they stand in none.
    """

    language: str
    currency: str = ""
    names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    stage: str = "common"
    table: str = ""


def words_for(campaign: Campaign, stage: str = "common") -> Words:
    """Collect the names that parameters and platforms give to what has an id."""
    names = {"channel": _own_names(campaign.channels), "goal": _own_names(campaign.goals)}
    names |= trial_names(campaign.experiments.values())
    names["platform"] = {key: layout.name.model_dump() for key, layout in shipped().items()}
    return Words(language=campaign.language, currency=campaign.currency, names=names, stage=stage)


def _own_names(items: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the names of parameters that bear one, by id."""
    return {key: item.name.model_dump() for key, item in items.items() if item.name is not None}


def trial_names(plans: Iterable[ExperimentPlan]) -> dict[str, dict[str, dict[str, str]]]:
    """Collect the names that plans give to tests and metrics.

    Of metrics with one id the first name counts.
    """
    listed = list(plans)
    labelled = [
        metric for plan in reversed(listed) for metric in plan.metrics if metric.label is not None
    ]
    return {
        "experiment": {plan.id: plan.name.model_dump() for plan in listed if plan.name is not None},
        "metric": {
            metric.name: metric.label.model_dump()
            for metric in labelled
            if metric.label is not None
        },
    }


MOST_PLACES = 12
"""Decimals beyond which a number is printed as zero."""


def value(words: Words, cell: Any, unit: Unit, *, signed: bool = False, column: str = "") -> str:
    """Print a value in its unit.

    Returns:
        Text with a true minus sign; an en dash where the value is missing, never zero.
    """
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return MISSING
    if unit == "kpi":
        return _kpi(words, str(cell))
    if unit == "text":
        return str(cell)
    if unit == "name":
        return name(words, str(cell), column)
    if unit in DATES:
        return _date(words, str(cell), unit)
    number = float(cell)
    if math.isinf(number):
        return MISSING
    return _sign(_unsigned(words, abs(number), unit), number, signed=signed)


def name(words: Words, key: str, column: str = "") -> str:
    """Print an id or code in words.

    Parameters first, then the stage's codes, then the KPI catalogue.

    Args:
        words: Language and names.
        key: The id or code.
        column: Where it stands; a column of ids is looked up among its own, any other among all but
            a metric's.
    """
    own: Iterable[Mapping[str, Mapping[str, str]]] = words.names.values()
    if column in words.names:
        own = [words.names[column]]
    elif column in NAMELESS:
        own = []
    for source in (*own, messages(words.stage).codes):
        if key in source:
            return str(source[key][words.language])
    return _kpi(words, key)


def formula(words: Words, kpi: Kpi) -> str:
    """Print how a KPI is computed."""
    return kpi.formula_zh if words.language == "zh" else kpi.formula


def _kpi(words: Words, key: str) -> str:
    """Print the name of a KPI; a goal may bear the same id."""
    kpi = CATALOGUE.get(key)  # type: ignore[call-overload]
    if kpi is None:
        return key
    return str(kpi.zh if words.language == "zh" else kpi.en)


def label(words: Words, column: str) -> str:
    """Print the name of a column."""
    schema = column_of(words.stage, words.table, column)
    if schema is None:
        return name(words, column)
    return schema.zh if words.language == "zh" else schema.en


def unit_of(words: Words, column: str) -> Unit:
    """Return the unit of a column; that of a name where no schema knows it."""
    schema = column_of(words.stage, words.table, column)
    return schema.unit if schema else "name"


def own_unit(words: Words, column: str, row: Mapping[Any, Any]) -> Unit:
    """Return the unit of one value.

    That of its column or, for a number, of what its row measures.
    """
    schema = column_of(words.stage, words.table, column)
    row_units = table_of(words.stage, words.table).row_units
    return unit_in_row(schema, row, row_units) if schema else "name"


def is_signed(words: Words, column: str) -> bool:
    """Tell whether a column holds changes or differences, which print with their sign."""
    schema = column_of(words.stage, words.table, column)
    return schema is not None and schema.signed


def sentence(words: Words, finding: Finding, tables: Mapping[str, pd.DataFrame]) -> str:
    """Word a finding: its sentence, filled with its cells."""
    template = messages(words.stage).sentence(finding.sentence, finding.clauses, words.language)
    return _filled(words, template, finding.evidence, tables)


def action(words: Words, finding: Finding, tables: Mapping[str, pd.DataFrame]) -> str:
    """Word what is to be done about a finding; empty where nothing is."""
    if not finding.action:
        return ""
    template = messages(words.stage).actions[finding.action][words.language]
    named = {key: cell for key, cell in finding.evidence.items() if f"{{{key}}}" in template}
    return _filled(words, template, named, tables)


def printed(words: Words, cell: Cell, tables: Mapping[str, pd.DataFrame]) -> str:
    """Print the cell that a finding points at, in its unit."""
    row = look_up(cell, tables)
    column = cell.column if cell.column in row else f"{cell.column}_{words.language}"
    unit = own_unit(replace(words, table=cell.table), column, row)
    return value(words, row[column], unit, signed=cell.signed, column=cell.column)


def _filled(
    words: Words, template: str, cells: Mapping[str, Cell], tables: Mapping[str, pd.DataFrame]
) -> str:
    texts = {key: printed(words, cell, tables) for key, cell in cells.items()}
    return template.format(**texts)


def _unsigned(words: Words, number: float, unit: Unit) -> str:
    if unit == "money":
        symbol = get_currency_symbol(words.currency, LOCALES[words.language])
        return symbol + _amount(words, number, 2 if number < IN_FULL_BELOW / 1000 else 0)
    if unit == "fraction":
        places = _percent_places(100 * number) if round(100 * number, 2) < 1 else 1
        return _decimal(words, 100 * number, places) + "%"
    if unit == "points":
        points = _decimal(words, 100 * number, _percent_places(100 * number))
        return points + (" 个百分点" if words.language == "zh" else " pp")
    if unit == "multiple":
        return _decimal(words, number, 2)
    if unit == "pvalue":
        return "<0.001" if number < 0.001 else _decimal(words, number, 3)
    if unit in ("count", "days", "minutes"):
        return _amount(words, number, 0 if number == int(number) or number >= 100 else 1)
    return _decimal(words, number, 1 if unit == "score" else _places(number))


def _amount(words: Words, number: float, places: int) -> str:
    if round(number, places) < IN_FULL_BELOW:
        return _decimal(words, number, places)
    as_printed = float(f"{number:.4g}")
    size, sign = next(step for step in STEPS[words.language] if as_printed >= step[0])
    return _decimal(words, number / size, _places(number / size)) + sign


def _places(number: float) -> int:
    """Decimals that leave at least three significant digits."""
    if number < 9.995:
        return _small_places(number)
    return 1 if number < 999.95 else 0


def _percent_places(number: float) -> int:
    """Two decimals, and four of a rate such as 0.0176 % that would lose its digits."""
    is_small = 0.001 <= number < 0.1
    return 4 if is_small and round(number, 4) != round(number, 2) else 2


def _small_places(number: float) -> int:
    """Two decimals, and of what is below 0.1 so many that three digits are left."""
    if not 0 < number < 0.1:
        return 2
    return min(MOST_PLACES, 2 - math.floor(math.log10(number)))


def _decimal(words: Words, number: float, places: int) -> str:
    return str(_pattern(places).apply(round(number, places), LOCALES[words.language]))


@cache
def _pattern(places: int) -> NumberPattern:
    return parse_pattern("#,##0." + "0" * places if places else "#,##0")


def _sign(text: str, number: float, *, signed: bool) -> str:
    """Put a sign before what is not zero as printed."""
    is_zero = not any(digit in text for digit in "123456789")
    if is_zero or number == 0:
        return text
    if number < 0:
        return MINUS + text
    return f"+{text}" if signed else text


def _date(words: Words, day: str, unit: Unit) -> str:
    moment = datetime.fromisoformat(f"{day}-01" if unit == "period" else day)
    return str(format_datetime(moment, DATES[unit][words.language], locale=LOCALES[words.language]))
