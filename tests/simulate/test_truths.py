"""Every planted truth is really in the files.

Recomputed from them by simple means, never from the simulator.
"""

from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from playbook import params
from playbook.simulate import autumn_launch, double11, people, sample
from playbook.simulate.scene import Scene
from tests.simulate import reading

SCENES = {"double11": double11.SCENE, "autumn-launch": autumn_launch.SCENE}
OCTOBER = "2026-10"


@pytest.fixture
def scene(campaign: str) -> Scene:
    return SCENES[campaign]


@pytest.fixture
def daily(root: Path, campaign: str) -> pd.DataFrame:
    return reading.daily(root, campaign)


@pytest.fixture
def plan(root: Path, campaign: str) -> params.Campaign:
    return params.load(campaign, OCTOBER, root / "params")


def monthly(daily: pd.DataFrame) -> pd.DataFrame:
    """Sums by channel and month."""
    return daily.groupby(["channel", "month"])[
        ["impressions", "visits", "orders", "revenue", "spend"]
    ].sum()


def test_one_paid_channel_loses_money_and_the_others_earn_it(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    found = reading.truths(root, campaign, 1)["size"]
    assert plan.business.margin is not None
    losing = found * plan.business.margin < 1
    assert losing.sum() == 1
    assert losing.idxmax() in ("iroas.ocean-feed", "iroas.google-display")


def test_less_revenue_is_caused_than_attributed(
    root: Path, campaign: str, scene: Scene, daily: pd.DataFrame
) -> None:
    caused = reading.truths(root, campaign, 1).set_index("where")["size"]
    sums = daily.groupby("channel")[["revenue", "spend"]].sum()
    attributed = (sums["revenue"] / sums["spend"])[caused.index]
    comes_anyway = pd.Series({spec.id: spec.base_share for spec in scene.channels})[caused.index]
    assert (caused < attributed).all()
    assert caused.to_numpy() == pytest.approx((attributed * (1 - comes_anyway)).to_numpy(), rel=0.1)


def test_a_platform_claims_more_than_the_shop_sold(
    root: Path, campaign: str, scene: Scene, daily: pd.DataFrame
) -> None:
    august = daily[daily["month"].eq("2026-08")].groupby("channel")[["conversions", "orders"]].sum()
    for truth in reading.truths(root, campaign, 3).itertuples():
        claimed = august.loc[truth.where, "conversions"] / august.loc[truth.where, "orders"]
        assert claimed == pytest.approx(truth.size, rel=0.1)


def test_contacts_cause_the_planted_shares_of_conversions(
    root: Path, campaign: str, scene: Scene
) -> None:
    """Contacts are drawn independently, so exposed less unexposed is what a channel causes."""
    table = pd.read_parquet(root / f"data/{campaign}/touchpoints/touchpoints.parquet")
    truth = reading.truths(root, campaign, 4).set_index("where")["size"]
    everybody = [f"u{number:05d}" for number in range(scene.users)]
    met = pd.crosstab(table["user_id"], table["channel"]).gt(0).reindex(everybody, fill_value=False)
    bought = met.pop("(none)")
    gain = {
        id: (bought[met[id]].mean() - bought[~met[id]].mean()) * met[id].sum() for id in truth.index
    }
    shares = pd.Series(gain) / sum(gain.values())
    assert truth.sum() == pytest.approx(1, abs=1e-4)
    assert (shares - truth).abs().sum() < 0.2
    assert 0.05 < bought.mean() < 0.3


def test_contacts_come_before_the_conversion(root: Path, campaign: str) -> None:
    table = pd.read_parquet(root / f"data/{campaign}/touchpoints/touchpoints.parquet")
    sales = table[table["kind"].eq("conversion")].set_index("user_id")["touched_at"]
    contacts = table[table["kind"].ne("conversion")].groupby("user_id")["touched_at"].max()
    assert sales.index.is_unique
    assert (sales - contacts).dropna().gt(pd.Timedelta(0)).all()


def test_people_answer_like_their_persona(root: Path, campaign: str, scene: Scene) -> None:
    survey = reading.csv(root / f"data/{campaign}/audience/survey.csv")
    latent = people.membership(scene, sample.SEED)
    means = survey.groupby(latent)[list(people.QUESTIONS)].mean()
    planted = pd.DataFrame([persona.answers for persona in scene.personas])[list(people.QUESTIONS)]
    assert (means - planted).abs().to_numpy().max() < 0.4
    shares = reading.truths(root, campaign, 5)["size"]
    assert np.bincount(latent) / len(latent) == pytest.approx(shares.to_numpy(), abs=1e-4)


def test_some_answers_are_missing_and_some_people_tick_one_box(root: Path, campaign: str) -> None:
    answers = reading.csv(root / f"data/{campaign}/audience/survey.csv")[list(people.QUESTIONS)]
    assert answers.isna().to_numpy().mean() == pytest.approx(people.MISSING, abs=0.01)
    assert answers.nunique(axis="columns").eq(1).mean() == pytest.approx(people.STRAIGHT, abs=0.015)
    assert set(np.unique(answers.to_numpy()[answers.notna().to_numpy()])) == {1, 2, 3, 4, 5}


def test_market_series_grow_and_step_as_planted(root: Path, campaign: str, scene: Scene) -> None:
    wide = reading.csv(root / f"data/{campaign}/market/series.csv").pivot(
        index="date", columns="series_id", values="value"
    )
    year_on_year = (np.log(wide) - np.log(wide.shift(52))).dropna()
    for series in scene.series:
        stepped = year_on_year.index >= pd.Timestamp(series.step_on or "2027-01-01")
        unexplained = (
            year_on_year[series.id] - np.log1p(series.growth) - stepped * np.log1p(series.step)
        )
        assert abs(unexplained.mean()) < 0.02
        assert unexplained.std() < 0.08


def test_one_series_has_no_trend_and_the_others_peak_before_winter(
    root: Path, campaign: str
) -> None:
    table = reading.csv(root / f"data/{campaign}/market/series.csv")
    flat = reading.truths(root, campaign, 7).query("size == 0")["where"].tolist()
    assert len(flat) == 1
    by_month = (
        table[~table["series_id"].isin(flat)]
        .groupby(["series_id", table["date"].dt.month])["value"]
        .mean()
    )
    assert by_month.groupby("series_id").idxmax().map(lambda place: place[1]).isin([10, 11]).all()


def test_a_rival_cuts_its_price_and_gets_louder(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    table = reading.csv(root / f"data/{campaign}/market/competitors.csv")
    cut, louder = (reading.truths(root, campaign, 8).loc[name] for name in ("price-cut", "louder"))
    rival = table[table["brand"].eq(cut["where"])]
    after = rival["week"] >= pd.Timestamp(cut["from"])
    price, mentions = (rival.groupby(after)[name].mean() for name in ("price_index", "mentions"))
    assert price[True] / price[False] - 1 == pytest.approx(cut["size"], abs=0.01)
    assert mentions[True] / mentions[False] - 1 == pytest.approx(louder["size"], abs=0.12)
    assert plan.brand in set(table["brand"])
    assert after.sum() >= 6


KINDS = {
    "spike": {"clicks": (1.5, 4)},
    "drop": {"impressions": (0.1, 0.6)},
    "outage": {"spend": (0.0, 0.1), "visits": (0.0, 0.3)},
    "tracking_loss": {"conversions": (0.0, 0.2), "clicks": (0.8, 1.25)},
    "bot_clicks": {"clicks": (1.6, 2.6), "spend": (0.8, 1.25), "visits": (0.8, 1.25)},
    "budget_cap": {"spend": (0.3, 0.7), "clicks": (0.3, 0.8)},
    "mild": {"visits": (0.55, 0.88)},
}
"""Against the same weekdays of the two weeks before and after, what each kind of anomaly does."""


def test_a_dozen_anomalies_of_seven_kinds_are_in_the_days(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    events = reading.truths(root, campaign, 9)
    assert len(events) == 12
    assert set(events["what"]) == set(KINDS)
    wide = daily.set_index(["channel", "date"]).sort_index()
    for event in events.to_dict("records"):
        for column, (least, most) in KINDS[event["what"]].items():
            assert (
                least
                <= against_usual(wide.loc[event["where"], column], event["from"], event["to"])
                <= most
            ), event


def against_usual(values: pd.Series, first: str, last: str) -> float:
    """Sum of the days over the median of the same days one and two weeks earlier and later."""
    here = values[first:last].sum()
    around = [values.shift(weeks, freq="7D")[first:last].sum() for weeks in (1, 2, -1, -2)]
    return float(here / np.median([level for level in around if level > 0]))


def test_pages_were_down_when_it_says_so(root: Path, campaign: str) -> None:
    checks = pd.read_parquet(root / f"data/{campaign}/site/checks.parquet")
    planted = reading.truths(root, campaign, 10)
    assert checks.groupby("page_id").size().eq(92 * 48).all()
    assert checks["latency_ms"].isna().eq(checks["up"].eq(0)).all()
    down = [
        checks[
            checks["page_id"].eq(truth.where)
            & checks["checked_at"].ge(truth[5])
            & checks["checked_at"].lt(truth.to)
        ]
        for truth in planted.itertuples()
    ]
    assert len(planted) == 3
    assert pd.concat(down)["up"].eq(0).all()
    assert len(pd.concat(down)) == checks["up"].eq(0).sum()


def test_an_outage_costs_what_the_same_hours_bring_in_other_weeks(
    root: Path, campaign: str
) -> None:
    orders = (
        pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
        .set_index("ordered_at")["revenue"]
        .sort_index()
    )
    for truth in reading.truths(root, campaign, 10).itertuples():
        start, end = pd.Timestamp(truth[5]), pd.Timestamp(truth.to) - pd.Timedelta(minutes=1)
        assert orders[start:end].empty
        weeks = [pd.Timedelta(weeks=week) for week in (-4, -3, -2, -1, 1)]
        usual = np.mean([orders[start + week : end + week].sum() for week in weeks])
        assert truth.size == pytest.approx(usual, rel=0.35)


def test_one_budget_is_gone_on_the_21st(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    truth = reading.truths(root, campaign, 11).query("id.str.startswith('gone')").iloc[0]
    october = daily[daily["month"].eq(OCTOBER) & daily["channel"].eq(truth["where"])].set_index(
        "date"
    )["spend"]
    used = october.cumsum() / plan.budget[truth["where"]]
    assert used["2026-10-20"] < 0.98
    assert used["2026-10-21"] == pytest.approx(1, abs=1e-4)
    assert october["2026-10-22":].sum() == 0


def test_one_budget_is_a_quarter_unspent(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    truth = reading.truths(root, campaign, 11).query("id.str.startswith('under')").iloc[0]
    spend = daily[daily["month"].eq(OCTOBER) & daily["channel"].eq(truth["where"])]["spend"].sum()
    assert spend / plan.budget[truth["where"]] == pytest.approx(0.75, abs=0.005)


@pytest.mark.parametrize("month", ["2026-08", "2026-09", "2026-10"])
def test_pieces_are_late_missing_and_pushing_as_planted(
    root: Path, campaign: str, plan: params.Campaign, month: str
) -> None:
    folder = root / f"data/{campaign}/content"
    pieces = reading.csv(folder / "plan.csv").merge(
        reading.csv(folder / "log.csv"), how="left", on=["content_id", "channel"]
    )
    pieces = pieces[pieces["planned_at"].dt.strftime("%Y-%m").eq(month)]
    minutes = (pieces["published_at"] - pieces["planned_at"]).dt.total_seconds() / 60
    counts = (
        pd.DataFrame({"late": minutes.gt(plan.content.on_time_minutes), "missing": minutes.isna()})
        .groupby(pieces["owner"])
        .sum()
    )
    truth = reading.truths(root, campaign, 12)["size"]
    for owner, row in counts.iterrows():
        assert row["late"] == truth[f"late.{month}.{owner}"]
        assert row["missing"] == truth[f"missing.{month}.{owner}"]
    texts = (pieces["title"] + " " + pieces["body"]).str.lower()
    hits = sum(
        texts.str.contains(word, regex=False).astype(int) for word in plan.content.hard_sell_words
    )
    assert hits.ge(2).sum() == truth[f"hard-sell.{month}"]
    assert hits.eq(1).sum() == 0


def arms(root: Path, campaign: str, id: str) -> pd.DataFrame:
    """Users and conversions by arm, the control first."""
    units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
    table = units.groupby("variant")["converted"].agg(["size", "sum"])
    return table.loc[["control", *table.index.drop("control")]]


def z_of_rates(table: pd.DataFrame) -> float:
    """Pooled two-proportion z, treatment less control."""
    rates, pooled = table["sum"] / table["size"], table["sum"].sum() / table["size"].sum()
    return float(
        (rates.iloc[1] - rates.iloc[0]) / sqrt(pooled * (1 - pooled) * (1 / table["size"]).sum())
    )


def id_of(root: Path, campaign: str, kind: str) -> str:
    [id] = reading.truths(root, campaign, 14).query("what == @kind").index
    return str(id)


def test_the_true_lift_is_found_and_its_size_is_in_the_interval(root: Path, campaign: str) -> None:
    id = id_of(root, campaign, "lift")
    table = arms(root, campaign, id)
    rates = table["sum"] / table["size"]
    error = sqrt((rates * (1 - rates) / table["size"]).sum())
    planted = rates.iloc[0] * reading.truths(root, campaign, 14).loc[id, "size"]
    assert z_of_rates(table) > 1.96
    assert rates.iloc[1] - rates.iloc[0] == pytest.approx(planted, abs=1.96 * error)


def test_the_null_is_not_found(root: Path, campaign: str) -> None:
    assert abs(z_of_rates(arms(root, campaign, id_of(root, campaign, "null")))) < 1.96


def test_only_one_split_is_broken(root: Path, campaign: str) -> None:
    chances = {}
    for id, what in reading.truths(root, campaign, 14)["what"].items():
        sizes = arms(root, campaign, str(id))["size"]
        chances[what] = (sizes.iloc[0] - sizes.iloc[1]) ** 2 / sizes.sum()
    broken = {what for what, chi2 in chances.items() if chi2 > 10.83}
    assert broken == {"srm"}


def test_the_paradox_turns_round_within_devices(root: Path, campaign: str) -> None:
    id = id_of(root, campaign, "simpson")
    units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
    rates = units.groupby(["device", units["variant"].ne("control")])["converted"].mean().unstack()
    assert z_of_rates(arms(root, campaign, id)) < -1.96
    assert (rates[True] > rates[False]).all()


def test_what_users_bought_before_tells_what_they_buy(root: Path, campaign: str) -> None:
    units = pd.read_parquet(
        root / f"data/{campaign}/experiments/{id_of(root, campaign, 'lift')}.parquet"
    )
    buyers = units[units["converted"].eq(1)]
    assert buyers["revenue"].corr(buyers["revenue_pre"]) > 0.3
    assert units.loc[units["converted"].eq(0), "revenue"].eq(0).all()


def test_tests_lie_in_their_planned_days_and_arms(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    for id, test in plan.experiments.items():
        units = pd.read_parquet(root / f"data/{campaign}/experiments/{id}.parquet")
        assert units["assigned_on"].between(str(test.start), str(test.end)).all()
        assert set(units["variant"]) == set(test.arms)
        assert set(units["experiment"]) == {id}


def test_october_misses_its_revenue_by_the_checkout_bug(
    root: Path, campaign: str, daily: pd.DataFrame, plan: params.Campaign
) -> None:
    lost = reading.truths(root, campaign, 15).loc["checkout-bug.revenue", "size"]
    actual = daily.loc[daily["month"].eq(OCTOBER), "revenue"].sum()
    target = plan.goals["revenue"].target
    assert actual < 0.98 * target
    assert actual + lost > target


def test_the_bug_takes_a_fifth_of_the_conversion_rate_from_the_12th_on(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    truth = reading.truths(root, campaign, 15).loc["checkout-bug"]
    search = daily[daily["channel"].eq(truth["where"])].set_index("date")[["orders", "visits"]]
    before, after = (
        search[days].sum()
        for days in (slice("2026-08-01", "2026-10-11"), slice("2026-10-12", "2026-10-31"))
    )
    ratio = (after["orders"] / after["visits"]) / (before["orders"] / before["visits"])
    assert truth["size"] == pytest.approx(-0.18)
    assert ratio - 1 == pytest.approx(truth["size"], abs=0.06)


def test_contacts_got_a_fifth_dearer_on_one_channel(
    root: Path, campaign: str, daily: pd.DataFrame
) -> None:
    truth = reading.truths(root, campaign, 15).query("what == 'cpm_rise'").iloc[0]
    sums = monthly(daily).loc[truth["where"]]
    cpm = 1000 * sums["spend"] / sums["impressions"]
    assert cpm[OCTOBER] / cpm["2026-09"] - 1 == pytest.approx(0.2, abs=0.05)


def test_spend_moved_to_the_weakest_channel(root: Path, campaign: str, daily: pd.DataFrame) -> None:
    spend = monthly(daily)["spend"].unstack("month")
    shift = (spend / spend.sum())[OCTOBER] - (spend / spend.sum())["2026-09"]
    truth = (
        reading.truths(root, campaign, 15)
        .query("id.str.startswith('mix')")
        .set_index("where")["size"]
    )
    assert shift[truth.index].to_numpy() == pytest.approx(truth.to_numpy(), abs=1e-4)
    assert shift.idxmax() in ("ocean-feed", "google-display")
    assert shift.max() > 0.03


def test_the_distractor_is_within_noise(root: Path, campaign: str, daily: pd.DataFrame) -> None:
    truth = reading.truths(root, campaign, 15).query("what == 'distractor'").iloc[0]
    sums = monthly(daily).loc[truth["where"]]
    rate = sums["orders"] / sums["visits"]
    error = sqrt((rate * (1 - rate) / sums["visits"]).loc[["2026-09", OCTOBER]].sum())
    assert abs(rate[OCTOBER] - rate["2026-09"]) < 1.96 * error


def test_the_mean_of_ratios_lies_on_one_channel(root: Path, campaign: str) -> None:
    truth = (
        reading.truths(root, campaign, 20)
        .query("id.str.startswith('mean')")
        .set_index("where")["size"]
    )
    for channel, planted in truth.items():
        rows = reading.units(root, campaign, str(channel))
        shown = rows[rows["impressions"] > 0]
        lie = (shown["clicks"] / shown["impressions"]).mean() / (
            rows["clicks"].sum() / rows["impressions"].sum()
        ) - 1
        assert lie == pytest.approx(planted, abs=1e-4)
    assert truth.max() > 0.15


def test_a_paused_unit_has_rows_without_denominator(root: Path, campaign: str) -> None:
    truth = reading.truths(root, campaign, 20).query("id.str.startswith('no-imp')").iloc[0]
    rows = reading.units(root, campaign, truth["where"])
    empty = rows[rows["impressions"].eq(0)]
    assert len(empty) == truth["size"] == 3
    assert empty[["clicks", "conversions", "spend"]].eq(0).all(axis=None)


def test_most_goals_have_an_answer_and_some_are_missed(
    daily: pd.DataFrame, plan: params.Campaign
) -> None:
    october = daily[daily["month"].eq(OCTOBER)][["spend", "new_customers"]].sum()
    cac = (october["spend"] + plan.business.other_acquisition_cost) / october["new_customers"]
    assert october["new_customers"] > plan.goals["new-customers"].target
    assert "cac" not in plan.goals or cac < plan.goals["cac"].target


def test_two_or_three_raters_rate_each_person(
    root: Path, campaign: str, plan: params.Campaign
) -> None:
    table = reading.csv(root / f"data/{campaign}/people/ratings.csv")
    raters = table.groupby(["staff_id", "period", "item"])["rater_id"].nunique()
    assert set(raters) == {2, 3}
    assert table["level"].between(1, 5).all()
    assert table["staff_id"].ne(table["rater_id"]).all()
    assert {*table["staff_id"], *table["rater_id"]} == set(plan.team)


def test_customers_come_back(root: Path, campaign: str) -> None:
    orders = pd.read_parquet(root / f"data/{campaign}/orders/orders.parquet")
    times = orders["customer_id"].value_counts()
    assert 0.2 < (times > 1).mean() < 0.7
    assert orders["ordered_at"].is_monotonic_increasing
