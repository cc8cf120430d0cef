"""`playbook abtest aa`: whether random splits of one's own data behave as they should."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from playbook.cli.abtest_asked import covariates_of
from playbook.cli.abtest_shown import MARKS
from playbook.cli.terminal import console, problems_told, working
from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.abtest.planning.aa import AaResult, Trial


def aa(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="One row a unit: CSV or Parquet, before any test.")
    ],
    metric: Annotated[
        list[str],
        typer.Option(
            metavar="NAME:KIND", help="converted:rate, revenue:mean or revenue/orders:ratio."
        ),
    ],
    unit: Annotated[
        str, typer.Option(metavar="COLUMN", help="Identifies the unit; every row is one if none.")
    ] = "",
    variant: Annotated[
        str, typer.Option(metavar="COLUMN", help="Of an A/A test that was run: tested too.")
    ] = "",
    cluster: Annotated[
        str, typer.Option(metavar="COLUMN", help="What is assigned as a whole: shop, city.")
    ] = "",
    covariate: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC=COLUMN", help="Known before, narrows the test (CUPED)."),
    ] = None,
    splits: Annotated[int, typer.Option(min=100, max=20_000, help="Random splits.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the splits.")] = 1,
    alpha: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Level at which false alarms count.")
    ] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    lang: Annotated[str, typer.Option(metavar="zh|en", help="Language of the words.")] = "en",
) -> None:
    """Split your own data at random many times: do false alarms come as often as they should?

    Every split is tested as the evaluation tests. Where alarms come too often or too seldom it says
    why: rows that are no units, clusters, a few very large values.

    **Examples**

    - `playbook abtest aa last_month.csv --metric bought:rate --metric revenue:mean --unit user_id`
    - `playbook abtest aa orders.parquet --metric revenue:mean --splits 5000 --json`

    Exit code: 0 answered, 2 wrong usage or data.
    """
    from playbook.abtest.planning.aa import aa as split
    from playbook.abtest.planning.aa_words import as_dict
    from playbook.abtest.planning.asked import Typed, typed_plan
    from playbook.abtest.planning.design import equal_shares

    with problems_told():
        if lang not in ("zh", "en"):
            raise PlaybookError(_wrong("--lang", lang, "is not zh or en", "Choose one of them."))
        plan = typed_plan(
            Typed(
                shares=equal_shares(2),
                metrics=metric,
                covariates=covariates_of(covariate or []),
                unit=unit or None,
                cluster=cluster or None,
                alpha=alpha,
            )
        )
        with working(f"Splitting {Path(file).name}"):
            result = split(file, plan, splits=splits, seed=seed, variant=variant)
    if as_json:
        typer.echo(json.dumps(as_dict(result), ensure_ascii=False, indent=1))
    else:
        _show(result, lang)


def _show(result: "AaResult", lang: str) -> None:
    """Print the verdict first, then what was tried, and what was noticed."""
    from playbook.abtest.planning.aa_words import remarks, verdict

    chosen = verdict(result)
    console.print(f"{MARKS[chosen.mark]}", end=" ")
    console.print(chosen.text[lang], highlight=False, markup=False, soft_wrap=True)
    console.print(_trials_table(result.trials, lang))
    for remark in remarks(result):
        console.print(remark[lang], highlight=False, markup=False, soft_wrap=True)


def _trials_table(trials: Sequence["Trial"], lang: str) -> Table:
    from playbook.abtest.planning.aa_words import way_of
    from playbook.abtest.planning.words import say

    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in ("metric", "way", "alarms", "interval", "ks", "state"):
        words = column in ("metric", "way", "state")
        side = "left" if words else "right"
        table.add_column(say(f"label_{column}")[lang], justify=side, overflow="fold")  # type: ignore[arg-type]
    for trial in trials:
        found = trial.found
        low, high = found.alarms_interval
        numbers = [f"{found.alarms:.1%}", f"{low:.1%} … {high:.1%}", f"{found.ks_pvalue:.2g}"]
        shown = numbers if found.splits else ["–"] * len(numbers)
        state = say(f"state_{found.state}")[lang]
        table.add_row(trial.metric, way_of(trial)[lang], *shown, state)
    return table


def _wrong(place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(file="playbook abtest aa", place=place, value=value, rule=rule, remedy=remedy)
