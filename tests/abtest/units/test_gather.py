"""Units from files and frames: strays are counted and set apart, the largest value is known."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook.abtest.stats.moments import units
from playbook.abtest.units.gather import gather
from playbook.abtest.units.gathered import ClusterStrays, Repeats, Strays
from playbook.params.experiment import ExperimentPlan

Plan = Callable[..., ExperimentPlan]


def test_the_largest_value_is_the_largest_known_one(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("abab"), "y": [3.0, np.nan, 7.0, -9.0]})
    assert gather(frame, plan()).largest("y") == 7.0


ROWS = [
    ("u1", "a", 1.0),
    ("u1", "b", 1.0),
    ("u2", "a", 1.0),
    ("u2", "a", 1.0),
    ("u3", "a", 1.0),
    ("u4", "b", 1.0),
    ("u5", "b", 1.0),
    ("u5", "b", 2.0),
    (None, "a", 1.0),
]


def test_a_unit_of_two_arms_or_of_two_values_is_counted_and_in_no_part(plan: Plan) -> None:
    frame = pd.DataFrame(ROWS, columns=["unit", "arm", "y"])
    gathered = gather(frame, plan(unit="unit"))
    assert gathered.strays == Strays(copies=1, twice=1, crossed=1, unnamed=1, total=5)
    assert units(gathered.parts[""]) == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("uid,arm,y\n12.1,A,1\n12.10,B,2\n7,A,3\n", {"A": 2, "B": 1}),
        ("uid,arm,y\n1,T,1\n2,F,2\n3,T,3\n", {"T": 2, "F": 1}),
        ("uid,arm,y\n1,yes,1\n2,no,2\n3,no,3\n", {"yes": 1, "no": 2}),
        ("uid,arm,y\n1,01,1\n2,1,2\n3,01,3\n", {"01": 2, "1": 1}),
    ],
)
def test_ids_and_arms_of_a_file_stay_text(
    plan: Plan, tmp_path: Path, text: str, wanted: dict[str, int]
) -> None:
    file = tmp_path / "units.csv"
    file.write_text(text, encoding="utf-8")
    here = plan(unit="uid", arms=dict.fromkeys(wanted, 0.5))
    gathered = gather(file, here)
    assert units(gathered.parts[""]) == wanted
    assert gathered.strays == Strays(twice=0, crossed=0, total=3)


SHOPS = pd.DataFrame(
    {
        "arm": list("aaabbbab"),
        "shop": ["s1", "s1", "s2", "s3", "s3", "s4", "s5", "s5"],
        "device": list("pqpqpqpp"),
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
    }
)


def test_clusters_are_units_before_any_cut(plan: Plan) -> None:
    """Shop 1 lies on both devices: one shop in all, and a piece of it in each level."""
    here = plan(cluster="shop", segments=["device"])
    gathered = gather(SHOPS, here)
    assert units(gathered.parts[""]) == {"a": 2, "b": 2}
    assert units(gathered.parts["device"]) == {"a": 3, "b": 3}
    assert gathered.clusters == ClusterStrays(crossed=1, total=5, unnamed=0, rows=8)
    assert gathered.parts[""].by == ()


def test_what_had_entered_by_a_day_is_cut_before_clusters_are_summed(plan: Plan) -> None:
    days = np.array("2026-09-01", dtype="datetime64[D]") + np.array([0, 1, 0, 0, 1, 1, 0, 0])
    here = plan(cluster="shop", date_column="day", start="2026-09-01", end="2026-09-02")
    gathered = gather(SHOPS.assign(day=days), here)
    assert units(gathered.until(date(2026, 9, 1))) == {"a": 2, "b": 1}
    assert units(gathered.until(date(2026, 9, 2))) == {"a": 2, "b": 2}
    first = SHOPS.assign(day=days)[days == np.datetime64("2026-09-01")]
    alone = gather(first, here)
    assert units(alone.parts[""]) == {"a": 2, "b": 1}


def test_columns_that_look_like_ids_and_repeat_are_named(plan: Plan) -> None:
    frame = pd.DataFrame(
        {"arm": list("abab"), "y": 1.0, "user_id": [1, 1, 2, 3], "order_id": [1, 2, 3, 4]}
    )
    assert gather(frame, plan()).repeats == (Repeats(column="user_id", ids=3, rows=4),)
    assert gather(frame.drop_duplicates("user_id"), plan(unit="user_id")).repeats == ()


def test_without_a_unit_nothing_is_said_of_strays(plan: Plan) -> None:
    frame = pd.DataFrame({"arm": list("ab"), "y": [1.0, 2.0]})
    assert gather(frame, plan()).strays is None
