"""English parts of texts and their Chinese."""

from playbook.metrics import CATALOGUE
from playbook.report.phrases import phrases


def test_longer_parts_come_first_so_that_none_is_cut_by_a_shorter_one() -> None:
    lengths = [len(english) for english in phrases()]
    assert lengths == sorted(lengths, reverse=True)


def test_every_kpi_has_its_chinese_unless_a_phrase_says_it_otherwise() -> None:
    assert set(CATALOGUE) <= set(phrases())
    assert all(phrases().values())
