"""A source added to a campaign's parameters as text: every comment stays in its place."""

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from playbook.errors import ParameterError, Problem


def add_source(file: Path, source: str, entry: Mapping[str, object]) -> None:
    """Write a new entry below `sources` of a parameters file; nothing else of the file changes.

    Args:
        file: campaign.yml.
        source: Id, not there yet.
        entry: Its keys and values: texts, and mappings of texts.

    Raises:
        ParameterError: The file is written in a way into which no lines can be put; it is left as
            it is, and the entry is told for pasting.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    changed = with_source(text, source, entry)
    if changed is None:
        raise ParameterError(
            Problem(
                file=str(file),
                place=f"sources.{source}",
                rule="cannot be added without rewriting the file",
                remedy=f"Add it yourself: {source}: {json.dumps(entry, ensure_ascii=False)}",
            )
        )
    beside = file.with_name(f".{file.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as opened:
        opened.write(changed)
    beside.replace(file)


def with_source(text: str, source: str, entry: Mapping[str, object]) -> str | None:
    """Return the text of the parameters with one source more.

    None where that cannot be done by adding lines.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    sources = next((value for key, value in root.value if key.value == "sources"), None)
    if sources is None:
        changed = [*_ended(lines, end), end, f"sources:{end}", *_entry(source, entry, 2, end)]
    elif isinstance(sources, yaml.MappingNode) and not sources.flow_style:
        indent = sources.value[0][0].start_mark.column
        place = _after_comments(lines, _last_line(sources) + 1, indent)
        changed = [*_ended(lines[:place], end), *_entry(source, entry, indent, end), *lines[place:]]
    else:
        return None
    return (
        "".join(changed) if _says("".join(changed)) == _with(_says(text), source, entry) else None
    )


def _entry(source: str, entry: Mapping[str, object], indent: int, end: str) -> list[str]:
    keys = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return [f"{' ' * indent}{source}:{end}", *(f"{' ' * (indent + 2)}{line}{end}" for line in keys)]


def _ended(lines: list[str], end: str) -> list[str]:
    return [*lines[:-1], lines[-1].rstrip("\r\n") + end]


def _last_line(node: yaml.Node) -> int:
    """Return the number, from 0, of the last line on which something of a node stands."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(node, yaml.MappingNode) else last)
    return node.end_mark.line - (
        node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    )


def _after_comments(lines: list[str], place: int, indent: int) -> int:
    """Go past comments that belong to the entry before, by their depth."""
    while (
        place < len(lines)
        and lines[place].lstrip().startswith("#")
        and _depth(lines[place]) > indent
    ):
        place += 1
    return place


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _says(text: str) -> object:
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only


def _with(content: object, source: str, entry: Mapping[str, object]) -> object:
    whole = content if isinstance(content, dict) else {}
    return {**whole, "sources": {**whole.get("sources", {}), source: dict(entry)}}
