"""Have the arms their planned sizes: in all, within segments, on each day, and while it runs."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from playbook.abtest import collect
from playbook.abtest.decision.checks import Check
from playbook.abtest.decision.sizes import PART_ALPHA, sizes_key, srm_by, srm_check
from playbook.abtest.stats.multiplicity import adjust
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]


def rows(cells: dict[tuple[str, str], int]) -> pd.DataFrame:
    """So many units in each arm and level."""
    parts = [
        pd.DataFrame({"arm": arm, "shop": level, "y": np.arange(count) % 5.0})
        for (arm, level), count in cells.items()
    ]
    return pd.concat(parts)


def whole(sizes: tuple[int, int], plan: ExperimentPlan, *, running: bool = False) -> Check:
    frame = rows({("a", "x"): sizes[0], ("b", "x"): sizes[1]})
    return srm_check(collect(frame, plan), plan, running=running)


def parts(
    cells: dict[tuple[str, str], int], plan: ExperimentPlan, *, running: bool = False
) -> list[Check]:
    part = collect(rows(cells), plan, ["shop"])
    return srm_by({"shop": part}, plan, running=running)


@pytest.mark.parametrize(
    ("sizes", "verdict"), [((500, 500), "ok"), ((545, 455), "watch"), ((560, 440), "stop")]
)
def test_sizes_are_wrong_below_one_in_a_thousand_and_watched_below_one_in_a_hundred(
    plan: Plan, sizes: tuple[int, int], verdict: str
) -> None:
    made = whole(sizes, plan())
    assert made.verdict == verdict
    assert made.value == pytest.approx(stats.chisquare(sizes).pvalue)


def test_while_a_test_runs_only_what_holds_at_every_moment_stops_it(plan: Plan) -> None:
    assert whole((560, 440), plan(), running=True).verdict == "watch"
    assert whole((600, 400), plan(), running=True).verdict == "stop"


def test_sizes_that_nobody_planned_are_shown_and_not_judged(plan: Plan) -> None:
    here = plan(sizes_planned=False)
    made = whole((900, 100), here)
    assert made.verdict == "ok"
    assert "a 900, b 100" in made.text["en"]
    assert parts({("a", "x"): 90, ("b", "x"): 10}, here) == []


def test_a_level_with_two_units_stops_nothing(plan: Plan) -> None:
    """Two of two in an arm of a twentieth: exact p 0.0025, after Holm over two levels 0.005."""
    here = plan(arms={"a": 0.05, "b": 0.95}, segments=["shop"])
    (made,) = parts({("a", "main"): 50, ("b", "main"): 950, ("a", "tiny"): 2}, here)
    assert made.verdict == "watch"
    assert made.value == pytest.approx(2 * 0.05**2)


def test_levels_of_all_columns_are_corrected_together(plan: Plan) -> None:
    here = plan(segments=["shop"])
    cells = {("a", "x"): 130, ("b", "x"): 70, ("a", "y"): 100, ("b", "y"): 100}
    (made,) = parts(cells, here)
    raw = [stats.chisquare(pair).pvalue for pair in ((130, 70), (100, 100))]
    assert made.value == pytest.approx(min(adjust(raw)))
    assert made.verdict == "stop"
    part = collect(rows(cells), here, ["shop"])
    both = srm_by({"shop": part, "again": part_of("again", cells, here)}, here, running=False)
    assert both[0].value == pytest.approx(2 * made.value)


def part_of(name: str, cells: dict[tuple[str, str], int], plan: ExperimentPlan) -> object:
    return collect(
        rows(cells).rename(columns={"shop": name}),
        plan.model_copy(update={"segments": (name,)}),
        [name],
    )


def test_a_column_that_tells_the_arms_apart_is_named_and_left_out(plan: Plan) -> None:
    here = plan(segments=["shop"])
    (made,) = parts({("a", "old page"): 100, ("b", "new page"): 100}, here)
    assert made.verdict == "watch"
    assert "shop tells the arms apart" in made.text["en"]


def test_days_are_named_as_days(shop: pd.DataFrame, plan: Plan) -> None:
    metric = {"name": "revenue", "role": "primary"}
    here = plan(metrics=[metric], date_column="day", start="2026-09-01", end="2026-09-14")
    by_day = collect(shop, here, ["day"])
    (made,) = srm_by({"day": by_day}, here, running=False)
    assert "day" in made.text["en"].split()
    assert "日期" in made.text["zh"]
    assert (made.subject, made.threshold) == ("day", PART_ALPHA)


@pytest.mark.parametrize(
    ("limit", "p", "key"),
    [(0.0009, 0.5, "x_stop"), (0.001, 0.009, "x_watch"), (0.5, 0.01, "x_ok")],
)
def test_what_stops_and_what_is_watched_may_be_two_p_values(
    limit: float, p: float, key: str
) -> None:
    assert sizes_key("x", limit, p, 0.001) == key
