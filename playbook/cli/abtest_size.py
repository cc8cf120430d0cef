"""`playbook abtest size`.

How many units and days a test needs, and what the weeks one can afford would show.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from playbook.cli.terminal import console, problems_told
from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.abtest import Reach
    from playbook.abtest.stats.power import SampleSize

REMEDY = "A rate is a fraction, like 0.042; a mean needs --sd."


def size(
    baseline: Annotated[
        float, typer.Option(metavar="LEVEL", help="Of the control: a rate like 0.042, or a mean.")
    ],
    lift: Annotated[
        float, typer.Option(metavar="SHARE", help="Relative change to find, 0.05 for 5%.")
    ] = 0.05,
    sd: Annotated[
        float | None, typer.Option(metavar="SD", help="Of a unit, for a mean; none for a rate.")
    ] = None,
    daily_units: Annotated[
        float | None, typer.Option(metavar="N", help="Units that enter a day, all arms.")
    ] = None,
    arms: Annotated[int, typer.Option(min=2, help="Control included.")] = 2,
    correlation: Annotated[
        float, typer.Option(help="Of a covariate with the metric (CUPED).")
    ] = 0.0,
    alpha: Annotated[float, typer.Option(help="Accepted probability of a false alarm.")] = 0.05,
    power: Annotated[float, typer.Option(help="Wanted probability to find the change.")] = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    lang: Annotated[str, typer.Option(metavar="zh|en", help="Language of the words.")] = "en",
) -> None:
    """Plan a test: how many units, how many days, and what the weeks one can afford would show.

    **Examples**

    - `playbook abtest size --baseline 0.042 --lift 0.05 --daily-units 3000`
    - `playbook abtest size --baseline 48 --sd 80 --lift 0.03 --daily-units 3000 --correlation 0.6`
    """
    from playbook.abtest import days_needed, reach, sample_size

    about: dict[str, Any] = {
        "baseline": baseline,
        "sd": sd,
        "arms": arms,
        "alpha": alpha,
        "power": power,
    }
    with problems_told():
        if lang not in ("zh", "en"):
            raise PlaybookError(_wrong("--lang", lang, "is not zh or en", "Choose one of them."))
        try:
            sizes = [
                sample_size(**about, lift=lift, correlation=each)
                for each in dict.fromkeys((0.0, correlation))
            ]
            days = days_needed(sizes[-1], daily_units) if daily_units is not None else None
            weeks = (
                reach(daily_units, **about, correlation=correlation)
                if daily_units is not None
                else []
            )
        except ValueError as error:
            raise PlaybookError(_wrong("the numbers", "", str(error), REMEDY)) from None
    if as_json:
        content = {
            "sizes": list(map(asdict, sizes)),
            "days": days,
            "weeks": list(map(asdict, weeks)),
        }
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        _show_size(sizes, correlation, daily_units, days, weeks, lang)


def _show_size(
    sizes: Sequence["SampleSize"],
    correlation: float,
    daily: float | None,
    days: int | None,
    weeks: Sequence["Reach"],
    lang: str,
) -> None:
    """Print the units needed, the days that takes, the formula, and what some weeks would show."""
    from playbook.abtest.decision.sentences import say
    from playbook.report.words import Words, label, name, value

    plain, narrowed, words = sizes[0], sizes[-1], Words(language=lang, stage="experiments")
    texts = [
        say(
            "size",
            baseline=plain.baseline,
            lift=plain.lift,
            power=plain.power,
            units=ceil(plain.per_arm),
            total=plain.total,
        )
    ]
    if correlation:
        texts.append(say("size_narrowed", correlation=correlation, units=ceil(narrowed.per_arm)))
    if days is not None:
        texts.append(say("size_days", daily=daily, days=days))
    for text in texts:
        console.print(text[lang], highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"{label(words, 'formula')}: {name(words, plain.formula)}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if weeks:
        table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
        for column in (
            "days",
            "units",
            "detectable_lift",
            *(["with_covariate"] if correlation else []),
        ):
            table.add_column(label(words, column), justify="right", overflow="fold")
        for each in weeks:
            lifts = [each.lift, each.lift_narrowed] if correlation else [each.lift]
            shown = [value(words, lift, "fraction", signed=True) for lift in lifts]
            table.add_row(str(each.days), f"{each.per_arm:,}", *shown)
        console.print(table)


def _wrong(place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(file="playbook abtest size", place=place, value=value, rule=rule, remedy=remedy)
