"""What an id, a day, an amount and a name may be."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from playbook.params.text import (
    Amount,
    Day,
    Fraction,
    Model,
    Named,
    Number,
    PeriodId,
    Slug,
    Text,
    Whole,
    Words,
)


def accepts(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        (Slug, "spring-sale-2", True),
        (Slug, "2-spring", True),
        (Slug, "a" * 63, True),
        (Slug, "a" * 64, False),
        (Slug, "-spring", False),
        (Slug, "Spring", False),
        (Slug, "../spring", False),
        (Slug, "", False),
        (Day, "2026-02-28", True),
        (Day, "2026-02-29", False),
        (Day, "20260228", False),
        (Day, "2026-2-28", False),
        (PeriodId, "2026-12", True),
        (PeriodId, "2026-13", False),
        (PeriodId, "2026-00", False),
        (PeriodId, "0000-01", False),
        (PeriodId, "2026-1", False),
        (Amount, 0.0, True),
        (Amount, -0.01, False),
        (Amount, "5", False),
        (Amount, float("inf"), False),
        (Amount, float("nan"), False),
        (Number, -5.0, True),
        (Number, float("nan"), False),
        (Fraction, 1.0, True),
        (Fraction, 1.01, False),
        (Fraction, -0.01, False),
        (Whole, 0, True),
        (Whole, -1, False),
        (Whole, 1.5, False),
        (Whole, "1", False),
    ],
)
def test_a_value_fits_its_kind_or_not(kind: Any, value: Any, fits: bool) -> None:
    assert accepts(kind, value) == fits


def test_one_text_stands_for_both_languages_and_neither_may_be_empty() -> None:
    read = TypeAdapter(Text).validate_python
    assert read("Spring") == Words(zh="Spring", en="Spring")
    assert read({"zh": "春", "en": "Spring"}).zh == "春"
    assert not accepts(Text, "")
    assert not accepts(Text, {"zh": "春"})


class Thing(Model):
    """A parameter with an id."""

    id: str
    size: int = 1


def test_an_item_takes_its_key_as_id_and_what_is_no_mapping_is_left_to_be_refused() -> None:
    read = TypeAdapter(dict[str, Thing]).validate_python(Named.func({"a": {"size": 2}, "b": {}}))
    assert (read["a"], read["b"].id) == (Thing(id="a", size=2), "b")
    assert Named.func([1]) == [1]
    assert Named.func({"a": 5}) == {"a": 5}


def test_a_parameter_has_no_unknown_key_and_does_not_change() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Thing(id="a", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="frozen"):
        Thing(id="a").size = 3  # type: ignore[misc]
