"""`playbook abtest new`: the commented plan of a new test."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from playbook.cli.terminal import done, problems_told
from playbook.errors import PlaybookError, Problem


def new(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.yml", help="File to write; nothing is overwritten.")
    ],
    lang: Annotated[str, typer.Option(metavar="zh|en", help="Language of the comments.")] = "en",
) -> None:
    """Write the plan of a new test: a commented file, valid as it stands, to be changed.

    **Examples**

    - `playbook abtest new plan.yml`
    - `playbook abtest new plan.yml --lang zh`

    Every key is explained in docs/experiments.md. Exit code: 0 written, 2 refused.
    """
    from playbook.params.plan_template import write_template

    with problems_told():
        write_template(plan, _language(lang), _next_monday(dt.date.today()))
    done(f"{plan} — playbook abtest size --plan {plan} --from last_month.csv")


def _next_monday(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=7 - day.weekday())


def _language(lang: str) -> Literal["zh", "en"]:
    if lang == "zh":
        return "zh"
    if lang == "en":
        return "en"
    raise PlaybookError(
        Problem(
            file="playbook abtest new",
            place="--lang",
            value=lang,
            rule="is not zh or en",
            remedy="Choose one of them.",
        )
    )
