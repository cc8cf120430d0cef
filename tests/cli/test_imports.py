"""`playbook import` as people type it.

Recognised, shown, filed, written into the parameters, and never over a file.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from playbook import params, sources
from tests.cli.inprocess import playbook

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
CAMPAIGN = """# 春季 · keep this line
name: "Spring"
language: "en"
currency: "USD"
timezone: "Asia/Shanghai"
objective: "More customers"
channels:
  search: {name: "Search", kind: "paid", owner: "s01"}
  mail: {name: "E-mail", kind: "owned", owner: "s01"}
sources:
  daily:
    table: "channel_daily"
    files: "daily/*.csv"     # our own

# after
business: {margin: 0.4}
"""
GOOGLE = EXPORTS / "google-ads" / "campaign_en_daily.csv"
OWN = "date,channel,campaign_unit,impressions,clicks,spend\n2026-09-01,search,brand,100,10,5.5\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "params" / "spring").mkdir(parents=True)
    (tmp_path / "data" / "spring" / "daily").mkdir(parents=True)
    (tmp_path / "params" / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "data" / "spring" / "daily" / "own.csv").write_text(OWN, encoding="utf-8")
    return tmp_path


def brought(root: Path, *words: object) -> str:
    done = playbook("import", *map(str, words), "--campaign", "spring", "--yes", root=root)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(root: Path, *words: object) -> str:
    done = playbook("import", *map(str, words), "--campaign", "spring", "--yes", root=root)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr + done.stdout


def written(root: Path) -> str:
    return (root / "params" / "spring" / "campaign.yml").read_text(encoding="utf-8")


def without_moments(text: str) -> str:
    return re.sub(r'"at": "[^"]*"', '"at": "…"', text)


def test_export_is_recognised_shown_filed_and_passes_the_check(root: Path) -> None:
    shown = brought(root, GOOGLE, "--channel", "search")
    for part in (
        "Google Ads",
        "CSV, UTF-8; header in line 3; 15 rows, 2 total rows set aside; 2026-09-01 … 2026-09-05",
        "13,865.99",
        "Ignored: Campaign status",
        "Next: playbook check spring",
    ):
        assert part in shown
    assert (
        root / "data" / "spring" / "google-ads" / GOOGLE.name
    ).read_bytes() == GOOGLE.read_bytes()
    assert playbook("check", "spring", "--period", "2026-09", root=root).returncode == 0


def test_source_is_written_below_the_others_and_no_comment_moves(root: Path) -> None:
    brought(root, GOOGLE, "--channel", "search")
    head, tail = CAMPAIGN.split("\n# after")
    entry = (
        '  google-ads:\n    table: "channel_daily"\n    files: "google-ads/*"\n    '
        'platform: "google-ads"\n    channel: "search"\n'
        f'    imported:\n      "{GOOGLE.name}": {{"at": "…"}}\n'
    )
    assert without_moments(written(root)) == f"{head}{entry}\n# after{tail}"


def test_second_month_goes_to_the_same_source(root: Path, tmp_path: Path) -> None:
    brought(root, GOOGLE, "--channel", "search")
    before = written(root)
    october = tmp_path / "october.csv"
    october.write_text(
        GOOGLE.read_text(encoding="utf-8").replace("2026-09-", "2026-10-"), encoding="utf-8"
    )
    assert "read by the source google-ads" in brought(root, october, "--channel", "search")
    assert written(root).count("\n") == before.count("\n") + 1
    assert list(yaml.safe_load(written(root))["sources"]["google-ads"]["imported"]) == [
        GOOGLE.name,
        "october.csv",
    ]


def test_same_bytes_are_not_filed_twice(root: Path) -> None:
    brought(root, GOOGLE, "--channel", "search")
    assert "The same file is there already" in brought(root, GOOGLE, "--channel", "search")
    assert len(list((root / "data" / "spring" / "google-ads").iterdir())) == 1


def test_other_file_of_the_same_name_stands_beside_and_wins_and_that_is_said(
    root: Path, tmp_path: Path
) -> None:
    brought(root, GOOGLE, "--channel", "search")
    again = tmp_path / GOOGLE.name
    again.write_text(
        GOOGLE.read_text(encoding="utf-8").replace("Spring", "Sommer").replace(",2", ",3"),
        encoding="utf-8",
    )
    shown = brought(root, again, "--channel", "search")
    assert "Another file lies at" in shown
    assert {file.name for file in (root / "data" / "spring" / "google-ads").iterdir()} == {
        "campaign_en_daily.csv",
        "campaign_en_daily (1).csv",
    }
    assert (
        root / "data" / "spring" / "google-ads" / GOOGLE.name
    ).read_bytes() == GOOGLE.read_bytes()


def spend(root: Path) -> float:
    campaign = params.load("spring", "2026-09", root / "params")
    tables = sources.load(campaign, root / "data", root / "run", root / "params")
    return float(tables["channel_daily"]["spend"].sum())


def test_the_file_that_was_imported_last_counts_whatever_it_is_called(
    root: Path, tmp_path: Path
) -> None:
    head, row = "Day,Campaign,Impr.,Clicks,Cost,Currency code\n", "2026-09-30,Brand,100,10,{},USD\n"
    names = ("Campaigns-Oct-1-2026.csv", "Campaigns-Sep-30-2026.csv")
    for name, cost in zip(names, (5, 6), strict=True):
        (tmp_path / name).write_text(head + row.format(cost), encoding="utf-8")
    own = 5.5
    brought(root, tmp_path / names[0], "--channel", "search")
    shown = brought(root, tmp_path / names[1], "--channel", "search")
    assert f"{names[1]} tells the days of {names[0]} again, and counts alone" in shown
    assert f"By its name {names[0]} is the later download" in shown
    assert spend(root) == own + 6
    brought(root, tmp_path / names[0], "--channel", "search")
    assert spend(root) == own + 5


def test_files_of_one_command_come_in_by_the_day_of_their_names(root: Path, tmp_path: Path) -> None:
    head, row = "Day,Campaign,Impr.,Clicks,Cost,Currency code\n", "2026-09-30,Brand,100,10,{},USD\n"
    names = ("Campaigns-Oct-1-2026.csv", "Campaigns-Sep-30-2026.csv")
    for name, cost in zip(names, (5, 6), strict=True):
        (tmp_path / name).write_text(head + row.format(cost), encoding="utf-8")
    brought(root, *(tmp_path / name for name in names), "--channel", "search")
    assert spend(root) == 5.5 + 5


def test_a_file_that_takes_the_place_of_another_is_said_so(root: Path, tmp_path: Path) -> None:
    head, row = "Day,Campaign,Impr.,Clicks,Cost,Currency code\n", "2026-09-02,{},{},10,{},USD\n"
    (tmp_path / "old.csv").write_text(head + row.format("Brand", 100, 5), encoding="utf-8")
    (tmp_path / "new.csv").write_text(head + row.format("Marke", 150, 7), encoding="utf-8")
    brought(root, tmp_path / "old.csv", "--channel", "search")
    beside = brought(root, tmp_path / "new.csv", "--channel", "search")
    assert "tell the same days under other names, and both count" in beside
    assert spend(root) == 5.5 + 12
    wrong = refused(root, tmp_path / "new.csv", "--channel", "search", "--replaces", "older.csv")
    assert "is no file of the source google-ads; there are new.csv, old.csv" in wrong
    brought(root, tmp_path / "new.csv", "--channel", "search", "--replaces", "old.csv")
    assert spend(root) == 5.5 + 7


def test_table_with_canonical_columns_needs_no_platform(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,customer_id,ordered_at,revenue\n1,c1,2026-09-01 10:00,5\n", encoding="utf-8"
    )
    brought(root, file)
    entry = yaml.safe_load(written(root))["sources"]["orders"]
    assert entry.pop("imported").keys() == {"orders.csv"}
    assert entry == {"table": "orders", "files": "orders/*"}


def test_channel_that_must_be_said_is_asked_for_with_the_choice(root: Path) -> None:
    assert "must say to which channel the rows belong: search, mail" in refused(root, GOOGLE)
    assert "must be one of search, mail" in refused(root, GOOGLE, "--channel", "radio")


def test_words_of_ga4_for_channels_are_written_into_the_source(root: Path) -> None:
    file = EXPORTS / "ga4" / "exploration_daily_bom.csv"
    told = refused(root, file)
    assert 'Say which of ours each of its channels is: --channel "google / cpc=ID"' in told
    shown = brought(
        root, file, "--channel", "google / cpc=search", "--channel", "newsletter / email=mail"
    )
    assert "4 rows would be put aside: is no channel of the parameters" in shown
    assert yaml.safe_load(written(root))["sources"]["ga4"]["channels"] == {
        "google / cpc": "search",
        "newsletter / email": "mail",
    }


def test_report_of_a_whole_period_is_refused_and_nothing_is_written(root: Path) -> None:
    told = refused(
        root, EXPORTS / "linkedin-ads" / "ad_en_period_aggregate.csv", "--channel", "search"
    )
    assert "covers more than one day and cannot be booked on one" in told
    assert "Its days are cut in UTC, the campaign's in Asia/Shanghai" in told
    assert written(root) == CAMPAIGN


OUR_SHOP = (
    "date of ad,Campaign,views total,clicks,cost,ctr\n"
    "2026-09-01,A,100,5,1.5,5%\n2026-09-02,A,90,4,1,4%\n"
)


def test_unknown_file_gets_a_mapping_that_is_used_at_once_where_nothing_is_open(
    root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "Our shop.csv"
    file.write_text(OUR_SHOP, encoding="utf-8")
    shown = brought(root, file, "--channel", "search")
    assert "no known platform has such headers" in shown
    assert "spend: cost" in shown
    assert "Nothing is left to fill in: it is used at once." in shown
    assert "Nothing in it names a currency: USD is taken." in shown
    text = (root / "params" / "spring" / "our-shop.yml").read_text(encoding="utf-8")
    assert "FILL IN" not in text
    assert yaml.safe_load(text)["columns"] == {
        "date": ["date of ad"],
        "campaign_unit": {"levels": {"campaign": ["Campaign"]}},
        "impressions": ["views total"],
        "clicks": ["clicks"],
        "spend": ["cost"],
    }
    assert "2.50" in shown
    assert playbook("check", "spring", "--period", "2026-09", root=root).returncode == 0


def test_next_download_of_an_unknown_form_goes_to_the_same_mapping_and_source(
    root: Path, tmp_path: Path
) -> None:
    file, october = tmp_path / "Our shop.csv", tmp_path / "October.csv"
    file.write_text(OUR_SHOP, encoding="utf-8")
    october.write_text(OUR_SHOP.replace("2026-09", "2026-10"), encoding="utf-8")
    brought(root, file, "--channel", "search")
    assert "read by the source our-shop" in brought(root, october, "--channel", "search")
    source = yaml.safe_load(written(root))["sources"]["our-shop"]
    assert list(source["imported"]) == ["Our shop.csv", "October.csv"]
    assert not (root / "params" / "spring" / "october.yml").exists()


def test_without_yes_the_mapping_is_written_and_the_file_waits(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(OUR_SHOP, encoding="utf-8")
    words = ("import", str(file), "--campaign", "spring", "--channel", "search")
    done = playbook(*words, root=root)
    assert done.returncode == 1
    assert "Look it over, then: playbook import" in done.stdout
    assert "--platform shop.yml" in done.stdout
    assert written(root) == CAMPAIGN


def test_what_could_not_be_found_is_asked_in_words_and_nothing_is_taken_in(
    root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "no day.csv"
    file.write_text("Campaign,Impressions,Clicks,Spend\nA,10,1,5.5\n", encoding="utf-8")
    told = refused(root, file, "--channel", "search")
    assert "! no-day.yml, date: say no column was found for it" in told
    assert "Look at each line marked FILL IN" in told
    text = (root / "params" / "spring" / "no-day.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["columns"]["date"] == ["FILL IN"]
    assert written(root) == CAMPAIGN
    again = refused(root, file, "--channel", "search")
    assert "no-day.yml is there already and stays as it is" in again


def test_canonical_looking_file_whose_cost_would_be_lost_gets_a_mapping(
    root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "x_ads.csv"
    file.write_text(
        "Date,Campaign,Impressions,Clicks,Cost,Conversions,Revenue\n"
        "2026-09-01,A,1000,100,50.00,5,500\n2026-09-02,A,1100,110,55.00,5,520\n",
        encoding="utf-8",
    )
    shown = brought(root, file, "--channel", "search")
    assert "Wrote the mapping" in shown
    assert "105" in shown


def test_amount_in_the_currency_of_the_campaign_is_taken_of_two(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "ad_analytics.csv"
    file.write_text(
        "date,campaign_name,impressions,clicks,cost_in_local_currency,cost_in_usd\n"
        "2026-09-01,ABM,10000,80,100.00,110.00\n2026-09-02,ABM,11000,85,110.00,121.00\n",
        encoding="utf-8",
    )
    assert "spend: cost_in_usd" in brought(root, file, "--channel", "search")


def test_rows_left_out_on_purpose_are_told_and_none_is_lost_from_sight(
    root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "Order ID,Customer ID,Order date,Status,Total\n1,c1,2026-09-01 10:00,completed,95\n"
        "2,c2,2026-09-02 10:00,cancelled,55\n3,c3,2026-09-03 10:00,Completed,45\n",
        encoding="utf-8",
    )
    shown = brought(root, file)
    assert "1 rows are left out on purpose by where: Status" in shown
    assert "2 rows" in shown
    assert "140" in shown
    mapping = yaml.safe_load(
        (root / "params" / "spring" / "orders.yml").read_text(encoding="utf-8")
    )
    assert mapping["table"] == "orders"
    assert mapping["where"] == {"Status": ["completed", "Completed"]}


def test_file_of_which_where_leaves_out_all_is_refused_with_the_reason(
    root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    rows = "Order ID,Customer ID,Order date,Status,Total\n1,c1,2026-09-01 10:00,{},95\n"
    file.write_text(rows.format("completed"), encoding="utf-8")
    brought(root, file)
    file.write_text(rows.format("cancelled"), encoding="utf-8")
    told = refused(root, file, "--platform", "orders.yml")
    assert "no row of it would stay: is left out by where: Status (1 rows)" in told
    assert "Correct where: in the mapping" in told


def test_mapping_of_a_german_file_reads_its_commas_and_days(root: Path, tmp_path: Path) -> None:
    shop = tmp_path / "laden.csv"
    rows = "03/09/2026;Marke;1.234;12;12,5\n23/09/2026;Marke;2.234;14;1.300,75\n"
    shop.write_text(f"Datum;Kampagne;Impressionen;Klicks;Werbekosten\n{rows}", encoding="utf-8")
    shown = brought(root, shop, "--channel", "search")
    assert "2026-09-03 … 2026-09-23" in shown
    assert "1,313.25" in shown
    assert "3,468" in shown


def test_file_that_is_neither_text_nor_workbook_is_told_and_gets_no_mapping(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "picture.csv").write_bytes(bytes(range(256)) * 4)
    assert "holds neither a table as text nor a workbook" in refused(root, tmp_path / "picture.csv")
    assert not (root / "params" / "spring" / "picture.yml").exists()


def test_download_that_was_cut_off_is_known_by_its_total_row(root: Path, tmp_path: Path) -> None:
    head, total = (
        "Day,Campaign,Impr.,Clicks,Cost,Currency code\n",
        "Total: Account, ,900,20,11.00,USD\n",
    )
    rows = "2026-09-01,Brand,300,10,5.50,USD\n2026-09-02,Brand,300,10,5.50,USD\n"
    (tmp_path / "cut.csv").write_text(head + rows + total, encoding="utf-8")
    shown = brought(root, tmp_path / "cut.csv", "--channel", "search")
    assert "Its own total row says 900 for impressions, its rows 600: is it whole?" in shown
    assert "for spend" not in shown


def test_one_channel_for_rows_that_name_several_is_told(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    rows = "2026-09-01,百度,1000,50,120.5\n2026-09-02,抖音,2000,80,220.5\n"
    file.write_text(f"日期,渠道,展现,点击,消费\n{rows}", encoding="utf-8")
    shown = brought(root, file, "--channel", "search")
    assert "! Its rows name channels (百度, 抖音); all are taken for the one given." in shown


def test_platform_known_from_documents_only_says_so(root: Path) -> None:
    shown = brought(root, EXPORTS / "snapchat-ads" / "campaigns_daily.csv", "--channel", "search")
    assert "! Its headers are known from documents only: compare the sums above." in shown
    assert "! Nothing in it names a currency: USD is taken." in shown
    known = brought(root, GOOGLE, "--channel", "search")
    assert "known from documents only" not in known
    assert "names a currency" not in known


def test_orders_of_a_shop_come_in_without_those_that_were_never_paid(root: Path) -> None:
    shown = brought(root, EXPORTS / "shopify-orders" / "orders_export.csv")
    assert "2 rows are left out on purpose by where: Financial Status" in shown
    assert "! Email says who somebody is: put a pseudonym in its place first." in shown
    assert "2 rows;" in shown
    assert "140" in shown


def test_ambiguous_file_names_the_choice(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "both.csv"
    file.write_text(
        "日期,账户,展现,点击,消费,计划名称,展示数,消耗\n2026-09-01,a,1,1,1,b,1,1\n",
        encoding="utf-8",
    )
    assert "may be of baidu or oceanengine. Say which: --platform baidu" in refused(root, file)


def test_what_of_a_file_is_not_read_is_shown_before_it_is_imported(
    root: Path, tmp_path: Path
) -> None:
    head = "Day,Campaign,Impr.,Clicks,Cost,Currency code\n2026-09-01,Brand,300,10,5.50,USD\n"
    (tmp_path / "two.csv").write_text(f"{head}\nDevice,Clicks\nmobile,7\n", encoding="utf-8")
    shown = brought(root, tmp_path / "two.csv", "--channel", "search")
    assert "! another table begins in line 4 (Device, Clicks; 1 rows), and is not read." in shown


def test_wrong_platform_is_told_with_those_that_are_known(root: Path) -> None:
    told = refused(root, GOOGLE, "--platform", "goggle-ads")
    assert "is none of alimama, amazon-ads, baidu" in told
    assert "Did you mean google-ads?" in told


def test_one_bad_file_does_not_stop_the_next(root: Path, tmp_path: Path) -> None:
    shutil.copy(GOOGLE, tmp_path / "good.csv")
    (tmp_path / "bad.csv").write_bytes(b"PK\x03\x04")
    told = refused(root, tmp_path / "bad.csv", tmp_path / "good.csv", "--channel", "search")
    assert "cannot be opened" in told
    assert (root / "data" / "spring" / "google-ads" / "good.csv").exists()


def test_sources_in_one_line_are_left_and_the_entry_is_told(root: Path) -> None:
    text = CAMPAIGN.replace(
        'sources:\n  daily:\n    table: "channel_daily"\n    files: "daily/*.csv"     # our own\n',
        'sources: {daily: {table: "channel_daily", files: "daily/*.csv"}}\n',
    )
    (root / "params" / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    assert "Add it yourself: google-ads:" in refused(root, GOOGLE, "--channel", "search")
    assert written(root) == text


def test_unknown_campaign_is_wrong_usage(root: Path) -> None:
    done = playbook("import", str(GOOGLE), "--campaign", "autumn", root=root)
    assert done.returncode == 2
    assert "known are: spring" in done.stderr


@pytest.mark.parametrize(
    ("name", "mapping"),
    [("2026-11.csv", "mapping-2026-11.yml"), ("Campaign.csv", "mapping-campaign.yml")],
)
def test_a_mapping_never_takes_a_name_that_means_something(
    root: Path, tmp_path: Path, name: str, mapping: str
) -> None:
    file = tmp_path / name
    file.write_text("when,what,how much\n2026-09-01,a,1\n", encoding="utf-8")
    before = written(root)
    refused(root, file)
    assert (root / "params" / "spring" / mapping).is_file()
    assert not (root / "params" / "spring" / "2026-11.yml").exists()
    assert written(root) == before


def test_a_name_cannot_break_out_of_the_comment_of_a_mapping(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "a\nchannel: evil\x1b[31m.csv"
    file.write_text("when,what,how much\n2026-09-01,a\u2028b,1\n", encoding="utf-8")
    assert "\x1b" not in refused(root, file)
    [mapping] = (root / "params" / "spring").glob("a-*.yml")
    assert "\nchannel: evil" not in mapping.read_text(encoding="utf-8")
    assert "\u2028" not in mapping.read_text(encoding="utf-8")
