"""Have the arms the planned sizes: against scipy's chi-square."""

import math

import pytest
from scipy import stats

from playbook.abtest import srm
from playbook.errors import PlaybookError


def test_srm_takes_names_or_places() -> None:
    assert srm({"a": 4072, "b": 2035}, {"a": 0.8, "b": 0.2}) == srm([4072, 2035], [4, 1])


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([0, 0], [1, 1]),
        ([-1, 5], [1, 1]),
        ([5, 5], [1, 1, 1]),
        ([5], [1]),
        ([5.5, 5], [1, 1]),
        ([math.nan, 5], [1, 1]),
    ],
)
def test_impossible_sizes_are_refused(counts: list[float], shares: list[float]) -> None:
    with pytest.raises(PlaybookError):
        srm(counts, shares)  # type: ignore[arg-type]


def test_an_arm_without_a_share_is_not_passed_over() -> None:
    with pytest.raises(
        PlaybookError, match=r"counts is 'c': have no planned share\. The shares are those of: a, b"
    ):
        srm({"a": 50, "c": 50}, {"a": 0.5, "b": 0.5})


def test_a_sample_ratio_is_scipys_chi_square_of_counts_against_shares() -> None:
    found = srm([530, 260, 210], [2, 1, 1])
    wanted = stats.chisquare([530, 260, 210], [500, 250, 250])
    assert (found.statistic, found.pvalue) == pytest.approx((wanted.statistic, wanted.pvalue))
    assert (found.df, found.expected, found.counts) == (2, (500, 250, 250), (530, 260, 210))


def test_an_arm_planned_at_nothing_is_left_out() -> None:
    assert srm([50, 7, 40], [1, 0, 1]) == srm([50, 40], [1, 1])
    assert srm({"a": 50, "b": 40}, {"a": 1, "off": 0, "b": 1}) == srm([50, 40], [1, 1])


def test_an_arm_of_the_plan_without_a_unit_counts_as_none() -> None:
    assert srm({"a": 50}, {"a": 1, "b": 1}).counts == (50, 0)


@pytest.mark.parametrize(
    ("counts", "shares", "rule"),
    [
        ([5, 5], [1, 0], "two arms with a planned share are needed"),
        ([0, 0], [1, 1], "some unit"),
        ([-1, 5], [1, 1], "no count below 0"),
        ([5, 5], [1, 1, 1], "2 counts need as many shares"),
        ([5, 5], [1, -1], "none below 0"),
        ([5.5, 5], [1, 1], "are no whole numbers"),
    ],
)
def test_each_impossible_size_is_told_by_its_own_rule(
    counts: list[float], shares: list[float], rule: str
) -> None:
    with pytest.raises(PlaybookError, match=rule):
        srm(counts, shares)  # type: ignore[arg-type]


def test_one_unit_is_enough_to_be_counted() -> None:
    assert srm([1, 0], [1, 1]).statistic == pytest.approx(1.0)
