"""Readings that can be words, and readings that no language writes."""

import pytest

from playbook.sources.files import alphabets


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Brand – 50 €", 0),
        ("Größe Straße", 1),
        ("niños, año, à", 2),
        ("Été ÉTÉ été", 1),
        ("GRÖßE Été", 2),
        ("CafÉ", None),
        ("ZŸrich", None),
        ("caf€s", None),
        ("Søgning på", 1),
        ("ñ", None),
        ("日", None),
    ],
)
def test_western_words_need_an_alphabet_cases_and_signs_in_their_places(
    text: str, languages: int | None
) -> None:
    assert alphabets.fits_latin(text) == languages


def test_central_european_and_turkish_words_have_alphabets_of_their_own() -> None:
    assert alphabets.fits_central("Wyświetlenia Łódź") == 1
    assert alphabets.fits_central("promoçăo") is None
    assert alphabets.fits_turkish("Şişli gösterim") == 1
    assert alphabets.fits_turkish("Dzień") is None


def test_a_word_is_wholly_cyrillic_or_greek() -> None:
    assert alphabets.fits_cyrillic("Показы, Brand") == 1
    assert alphabets.fits_cyrillic("Zьrich") is None
    assert alphabets.fits_greek("Καλοκαίρι") == 1
    assert alphabets.fits_greek("cafι") is None


def test_letters_of_east_asia_are_those_in_daily_use() -> None:
    chinese = alphabets.east_asian("gb2312", range(0xB0, 0xD8))
    assert chinese("日期，推广计划 App下载") == 1
    assert chinese("寂廣嗶") is None
    assert chinese("Z黵ich") is None
