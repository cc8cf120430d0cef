"""Columns that stages share are declared once."""

from playbook.stages.shared import columns
from playbook.stages.shared.columns import SHARED
from playbook.stages.shared.schema import ResultColumn


def test_every_shared_column_is_in_the_shared_table_once() -> None:
    declared = {each.name for each in vars(columns).values() if isinstance(each, ResultColumn)}
    names = [each.name for each in SHARED.columns]
    assert len(names) == len(set(names))
    assert declared == set(names)


def test_only_differences_carry_a_sign() -> None:
    assert {each.name for each in SHARED.columns if each.signed} == {"change", "gap"}


def test_every_column_is_named_in_both_languages_and_explained() -> None:
    assert all(each.zh and each.en and each.meaning for each in SHARED.columns)
