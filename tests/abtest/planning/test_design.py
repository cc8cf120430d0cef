"""What cannot be a test is refused with its rule, before anything is computed."""

from dataclasses import replace

import pytest

from playbook.abtest.planning.design import (
    Design,
    Guardrail,
    Level,
    equal_looks,
    equal_shares,
    independent,
)

RATE = Level(kind="rate", baseline=0.1, variance=0.09)
DESIGN = Design(shares=equal_shares(2), primary=RATE)


def test_guardrails_of_every_kind_are_counted() -> None:
    guard = Guardrail(name="g", level=RATE)
    assert replace(DESIGN, guardrails=(guard,), unsized=2).guards == 3


def test_arms_without_a_name_are_control_b_and_c() -> None:
    assert equal_shares(3) == {"control": 1 / 3, "B": 1 / 3, "C": 1 / 3}
    assert (DESIGN.control, DESIGN.treatments) == ("control", ("B",))


def test_looks_are_spread_evenly_and_the_last_is_the_end() -> None:
    assert equal_looks(4) == (0.25, 0.5, 0.75, 1.0)


def test_metrics_that_were_not_measured_are_independent() -> None:
    assert independent(2) == ((1.0, 0.0), (0.0, 1.0))


@pytest.mark.parametrize(("arms", "rule"), [(1, "arms == 1"), (27, "arms == 27")])
def test_a_number_of_arms_that_is_none_is_refused(arms: int, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        equal_shares(arms)


@pytest.mark.parametrize("looks", [0, 51])
def test_a_number_of_looks_that_is_none_is_refused(looks: int) -> None:
    with pytest.raises(ValueError, match=f"looks == {looks}"):
        equal_looks(looks)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"shares": {"a": 1.0}}, "at least two arms"),
        ({"shares": {"a": 1.0, "b": 0.0}}, "each above 0"),
        ({"shares": {"a": 0.5, "b": 0.4}}, "add up to 0.9"),
        ({"alpha": 0.0}, "alpha == 0.0"),
        ({"power": 1.0}, "power == 1.0"),
        ({"power": 0.04}, "must be above alpha"),
        ({"primary": replace(RATE, baseline=1.2)}, "baseline == 1.2"),
        ({"primary": Level(kind="mean", baseline=0.0, variance=1.0)}, "must be a number"),
        ({"primary": Level(kind="mean", baseline=5.0, variance=0.0)}, "sd == 0"),
        ({"primary": replace(RATE, variance_cut=1.0)}, "variance_cut == 1.0"),
        ({"guardrails": (Guardrail(name="g", level=replace(RATE, baseline=0.0)),)}, "baseline"),
    ],
)
def test_a_design_that_is_none_is_refused(change: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        replace(DESIGN, **change)  # type: ignore[arg-type]


def test_a_relative_margin_moves_the_control_and_an_absolute_one_does_not() -> None:
    level = Level(kind="mean", baseline=-50.0, variance=4.0)
    relative = Guardrail(name="g", level=level, margin=0.1)
    assert (relative.control_weight, relative.room) == (1.1, 5.0)
    assert replace(relative, better="lower").control_weight == 0.9
    above = replace(relative, level=replace(level, baseline=50.0))
    assert (above.control_weight, replace(above, better="lower").control_weight) == (0.9, 1.1)
    absolute = Guardrail(name="g", level=level, margin_abs=2.0)
    assert (absolute.control_weight, absolute.room) == (1.0, 2.0)
    assert not Guardrail(name="g", level=level).is_margined


def test_the_variance_of_a_rate_follows_the_rate_and_that_of_clusters_does_not() -> None:
    assert RATE.variance_at(0.2) == pytest.approx(0.16)
    assert replace(RATE, variance_cut=0.25).variance_at(0.2) == pytest.approx(0.12)
    assert replace(RATE, by_sums=True).variance_at(0.2) == 0.09
    assert [RATE.by_z, replace(RATE, variance_cut=0.25).by_z] == [True, False]
    assert Level(kind="ratio", baseline=2.0, variance=1.0).by_z
    assert not Level(kind="ratio", baseline=2.0, variance=1.0, by_sums=True).by_z
