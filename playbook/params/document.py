"""A YAML file that a person wrote: its content, the line of every key, and its faults in words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from playbook import yamltext
from playbook.errors import ParameterError, Problem
from playbook.params.plain_yaml import must_be_bounded, not_plain, text_of

SECRET_KEY = re.compile(
    r"(password|passwd|secret|token|api_?key|credential|uri|dsn)$", re.IGNORECASE
)
FROM_ENVIRONMENT = re.compile(r"^\$\{[A-Z][A-Z0-9_]*\}$")

SHAPES = {
    "tuple_type": 'must be a list, such as ["a", "b"]',
    "string_type": "must be text",
} | dict.fromkeys(
    ("dict_type", "mapping_type", "model_type", "model_attributes_type"),
    "must hold keys and values of its own",
)
"""Words of pydantic's that speak of Python, put in those of YAML."""

Place = tuple[str, ...]
"""The keys that lead to a value; a place in a list is its number as text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One file read: `lines` gives the line of every key, from 1."""

    file: Path
    content: Mapping[str, Any]
    lines: Mapping[Place, int]


class _Loader(yamltext.Loader):
    """YAML without its own idea of dates: a day stays the text that was written."""


def _without_dates(rules: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]


_Loader.yaml_implicit_resolvers = {
    first: _without_dates(rules) for first, rules in yamltext.Loader.yaml_implicit_resolvers.items()
}


def read_document(file: Path) -> Document:
    """Read a YAML file.

    Raises:
        ParameterError: It is not there, cannot be read, holds no keys, a key twice, a number that
            is not a plain one, or a secret in clear.
    """
    text = text_of(file)
    try:
        must_be_bounded(text, file)
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise ParameterError(_unreadable(file, error)) from None
    if root is None:
        return Document(file=file, content={}, lines={})
    if not isinstance(root, yaml.MappingNode):
        raise ParameterError(
            Problem(
                file=str(file),
                rule="must hold keys and values",
                remedy="Start from `playbook new`.",
            )
        )
    unplain = list(not_plain(root, file))
    if unplain:
        raise ParameterError(*unplain)
    lines: dict[Place, int] = {}
    twice = list(_walk(root, (), lines))
    try:
        content = loader.construct_document(root)
    except (yaml.YAMLError, ValueError) as error:
        raise ParameterError(_unreadable(file, error)) from None
    document = Document(file=file, content=content, lines=lines)
    problems = [
        _at_line(document, place, line, "stands twice", "Keep one of the two.")
        for place, line in twice
    ] + list(_secrets_in_clear(document))
    if problems:
        raise ParameterError(*problems)
    return document


def told(documents: Sequence[Document], detail: Mapping[str, Any]) -> Problem:
    """Put one of pydantic's findings into the words of the files that were merged.

    Args:
        documents: From the base to what overrides it.
        detail: One entry of `ValidationError.errors()`.
    """
    place = tuple(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return placed(
            documents, place, "", "no such parameter", "Correct the spelling or take it out."
        )
    if detail["type"] == "missing":
        return placed(
            documents, place, "", "is missing", "Add it; `playbook new` shows an example."
        )
    value = detail["input"]
    nested = isinstance(value, (dict, list))
    quotes = detail["type"] == "string_type" and not nested
    remedy = f"Quote it: YAML read it as a {type(value).__name__}." if quotes else "Correct it."
    rule = SHAPES.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    if value is None:
        return placed(documents, place, "", f"is empty; {rule}", "Fill it in, or take it out.")
    return placed(documents, place, "" if nested else _shown(value), rule, remedy)


def _shown(value: object) -> str:
    """Return a value as YAML writes it."""
    if isinstance(value, str) and not value.strip():
        return repr(value) if value else '""'
    return str(value).lower() if isinstance(value, bool) else str(value)


def placed(
    documents: Sequence[Document], place: Place, value: str, rule: str, remedy: str
) -> Problem:
    """Name the last file that sets the key, and its line; the first file when none does."""
    for nearest in (place[:length] for length in range(len(place), 0, -1)):
        for document in reversed(documents):
            if nearest in document.lines:
                where = f"{'.'.join(place)} (line {document.lines[nearest]})"
                return Problem(
                    file=str(document.file), place=where, value=value, rule=rule, remedy=remedy
                )
    return Problem(
        file=str(documents[0].file), place=".".join(place), value=value, rule=rule, remedy=remedy
    )


def _unreadable(file: Path, error: Exception) -> Problem:
    line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
    if "nesting depth" in str(getattr(error, "problem", "")):
        return Problem(
            file=str(file),
            place=f"line {line}",
            rule="is nested too deep",
            remedy="Take brackets or indentation away.",
        )
    return Problem(
        file=str(file),
        place=f"line {line}",
        rule="cannot be read as YAML in UTF-8",
        remedy="Compare indentation, colons and quotes with the lines above.",
    )


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[tuple[Place, int]]:
    """Note the line of every key below `node`; yield the keys that stand twice."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*place, str(index)), lines)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*place, str(key.value))
        if here in lines:
            yield here, key.start_mark.line + 1
        lines[here] = key.start_mark.line + 1
        yield from _walk(value, here, lines)


def _secrets_in_clear(document: Document) -> Iterator[Problem]:
    """Yield a problem for each secret that is not a reference to the environment.

    Its value is never repeated.
    """
    for place, line in document.lines.items():
        if not SECRET_KEY.search(place[-1]):
            continue
        value = _value(document.content, place)
        if isinstance(value, str) and not FROM_ENVIRONMENT.match(value):
            remedy = f"Write ${{{place[-1].upper()}}} and set that variable in the environment."
            yield _at_line(document, place, line, "a secret must not stand in a file", remedy)


def _at_line(document: Document, place: Place, line: int, rule: str, remedy: str) -> Problem:
    return Problem(
        file=str(document.file), place=f"{'.'.join(place)} (line {line})", rule=rule, remedy=remedy
    )


def _value(content: Any, place: Place) -> Any:
    for key in place:
        if isinstance(content, list):
            content = content[int(key)]
        elif isinstance(content, dict):
            content = next((value for name, value in content.items() if str(name) == key), None)
        else:
            return None
    return content
