"""Gather the units of a test from files and tables in memory, through Arrow and DuckDB."""

from functools import partial
from typing import Any

from playbook.abtest.stats.effects import Effect
from playbook.abtest.stats.moments import roll_up
from playbook.abtest.units import relation
from playbook.abtest.units.aggregate import collect, open_for
from playbook.abtest.units.gathered import Gathered, Strays, parts_of, require_arms
from playbook.abtest.units.quantiles import quantile_effects
from playbook.abtest.units.relation import Units, quoted
from playbook.params.experiment import ExperimentPlan

TWOFOLD = "unit of two arms"


def gather(data: Any, plan: ExperimentPlan) -> Gathered:
    """Read all that the evaluation of a plan needs.

    Args:
        data: Data frame, Arrow table, DuckDB relation, CSV or Parquet path.
        plan: Names the columns.

    Raises:
        PlaybookError: As in `collect`, or a planned arm has no unit.
    """
    opened = open_for(data, plan)
    kept, strays = _set_apart(opened, plan)
    parts = parts_of(partial(collect, kept, plan), plan)
    require_arms(roll_up(parts[""]), plan, opened.name)
    return Gathered(
        name=opened.name,
        parts=parts,
        strays=strays,
        largest=partial(_largest, kept),
        quantiles=tuple(_quantiles(kept, plan)),
    )


def _set_apart(data: Units, plan: ExperimentPlan) -> tuple[Units, Strays | None]:
    """Find units that stand twice or in two arms, and take those in two arms out.

    Returns:
        The rows without units of two arms, and the counts; unchanged where the plan names no unit.
    """
    if plan.unit is None:
        return data, None
    unit, arm = quoted(plan.unit), quoted(plan.variant)
    rows = data.rows()
    distinct, stated = rows.aggregate(f"count(distinct {unit}), count({unit})").fetchall()[0]
    if distinct == stated:
        return data, Strays(twice=0, crossed=0, total=stated)
    named = rows.filter(f"{unit} is not null")
    each = named.aggregate(
        f"{unit} as unit, count(*) as n, min({arm}) <> max({arm}) as crossed", unit
    )
    counts = each.aggregate(
        "count(*), count(*) filter (n > 1 and not crossed), count(*) filter (crossed)"
    )
    total, twice, crossed = counts.fetchall()[0]
    strays = Strays(twice=twice, crossed=crossed, total=total)
    if crossed:
        twofold = each.filter("crossed").project(f"unit as {quoted(TWOFOLD)}")
        kept = rows.set_alias("rows").join(
            twofold.set_alias("twofold"), f"{unit} = {quoted(TWOFOLD)}", how="anti"
        )
        return Units(rows=lambda: kept, name=data.name), strays
    return data, strays


def _quantiles(data: Units, plan: ExperimentPlan) -> list[Effect]:
    return [
        effect
        for metric in plan.metrics
        if metric.kind == "quantile"
        for effect in quantile_effects(data, plan, metric)
    ]


def _largest(data: Units, column: str) -> float:
    """Return the largest known value of a column."""
    number = relation.number(column)
    return float(
        data.rows().aggregate(f"max({number}) filter (not isnan({number}))").fetchall()[0][0]
    )
