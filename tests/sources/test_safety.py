"""Addresses come from the environment and show nowhere; a file can reach no other file."""

from pathlib import Path

import duckdb
import pytest

from playbook import params, sources
from playbook.errors import ParameterError, PlaybookError
from playbook.params import Campaign, plain
from playbook.run.execute import StageError, execute
from playbook.run.period import _settle
from playbook.shipped import NOTEBOOKS
from playbook.sources.databases import engines
from tests.workspace import SPRING

CAMPAIGN = (
    SPRING
    + """sources:
  daily: {table: "channel_daily", uri: "${MARKETING_DB}"}
"""
)
PASSWORD = "s3cret-w0rd"  # noqa: S105


def campaign(root: Path, text: str = CAMPAIGN) -> Campaign:
    (root / "params" / "spring").mkdir(parents=True)
    (root / "params" / "spring" / "campaign.yml").write_text(text, encoding="utf-8")
    return params.load("spring", "2026-10", root / "params")


def test_address_in_clear_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as told:
        campaign(tmp_path, CAMPAIGN.replace("${MARKETING_DB}", f"mysql://a:{PASSWORD}@h/x"))
    assert PASSWORD not in str(told.value)
    assert "a secret must not stand in a file" in str(told.value)


@pytest.mark.parametrize(
    ("source_line", "rule"),
    [
        ('{table: "orders"}', "must say one of files and uri"),
        (
            '{table: "orders", files: "a.csv", uri: "${MARKETING_DB}"}',
            "must say one of files and uri",
        ),
        ('{table: "orders", files: "a.csv", from_table: "x"}', "belong to a uri"),
    ],
)
def test_source_says_either_files_or_a_database(
    tmp_path: Path, source_line: str, rule: str
) -> None:
    with pytest.raises(ParameterError, match=rule):
        campaign(
            tmp_path,
            CAMPAIGN.replace('{table: "channel_daily", uri: "${MARKETING_DB}"}', source_line),
        )


def test_parameters_keep_the_name_of_the_secret_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETING_DB", f"postgresql://a:{PASSWORD}@h/x")
    assert plain(campaign(tmp_path))["sources"]["daily"]["uri"] == "${MARKETING_DB}"


def test_unset_address_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MARKETING_DB", raising=False)
    [told] = sources.check(campaign(tmp_path), tmp_path / "data", tmp_path / "params")
    assert str(told).startswith(
        "the environment: MARKETING_DB: is not set, and sources.daily needs it. Set it: export"
    )


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        (
            "trino://a:{}@h/x",
            (
                r"needs a driver that is not installed\. Install it: pip install "
                r"'marketing-playbook\[trino\]'"
            ),
        ),
        ("oracle://a:{}@h/x", "scheme is 'oracle': is none of bigquery, clickhouse"),
        ("duckdb:///nowhere/{}.db", "cannot be read"),
    ],
)
def test_database_that_does_not_open_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, rule: str
) -> None:
    monkeypatch.setenv("MARKETING_DB", address.format(PASSWORD))
    with pytest.raises(PlaybookError, match=rule) as told:
        sources.inputs(campaign(tmp_path), tmp_path / "data", tmp_path / "params")
    assert PASSWORD not in str(told.value) or "duckdb" in address


def test_failed_notebook_does_not_hold_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign(tmp_path)
    monkeypatch.setenv("MARKETING_DB", f"oracle://a:{PASSWORD}@h/x")
    output = tmp_path / ".staged" / "notebooks" / "ab_test.ipynb"
    values = {
        "campaign": "spring",
        "period": "2026-10",
        "params_dir": str(tmp_path / "params"),
        "data_dir": str(tmp_path / "data"),
        "run_dir": str(tmp_path / ".staged"),
    }
    with pytest.raises(StageError) as told:
        execute(NOTEBOOKS / "ab_test.ipynb", output, values)
    [failed] = output.parent.glob("*.failed.ipynb")
    failed.write_text(failed.read_text(encoding="utf-8") + f"\n# a:{PASSWORD}@h", encoding="utf-8")
    _settle(tmp_path / ".staged", tmp_path / "out")
    assert PASSWORD not in str(told.value) + failed.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "statement",
    [
        "from read_csv('{other}')",
        "from read_csv('{folder}/../other.csv')",
        "copy (select 1) to '{other}.out'",
        "attach '{other}.db' as stolen",
        "from read_csv('https://example.com/x.csv')",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_database_of_a_file_reaches_no_other_file_and_no_net(
    tmp_path: Path, statement: str
) -> None:
    folder, other = tmp_path / "in", tmp_path / "other.csv"
    folder.mkdir()
    for file in (folder / "units.csv", other):
        file.write_text("variant,x\nA,1\nB,2\n", encoding="utf-8")
    connection = engines.confine(duckdb.connect(), folder)
    assert len(connection.read_csv(str(folder / "*.csv")).fetchall()) == 2
    with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
        connection.execute(statement.format(folder=folder, other=other))


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_duckdb_file_is_opened_for_reading_only_and_reaches_no_other_file(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "team.duckdb") as connection:
        connection.execute("create table t as select 1 as x")
    (tmp_path / "other.csv").write_text("x\n1\n", encoding="utf-8")
    backend = engines.connect(f"duckdb://{tmp_path}/team.duckdb")
    assert backend.table("t").to_pyarrow().num_rows == 1
    with pytest.raises(duckdb.PermissionException):
        backend.raw_sql(f"from read_csv('{tmp_path}/other.csv')")
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        backend.raw_sql("create table u as select 2")
