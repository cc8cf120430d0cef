"""Every shipped mapping against format-faithful samples and what people read off them by hand."""

from pathlib import Path

import pandas as pd
import pytest

from playbook import sources
from playbook.params.model import Source
from playbook.sources import filters
from playbook.sources.canonical import FileRows, grid_of, read_file
from playbook.sources.files.layout import shipped

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
SAMPLES = [
    (folder.name, file)
    for folder in sorted(EXPORTS.iterdir())
    for file in sorted(folder.iterdir())
    if file.name != "expected.csv"
]
DAILY = [pair for pair in SAMPLES if shipped()[pair[0]].table == "channel_daily"]
ORDERS = [pair for pair in SAMPLES if shipped()[pair[0]].table == "orders"]
NUMBERS = ["impressions", "clicks", "visits", "engagements", "conversions", "revenue", "spend"]


def expected(platform: str, file: Path) -> pd.DataFrame:
    table = pd.read_csv(
        EXPORTS / platform / "expected.csv",
        dtype={"campaign_unit": "str", "date": "str", "order_id": "str"},
    )
    return table[table["file"].eq(file.name)].reset_index(drop=True)


def read(platform: str, file: Path) -> FileRows:
    table = shipped()[platform].table
    channel = None if table == "orders" else "ads"
    source = Source(id="ads", table=table, files="*", platform=platform, channel=channel)
    return read_file(source, file, "", Path())


def found(platform: str, file: Path) -> pd.DataFrame:
    """The rows that come in: those that the mapping wants."""
    rows = read(platform, file)
    stays, _ = filters.kept(rows.texts, shipped()[platform].where)
    return rows.rows[stays.to_numpy()].reset_index(drop=True)


def test_every_shipped_platform_has_a_sample() -> None:
    assert {platform for platform, _ in SAMPLES} == set(shipped())


@pytest.mark.parametrize("platform", shipped())
def test_every_mapping_says_how_sure_its_headers_are(platform: str) -> None:
    assert shipped()[platform].sure


def test_ga4_names_the_channel_of_each_row_in_its_own_words() -> None:
    file = EXPORTS / "ga4" / "exploration_daily_bom.csv"
    words = {"google / cpc": "google-search", "newsletter / email": "email"}
    source = Source(id="site", table="channel_daily", files="*", platform="ga4", channels=words)
    rows = read_file(source, file, "", Path()).rows
    said = expected("ga4", file)["channel"]
    assert rows["channel"].tolist() == said.replace(words).tolist()
    assert "(direct) / (none)" in rows["channel"].tolist()


@pytest.mark.parametrize("platform", shipped())
def test_no_header_of_a_cost_per_something_is_taken_for_spend(platform: str) -> None:
    taken = shipped()[platform].taken(
        ["Cost / conv.", "Cost per conversion", "平均点击花费", "花费_粉丝", "转化成本(元)"]
    )
    assert not taken.get("spend")


@pytest.mark.parametrize(("platform", "file"), DAILY, ids=lambda one: getattr(one, "name", one))
def test_sample_reads_row_for_row_as_by_hand(platform: str, file: Path) -> None:
    rows, wanted = found(platform, file), expected(platform, file)
    assert rows["campaign_unit"].tolist() == wanted["campaign_unit"].fillna("(all)").tolist()
    columns = [name for name in NUMBERS if name in wanted]
    pd.testing.assert_frame_equal(rows[columns], wanted[columns].astype("float64"), rtol=1e-12)


@pytest.mark.parametrize(("platform", "file"), ORDERS, ids=lambda one: getattr(one, "name", one))
def test_orders_read_row_for_row_as_by_hand(platform: str, file: Path) -> None:
    rows, wanted = found(platform, file), expected(platform, file)
    for name in ("order_id", "customer_id"):
        assert rows[name].tolist() == wanted[name].tolist()
    assert rows["ordered_at"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist() == (
        wanted["ordered_at"].tolist()
    )
    columns = ["revenue", "discount", "refund"]
    pd.testing.assert_frame_equal(rows[columns], wanted[columns].astype("float64"), rtol=1e-12)


@pytest.mark.parametrize(("platform", "file"), ORDERS, ids=lambda one: getattr(one, "name", one))
def test_orders_that_were_not_paid_are_left_out_and_told(platform: str, file: Path) -> None:
    where = shipped()[platform].where
    texts = grid_of(file, shipped()[platform]).rows
    out = filters.faults(texts, where)
    assert len(out) == len(texts) - len(expected(platform, file))
    assert set(out["rule"]) == {f"is left out by where: {next(iter(where))}"}


@pytest.mark.parametrize(("platform", "file"), DAILY, ids=lambda one: getattr(one, "name", one))
def test_days_are_the_sample_s_and_periods_are_left_open(platform: str, file: Path) -> None:
    rows, wanted = found(platform, file), expected(platform, file)
    days = wanted["date"].where(~wanted["date"].str.contains("/", na=False))
    assert rows["date"].dt.strftime("%Y-%m-%d").fillna("").tolist() == days.fillna("").tolist()


@pytest.mark.parametrize(("platform", "file"), DAILY, ids=lambda one: getattr(one, "name", one))
def test_period_of_rows_set_aside_is_the_sample_s(platform: str, file: Path) -> None:
    faults, wanted = read(platform, file).faults, expected(platform, file)["date"].dropna()
    told = (
        faults["value"]
        .str.replace(r"(\d{4})(\d{2})(\d{2})", r"\1-\2-\3", regex=True)
        .str.replace("至", "/")
    )
    assert told.tolist() == wanted[wanted.str.contains("/")].tolist()


@pytest.mark.parametrize(("platform", "file"), DAILY, ids=lambda one: getattr(one, "name", one))
def test_currency_is_what_the_file_or_the_platform_says(platform: str, file: Path) -> None:
    wanted = (
        expected(platform, file).reindex(columns=["currency"])["currency"].astype("str").fillna("")
    )
    assert found(platform, file)["currency"].fillna("").tolist() == wanted.tolist()


@pytest.mark.parametrize(("platform", "file"), SAMPLES, ids=lambda one: getattr(one, "name", one))
def test_platform_is_recognised_by_its_header(platform: str, file: Path) -> None:
    assert sources.recognise(file) == (() if "GUESS" in file.name else (platform,))
