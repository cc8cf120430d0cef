"""Money of another currency is converted at stated rates, or set aside; never taken as one's own."""

from pathlib import Path

import pytest

from playbook.errors import ParameterError
from tests.workspace import ADS, Workspace, ads

RATES = 'rates:\n  EUR: {source: "ECB", by: {"2026-10": 1.5, "2026-10-02": 2.0}}\n'


def euros(*rows: str) -> str:
    return ads(*rows).replace(",USD,", ",EUR,")


def test_amounts_are_converted_at_the_rate_of_the_day_else_of_the_month(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS, RATES)
    space.put("ads/a.csv", euros("01,Brand,100,10,10,1,100", "02,Brand,100,10,10,1,100"))
    table = space.load()["channel_daily"]
    assert table["spend"].tolist() == [15, 20]
    assert table["revenue"].tolist() == [150, 200]
    assert set(table["currency"]) == {"USD"}


def test_both_amounts_and_the_source_of_the_rate_are_kept(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS, RATES)
    space.put("ads/a.csv", euros("01,Brand,100,10,10,1,100"))
    flags = space.load()["flags"]
    assert flags["value"].tolist() == ["100 EUR at 1.5 (ECB)", "10 EUR at 1.5 (ECB)"]
    assert {problem.severity for problem in space.check()} == {"note"}


def test_a_month_without_a_rate_is_set_aside(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS, RATES)
    text = euros("01,Brand,100,10,10,1,100").replace("2026-10-", "2026-09-")
    space.put("ads/a.csv", text)
    tables = space.load()
    assert tables["channel_daily"].empty
    assert tables["rejects"]["rule"].tolist() == ["is not the campaign's currency USD"]
    assert any("say under rates:" in problem.remedy for problem in space.check())


def test_the_sign_in_every_cell_tells_the_currency(tmp_path: Path) -> None:
    entry = '  own: {table: "channel_daily", files: "own.csv", channel: "search"}\n'
    space = Workspace(tmp_path, entry, RATES)
    space.put("own.csv", "date,spend\n2026-10-01,€10\n2026-10-02,€20\n")
    assert space.sums("spend") == [55]


def test_a_sign_in_some_cells_only_is_set_aside(tmp_path: Path) -> None:
    entry = '  own: {table: "channel_daily", files: "own.csv", channel: "search"}\n'
    space = Workspace(tmp_path, entry, RATES)
    space.put("own.csv", "date,spend\n2026-10-01,€10\n2026-10-02,20\n")
    assert space.sums("spend") == [20]


def test_a_code_is_the_same_in_small_letters(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS)
    space.put("ads/a.csv", ads("01,Brand,100,10,10,1,100").replace(",USD,", ", usd ,"))
    assert space.sums("spend") == [10]


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ('rates: {EURO: {source: "ECB", by: {"2026-10": 1.5}}}\n', "EURO is no ISO 4217 code"),
        ('rates: {EUR: {source: "ECB", by: {"2026-10": 0.0}}}\n', "greater than 0"),
        ('rates: {EUR: {source: "", by: {"2026-10": 1.5}}}\n', "must not be empty"),
        ('rates: {EUR: {source: "ECB", by: {}}}\n', "rates.EUR.by"),
    ],
)
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rates: str, told: str) -> None:
    space = Workspace(tmp_path, ADS, rates)
    with pytest.raises(ParameterError, match=told):
        space.load()
