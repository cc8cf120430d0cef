"""Words for sums and headers in the languages of the platforms."""

import pytest

from playbook.sources.files.layout import plain
from playbook.sources.files.vocabulary import compared, is_total, known_headers, written_words


@pytest.mark.parametrize(
    "name",
    [
        "Total",
        "Grand Total",
        "Subtotal:",
        "(Total)",
        "合计",
        "小计",
        "總計",
        "合計",
        "小計",
        "총계",
        "합계",
        "Sous-total",
        "Total général",
        "Suma total",
        "Totale complessivo",
        "Total geral",
        "Eindtotaal",
        "Łącznie",
        "Итого",
        "ИТОГО:",
        "Summa",
        "Genel Toplam",
        "Gesamtergebnis",
        "总计：账号",
        "Total of 12 results",
    ],
)
def test_a_word_for_a_sum_is_known_in_every_language(name: str) -> None:
    assert is_total(name)


@pytest.mark.parametrize(
    "name", ["Total Body Promo", "Summertime", "Totaler Spaß", "Somme 2026", ""]
)
def test_a_campaign_that_only_begins_so_is_none(name: str) -> None:
    assert not is_total(name)


def test_words_are_headers_of_platforms_and_names_of_months_and_countries() -> None:
    assert {"推广计划", "dépensé", "août", "españa", "wyświetlenia"} <= written_words()
    assert {"impr.", "推广计划"} <= known_headers()


@pytest.mark.parametrize(
    "name",
    [
        "  Amount  spent (USD) ",
        "Impr.",
        '\ufeff"Day"',
        "花费（元）",
        "ＣＰＭ",
        "Clicks (all)",
        " ' x ' ",
    ],
)
def test_a_cell_is_compared_as_headers_are(name: str) -> None:
    assert compared(name) == plain(name)


def test_a_long_cell_is_compared_by_its_beginning_at_once() -> None:
    assert compared(f"a{' ' * 100_000}b") == "a"
