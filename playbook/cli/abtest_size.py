"""`playbook abtest size`.

How many units and weeks the test needs that will be evaluated, and what other lengths would show.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich import box
from rich.table import Table

from playbook.cli.abtest_asked import covariates_of, shares_of
from playbook.cli.terminal import console, problems_told
from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.abtest.planning.answer import Answer
    from playbook.abtest.planning.design import Design, Level
    from playbook.params.experiment import ExperimentPlan

REMEDY = "A rate is a fraction, like 0.042; a mean needs --sd."
DEFAULT_LIFT = 0.05


def size(
    baseline: Annotated[
        float | None,
        typer.Option(metavar="LEVEL", help="Of the control: a rate like 0.042, or a mean."),
    ] = None,
    lift: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Relative change to find, 0.05 for 5%, the default."),
    ] = None,
    sd: Annotated[
        float | None, typer.Option(metavar="SD", help="Of a unit, for a mean; none for a rate.")
    ] = None,
    daily_units: Annotated[
        float | None, typer.Option(metavar="N", help="Units that enter a day, all arms.")
    ] = None,
    arms: Annotated[int, typer.Option(min=2, help="Control included.")] = 2,
    shares: Annotated[
        str, typer.Option(metavar="ARM=SHARE,…", help="Unequal arms, the control first.")
    ] = "",
    correlation: Annotated[
        float, typer.Option(help="Of a covariate with the metric (CUPED).")
    ] = 0.0,
    guardrail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=MARGIN",
            help="Must be shown not to be worse by more: refunds=0.1,baseline=0.03,better=lower.",
        ),
    ] = None,
    looks: Annotated[int, typer.Option(min=1, help="At the data, the last included.")] = 1,
    spending: Annotated[
        str, typer.Option(metavar="obf|pocock|kim-demets", help="Of alpha over the looks.")
    ] = "obf",
    source: Annotated[
        str, typer.Option("--from", metavar="FILE", help="A pre-period, to measure levels in.")
    ] = "",
    metric: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:KIND", help="Of the file, as for the evaluation."),
    ] = None,
    covariate: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC=COLUMN", help="Of the file, known before (CUPED)."),
    ] = None,
    unit: Annotated[str, typer.Option(metavar="COLUMN", help="Of the file: the unit.")] = "",
    cluster: Annotated[
        str, typer.Option(metavar="COLUMN", help="Of the file: what is randomised as a whole.")
    ] = "",
    date_column: Annotated[
        str, typer.Option(metavar="COLUMN", help="Of the file: the day; tells the units a day.")
    ] = "",
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN.yml", help="Size a written plan: arms, looks, margins, MDE."),
    ] = None,
    alpha: Annotated[float, typer.Option(help="Accepted probability of a false alarm.")] = 0.05,
    power: Annotated[float, typer.Option(help="Wanted probability to ship.")] = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    lang: Annotated[str, typer.Option(metavar="zh|en", help="Language of the words.")] = "en",
) -> None:
    """Plan a test: how many units, how many weeks, and what other lengths would show.

    The size is that of the test that will be evaluated: with the correction for several arms and
    looks, and so large that every guardrail with a margin is proven too.

    **Examples**

    - `playbook abtest size --baseline 0.042 --lift 0.05 --daily-units 3000`
    - `playbook abtest size --baseline 48 --sd 80 --lift 0.03 --daily-units 3000 --correlation 0.6`
    - `playbook abtest size --baseline 0.042 --shares control=0.1,new=0.9 --looks 4
      --guardrail refunds=0.2,baseline=0.03,better=lower`
    - `playbook abtest size --from last_month.csv --metric revenue:mean --unit user_id
      --covariate revenue=revenue_before --date-column first_seen`
    - `playbook abtest size --plan plan.yml --from last_month.parquet`

    Exit code: 0 answered, 2 wrong usage or data.
    """
    from playbook.abtest.planning.answer import as_dict

    with problems_told():
        if lang not in ("zh", "en"):
            raise PlaybookError(_wrong("--lang", lang, "is not zh or en", "Choose one of them."))
        if spending not in ("obf", "pocock", "kim-demets"):
            rule, remedy = "is not known", "Choose obf, pocock or kim-demets."
            raise PlaybookError(_wrong("--spending", spending, rule, remedy))
        told: dict[str, Any] = {
            "baseline": baseline,
            "sd": sd,
            "correlation": correlation,
            "arms": arms,
            "shares": shares,
            "guardrails": guardrail or [],
            "looks": looks,
            "spending": spending,
            "alpha": alpha,
            "power": power,
        }
        columns: dict[str, Any] = {
            "metrics": metric or [],
            "covariates": covariates_of(covariate or []),
            "unit": unit or None,
            "cluster": cluster or None,
            "date_column": date_column or None,
        }
        _require_fitting(told, columns, source, plan)
        try:
            found = _answered(told, columns, source, plan, lift, daily_units)
        except ValueError as error:
            raise PlaybookError(_wrong("the numbers", "", str(error), REMEDY)) from None
    if as_json:
        typer.echo(json.dumps(as_dict(found), ensure_ascii=False, indent=1))
    else:
        _show(found, lang)


def _answered(
    told: Mapping[str, Any],
    columns: Mapping[str, Any],
    source: str,
    plan: Path | None,
    lift: float | None,
    daily_units: float | None,
) -> "Answer":
    """Work out the size: of a plan or of what was typed, with levels of a file or typed ones."""
    from playbook.abtest.planning.answer import answer, measured_answer
    from playbook.abtest.planning.asked import planned_design
    from playbook.abtest.planning.design import equal_looks
    from playbook.abtest.planning.pilot import for_pre_period
    from playbook.params import registration

    daily = math.nan if daily_units is None else daily_units
    if plan:
        written = registration.read_plan(plan)
        wanted = _planned_lift(written) if lift is None else lift
        if source:
            return measured_answer(source, for_pre_period(source, written), wanted, daily)
        return answer(planned_design(written, _levels(told, written)), wanted, daily)
    wanted = DEFAULT_LIFT if lift is None else lift
    looks = {"times": equal_looks(told["looks"]), "spending": told["spending"]}
    if source:
        written = _typed_plan(told, columns, wanted)
        return measured_answer(source, written, wanted, daily, looks=looks)
    return answer(_typed_design(told, looks, wanted), wanted, daily)


def _planned_lift(plan: "ExperimentPlan") -> float:
    """Return the smallest effect that a plan wants to find, in the direction that is good."""
    effect = plan.mde or DEFAULT_LIFT
    return effect if plan.primary.better == "higher" else -effect


def _levels(told: Mapping[str, Any], plan: "ExperimentPlan") -> "dict[str, Level]":
    """Return the typed levels of a plan's metrics."""
    from playbook.abtest.planning.asked import typed_guardrail, typed_level

    guards = map(typed_guardrail, told["guardrails"])
    primary = typed_level(told["baseline"], told["sd"], told["correlation"])
    return {plan.primary.name: primary} | {each.name: each.level for each in guards}


