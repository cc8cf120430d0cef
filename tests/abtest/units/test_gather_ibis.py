"""Units in a database are set apart, counted by day and cut as those of a frame are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from playbook.abtest import as_dict, evaluate
from playbook.abtest.stats.moments import units
from playbook.abtest.units.gather import gather as in_memory
from playbook.abtest.units.gather_ibis import gather
from playbook.abtest.units.gathered import Gathered
from playbook.params.experiment import ExperimentPlan
from tests.engines.loading import OF_LIBRARIES

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)
Plan = Callable[..., ExperimentPlan]


def table(frame: pd.DataFrame) -> Any:
    return ibis.duckdb.connect().create_table("units", frame)


def assert_same(there: Gathered, here: Gathered) -> None:
    assert (there.strays, there.clusters, there.repeats, there.days) == (
        here.strays,
        here.clusters,
        here.repeats,
        here.days,
    )
    assert {name: units(part) for name, part in there.parts.items()} == {
        name: units(part) for name, part in here.parts.items()
    }


def visitors() -> pd.DataFrame:
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "unit": [f"u{place}" for place in range(400)],
            "arm": draw.choice(list("ab"), 400),
            "shop": np.repeat(np.arange(40), 10),
            "device": draw.choice(["phone", "desk"], 400),
            "y": draw.normal(10, 3, 400),
            "day": pd.Timestamp("2026-09-01") + pd.to_timedelta(draw.integers(0, 340, 400), "h"),
        }
    )
    odd = pd.concat([frame.iloc[[3]], frame.iloc[[4]].assign(y=99.0)])
    crossed = frame.iloc[[5]].assign(arm=lambda row: row["arm"].map({"a": "b", "b": "a"}))
    return pd.concat([frame, odd, crossed, frame.iloc[[6]].assign(unit=None)], ignore_index=True)


def test_strays_days_and_parts_are_those_of_a_frame(plan: Plan) -> None:
    here = plan(unit="unit", segments=["device"], date_column="day", **MONTH)
    assert_same(gather(table(visitors()), here), in_memory(visitors(), here))


MONTH = {"start": "2026-09-01", "end": "2026-09-12"}


def test_clusters_are_summed_before_any_cut(plan: Plan) -> None:
    frame = visitors().assign(arm=lambda rows: np.where(rows["shop"] % 2, "a", "b"))
    frame.loc[0, "arm"] = "a"
    here = plan(cluster="shop", segments=["device"], date_column="day", **MONTH)
    there, near = gather(table(frame), here), in_memory(frame, here)
    assert_same(there, near)
    day = date(2026, 9, 5)
    assert units(there.until(day)) == units(near.until(day))


def test_the_end_of_the_test_and_the_day_of_the_look_cut_what_is_read(plan: Plan) -> None:
    here = plan(unit="unit", date_column="day", **MONTH)
    for asked in (date(2026, 9, 6), None):
        there, near = (
            as_dict(evaluate(data, here, today=asked)) for data in (table(visitors()), visitors())
        )
        assert there["units"] == near["units"]
        assert there["decision"] == near["decision"]
        assert there["today"] == near["today"]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", None])
def test_moments_with_a_zone_are_cut_into_the_same_days(plan: Plan, zone: str | None) -> None:
    start = datetime(2026, 10, 24, tzinfo=UTC)
    moments = [start + timedelta(hours=place) for place in range(72)]
    frame = pd.DataFrame({"arm": list("ab") * 36, "y": range(72), "at": moments})
    here = plan(date_column="at", timezone=zone)
    there, near = gather(table(frame), here), in_memory(frame, here)
    assert there.days == near.days
    days = near.days
    assert days is not None
    hours = {"America/New_York": 4, "Europe/Berlin": 22, None: 24}[zone]
    assert days.entered[min(days.entered)] == hours


def test_text_that_is_no_day_is_unreadable_and_columns_of_ids_are_named(plan: Plan) -> None:
    frame = pd.DataFrame(
        {"arm": list("ab") * 3, "y": range(6), "user_id": [1, 1, 2, 3, 4, 5], "day": "2026-09-02"}
    )
    frame.loc[0, "day"] = "soon"
    here = plan(date_column="day", **MONTH)
    assert_same(gather(table(frame), here), in_memory(frame, here))


def test_the_ends_of_a_column_are_asked_for(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("abab"), "y": [3.0, np.nan, 7.0, -9.0]})
    gathered = gather(table(frame), plan())
    assert (gathered.largest("y"), gathered.smallest("y")) == (7.0, -9.0)
