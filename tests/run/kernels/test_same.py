"""A run with warm kernels publishes what a run with plain ones does, byte for byte but for times."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from playbook.run import batch
from playbook.run.kernels import server
from playbook.run.notebooks import Kernels
from playbook.run.period import Outcome
from playbook.run.plan import Workspace, requests
from playbook.simulate import write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not server.can_fork(), reason="this system cannot fork kernels"),
]

OF_THE_MOMENT = (
    r"\d{8}T\d{6}Z-[0-9a-f]{6}",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?",
    r'"(seconds|duration|start_time|end_time)": [^,\n]*',
    r"workspace-(plain|warm)",
)
"""Run ids, times, and the two workspaces' own names."""

PACKED = (".xlsx", ".lock")
"""Zip archives hold times within, locks nothing."""


def published(kernels: Kernels, root: Path, sample: Path) -> dict[str, bytes]:
    """Run the sample; return every published file, without what tells the moment."""
    folder = root / f"workspace-{kernels}"
    shutil.copytree(sample, folder)
    space = Workspace(root=folder)
    wanted = requests(space, [], ("2026-10", "2026-10"), kernels=kernels)
    outcomes = [each for each in batch.run_all(wanted, 4) if isinstance(each, Outcome)]
    assert {outcome.state for outcome in outcomes} == {"published"}
    return dict(contents(space.outputs_dir))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if not file.is_file() or file.suffix in PACKED or file.name == ".hashes.json":
            continue
        content = file.read_bytes()
        if file.suffix != ".parquet":
            content = masked(content.decode("utf-8")).encode("utf-8")
        yield name, content


def masked(text: str) -> str:
    for pattern in OF_THE_MOMENT:
        text = re.sub(pattern, "…", text)
    return text


def test_every_published_byte_is_the_same(tmp_path: Path) -> None:
    write(tmp_path / "sample", 20261031)
    plain, warm = (
        published(kernels, tmp_path, tmp_path / "sample") for kernels in ("plain", "warm")
    )
    assert plain.keys() == warm.keys()
    assert [name for name in plain if plain[name] != warm[name]] == []
    assert sum(name.endswith(".ipynb") for name in plain) == 16
