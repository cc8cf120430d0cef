"""What a parameters file may not hold is told with its line, and nothing is made of it."""

import os
from pathlib import Path

import pytest

from playbook.errors import ParameterError
from playbook.params.document import read_document
from playbook.params.plain_yaml import MOST_BYTES, MOST_DEPTH

BOMB = "b0: &b0 {k: v}\n" + "".join(
    f"b{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 10)}]\n" for level in range(1, 10)
)


def told(folder: Path, content: str | bytes) -> str:
    file = folder / "a.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ParameterError) as caught:
        read_document(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "line 6: holds more than 100,000 values"),
        ("a: 1\nx: &a [*a]\n", "line 2 is '*a': is an alias of what it stands in"),
        ("x: &a {y: {z: *a}}\n", "line 1 is '*a': is an alias of what it stands in"),
        ("a: !!python/object/apply:os.system [x]\n", "'!!python/object/apply:os.system': no such"),
        ("a: 1\nb: !foo x\n", "line 2 is '!foo': no such tag"),
        ('a: !!float "abc"\n', "'!!float': no such tag"),
        ("? [a, b]\n: 1\n", "line 1: a key must be text"),
        ("a: {yes: 1}\n", "line 1 is 'yes': a key must be text"),
        ("a: 1\n2026: 1\n", "line 2 is '2026': a key must be text"),
        (f"a: {'9' * 5000}\n", f"line 1 is '{'9' * 80}…': is not a plain number"),
        ("a: 1:30:00\n", "'1:30:00': is not a plain number"),
        ("a: [1:30.5]\n", "'1:30.5': is not a plain number"),
        ("a: 010\n", "'010': is not a plain number"),
        ("a: 0x1F\n", "'0x1F': is not a plain number"),
        ("a: -.inf\n", "'-.inf': is not a plain number"),
        ("a: .nan\n", "'.nan': is not a plain number"),
        ("a: 1\nb: x\0\n", "line 2 is 'U+0000': must not stand in YAML"),
        (b"a: 1\n# ok\nb: caf\xe9\n", "line 3 is 'byte 0xe9': is not written in UTF-8"),
        (f"a: 1\nb: {'[' * 3000}{']' * 3000}\n", "line 2: is nested too deep"),
        (f"a: {'[' * 40}{']' * 40}\n", f"line 1: is nested deeper than {MOST_DEPTH} levels"),
        ("a: x\n" * (MOST_BYTES // 5 + 1), "is '1.0 MB': must hold at most 1 MB"),
    ],
)
def test_it_is_told_with_its_line_in_a_short_sentence(
    tmp_path: Path, content: str | bytes, sentence: str
) -> None:
    shown = told(tmp_path, content)
    assert sentence in shown
    assert len(shown) < 500 + len(str(tmp_path))


def test_small_aliases_merges_and_plain_numbers_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text(
        "a: &a {b: 1_000, c: -0.25, d: 0}\ne: *a\nf: {<<: *a, d: 1.5e+3}\ng: !!str 010\n",
        encoding="utf-8",
    )
    small = {"b": 1000, "c": -0.25, "d": 0}
    found = read_document(file).content
    assert found == {"a": small, "e": small, "f": small | {"d": 1500.0}, "g": "010"}


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is a folder, and must be a file"):
        read_document(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("a: 1\n", encoding="utf-8")
    file.chmod(0)
    with pytest.raises(ParameterError, match="may not be read"):
        read_document(file)
