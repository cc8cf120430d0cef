"""The sample workspace.

The same bytes for the same seed, small, and valid against the parameters.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from playbook import params, simulate
from playbook.errors import PlaybookError
from playbook.params.model import Source
from playbook.simulate import double11, funnel, sample, trials
from playbook.simulate.scene import PERIODS
from playbook.sources.contracts import CONTRACTS

REPOSITORY = Path(__file__).parents[2]
BUDGETS = {spec.id: dict.fromkeys(PERIODS, 30000.0) for spec in double11.CHANNELS}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_committed_sample_is_what_the_default_seed_writes(root: Path) -> None:
    stale = [
        name
        for name, content in contents(root).items()
        if (REPOSITORY / name).read_bytes() != content
    ]
    assert not stale, "run `playbook sample`"


def test_no_committed_file_of_the_sample_is_left_over(root: Path, campaign: str) -> None:
    for folder in ("params", "data"):
        there = contents(REPOSITORY / folder / campaign).keys()
        assert there == contents(root / folder / campaign).keys()


def test_the_same_seed_writes_the_same_bytes(root: Path, tmp_path: Path) -> None:
    simulate.write(tmp_path)
    assert contents(tmp_path) == contents(root)


def test_another_seed_moves_every_random_file_and_no_parameter(root: Path, tmp_path: Path) -> None:
    simulate.write(tmp_path, seed=7)
    one, other = contents(root), contents(tmp_path)
    assert one.keys() == other.keys()
    same = {name for name in one if one[name] == other[name]}
    assert same == {
        name for name in one if name.startswith("params/") or name.endswith("staff.csv")
    }


def test_it_names_every_file_it_wrote(tmp_path: Path) -> None:
    written = simulate.write(tmp_path)
    assert sorted(str(file.relative_to(tmp_path)) for file in written) == list(contents(tmp_path))


def test_it_is_small(tmp_path: Path) -> None:
    written = simulate.write(tmp_path)
    assert sum(file.stat().st_size for file in written) < 5e6


@pytest.mark.parametrize("period", PERIODS)
def test_the_parameters_are_valid_and_complete(root: Path, campaign: str, period: str) -> None:
    found = params.load(campaign, period, root / "params")
    assert found.budget.keys() == found.channels.keys()
    people = {*found.team}
    assert {channel.owner for channel in found.channels.values()} | {
        goal.owner for goal in found.goals.values()
    } <= people
    assert {member.role for member in found.team.values()} == {
        "sem",
        "social",
        "content",
        "analyst",
        "campaign",
        "manager",
    }


def test_every_source_finds_its_files_and_every_file_has_its_source(
    root: Path, campaign: str
) -> None:
    folder = root / "data" / campaign
    found = params.load(campaign, "2026-10", root / "params")
    matched = [file for source in found.sources.values() for file in folder.glob(source.files)]
    assert len(matched) == len(set(matched))
    assert set(matched) == {file for file in folder.rglob("*") if file.is_file()}


def test_canonical_files_have_canonical_columns_and_keys(root: Path, campaign: str) -> None:
    found = params.load(campaign, "2026-10", root / "params")
    for source in found.sources.values():
        contract = CONTRACTS[source.table]
        for table in canonical_tables(root, campaign, source):
            required = {
                column.name
                for column in contract.columns
                if column.required and column.default is None
            }
            assert required <= {*table.columns}
            assert contract.open_columns or {*table.columns} <= {*contract.names}
            assert len(table) == len(
                table.drop_duplicates([key for key in contract.key if key in table] or None)
            )


def canonical_tables(root: Path, campaign: str, source: Source) -> Iterator[pd.DataFrame]:
    """The files of a source that no platform wrote, with the channel of the parameters."""
    for file in (
        sorted((root / "data" / campaign).glob(source.files)) if source.platform is None else ()
    ):
        table = (
            pd.read_parquet(file)
            if file.suffix == ".parquet"
            else pd.read_csv(file, encoding="utf-8-sig")
        )
        yield table.assign(channel=source.channel) if source.channel else table


def test_leaving_a_channel_out_moves_no_other_channel() -> None:
    fewer = replace(double11.SCENE, channels=double11.CHANNELS[1:])
    whole = funnel.flow(double11.SCENE, BUDGETS, 1).counted
    part = funnel.flow(fewer, BUDGETS, 1).counted
    rest = whole[whole["channel"].ne(double11.CHANNELS[0].id)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, rest)


def test_leaving_an_experiment_out_moves_no_other(root: Path) -> None:
    plans = params.load("double11", "2026-10", root / "params").experiments
    fewer = replace(double11.SCENE, trials=double11.SCENE.trials[1:])
    whole, part = (
        trials.experiment_units(scene, plans, sample.SEED) for scene in (double11.SCENE, fewer)
    )
    for id, units in part.items():
        pd.testing.assert_frame_equal(units, whole[id])


def test_it_never_overwrites_what_is_not_its_own(tmp_path: Path) -> None:
    own = tmp_path / "params" / "double11" / "2026-10.yml"
    own.parent.mkdir(parents=True)
    own.write_text("# ours\n", encoding="utf-8")
    (tmp_path / "data").write_text("a file where the sample has a folder", encoding="utf-8")
    with pytest.raises(
        PlaybookError, match=r"would overwrite: params/double11/2026-10\.yml, data/"
    ):
        simulate.write(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "2026-10.yml",
        "data",
        "double11",
        "params",
    ]
    assert own.read_text(encoding="utf-8") == "# ours\n"


def test_it_replaces_its_own_of_another_seed_unless_somebody_changed_it(tmp_path: Path) -> None:
    simulate.write(tmp_path, seed=7)
    simulate.write(tmp_path, seed=8)
    changed = tmp_path / "data" / "double11" / "site" / "daily.csv"
    changed.write_bytes(changed.read_bytes() + b"\n")
    before = contents(tmp_path)
    with pytest.raises(PlaybookError, match=r"would overwrite: data/double11/site/daily\.csv\."):
        simulate.write(tmp_path, seed=9)
    assert contents(tmp_path) == before
