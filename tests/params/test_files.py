"""Parameters on disk: what is merged, and how every fault is told."""

from pathlib import Path

import pytest

from playbook import params
from playbook.errors import PlaybookError

CAMPAIGN = """
name: {zh: "春促", en: "Spring"}
language: "en"
currency: "USD"
timezone: "America/New_York"
objective: "More customers"
channels:
  search: {name: "Search", kind: "paid", owner: "s01", max_spend: 500}
  mail: {name: "Mail", kind: "owned", owner: "s02"}
sources:
  ads: {table: "channel_daily", files: "ads/*.csv", channel: "search"}
goals:
  sales: {name: "Sales", kpi: "revenue", target: 100, deadline: "2026-10-31", owner: "s01"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "spring").mkdir()
    (tmp_path / "spring" / "campaign.yml").write_text(CAMPAIGN, encoding="utf-8")
    return tmp_path


def month(folder: Path, text: str) -> None:
    (folder / "spring" / "2026-10.yml").write_text(text, encoding="utf-8")


def faults(folder: Path, period: str = "2026-10", campaign: str = "spring") -> str:
    with pytest.raises(PlaybookError) as caught:
        params.load(campaign, period, folder)
    return str(caught.value)


def test_period_file_overrides_one_key_and_leaves_its_neighbours(folder: Path) -> None:
    month(folder, "goals: {sales: {target: 120}}")
    found = params.load("spring", "2026-10", folder).goals["sales"]
    assert (found.target, found.kpi, found.id) == (120, "revenue", "sales")


def test_period_file_adds_an_entry(folder: Path) -> None:
    month(folder, "budget: {search: 300}")
    assert params.load("spring", "2026-10", folder).budget == {"search": 300}


def test_null_in_the_period_file_takes_an_entry_away(folder: Path) -> None:
    month(folder, "goals: {sales: null}")
    assert not params.load("spring", "2026-10", folder).goals


def test_month_without_a_file_takes_the_campaign_as_it_is(folder: Path) -> None:
    assert params.load("spring", "2026-09", folder).goals["sales"].target == 100


def test_one_text_serves_both_languages(folder: Path) -> None:
    assert params.load("spring", "2026-10", folder).objective.zh == "More customers"


def test_period_knows_its_days_and_the_one_before(folder: Path) -> None:
    found = params.load("spring", "2027-01", folder)
    assert (str(found.start), str(found.end), str(found.month.previous)) == (
        "2027-01-01",
        "2027-01-31",
        "2026-12",
    )


def test_parameters_cannot_be_changed_after_reading(folder: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        params.load("spring", "2026-10", folder).currency = "EUR"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gaols: {}", "2026-10.yml: gaols (line 1): no such parameter"),
        ("goals: {sales: {targt: 5}}", "goals.sales.targt (line 1): no such parameter"),
        ('goals: {sales: {target: "12"}}', "goals.sales.target (line 1) is '12'"),
        ("goals: {sales: {target: yes}}", "goals.sales.target (line 1) is 'true'"),
        ("goals: {sales: {owner: no}}", "Quote it: YAML read it as a bool"),
        ("goals: {sales: {kpi: fame}}", "goals.sales.kpi (line 1) is 'fame'"),
        ("goals: {sales: {deadline: 2026-13-01}}", "goals.sales.deadline (line 1) is '2026-13-01'"),
        (
            "goals: {Sales Goal: {target: 5}}",
            "goals.Sales Goal.id (line 1) is 'Sales Goal': an id has only a-z",
        ),
        (
            "content: {hard_sell_words: cheap}",
            "content.hard_sell_words (line 1) is 'cheap': must be a list",
        ),
        ("goals: {sales: 5}", "goals.sales (line 1) is '5': must hold keys and values"),
        ("goals: 5", "goals (line 1) is '5': must hold keys and values"),
        ("business: [1]", "business (line 1): must hold keys and values"),
        ("currency: Dollar", "ISO 4217"),
        ("timezone: Mars/Olympus", "must be a zone name"),
        ("budget: {radio: 5}", "budget.radio (line 1) is 'radio': no channel has this id"),
        ("channels: {search: {min_spend: 900}}", "max_spend 500 is below min_spend 900"),
        ("goals: {sales: {start: '2026-12-01'}}", "lies before the start 2026-12-01"),
        ("sources: {ads: {files: '../other/x.csv'}}", "must be a path inside its folder"),
        ("sources: {ads: {password: 'hunter2'}}", "a secret must not stand in a file"),
        ("sources: {ads: {files: 'ads/***'}}", "is no usable pattern of files"),
        ("sources: {ads: {files: '.'}}", "is no usable pattern of files"),
        ("sources: {ads: {files: '**/**/a.csv'}}", "is no usable pattern of files"),
        ("sources: {ads: {files: 'ads/'}}", "is no usable pattern of files"),
        (f"sources: {{ads: {{files: '{'a' * 5000}'}}}}", f"'{'a' * 80}…': is no usable pattern"),
        ('sources: {ads: {files: "a\\0b"}}', "is no usable pattern of files"),
        ("name: yes", "name (line 1) is 'true': must be text. Quote it"),
        ("name: 5", "name (line 1) is '5': must be text. Quote it"),
        ("monitoring: {anomaly_cut: 1001}", "less than or equal to 1000"),
        ("goals: {sales: {target: 1.0e+16}}", "less than or equal to 1000000000000000"),
        ("content: {on_time_minutes: 525601}", "less than or equal to 525600"),
        ('content: {hard_sell_words: [" "]}', "hard_sell_words.0 (line 1) is \"' '\": must not be"),
        ("currency: [USD]", "ISO 4217"),
        ("language: en\nlanguage: zh", "language (line 2): stands twice"),
        ("a: [1", "cannot be read as YAML"),
        ("- a\n- b", "must hold keys and values"),
    ],
)
def test_fault_is_told_with_file_key_and_rule(folder: Path, text: str, told: str) -> None:
    month(folder, text)
    assert told in faults(folder)


def test_an_empty_value_is_called_empty(folder: Path) -> None:
    text = CAMPAIGN.replace('currency: "USD"', "currency: null")
    (folder / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    assert "currency (line 4): is empty; must be an ISO 4217 code" in faults(folder)


def test_fault_of_the_campaign_file_names_that_file(folder: Path) -> None:
    text = CAMPAIGN.replace('currency: "USD"', "currency: 5")
    (folder / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    month(folder, "goals: {sales: {target: 120}}")
    assert "campaign.yml: currency (line 4) is '5'" in faults(folder)


def test_all_faults_are_told_at_once(folder: Path) -> None:
    month(folder, "currency: Dollar\ngoals: {sales: {target: x}}\nextra: 1")
    assert len(faults(folder).splitlines()) == 3


def test_secret_is_never_repeated_in_the_message(folder: Path) -> None:
    month(folder, "sources: {ads: {api_key: 'hunter2'}}")
    assert "hunter2" not in faults(folder)


@pytest.mark.parametrize(
    "period", ["2026-13", "2026-1", "last month", "../2026-10", "0000-01", "9999-12", "2026-10\n"]
)
def test_period_that_is_no_month_is_refused(folder: Path, period: str) -> None:
    assert "a period is a month written YYYY-MM" in faults(folder, period)


@pytest.mark.parametrize("name", ["2026-13", "2026-1", "202610", "2026_10"])
def test_file_whose_name_is_nearly_a_month_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / "spring" / f"{name}.yml").write_text("", encoding="utf-8")
    told = faults(folder)
    assert f"{name}.yml" in told
    assert "its name is no month YYYY-MM" in told


def test_mapping_with_a_number_for_a_name_is_none_of_the_months(folder: Path) -> None:
    (folder / "spring" / "360.yml").write_text("name: x\n", encoding="utf-8")
    assert params.load("spring", "2026-10", folder).id == "spring"


@pytest.mark.parametrize("campaign", ["autumn", "../spring", "", "Spring"])
def test_unknown_campaign_is_refused_with_the_known_ones(folder: Path, campaign: str) -> None:
    assert "known are: spring" in faults(folder, campaign=campaign)


def test_periods_are_listed_in_order_and_only_months(folder: Path) -> None:
    for name in ("2026-10.yml", "2026-09.yml", "notes.yml"):
        (folder / "spring" / name).write_text("", encoding="utf-8")
    assert params.periods("spring", folder) == ["2026-09", "2026-10"]


@pytest.mark.parametrize(
    "kpi", ["reach", "frequency", "ltv", "retention_rate", "attainment", "pacing"]
)
def test_a_goal_on_what_nothing_computes_is_refused_with_place_rule_and_remedy(
    folder: Path, kpi: str
) -> None:
    month(folder, f"goals: {{sales: {{kpi: {kpi}}}}}")
    told = faults(folder)
    assert "2026-10.yml" in told
    assert f"goals.sales.kpi (line 1) is '{kpi}'" in told
    assert "is not computed over the days of a goal: choose a KPI that adds up" in told
