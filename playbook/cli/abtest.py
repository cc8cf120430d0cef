"""`playbook abtest`.

One test, from a file or from counts, to a decision on the screen, as JSON or as a page.
"""

import datetime as dt
import json
import os
import re
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from typer.core import TyperGroup

from playbook.cli import abtest_aa, abtest_new, abtest_size
from playbook.cli.terminal import Root, console, problems_told, working
from playbook.errors import PlaybookError, Problem

if TYPE_CHECKING:
    from playbook.abtest import Evaluation
    from playbook.params.experiment import ExperimentPlan
    from playbook.report.words import Words

COUNTS = re.compile(r"^(\d[\d,]*)/(\d[\d,]*)$")
FILE_OPTIONS = {
    "--variant": "variant",
    "--metric": "metrics",
    "--unit": "unit",
    "--covariate": "covariates",
    "--segment": "segments",
    "--control-arm": "control",
    "--money": "money_metric",
    "--monthly-units": "monthly_units",
}
MARKS = {"good": "[green]✓[/]", "watch": "[yellow]![/]", "act": "[red]▲[/]"}


OTHER_COMMANDS = """
**Before the test**

- `playbook abtest new plan.yml` — writes a commented plan
- `playbook abtest size --baseline 0.042 --lift 0.05 --daily-units 3000` — how many units and weeks
  it needs, and what other lengths would show; also from a file of last month and for a written plan
- `playbook abtest aa last_month.csv --metric revenue:mean --unit user_id` — whether random splits
  of your data behave
- `playbook abtest size --help` — guardrails, looks, unequal arms, covariates
"""