def _typed_plan(
    told: Mapping[str, Any], columns: Mapping[str, Any], lift: float
) -> "ExperimentPlan":
    from playbook.abtest.planning.asked import Typed, typed_plan

    return typed_plan(
        Typed(
            shares=_shares(told),
            guardrails=told["guardrails"],
            better="lower" if lift < 0 else "higher",
            alpha=told["alpha"],
            power=told["power"],
            **columns,
        )
    )


def _typed_design(told: Mapping[str, Any], looks: Mapping[str, Any], lift: float) -> "Design":
    from playbook.abtest.planning.asked import typed_guardrail, typed_level
    from playbook.abtest.planning.design import Design

    return Design(
        shares=_shares(told),
        primary=typed_level(told["baseline"], told["sd"], told["correlation"]),
        better="lower" if lift * told["baseline"] < 0 else "higher",
        guardrails=tuple(map(typed_guardrail, told["guardrails"])),
        alpha=told["alpha"],
        power=told["power"],
        **looks,
    )


def _shares(told: Mapping[str, Any]) -> dict[str, float]:
    """Return the typed shares, the control first; equal ones where none were typed."""
    from playbook.abtest.planning.design import equal_shares

    return shares_of(told["shares"]) or equal_shares(told["arms"])


def _require_fitting(
    told: Mapping[str, Any], columns: Mapping[str, Any], source: str, plan: Path | None
) -> None:
    """Refuse options that do not go together, and a question without a level."""
    if source and told["baseline"] is not None:
        raise PlaybookError(
            _wrong("--from, --baseline", "", "both tell the level", "Give one of them.")
        )
    if not source and told["baseline"] is None:
        rule, remedy = "is missing", "Give it, like --baseline 0.042, or a pre-period: --from FILE."
        raise PlaybookError(_wrong("--baseline", "", rule, remedy))
    given = [name for name, value in columns.items() if value]
    if given and (plan or not source):
        rule = "stands in the plan" if plan else "is of a file"
        raise PlaybookError(*(_wrong(f"--{name}", "", rule, "Leave it out.") for name in given))
    if source and not plan and not columns["metrics"]:
        remedy = "Name one, like --metric converted:rate, or give --plan."
        raise PlaybookError(_wrong("--metric", "", "is missing", remedy))
    if plan and (told["shares"] or told["looks"] > 1):
        raise PlaybookError(_wrong("--shares, --looks", "", "stands in the plan", "Leave it out."))


def _show(found: "Answer", lang: str) -> None:
    """Print the sentences, what ship needs, and what other lengths would show."""
    from playbook.abtest.planning.answer import texts

    for text in texts(found):
        console.print(text[lang], highlight=False, markup=False, soft_wrap=True)
    if found.design.guardrails:
        console.print(_needs_table(found, lang))
    if found.within:
        console.print(_weeks_table(found, lang))


def _needs_table(found: "Answer", lang: str) -> Table:
    from playbook.abtest.planning.answer import needs

    table = _table(["metric", "needs", "power"], lang, words=2)
    for metric, condition, power in needs(found):
        table.add_row(metric[lang], condition[lang], f"{power:.1%}")
    return table


def _weeks_table(found: "Answer", lang: str) -> Table:
    from playbook.abtest.planning.answer import lifts

    columns = ["weeks", "units", "lift", *(["plain"] if found.within_plain else [])]
    table = _table(columns, lang)
    shown = [lifts(each) for each in (found.within, found.within_plain) if each]
    for place, within in enumerate(found.within):
        changes = [column[place] for column in shown]
        table.add_row(str(within.weeks), f"{within.units:,}", *changes)
    return table


def _table(columns: Sequence[str], lang: str, words: int = 0) -> Table:
    """Make a table whose first columns are words, the others numbers."""
    from playbook.abtest.planning.words import say

    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        side: Literal["left", "right"] = "left" if place < words else "right"
        table.add_column(say(f"label_{column}")[lang], justify=side, overflow="fold")
    return table


def _wrong(place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(file="playbook abtest size", place=place, value=value, rule=rule, remedy=remedy)
