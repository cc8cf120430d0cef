"""The words of a fault."""

from pathlib import Path

import pytest

from playbook.errors import ParameterError, PlaybookError, Problem

RULE = {"rule": "must be a month", "remedy": "Write YYYY-MM."}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"file": "a.yml", "place": "period", "value": "13"},
            "a.yml: period is '13': must be a month. Write YYYY-MM.",
        ),
        ({"file": "a.yml", "place": "period"}, "a.yml: period: must be a month. Write YYYY-MM."),
        ({"file": "a.yml"}, "a.yml: must be a month. Write YYYY-MM."),
        (
            {"file": "a.yml", "value": "x" * 81},
            f"a.yml is '{'x' * 80}…': must be a month. Write YYYY-MM.",
        ),
        (
            {"file": "a\x1b[31m.yml", "place": "b\n\u202ec"},
            "a\\x1b[31m.yml: b\\n\\u202ec: must be a month. Write YYYY-MM.",
        ),
        ({"file": "a.yml", "value": "x"}, "a.yml is 'x': must be a month. Write YYYY-MM."),
    ],
)
def test_a_problem_says_where_what_why_and_what_to_do(given: dict[str, str], text: str) -> None:
    assert str(Problem(**given, **RULE)) == text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(), "a/b: may not be read. Allow it: chmod u+rX a/b."),
        (IsADirectoryError(), "a/b: is a folder, and must be a file. Name the file itself."),
        (FileNotFoundError(), "a/b: is not there. Correct the name."),
        (OSError(5, "Input/output error"), "a/b: cannot be read (Input/output error)."),
    ],
)
def test_a_file_that_the_system_does_not_give_is_told(error: OSError, words: str) -> None:
    assert str(Problem.of_file(Path("a/b"), error)).startswith(words)


def test_an_error_lists_every_problem_in_the_order_found() -> None:
    problems = [Problem(file=name, **RULE) for name in ("b", "a")]
    error = ParameterError(*problems)
    assert isinstance(error, PlaybookError)
    assert error.problems == tuple(problems)
    assert [line[0] for line in str(error).splitlines()] == ["b", "a"]