class _EvaluateByDefault(TyperGroup):
    """Takes what is no command for the arguments of `evaluate`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `evaluate` before everything that does not begin with a command."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else ["evaluate", *(args or ["--help"])])


app = typer.Typer(cls=_EvaluateByDefault, rich_markup_mode="markdown", add_completion=False)
app.command()(abtest_size.size)
app.command()(abtest_new.new)
app.command()(abtest_aa.aa)


@app.command(epilog=OTHER_COMMANDS)
def evaluate(
    file: Annotated[
        str,
        typer.Argument(metavar="[FILE]", help="One row a unit: CSV or Parquet, a path or a glob."),
    ] = "",
    control: Annotated[
        str, typer.Option(metavar="X/N", help="Counts instead of a file: conversions/units.")
    ] = "",
    treatment: Annotated[
        str, typer.Option(metavar="X/N", help="The same of the new version.")
    ] = "",
    variant: Annotated[str, typer.Option(metavar="COLUMN", help="Holds the arm.")] = "",
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:KIND",
            help="converted:rate, revenue:mean or revenue/orders:ratio; the first decides.",
        ),
    ] = None,
    unit: Annotated[
        str, typer.Option(metavar="COLUMN", help="Identifies the unit; every row is one if none.")
    ] = "",
    covariate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=COLUMN", help="Known before the test, narrows the interval (CUPED)."
        ),
    ] = None,
    segment: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Show the effect within it too.")
    ] = None,
    control_arm: Annotated[
        str, typer.Option(metavar="ARM", help="The arm to compare with; guessed if none.")
    ] = "",
    alpha: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help="Accepted probability of a false alarm.")
    ] = 0.05,
    money: Annotated[str, typer.Option(metavar="METRIC", help="Metric that is money a unit.")] = "",
    monthly_units: Annotated[
        float, typer.Option(min=0, help="Units a month that the decision touches.")
    ] = 0,
    currency: Annotated[str, typer.Option(metavar="CODE", help="Of the money: CNY, USD …")] = "USD",
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN.yml", help="A plan written before; replaces the above."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="CARD.html", help="Write the decision card as a page.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="zh|en", help="Language of the words.")] = "en",
) -> None:
    """Evaluate an A/B test: is the new version better, by how much, and what should be done?

    **Examples**

    - `playbook abtest --control 2105/50123 --treatment 2243/50340`
    - `playbook abtest users.csv --variant group --unit user_id --metric converted:rate --metric
      revenue:mean`
    - `playbook abtest users.parquet --plan plan.yml --html card.html`
    - `playbook abtest register plan.yml` — before the test begins; the card then says what was
      changed since

    Exit code: 0 evaluated, 2 wrong usage or data.
    """
    from playbook import abtest

    with problems_told():
        if lang not in ("zh", "en"):
            raise PlaybookError(_wrong("--lang", lang, "is not zh or en"))
        data, planned, registered = _asked(
            file,
            control,
            treatment,
            plan,
            {
                "variant": variant,
                "metrics": metric or [],
                "unit": unit or None,
                "control": control_arm or None,
                "alpha": alpha,
                "covariates": _covariates(covariate or []),
                "segments": segment or [],
                "money_metric": money or None,
                "monthly_units": monthly_units or None,
            },
        )
        _require_page(html, currency)
        with working(f"Evaluating {Path(file).name or planned.id}"):
            evaluation = abtest.evaluate(data, planned, registered=registered)
    if html:
        html.write_text(
            _page(evaluation, lang, currency, Path(file).name or f"{control} : {treatment}"),
            encoding="utf-8",
        )
    if as_json:
        typer.echo(json.dumps(abtest.as_dict(evaluation), ensure_ascii=False, indent=1))
    else:
        _show(evaluation, lang)
        if html:
            console.print(f"[green]✓[/] {html}", soft_wrap=True)


@app.command()
def register(
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help="A plan's YAML file, or a campaign below params/.")
    ],
    experiment: Annotated[
        str, typer.Argument(metavar="[EXPERIMENT]", help="Of the campaign.")
    ] = "",
    period: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="Month of the campaign; the latest if none.")
    ] = "",
    root: Root = Path(),
) -> None:
    """Write a plan with its hash before the test begins; evaluations say what was changed since.

    **Examples**

    - `playbook abtest register plan.yml` — writes plan.registered.yml beside it
    - `playbook abtest register double11 short-checkout` — writes
      params/double11/registered/short-checkout.yml
    """
    from playbook.params import registration
    from playbook.params.experiment import plan_hash

    with problems_told():
        meant, file = _to_register(plan, experiment, period, root)
        written = registration.register(meant, file, dt.date.today())
    outcome = "registered" if written else "was registered before, nothing has changed"
    console.print(
        f"[green]✓[/] {meant.id} {outcome}: sha256 {plan_hash(meant)[:12]}, {file}", soft_wrap=True
    )


def _asked(
    file: str, control: str, treatment: str, plan: Path | None, quick: dict[str, Any]
) -> tuple[Any, "ExperimentPlan", "ExperimentPlan | None"]:
    """Return data, plan and registered plan of what was asked for.

    Refuse what does not go together.
    """
    from playbook.abtest import AdHoc, quick_plan
    from playbook.abtest.decision.ad_hoc import from_counts
    from playbook.params import registration

    if control or treatment:
        if file or plan:
            raise PlaybookError(
                _wrong("--control, --treatment", "", "cannot stand beside a file or a plan")
            )
        _refuse_unused(quick)
        return *from_counts(
            _counts("--control", control), _counts("--treatment", treatment), quick["alpha"]
        ), None
    if not file:
        raise PlaybookError(
            _wrong("FILE", "", "is missing", "Name a file, or give --control and --treatment.")
        )
    if plan:
        meant, kept = registration.read_plan(plan), registration.beside(plan)
        return file, meant, registration.read_registered(kept) if kept.is_file() else None
    absent = [
        f"--{name}"
        for name, given in (("variant", quick["variant"]), ("metric", quick["metrics"]))
        if not given
    ]
    if absent:
        raise PlaybookError(
            *(
                _wrong(option, "", "is missing", "Name the column, or give --plan.")
                for option in absent
            )
        )
    _require_metrics(quick)
    return file, quick_plan(file, AdHoc(**quick)), None


def _refuse_unused(quick: dict[str, Any]) -> None:
    """Refuse options about columns beside counts, which have none."""
    given = [option for option, key in FILE_OPTIONS.items() if quick[key]]
    if given:
        rule, remedy = "goes with a file, not with counts", "Leave it out, or name a file."
        raise PlaybookError(*(_wrong(option, "", rule, remedy) for option in given))


def _require_metrics(quick: dict[str, Any]) -> None:
    """Refuse a covariate of no metric, and money without the units that it is multiplied with."""
    names = [metric.rpartition(":")[0] for metric in quick["metrics"]]
    strangers = [metric for metric in quick["covariates"] if metric not in names]
    if strangers:
        rule = f"is for a metric that is not asked for, which are: {', '.join(names)}"
        raise PlaybookError(
            *(_wrong("--covariate", metric, rule, "Write METRIC=COLUMN.") for metric in strangers)
        )
    if bool(quick["money_metric"]) != bool(quick["monthly_units"]):
        raise PlaybookError(
            _wrong(
                "--money, --monthly-units",
                "",
                "belong together: money a unit, and units a month",
                "Give both, or none.",
            )
        )


def _require_page(html: Path | None, currency: str) -> None:
    """Refuse a page that cannot be written before the data are read."""
    from babel.numbers import list_currencies

    if currency not in list_currencies():
        raise PlaybookError(
            _wrong("--currency", currency, "must be an ISO 4217 code such as CNY or USD")
        )
    if html is None:
        return
    if html.is_dir():
        raise PlaybookError(
            _wrong("--html", str(html), "is a folder", "Name a file, like card.html.")
        )
    if not os.access(html if html.exists() else html.parent, os.W_OK):
        raise PlaybookError(
            _wrong(
                "--html", str(html), "cannot be written", "Name a folder that is there and yours."
            )
        )


def _to_register(
    plan: str, experiment: str, period: str, root: Path
) -> tuple["ExperimentPlan", Path]:
    from playbook import params
    from playbook.params import registration

    params_dir = root / "params"
    if not experiment:
        return registration.read_plan(Path(plan)), registration.beside(Path(plan))
    month = period or next(iter(params.periods(plan, params_dir)[-1:]), "")
    plans = params.load(plan, month, params_dir).experiments
    if experiment not in plans:
        raise PlaybookError(
            _wrong(
                "EXPERIMENT", experiment, f"is not among {', '.join(plans) or 'none'} of {month}"
            )
        )
    return plans[experiment], registration.below(params_dir, plan, experiment)


def _counts(option: str, text: str) -> tuple[int, int]:
    match = COUNTS.match(text.replace(" ", ""))
    if not match:
        remedy = "Give both, like --control 2105/50123 --treatment 2243/50340."
        raise PlaybookError(_wrong(option, text, "must be conversions/units", remedy))
    conversions, units = (int(part.replace(",", "")) for part in match.groups())
    return conversions, units


def _covariates(texts: Sequence[str]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for text in texts:
        metric, equals, column = text.partition("=")
        if not (metric and equals and column):
            raise PlaybookError(_wrong("--covariate", text, "must be METRIC=COLUMN"))
        columns.setdefault(metric, []).append(column)
    return columns


def _page(evaluation: "Evaluation", lang: str, currency: str, data: str) -> str:
    from playbook.report.card import card_page

    return card_page(evaluation, language=lang, currency=currency, data=data)


def _show(evaluation: "Evaluation", lang: str) -> None:
    """Print the verdict first, then why, the open checks, effects and what could be seen."""
    from playbook.abtest.decision import sentences
    from playbook.stages.experiments.evaluated import tables_of
    from playbook.stages.experiments.trials import SEVERITY

    decision, tables = evaluation.decision, tables_of([evaluation])
    mark = MARKS[SEVERITY[decision.action]]
    console.print(f"{mark} [bold]{sentences.action(decision.action)[lang]}[/]", highlight=False)
    for reason in decision.reasons:
        console.print(f"  {reason[lang]}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"→ {decision.next_step[lang]}\n", highlight=False, markup=False, soft_wrap=True)
    for check in tables["checks"].query("state != 'good'").to_dict("records"):
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

    if isnan(effect["lift_ci_lower"]):
        columns = ("difference", "ci_lower", "ci_upper")
        cells = [
            sentences.points(effect["kind"], effect[column])[words.language] for column in columns
        ]
        return cells[0], "–" if isnan(effect["ci_lower"]) else f"{cells[1]} … {cells[2]}"
    columns = ("lift", "lift_ci_lower", "lift_ci_upper")
    cells = [value(words, effect[column], "fraction", signed=True) for column in columns]
    return cells[0], f"{cells[1]} … {cells[2]}"


def _wrong(
    place: str, value: str, rule: str, remedy: str = "See playbook abtest --help."
) -> Problem:
    return Problem(file="playbook abtest", place=place, value=value, rule=rule, remedy=remedy)
