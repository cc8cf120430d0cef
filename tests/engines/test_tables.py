"""The same parameters read from a database what they read from files, and no more."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from playbook import params, sources
from playbook.errors import PlaybookError
from playbook.methods.attribution import credit
from playbook.methods.attribution_ibis import credit_ibis
from playbook.params import Campaign
from playbook.sources.databases import engines
from playbook.stages.experiments.trials import trials
from playbook.stages.shared.targets import _gmv
from tests.engines.loading import OF_LIBRARIES, Put, into_duckdb, into_mariadb, into_postgres

pytestmark = pytest.mark.filterwarnings(*OF_LIBRARIES)

CAMPAIGN = """
name: "Spring"
language: "en"
currency: "USD"
timezone: "America/New_York"
objective: "More customers"
channels:
  search: {name: "Search", kind: "paid", owner: "s01"}
  social: {name: "Social", kind: "paid", owner: "s01"}
sources:
"""
MAPPING = """
name: "Warehouse"
table: "channel_daily"
columns:
  date: "日期"
  channel: {headers: ["ch"], codes: {s1: "search", s2: "social"}}
  campaign_unit: "unit"
  impressions: "shown"
  clicks: "clicks"
  spend: {headers: ["micros"], divide: {micros: 1000000}}
"""


class Space:
    """A workspace with one campaign."""

    def __init__(self, root: Path) -> None:
        self.root, self.params, self.data = root, root / "params", root / "data"
        (self.params / "spring").mkdir(parents=True)
        (self.data / "spring").mkdir(parents=True)
        (self.params / "spring" / "own.yml").write_text(MAPPING, encoding="utf-8")

    def campaign(self, *lines: str) -> Campaign:
        text = CAMPAIGN + "".join(f"  {line}\n" for line in lines)
        (self.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
        return params.load("spring", "2026-10", self.params)

    def load(self, *lines: str) -> dict[str, pd.DataFrame]:
        return dict(sources.load(self.campaign(*lines), self.data, self.root / "run", self.params))


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return Space(tmp_path)


def daily() -> pd.DataFrame:
    """Two channels over three months; two rows break a rule, two cells are missing."""
    days = pd.date_range("2026-08-01", "2026-10-31")
    draw = np.random.default_rng(3)
    table = pd.DataFrame(
        {"日期": np.repeat(days, 2), "ch": ["s1", "s2"] * len(days), "unit": "=cmd|' /C calc'!A0"}
    )
    table["shown"] = draw.integers(1000, 9000, len(table)).astype(float)
    table["clicks"] = (table["shown"] * 0.1).round()
    table["micros"] = draw.integers(1, 10**9, len(table))
    table.loc[5, "clicks"] = table.loc[5, "shown"] + 1
    table.loc[7, "ch"] = "radio"
    table.loc[[9, 11], "shown"] = np.nan
    return table


def test_daily_table_of_every_engine_is_that_of_a_file(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = daily()
    uri = put(
        {
            "ads_daily": pa.Table.from_pandas(
                table.assign(日期=table["日期"].dt.date), preserve_index=False
            )
        }
    )
    monkeypatch.setenv("MARKETING_DB", uri)
    found = space.load(
        'ads: {table: "channel_daily", uri: "${MARKETING_DB}", from_table: "ads_daily", '
        'mapping: "own.yml"}'
    )
    table.to_csv(space.data / "spring" / "ads.csv", index=False)
    wanted = space.load('ads: {table: "channel_daily", files: "ads.csv", mapping: "own.yml"}')
    key = ["date", "channel"]
    sides = [one["channel_daily"].sort_values(key, ignore_index=True) for one in (found, wanted)]
    pd.testing.assert_frame_equal(*sides, rtol=1e-9)
    assert sides[0]["campaign_unit"].iloc[0] == "=cmd|' /C calc'!A0"
    assert sorted(found["rejects"]["rule"]) == sorted(wanted["rejects"]["rule"])
    assert found["rejects"]["file"].unique().tolist() == ["${MARKETING_DB}/ads"]


def test_only_period_and_history_are_fetched(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = daily().iloc[20:]
    monkeypatch.setenv(
        "MARKETING_DB", put({"ads": pa.Table.from_pandas(table, preserve_index=False)})
    )
    source = (
        'ads: {table: "channel_daily", uri: "${MARKETING_DB}", from_table: "ads", '
        'mapping: "own.yml", history_months: 1}'
    )
    found = space.load(source)["channel_daily"]["date"]
    assert (found.min(), found.max()) == (pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-31"))


def test_changed_table_is_noticed(put: Put, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for change in (0.0, 0.0, 1.0):
        table = daily()
        table.loc[50, "clicks"] += change
        monkeypatch.setenv(
            "MARKETING_DB", put({"ads": pa.Table.from_pandas(table, preserve_index=False)})
        )
        campaign = space.campaign(
            'ads: {table: "channel_daily", uri: "${MARKETING_DB}", from_table: "ads", '
            'mapping: "own.yml"}'
        )
        seen.add(sources.inputs(campaign, space.data, space.params)["${MARKETING_DB}/ads"])
    assert len(seen) == 2


def orders() -> pd.DataFrame:
    """Orders with a copy, one below zero, one without revenue, several in one minute."""
    draw = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "order_id": [f"o{place}" for place in range(500)],
            "customer_id": [f"c{place % 90}" for place in range(500)],
            "ordered_at": pd.Timestamp("2026-10-01")
            + pd.to_timedelta(draw.integers(0, 2000, 500) * 30, unit="s"),
            "revenue": draw.exponential(50, 500),
            "discount": draw.exponential(5, 500),
            "channel": draw.choice(["search", None], 500),
        }
    )
    table.loc[3, "revenue"], table.loc[4, "revenue"], table.loc[6, "discount"] = (
        -5.0,
        np.nan,
        np.nan,
    )
    return pd.concat([table, table.iloc[[8]]], ignore_index=True)


def test_orders_come_as_sums_by_minute_that_keep_the_gmv(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "MARKETING_DB", put({"orders": pa.Table.from_pandas(orders(), preserve_index=False)})
    )
    found = space.load('orders: {table: "orders", uri: "${MARKETING_DB}"}')
    orders().to_parquet(space.data / "spring" / "orders.parquet")
    wanted = space.load('orders: {table: "orders", files: "orders.parquet"}')
    assert len(found["orders"]) < len(wanted["orders"])
    days = (
        space.campaign('x: {table: "orders", files: "x"}').start,
        space.campaign('x: {table: "orders", files: "x"}').end,
    )
    assert _gmv(found["orders"], *days) == pytest.approx(_gmv(wanted["orders"], *days), rel=1e-9)
    by_hour = [
        one["orders"].groupby(one["orders"]["ordered_at"].dt.hour)["revenue"].sum()
        for one in (found, wanted)
    ]
    pd.testing.assert_series_equal(*by_hour, rtol=1e-9)
    assert found["rejects"]["rule"].tolist() == ["revenue must be at least 0"]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_large_files_of_orders_come_as_sums_by_minute_too(
    form: str, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = len(orders()) // 2
    for number, part in enumerate((orders().iloc[:half], orders().iloc[half:])):
        file = space.data / "spring" / f"{number}.{form}"
        part.to_parquet(file, index=False) if form == "parquet" else part.to_csv(file, index=False)
    line = f'orders: {{table: "orders", files: "*.{form}"}}'
    wanted = space.load(line)
    monkeypatch.setattr(engines, "LARGE_BYTES", 1)
    (space.root / "run" / "tables" / "sources.json").unlink()
    found = space.load(line)
    assert len(found["orders"]) < len(wanted["orders"])
    for column in ("revenue", "discount"):
        assert found["orders"][column].sum() == pytest.approx(
            wanted["orders"][column].sum(), rel=1e-9
        )
    assert found["rejects"]["rule"].tolist() == ["revenue must be at least 0"]
    assert found["quality"]["file"].tolist() == [f"spring/0.{form}"]


def touchpoints() -> pd.DataFrame:
    """Users with contacts and conversions, in and out of the period and the lookback.

    No two at one moment.
    """
    draw = np.random.default_rng(11)
    rows = 3000
    table = pd.DataFrame(
        {
            "user_id": [f"u{place}" for place in draw.integers(0, 400, rows)],
            "touched_at": pd.Timestamp("2026-09-01")
            + pd.to_timedelta(draw.permutation(rows) * 29, unit="min"),
            "kind": draw.choice(["click", "visit", "conversion"], rows, p=[0.6, 0.3, 0.1]),
        }
    )
    sold = table["kind"].eq("conversion")
    table["channel"] = np.where(sold, "(none)", draw.choice(["search", "social", "e-mail"], rows))
    table["value"] = np.where(sold & (draw.random(rows) < 0.8), draw.exponential(80, rows), np.nan)
    return table


def test_credit_of_every_engine_is_that_of_a_frame(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "MARKETING_DB", put({"paths": pa.Table.from_pandas(touchpoints(), preserve_index=False)})
    )
    campaign = space.campaign(
        't: {table: "touchpoints", uri: "${MARKETING_DB}", from_table: "paths"}'
    )
    asked = (pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01"), 14)
    there = engines.database_tables(campaign, space.data, space.params)["touchpoints"]
    found, wanted = credit_ibis(there, *asked, "UTC"), credit(touchpoints(), *asked)
    pd.testing.assert_frame_equal(
        found[wanted.columns], wanted, rtol=1e-9, check_names=False, check_index_type=False
    )


@pytest.mark.servers
@pytest.mark.parametrize("server", ["postgres", "mariadb"])
def test_moments_with_a_zone_are_told_in_the_campaigns_time(
    server: str, request: pytest.FixtureRequest, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = request.getfixturevalue(server)
    kind = "timestamptz" if server == "postgres" else "timestamp"
    backend = engines.connect(uri)
    for statement in (
        "drop table if exists checks",
        f"create table checks (page_id varchar(20), checked_at {kind} null, up integer)",
        "insert into checks values ('home', '2026-10-01 03:30:00', 1), ('home', '2026-11-01 03:30:00', 1),"
        " ('home', '2026-11-01 05:30:00', 1)",
    ):
        with backend.begin() as cursor:
            cursor.execute(statement)
    monkeypatch.setenv("MARKETING_DB", uri)
    found = space.load(
        'c: {table: "site_checks", uri: "${MARKETING_DB}", from_table: "checks", history_months: 0}'
    )
    assert found["site_checks"]["checked_at"].tolist() == [pd.Timestamp("2026-10-31 23:30")]


@pytest.mark.servers
def test_hostile_names_of_table_schema_and_columns_are_only_names(
    tmp_path: Path, postgres: str, mariadb: str, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = 'a"; drop table x; --`'
    (space.params / "spring" / "bad.yml").write_text(
        MAPPING.replace('"shown"', f"'{bad}'"), encoding="utf-8"
    )
    table = pa.Table.from_pandas(daily().rename(columns={"shown": bad}), preserve_index=False)
    for put in (into_duckdb(tmp_path), into_postgres(postgres), into_mariadb(mariadb)):
        monkeypatch.setenv("MARKETING_DB", put({"x": table, bad: table}))
        found = space.load(
            f"ads: "
            f"{{table: channel_daily, uri: '${{MARKETING_DB}}', from_table: '{bad}', mapping: bad.yml}}"
        )
        assert len(found["channel_daily"]) == len(daily()) - 1
        campaign = space.campaign(
            f"ads: "
            f"{{table: channel_daily, uri: '${{MARKETING_DB}}', from_table: x, from_schema: '{bad}'}}"
        )
        with pytest.raises(PlaybookError, match="cannot be read"):
            sources.inputs(campaign, space.data, space.params)
    assert engines.connect(postgres).table("x").count().to_pyarrow().as_py() == len(daily())


def test_cells_are_written_as_a_file_would_hold_them(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table(
        {
            "person_id": [9007199254740993, 2, None],
            "fan": [True, None, False],
            "gender": ["f", "", "m"],
        }
    )
    monkeypatch.setenv("MARKETING_DB", put({"people": table}))
    found = space.load('a: {table: "audience", uri: "${MARKETING_DB}", from_table: "people"}')
    told = found["audience"].sort_values("person_id")[["person_id", "fan", "gender"]]
    assert told["person_id"].tolist() == ["2", "9007199254740993"]
    assert told["fan"].isna().tolist() == [True, False]
    assert told["gender"].isna().tolist() == [True, False]
    assert found["rejects"]["column"].tolist() == ["person_id"]


def test_two_sources_of_a_table_that_stays_are_refused(
    tmp_path: Path, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = into_duckdb(tmp_path)
    monkeypatch.setenv(
        "MARKETING_DB",
        put({"touchpoints": pa.Table.from_pandas(touchpoints(), preserve_index=False)}),
    )
    lines = (
        'a: {table: "touchpoints", uri: "${MARKETING_DB}"}',
        'b: {table: "touchpoints", files: "*.csv"}',
    )
    with pytest.raises(PlaybookError, match="can have one source only"):
        engines.database_tables(space.campaign(*lines), space.data, space.params)


def test_column_that_a_table_lacks_is_named(
    tmp_path: Path, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.Table.from_pandas(touchpoints().drop(columns="user_id"), preserve_index=False)
    monkeypatch.setenv("MARKETING_DB", into_duckdb(tmp_path)({"touchpoints": table}))
    campaign = space.campaign('t: {table: "touchpoints", uri: "${MARKETING_DB}"}')
    [told] = sources.check(campaign, space.data, space.params)
    assert told.rule == "touchpoints needs the column user_id"


EXPERIMENT = """
experiments:
  hero:
    unit: "unit_id"
    variant: "variant"
    arms: {A: 0.5, B: 0.5}
    segments: ["device"]
    metrics: [{name: "bought", kind: "rate", role: "primary"}, {name: "spent"}]
