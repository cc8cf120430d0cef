"""Which source counts where several tell the same measure of a channel."""

from pathlib import Path

import pandas as pd
import pytest

from playbook.sources.claims import CLAIMS, Teller, none, settled
from playbook.sources.files.layout import Kind
from tests.stages.shop import filled
from tests.workspace import ADS, Workspace, ads

GA4 = '  site: {table: "channel_daily", files: "ga4/*", platform: "ga4", channel: "search"}\n'
SESSIONS = "Date,Session source / medium,Sessions,Engaged sessions,Key events,Total revenue\n"


def rows(*told: dict[str, object]) -> pd.DataFrame:
    sound = {"channel": "search", "campaign_unit": "(all)", "segment": "(all)"}
    frame = filled("channel_daily", [sound | each for each in told])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[us]")
    return frame.assign(_source=[each["_source"] for each in told])


def teller(source: str, kind: Kind | None = None, *measures: str) -> Teller:
    return Teller(source=source, kind=kind, measures=measures)


def test_analytics_beside_ads_gives_visits_and_no_second_revenue(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS, GA4)
    space.put("ads/a.csv", ads("01,Brand,1000,100,50,5,500", "02,Brand,1000,100,60,5,500"))
    space.put("ga4/a.csv", f"{SESSIONS}20261001,google / cpc,95,60,5,490\n20261002,x,97,61,6,520\n")
    assert space.sums("conversions", "revenue", "visits", "spend") == [10, 1000, 192, 110]
    claims = space.load()["claims"].set_index("measure")
    assert claims.loc["revenue", ["source", "claimed", "counts", "counted"]].tolist() == [
        "site",
        1010,
        "ads",
        1000,
    ]
    told = [str(problem) for problem in space.check() if problem.code == "two-tellers"]
    assert "sources.site: search, revenue is '1,010.00'" in told[-1]


def test_the_same_unit_of_two_sources_is_one_row_and_loses_nothing(tmp_path: Path) -> None:
    space = Workspace(tmp_path, ADS, GA4)
    space.put("ads/a.csv", ads("01,Brand,1000,100,50,5,500"))
    head = SESSIONS.replace("source / medium", "source / medium,Session campaign")
    space.put("ga4/a.csv", f"{head}20261001,google / cpc,Brand,95,60,5,490\n")
    [row] = space.load()["channel_daily"].to_dict("records")
    assert (row["campaign_unit"], row["spend"], row["visits"]) == ("Brand", 50, 95)


def test_the_shop_counts_for_revenue_and_the_platform_for_its_conversions() -> None:
    told = rows(
        {
            "_source": "ads",
            "date": "2026-10-01",
            "conversions": 5.0,
            "revenue": 500.0,
            "spend": 9.0,
        },
        {"_source": "shop", "date": "2026-10-01", "orders": 4.0, "revenue": 400.0},
    )
    table, claims = settled(told, [teller("ads", "ads"), teller("shop", "shop")])
    assert table[["conversions", "revenue", "orders", "spend"]].sum().tolist() == [5, 400, 4, 9]
    assert claims[["source", "measure", "claimed", "counted"]].to_numpy().tolist() == [
        ["ads", "revenue", 500.0, 400.0]
    ]


def test_a_source_alone_counts_for_all_that_it_tells() -> None:
    told = rows({"_source": "site", "date": "2026-10-01", "visits": 9.0, "revenue": 400.0})
    table, claims = settled(told, [teller("site", "analytics")])
    assert table["revenue"].tolist() == [400]
    assert claims.empty


def test_days_before_the_better_source_begins_are_those_of_the_other() -> None:
    told = rows(
        {"_source": "ads", "date": "2026-10-01", "revenue": 1.0, "spend": 1.0},
        {"_source": "ads", "date": "2026-10-05", "revenue": 2.0, "spend": 1.0},
        {"_source": "ads", "date": "2026-10-06", "revenue": 4.0, "spend": 1.0},
        {"_source": "shop", "date": "2026-10-04", "revenue": 8.0},
        {"_source": "shop", "date": "2026-10-06", "revenue": 16.0},
    )
    table, claims = settled(told, [teller("ads", "ads"), teller("shop", "shop")])
    assert table["revenue"].sum() == 1 + 8 + 16
    assert claims["claimed"].tolist() == [6]


def test_zeros_of_a_source_that_measures_nothing_do_not_silence_another() -> None:
    told = rows(
        {"_source": "ads", "date": "2026-10-01", "conversions": 0.0, "spend": 1.0},
        {"_source": "site", "date": "2026-10-01", "conversions": 7.0, "visits": 70.0},
    )
    table, _ = settled(told, [teller("ads", "ads"), teller("site", "analytics")])
    assert table["conversions"].sum() == 7


def test_two_ad_platforms_of_one_channel_are_added() -> None:
    told = rows(
        {"_source": "meta", "date": "2026-10-01", "conversions": 3.0, "spend": 1.0},
        {"_source": "tiktok", "date": "2026-10-01", "conversions": 4.0, "spend": 2.0},
    )
    table, claims = settled(told, [teller("meta", "ads"), teller("tiktok", "ads")])
    assert table[["conversions", "spend"]].sum().tolist() == [7, 3]
    assert claims.empty


def test_other_channels_are_left_alone() -> None:
    told = rows(
        {"_source": "ads", "date": "2026-10-01", "revenue": 1.0, "spend": 1.0},
        {"_source": "shop", "date": "2026-10-01", "channel": "mail", "revenue": 8.0},
    )
    table, claims = settled(told, [teller("ads", "ads"), teller("shop", "shop")])
    assert table["revenue"].sum() == 9
    assert claims.empty


def test_the_measures_that_parameters_name_go_before_and_the_rest_is_a_claim() -> None:
    told = rows(
        {"_source": "ads", "date": "2026-10-01", "conversions": 5.0, "spend": 1.0},
        {"_source": "site", "date": "2026-10-01", "conversions": 7.0, "visits": 70.0},
    )
    tellers = [teller("ads", "ads"), teller("site", "analytics", "conversions")]
    table, claims = settled(told, tellers)
    assert table["conversions"].sum() == 7
    assert table["visits"].isna().all()
    assert claims.set_index("measure")["counts"].to_dict() == {"conversions": "site", "visits": ""}


@pytest.mark.parametrize(
    ("measures", "wins"),
    [
        ({"visits": 1.0, "revenue": 2.0, "orders": 1.0}, "shop"),
        ({"visits": 1.0, "revenue": 2.0, "spend": 1.0}, "ads and shop are added"),
    ],
)
def test_the_kind_of_a_team_s_own_file_is_told_by_its_measures(
    measures: dict[str, float], wins: str
) -> None:
    told = rows(
        {"_source": "ads", "date": "2026-10-01", "revenue": 5.0, "spend": 1.0},
        {"_source": "own", "date": "2026-10-01", **measures},
    )
    table, _ = settled(told, [teller("ads", "ads"), teller("own")])
    assert table["revenue"].sum() == (2 if wins == "shop" else 7)


def test_no_claim_is_a_typed_table() -> None:
    assert list(none()) == list(CLAIMS)
    assert none()["claimed"].dtype == "float64"
