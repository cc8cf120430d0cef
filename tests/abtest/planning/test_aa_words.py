"""The gravest fault gives the verdict; every verdict is worded in both languages."""

import json
import math
from dataclasses import replace

import pytest

from playbook.abtest.planning.aa import AaResult, Trial
from playbook.abtest.planning.aa_words import as_dict, histogram, remarks, verdict, way_of
from playbook.abtest.planning.columns import IdColumn
from playbook.abtest.stats.aa import State, Uniformity


def trial(state: State, way: str = "as_is", alarms: float = 0.05) -> Trial:
    found = Uniformity(
        splits=1000,
        alarms=alarms,
        alarms_interval=(0.04, 0.06),
        ks_pvalue=0.3,
        values=1000,
        state=state,
    )
    return Trial(metric="spend", way=way, column="shop", found=found)  # type: ignore[arg-type]


RESULT = AaResult(
    file="users.csv",
    rows=5000,
    groups=1000,
    assigned_by="user",
    alpha=0.05,
    splits=1000,
    trials=(trial("even"),),
    ids=(),
    heavy={},
    pvalues={"spend": (0.5, math.nan)},
)


@pytest.mark.parametrize(
    ("trials", "heavy", "key", "mark"),
    [
        ([trial("even")], {}, "aa_even", "good"),
        ([trial("too_many"), trial("even", "summed")], {}, "aa_rows", "act"),
        ([trial("too_many")], {}, "aa_too_many", "act"),
        ([trial("even"), trial("too_many", "by_column")], {}, "aa_hidden", "watch"),
        ([trial("too_few")], {"spend": 0.9}, "aa_outliers", "watch"),
        ([trial("too_few")], {}, "aa_too_few", "watch"),
        ([trial("uneven")], {}, "aa_uneven", "watch"),
        ([trial("no_test")], {}, "aa_no_test", "watch"),
        ([trial("too_few"), trial("too_many", "by_column")], {}, "aa_hidden", "watch"),
    ],
)
def test_the_gravest_fault_is_the_verdict(
    trials: list[Trial], heavy: dict[str, float], key: str, mark: str
) -> None:
    found = verdict(replace(RESULT, trials=tuple(trials), heavy=heavy))
    assert (found.key, found.mark) == (key, mark)
    assert "spend" in found.text["en"]
    assert "spend" in found.text["zh"]


def test_a_sound_verdict_names_the_metric_farthest_from_what_is_expected() -> None:
    far = replace(trial("even", alarms=0.064), metric="bought")
    found = verdict(replace(RESULT, trials=(trial("even"), far)))
    assert "6.4% of the random splits" in found.text["en"]
    assert "on bought" in found.text["en"]


def test_remarks_tell_what_was_split_and_what_was_noticed() -> None:
    ids = (IdColumn(name="shop", different=60, rows=5000),)
    told = [text["en"] for text in remarks(replace(RESULT, ids=ids, heavy={"spend": 0.4}))]
    assert told[0] == "5,000 rows; 1,000 units, assigned by user, were split at random 1,000 times."
    assert told[1].startswith("p-values of spend from least to greatest")
    assert "“shop” looks like an id: 60 different values in 5,000 rows" in told[2]
    assert "bears 40% of the variance" in told[3]
    split = replace(RESULT, variant="group", actual={"spend": 0.0312})
    assert remarks(split)[-1]["en"] == "The split that “group” holds: p 0.031 on spend."
    assert "assigned by row" in remarks(replace(RESULT, assigned_by=""))[0]["en"]


def test_bars_are_as_high_as_their_twentieth_is_full() -> None:
    found = [0.01] * 8 + [0.06] * 4 + [0.99, math.nan]
    assert histogram(found) == "█▄" + " " * 17 + "▁"
    assert histogram([math.nan]) == " " * 20


def test_a_way_by_a_column_names_it() -> None:
    assert way_of(trial("even", "by_column"))["en"] == "assigned by shop, rows counted singly"
    assert way_of(trial("even"))["zh"] == "按数据原样"


def test_plain_data_hold_no_number_that_is_none() -> None:
    content = json.loads(json.dumps(as_dict(RESULT), allow_nan=False))
    assert content["pvalues"]["spend"] == [0.5, None]
    assert content["verdict"]["key"] == "aa_even"