"""


def experiment_units() -> pd.DataFrame:
    """Two experiments in one table; the second is not planned."""
    draw = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "experiment": ["hero"] * 900 + ["other"] * 100,
            "unit_id": [f"u{place}" for place in range(1000)],
            "variant": draw.choice(["A", "B"], 1000),
            "device": draw.choice(["phone", "desk"], 1000),
            "bought": draw.integers(0, 2, 1000),
            "spent": draw.exponential(30, 1000),
        }
    )


def test_planned_experiments_are_evaluated_where_their_units_lie(
    put: Put, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "MARKETING_DB",
        put({"units": pa.Table.from_pandas(experiment_units(), preserve_index=False)}),
    )
    line = (
        'e: {table: "experiment_units", uri: "${MARKETING_DB}", from_table: "units"}' + EXPERIMENT
    )
    campaign = space.campaign(line)
    there = space.load(line)["experiment_units"]
    assert not isinstance(there, pd.DataFrame)
    (found, _), (wanted, _) = trials(campaign, there), trials(campaign, experiment_units())
    assert wanted["experiments"]["experiment"].unique().tolist() == ["hero"]
    for name in ("experiments", "decisions", "segments", "strengths", "chances", "portfolio"):
        pd.testing.assert_frame_equal(found[name], wanted[name], rtol=1e-9)


def test_large_files_lie_in_several_folders_and_signs_in_their_names_are_no_pattern(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, name, rows in (
        ("a", "paths [1].csv", 20),
        ("b", "paths.csv", 30),
        ("a", "paths 1.csv.kept", 40),
    ):
        (space.data / "spring" / folder).mkdir(exist_ok=True)
        touchpoints().iloc[:rows].to_csv(space.data / "spring" / folder / name, index=False)
    monkeypatch.setattr(engines, "LARGE_BYTES", 1)
    there = space.load('t: {table: "touchpoints", files: "*/*.csv"}')["touchpoints"]
    assert there.count().to_pyarrow().as_py() == 50


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_large_files_of_users_stay_where_they_lie(
    form: str, space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f't: {{table: "touchpoints", files: "*.{form}"}}'
    asked = (pd.Timestamp("2026-10-01"), pd.Timestamp("2026-11-01"), 14)
    half = len(touchpoints()) // 2
    for number, part in enumerate((touchpoints().iloc[:half], touchpoints().iloc[half:])):
        file = space.data / "spring" / f"{number}.{form}"
        part.to_parquet(file, index=False) if form == "parquet" else part.to_csv(file, index=False)
    read = space.load(line)["touchpoints"]
    monkeypatch.setattr(engines, "LARGE_BYTES", 1)
    there = space.load(line)["touchpoints"]
    assert isinstance(read, pd.DataFrame)
    assert not isinstance(there, pd.DataFrame)
    found = credit_ibis(there, *asked, "UTC")
    pd.testing.assert_frame_equal(
        found,
        credit(touchpoints(), *asked)[found.columns],
        check_names=False,
        rtol=1e-9,
        check_index_type=False,
    )
