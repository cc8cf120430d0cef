"""A test on the screen: the verdict first, then why, the open checks, and the effects."""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from playbook.cli.terminal import console

if TYPE_CHECKING:
    from playbook.abtest import Evaluation
    from playbook.report.words import Words

MARKS = {"good": "[green]✓[/]", "watch": "[yellow]![/]", "act": "[red]▲[/]"}
VERDICTS = {"ship": "good", "hold": "watch", "iterate": "watch", "stop": "act", "invalid": "act"}
"""How a verdict is marked: what the test says of the new version."""


def show(evaluation: "Evaluation", lang: str) -> None:
    """Print the verdict first, then why, the open checks, effects and what could be seen."""
    from playbook.abtest.decision import sentences
    from playbook.stages.experiments.evaluated import tables_of

    decision, tables = evaluation.decision, tables_of([evaluation])
    mark = MARKS[VERDICTS[decision.action]]
    console.print(f"{mark} [bold]{sentences.action(decision.action)[lang]}[/]", highlight=False)
    compared = sentences.say("compared", control=evaluation.plan.control)[lang]
    console.print(f"  {compared}", highlight=False, markup=False, soft_wrap=True)
    for reason in decision.reasons:
        console.print(f"  {reason[lang]}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"→ {decision.next_step[lang]}\n", highlight=False, markup=False, soft_wrap=True)
    said = [reason[lang] for reason in decision.reasons]
    for check in tables["checks"].query("state != 'good'").to_dict("records"):
        if check[lang] in said:
            continue
        console.print(MARKS[check["state"]], check[lang], highlight=False, soft_wrap=True)
    effects = tables["experiments"].to_dict("records")
    console.print(_effects_table(effects, lang))
    for effect in effects:
        if isinstance(note := effect[f"note_{lang}"], str):
            console.print(
                f"  {effect['metric']} · {effect['arm']}: {note}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )


def _effects_table(effects: Sequence[dict[Any, Any]], lang: str) -> Table:
    from playbook.report.words import Words, label, name, value

    words = Words(language=lang, stage="experiments")
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in ("metric", "arm", "control", "treatment", "lift", "interval", "pvalue_adjusted"):
        heading = name(words, column) if column == "interval" else label(words, column)
        table.add_column(
            heading, justify="left" if column in ("metric", "arm") else "right", overflow="fold"
        )
    for effect in effects:
        level = "fraction" if effect["kind"] == "rate" else "number"
        cells = [value(words, effect[column], level) for column in ("control", "treatment")]  # type: ignore[arg-type]
        p = value(words, effect["pvalue_adjusted"], "pvalue")
        table.add_row(effect["metric"], effect["arm"], *cells, *_change(effect, words), p)
    return table


def _change(effect: dict[Any, Any], words: "Words") -> tuple[str, str]:
    """Print lift and interval; where the lift has none, the difference and its interval."""
    from playbook.abtest.decision import sentences
    from playbook.report.words import value

    if isnan(effect["corrected_lift_ci_lower"]):
        columns = ("difference", "corrected_ci_lower", "corrected_ci_upper")
        cells = [
            sentences.points(effect["kind"], effect[column])[words.language] for column in columns
        ]
        return cells[0], "–" if isnan(effect["corrected_ci_lower"]) else f"{cells[1]} … {cells[2]}"
    columns = ("lift", "corrected_lift_ci_lower", "corrected_lift_ci_upper")
    cells = [value(words, effect[column], "fraction", signed=True) for column in columns]
    return cells[0], f"{cells[1]} … {cells[2]}"
