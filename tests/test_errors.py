"""The words of a fault."""

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
        ({"file": "a.yml", "value": "x"}, "a.yml is 'x': must be a month. Write YYYY-MM."),
    ],
)
def test_a_problem_says_where_what_why_and_what_to_do(given: dict[str, str], text: str) -> None:
    assert str(Problem(**given, **RULE)) == text


def test_an_error_lists_every_problem_in_the_order_found() -> None:
    problems = [Problem(file=name, **RULE) for name in ("b", "a")]
    error = ParameterError(*problems)
    assert isinstance(error, PlaybookError)
    assert error.problems == tuple(problems)
    assert [line[0] for line in str(error).splitlines()] == ["b", "a"]
