"""The words of the pages.

Both languages say the same, no number is typed, nothing is left unused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from playbook.report.messages import FOLDER, LANGUAGES, messages

FILES = sorted(path.stem for path in FOLDER.glob("*.yml"))
STAGES = Path(__file__).parents[2] / "playbook" / "stages"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def texts(name: str, *parts: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a file by its path: part, key and clause."""
    content = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    for part in parts or tuple(content):
        if isinstance(content.get(part), dict):
            yield from leaves(part, content[part])


def leaves(path: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    if set(node) <= set(LANGUAGES):
        yield path, node
        return
    for key, child in node.items():
        yield from leaves(f"{path}.{key}", child)


@pytest.mark.parametrize("name", FILES)
def test_every_text_stands_in_both_languages_with_the_same_placeholders(name: str) -> None:
    for path, both in texts(name):
        assert set(both) == set(LANGUAGES), path
        found = [set(PLACEHOLDER.findall(str(both[language]))) for language in LANGUAGES]
        assert found[0] == found[1], path


@pytest.mark.parametrize("name", FILES)
def test_no_number_is_typed_into_a_sentence(name: str) -> None:
    for path, both in texts(name, "sentences", "actions", "missing"):
        for text in both.values():
            assert not re.search(r"\d", PLACEHOLDER.sub("", text)), path


def test_a_sentence_that_stands_as_a_whole_is_given_as_it_is() -> None:
    assert messages("goals").sentence("no_goals", (), "en").startswith("No goals are set")


def test_clauses_are_joined_and_closed_in_the_way_of_each_language() -> None:
    said = messages("goals").sentence("answer", ("furthest", "largest_group"), "en")
    assert said.startswith("The furthest off is “{goal}”")
    assert "of its target; among {people} people" in said
    assert said.endswith("({share}).")
    zh = messages("market").sentence("answer", ("market", "loudest"), "zh")
    assert "；" in zh
    assert zh.endswith("。")


def test_an_unknown_sentence_or_clause_is_refused() -> None:
    with pytest.raises(KeyError):
        messages("goals").sentence("nothing_of_the_kind", (), "en")
    with pytest.raises(KeyError):
        messages("goals").sentence("answer", ("nothing_of_the_kind",), "en")
