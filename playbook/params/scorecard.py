"""Scorecards.

What a role is scored on, with which weight and by which rule, agreed before the period starts.
"""

from collections.abc import Mapping
from math import fsum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from playbook.errors import ParameterError, Problem
from playbook.params.document import read_document, told
from playbook.params.files import SCORECARDS
from playbook.params.model import Campaign, KpiId
from playbook.params.text import Amount, Fraction, Model, Named, Number, Text

Method = Literal[
    "linear",
    "capped",
    "lower_is_better",
    "cost_ratio",
    "span",
    "ladder",
    "ladder_interpolated",
    "deduction",
    "on_off",
    "rubric",
]
Source = Literal[
    "channel_daily",
    "content_log",
    "orders",
    "site_checks",
    "goals",
    "ratings",
    "audience",
    "plan_log",
    "outputs",
]
NEEDS: Mapping[str, tuple[str, ...]] = {
    "span": ("worst", "best"),
    "ladder": ("steps",),
    "ladder_interpolated": ("steps",),
    "deduction": ("points", "most"),
}
RATIO_METHODS = ("linear", "capped", "lower_is_better", "cost_ratio")
QUARTER_ENDS = ("03", "06", "09", "12")


class ScorecardKpi(Model):
    """One line of a scorecard.

    Attributes:
        kpi: KPI of the catalogue that is measured; none for a rating or an event.
        source: Where the actual comes from; `plan_log` and `outputs` are not recorded yet and count
            as no data.
        every: Monthly lines are always due, quarterly ones in the last month of a quarter.
        target: Level that earns 100. `relative` makes it, with `worst` and `best`, a multiple of
            what the person agreed to reach (`team.<id>.targets`); else it stands as it is.
        gate: Ratio to the target below which nothing is scored.
        steps: (value, score) of a ladder, values rising.
        points: Taken off for each event of a deduction, `most` in all.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    kind: Literal["result", "process", "ability"]
    weight: Annotated[float, Field(strict=True, gt=0, le=100)]
    method: Method
    source: Source
    kpi: KpiId | None = None
    every: Literal["month", "quarter"] = "month"
    target: Number = 1.0
    relative: bool = False
    worst: Number | None = None
    best: Number | None = None
    gate: Fraction | None = None
    steps: tuple[tuple[Number, Number], ...] = ()
    lower: bool = False
    points: Amount | None = None
    most: Amount | None = None
    raters: Annotated[int, Field(strict=True, ge=1)] = 2

    @property
    def objective(self) -> bool:
        """Whether the score rests on counted data, not on a rating."""
        return self.method != "rubric"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        absent = [key for key in NEEDS.get(self.method, ()) if getattr(self, key) in (None, ())]
        if absent:
            raise ValueError(f"method {self.method} needs {', '.join(absent)}")
        if self.method in RATIO_METHODS and self.target <= 0:
            raise ValueError(
                f"target {self.target:g} must be above zero for {self.method}; use span"
            )
        if list(self.steps) != sorted(self.steps):
            raise ValueError("steps must have rising values")
        if (self.method == "rubric") != (self.source == "ratings"):
            raise ValueError("method rubric and source ratings belong together")
        return self


def _whole(value: Mapping[str, ScorecardKpi]) -> Mapping[str, ScorecardKpi]:
    total = fsum(item.weight for item in value.values())
    if abs(total - 100) > 1e-9:
        raise ValueError(f"the weights add up to {total:g}, must be 100")
    return value


class Scorecard(Model):
    """What one role is scored on; the weights add up to 100."""

    role: str
    name: Text
    cap: Annotated[float, Field(strict=True, ge=100)] = 120.0
    least_covered: Fraction = 0.6
    kpis: Annotated[Mapping[str, ScorecardKpi], Named, AfterValidator(_whole)]

    def due(self, period: str) -> tuple[ScorecardKpi, ...]:
        """Return the lines that are scored in a period (YYYY-MM)."""
        ends_quarter = period[5:] in QUARTER_ENDS
        return tuple(item for item in self.kpis.values() if item.every == "month" or ends_quarter)


def load_scorecards(params_dir: Path | str) -> dict[str, Scorecard]:
    """Read `scorecards/<role>.yml` below the parameters folder.

    Returns:
        Scorecards by role, in order of name; empty where the folder is missing.

    Raises:
        ParameterError: With every problem of every file: file, key, value, rule and remedy.
    """
    problems: list[Problem] = []
    cards: dict[str, Scorecard] = {}
    for file in sorted((Path(params_dir) / SCORECARDS).glob("*.yml")):
        try:
            document = read_document(file)
            cards[file.stem] = Scorecard.model_validate({**document.content, "role": file.stem})
        except ValidationError as error:
            problems += [told([document], detail) for detail in error.errors()]
        except ParameterError as error:
            problems += error.problems
    if problems:
        raise ParameterError(*problems)
    return cards


def people_problems(campaign: Campaign, scorecards: Mapping[str, Scorecard]) -> list[Problem]:
    """Say which owners are nobody of the team, and which of the team no scorecard scores.

    A campaign without a team names its owners as it likes.
    """
    if not campaign.team:
        return []
    file = f"{campaign.id}/campaign.yml"
    goals = [(f"goals.{goal.id}.owner", goal.owner) for goal in campaign.goals.values()]
    channels = [(f"channels.{name}.owner", each.owner) for name, each in campaign.channels.items()]
    unknown = [
        Problem(
            file=file,
            place=place,
            value=owner,
            rule=f"is nobody of the team: {', '.join(campaign.team)}",
            remedy="Correct it, or add the person under team.",
        )
        for place, owner in (*goals, *channels)
        if owner not in campaign.team
    ]
    unscored = [
        Problem(
            file=file,
            place=f"team.{who.id}.role",
            value=who.role,
            rule=f"has no scorecard {SCORECARDS}/{who.role}.yml; "
            f"there are: {', '.join(scorecards) or 'none'}",
            remedy="Correct the role, or write its scorecard.",
        )
        for who in campaign.team.values()
        if who.role not in scorecards
    ]
    return [*unknown, *unscored]


def scorecard_problems(campaign: Campaign, scorecards: Mapping[str, Scorecard]) -> list[Problem]:
    """Say which agreed targets no rule can score.

    Zero or less where a ratio to the target is taken.
    """
    return [
        Problem(
            file=f"{campaign.id}/campaign.yml",
            place=f"team.{who.id}.targets.{kpi}",
            value=f"{target:g}",
            rule=f"method {item.method} needs a target above zero",
            remedy=f"Agree another target, or score {item.id} of {who.role} by span.",
        )
        for who in campaign.team.values()
        if who.role in scorecards
        for kpi, target in who.targets.items()
        if target <= 0
        for item in scorecards[who.role].kpis.values()
        if item.relative and item.kpi == kpi and item.method in RATIO_METHODS
    ]
