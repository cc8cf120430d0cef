"""`playbook abtest`.

One test, from a file or from counts, to a decision on the screen, as JSON or as a page.
"""

import datetime as dt
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from playbook.cli import abtest_aa, abtest_new, abtest_size
from playbook.cli.abtest_asked import (
    Given,
    asked_for,
    covariates_of,
    day_of,
    remember,
    shares_of,
    wrong,
)
from playbook.cli.abtest_shown import show
from playbook.cli.terminal import Root, console, problems_told, working
from playbook.errors import PlaybookError

if TYPE_CHECKING:
    from playbook.abtest import Evaluation
    from playbook.params.experiment import ExperimentPlan


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
        str,
        typer.Option(
            metavar="ARM|X/N",
            help="The arm to compare with; or counts instead of a file: conversions/units.",
        ),
    ] = "",
    treatment: Annotated[str, typer.Option(metavar="X/N", help="Counts of the new version.")] = "",
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
        str, typer.Option(metavar="ARM", help="The arm to compare with.", hidden=True)
    ] = "",
    shares: Annotated[
        str,
        typer.Option(
            metavar="ARM=SHARE,…",
            help="Planned shares, like control=0.1,new=0.9; without them sizes are not judged.",
        ),
    ] = "",
    as_of: Annotated[
        str,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="Day of the look, for a plan with dates; the last day of the data if none.",
        ),
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
    - `playbook abtest users.csv --variant group --metric converted:rate --control old --shares
      old=0.1,new=0.9`
    - `playbook abtest users.parquet --plan plan.yml --html card.html`
    - `playbook abtest register plan.yml` — before the test begins; the card then says what was
      changed since

    Exit code: 0 evaluated, 2 wrong usage or data.
    """
    from playbook import abtest

    with problems_told():
        if lang not in ("zh", "en"):
            raise PlaybookError(wrong("--lang", lang, "is not zh or en"))
        asked = asked_for(
            Given(file=file, control=control, treatment=treatment, plan=plan),
            {
                "variant": variant,
                "metrics": metric or [],
                "unit": unit or None,
                "control": control_arm or None,
                "shares": shares_of(shares),
                "alpha": alpha,
                "covariates": covariates_of(covariate or []),
                "segments": segment or [],
                "money_metric": money or None,
                "monthly_units": monthly_units or None,
            },
        )
        today = day_of("--as-of", as_of)
        _require_page(html, currency)
        with working(f"Evaluating {Path(file).name or asked.plan.id}"):
            evaluation = abtest.evaluate(
                asked.data, asked.plan, registered=asked.registered, today=today
            )
        remember(asked, evaluation)
    if html:
        html.write_text(
            _page(evaluation, lang, currency, Path(file).name or f"{control} : {treatment}"),
            encoding="utf-8",
        )
    if as_json:
        typer.echo(json.dumps(abtest.as_dict(evaluation), ensure_ascii=False, indent=1))
    else:
        show(evaluation, lang)
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


def _require_page(html: Path | None, currency: str) -> None:
    """Refuse a page that cannot be written before the data are read."""
    from babel.numbers import list_currencies

    if currency not in list_currencies():
        raise PlaybookError(
            wrong("--currency", currency, "must be an ISO 4217 code such as CNY or USD")
        )
    if html is None:
        return
    if html.is_dir():
        raise PlaybookError(
            wrong("--html", str(html), "is a folder", "Name a file, like card.html.")
        )
    if not os.access(html if html.exists() else html.parent, os.W_OK):
        raise PlaybookError(
            wrong(
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
            wrong("EXPERIMENT", experiment, f"is not among {', '.join(plans) or 'none'} of {month}")
        )
    return plans[experiment], registration.below(params_dir, plan, experiment)


def _page(evaluation: "Evaluation", lang: str, currency: str, data: str) -> str:
    from playbook.report.card import card_page

    return card_page(evaluation, language=lang, currency=currency, data=data)
