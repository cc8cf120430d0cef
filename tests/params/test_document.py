"""A YAML file as a person wrote it: lines, faults, and nothing secret."""

from pathlib import Path
from typing import Any

import pytest

from playbook.errors import ParameterError
from playbook.params.document import Document, placed, read_document, told


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        file = tmp_path / "a.yml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_every_key_has_its_line_and_a_place_in_a_list_is_its_number(written: Any) -> None:
    found = read_document(written("a: 1\nb:\n  c: 2\n  d: [x, {e: 3}]\n"))
    assert found.content == {"a": 1, "b": {"c": 2, "d": ["x", {"e": 3}]}}
    assert (found.lines["a",], found.lines["b", "c"], found.lines["b", "d"]) == (1, 3, 4)
    assert found.lines["b", "d", "1", "e"] == 4


def test_a_day_stays_the_text_that_was_written(written: Any) -> None:
    assert read_document(written("a: 2026-10-31\n")).content == {"a": "2026-10-31"}


def test_an_empty_file_holds_nothing(written: Any) -> None:
    found = read_document(written("# only words\n"))
    assert (found.content, found.lines) == ({}, {})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("- a\n- b\n", "must hold keys and values"),
        ("a: 1\nb: 2\na: 3\n", r"a \(line 3\): stands twice"),
        ("b:\n  c: 1\n  c: 2\n", r"b\.c \(line 3\): stands twice"),
        ("a: [1\n", "a.yml"),
    ],
)
def test_what_is_no_sound_file_is_told_with_its_line(written: Any, text: str, rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        read_document(written(text))


@pytest.mark.parametrize("key", ["password", "api_key", "uri", "DB_TOKEN"])
def test_a_secret_in_clear_is_refused_without_being_repeated(written: Any, key: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_document(written(f"{key}: hunter2\n"))
    assert key in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert read_document(written(f'{key}: "${{MY_SECRET}}"\n')).content == {key: "${MY_SECRET}"}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none\.yml"):
        read_document(tmp_path / "none.yml")


BASE = Document(file=Path("base.yml"), content={}, lines={("a",): 1, ("a", "b"): 2})
OVER = Document(file=Path("over.yml"), content={}, lines={("a",): 7})


@pytest.mark.parametrize(
    ("place", "file", "where"),
    [
        (("a", "b"), "base.yml", "a.b (line 2)"),
        (("a", "c"), "over.yml", "a.c (line 7)"),
        (("z",), "base.yml", "z"),
    ],
)
def test_a_fault_stands_where_the_key_or_the_nearest_above_it_was_last_set(
    place: tuple[str, ...], file: str, where: str
) -> None:
    found = placed([BASE, OVER], place, "", "rule", "remedy")
    assert (found.file, found.place) == (file, where)


@pytest.mark.parametrize(
    ("detail", "rule", "remedy"),
    [
        ({"type": "extra_forbidden"}, "no such parameter", "Correct the spelling or take it out."),
        ({"type": "missing"}, "is missing", "Add it; `playbook new` shows an example."),
        (
            {"type": "string_type", "msg": "must be text", "input": 5},
            "must be text",
            "Quote it: YAML read it as a int.",
        ),
        (
            {"type": "value_error", "msg": "Value error, too far", "input": "x"},
            "too far",
            "Correct it.",
        ),
        (
            {"type": "tuple_type", "msg": "Input should be", "input": "x"},
            'must be a list, such as ["a", "b"]',
            "Correct it.",
        ),
    ],
)
def test_findings_of_pydantic_are_put_in_the_words_of_yaml(
    detail: dict[str, Any], rule: str, remedy: str
) -> None:
    found = told([BASE], {"loc": ("a", "b"), "msg": "", "input": None} | detail)
    assert (found.rule, found.remedy) == (rule, remedy)
