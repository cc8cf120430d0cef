"""What a stage depends on, and what makes no difference."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from playbook.run.fingerprint import (
    code_digest,
    digest,
    file_digest,
    notebook_digest,
    stage_digest,
)


def notebook(folder: Path, *cells: dict[str, Any]) -> Path:
    sound = {"cell_type": "code", "source": ["a = 1\n", "b"], "metadata": {}, "outputs": []}
    file = folder / f"{len(list(folder.iterdir()))}.ipynb"
    file.write_text(json.dumps({"cells": [sound | cell for cell in cells]}), encoding="utf-8")
    return file


def test_the_order_of_keys_makes_no_difference_and_that_of_items_does() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest("促") == hashlib.sha256('"促"'.encode()).hexdigest()


def test_a_file_is_hashed_by_its_bytes_and_an_absent_one_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"abc")
    assert file_digest(file) == hashlib.sha256(b"abc").hexdigest()
    assert file_digest(tmp_path / "none.csv") == ""
    assert file_digest(tmp_path) == ""


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"outputs": [{"text": "seen"}]}, True),
        ({"execution_count": 7}, True),
        ({"id": "other"}, True),
        ({"source": "a = 1\nb"}, True),
        ({"source": "a = 2"}, False),
        ({"metadata": {"tags": ["lang-en"]}}, False),
        ({"cell_type": "markdown"}, False),
    ],
)
def test_a_notebook_is_its_cells_and_tags_and_not_what_it_printed(
    tmp_path: Path, change: dict[str, Any], same: bool
) -> None:
    first, second = notebook(tmp_path, {}), notebook(tmp_path, change)
    assert (notebook_digest(first) == notebook_digest(second)) == same


def test_a_stage_depends_on_notebook_inputs_parameters_and_what_went_before(
    tmp_path: Path,
) -> None:
    first, other = notebook(tmp_path, {}), notebook(tmp_path, {}, {})
    base: list[Any] = [first, {"a.csv": "1"}, {"budget": 2}, "before"]
    changed = {0: other, 1: {"a.csv": "2"}, 2: {"budget": 3}, 3: "after"}
    digests = {stage_digest(*base)}
    for place, value in changed.items():
        digests.add(stage_digest(*[*base[:place], value, *base[place + 1 :]]))
    assert len(digests) == 5
    assert stage_digest(*base) in digests


def test_the_code_has_one_hash_in_a_process() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 64
