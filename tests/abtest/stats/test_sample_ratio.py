"""Have the arms the planned sizes: against scipy's chi-square."""

import math

import pytest

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
