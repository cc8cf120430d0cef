"""The answer says size, time, guardrails, looks and formula in both languages, and as plain data."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from playbook.abtest.planning.answer import (
    answer,
    as_dict,
    lifts,
    measured_answer,
    needs,
    percent,
    texts,
)
from playbook.abtest.planning.design import Design, Guardrail, Level, equal_looks, equal_shares
from playbook.params.experiment import ExperimentPlan

RATE = Level(kind="rate", baseline=0.1, variance=0.09)
MEAN = Level(kind="mean", baseline=50.0, variance=400.0)
PLAIN = Design(shares=equal_shares(2), primary=RATE)


def told(design: Design, lift: float, daily: float = math.nan) -> str:
    return "\n".join(text["en"] for text in texts(answer(design, lift, daily)))


def test_equal_arms_are_told_once_and_unequal_ones_by_name() -> None:
    assert "each arm needs 14,751 units, 29,502 in all" in told(PLAIN, 0.1)
    assert "29,502 units" not in told(PLAIN, 0.1)
    unequal = told(replace(PLAIN, shares={"old": 0.1, "new": 0.9}), 0.1)
    assert "the test needs 83,020 units: old 8,302, new 74,718." in unequal


def test_time_is_told_where_traffic_is_known() -> None:
    assert "With 2,500 units entering a day that takes 14 days" in told(PLAIN, 0.1, 2500)
    assert "takes" not in told(PLAIN, 0.1)
    assert answer(PLAIN, 0.1).within == ()


def test_covariates_are_told_with_what_it_needs_without_them() -> None:
    narrowed = replace(PLAIN, primary=replace(MEAN, variance_cut=0.36))
    found = answer(narrowed, 0.02, 300)
    assert found.plain
    assert found.size.total / found.plain.total == pytest.approx(0.64, abs=0.01)
    assert "takes away 36% of the variance" in told(narrowed, 0.02)
    assert lifts(found.within)[0] < lifts(found.within_plain)[0]


def test_guardrails_are_told_with_the_joint_power_and_open_ones_by_name() -> None:
    guards = (
        Guardrail(name="wait", level=MEAN, better="lower", margin=0.055),
        Guardrail(name="pages", level=MEAN),
        Guardrail(name="calls", level=MEAN, margin_abs=2.0),
    )
    design = replace(PLAIN, guardrails=guards)
    words = told(design, 0.1)
    assert "has probability 80% if the metrics are independent" in words
    assert "when it looks significantly worse: pages" in words
    conditions = [condition["en"] for _, condition, _ in needs(answer(design, 0.1))]
    assert conditions == [
        "significantly better",
        "not worse by more than 5.5%",
        "not significantly worse",
        "not worse by more than 2",
    ]
    related = tuple(tuple(0.5 + 0.5 * (i == j) for j in range(4)) for i in range(4))
    assert "related as in the file" in told(replace(design, correlations=related), 0.1)


def test_looks_are_told_with_their_boundaries_and_the_spending() -> None:
    words = told(replace(PLAIN, times=equal_looks(4)), 0.1)
    assert "Over 4 looks |z| must pass 4.33, 2.96, 2.36, 2.01." in words
    assert "obf boundaries, recursion of Lan–DeMets" in words


def test_many_looks_are_told_by_their_first_and_last_boundaries() -> None:
    words = told(replace(PLAIN, times=equal_looks(20)), 0.1)
    assert "Over 20 looks |z| must pass 9.96, 6.99, 5.67, …, 2.12." in words


def test_small_changes_and_little_traffic_keep_their_digits() -> None:
    words = told(replace(PLAIN, primary=MEAN, power=0.999), 0.0012, 0.25)
    assert "a change of +0.12% on 50 with probability 99.9%" in words
    assert "With 0.25 units entering a day" in words
    assert (percent(0.05), percent(-0.0012), percent(0.0095)) == ("+5.0%", "-0.12%", "+0.9%")


def test_a_file_tells_level_spread_traffic_and_what_is_left_out() -> None:
    count = 700
    data = pd.DataFrame(
        {
            "day": pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(count) % 7, unit="D"),
            "spend": np.where(np.arange(count) % 2, 10.0, 30.0),
        }
    )
    data.loc[:9, "spend"] = np.nan
    plan = ExperimentPlan.model_validate(
        {
            "id": "p",
            "variant": "arm",
            "arms": {"old": 0.5, "new": 0.5},
            "date_column": "day",
            "metrics": [
                {"name": "spend", "role": "primary"},
                {"name": "wait", "kind": "quantile", "quantile": 0.5, "role": "guardrail"},
            ],
        }
    )
    found = measured_answer(data, plan, 0.1, looks={"times": (0.5, 1.0), "spending": "obf"})
    words = "\n".join(text["en"] for text in texts(found))
    assert (found.daily_units, found.design.times) == (100, (0.5, 1.0))
    assert "baseline 20, standard deviation 10.01" in words
    assert "Of 700 units in the DataFrame only 690 have every metric" in words
    assert "quantiles are not planned for: wait" in words
    assert measured_answer(data, plan, 0.1, 1.0).weeks == math.ceil(
        measured_answer(data, plan, 0.1).size.total / 7
    )


def test_plain_data_hold_no_number_that_is_none() -> None:
    content = as_dict(answer(PLAIN, 0.1, 0.1))
    assert content["weeks"][0] == {"weeks": 1, "units": 0, "lift": None}
    assert json.loads(json.dumps(content, allow_nan=False))["sizes"][0]["total"] == 29502
    assert as_dict(answer(PLAIN, 0.1))["days"] is None
    assert lifts(answer(PLAIN, 0.1, 0.1).within)[0] == "–"


def test_every_sentence_is_said_in_chinese_too() -> None:
    for text in texts(answer(replace(PLAIN, times=(0.5, 1.0)), 0.1, 100)):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text["zh"])
