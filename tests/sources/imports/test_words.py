"""What headers are called: ratios, ids and amounts are told from counts by their words."""

import pytest

from playbook.sources.contracts import CONTRACTS
from playbook.sources.imports.words import AMOUNT, NUMBERED, RATE, vocabulary, words_of


@pytest.mark.parametrize("table", vocabulary())
def test_every_column_that_has_words_is_one_of_its_table(table: str) -> None:
    names = {key: contract.names for key, contract in CONTRACTS.items()}[table]
    assert set(vocabulary()[table]) <= set(names)


def test_every_canonical_table_has_words() -> None:
    assert set(vocabulary()) == set(CONTRACTS)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("cost_in_usd", "cost in usd"),
        ("orderId", "order id"),
        ("Amount spent (USD)", "amount spent"),
        ("Conv.-Wert", "conv wert"),
    ],
)
def test_a_header_is_compared_by_its_words(header: str, words: str) -> None:
    assert words_of(header) == words


@pytest.mark.parametrize(
    "header",
    [
        "Cost per click",
        "Cost / conv.",
        "Avg. CPC",
        "CTR",
        "eCPM",
        "ROAS",
        "Conversion rate",
        "Kosten/Conv.",
        "Coste por clic",
        "Coût par clic",
        "点击率",
        "转化成本",
        "平均点击价格",
        "千次展现费用",
        "客单价",
    ],
)
def test_ratios_are_told(header: str) -> None:
    assert RATE.search(words_of(header))


@pytest.mark.parametrize("header", ["成本", "总成本", "广告成本", "Duration", "Strategy", "Spend"])
def test_what_only_looks_like_a_ratio_is_none(header: str) -> None:
    assert not RATE.search(words_of(header))


@pytest.mark.parametrize("header", ["Click ID", "订单号", "Order number", "Bestellnummer"])
def test_ids_are_told(header: str) -> None:
    assert NUMBERED.search(words_of(header))


def test_a_number_of_something_counts() -> None:
    assert not NUMBERED.search("number of clicks")


@pytest.mark.parametrize("header", ["Order amount", "订单金额", "Conversion value", "Umsatz"])
def test_amounts_are_told(header: str) -> None:
    assert AMOUNT.search(words_of(header))


def test_the_best_name_ranks_first() -> None:
    spend = vocabulary()["channel_daily"]["spend"]
    assert spend.rank("Spend") == 0
    assert spend.rank("Media cost") == 1
    assert spend.rank("Clicks") is None
