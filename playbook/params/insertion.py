"""Sources added to a campaign's parameters as text, and what was imported for them.

Every comment stays in its place.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    changed = with_source(_text(file), source, entry)
    if changed is None:
        raise _not_added(file, f"sources.{source}", {source: dict(entry)})
    _write(file, changed)


def set_arrival(file: Path, source: str, name: str, arrival: Mapping[str, object]) -> None:
    """Write below a source of a parameters file when a file of it came in, the last one last.

    Args:
        file: campaign.yml.
        source: Id of a source in it.
        name: Of the imported file.
        arrival: Keys and values of `playbook.params.model.Arrival`; empty takes the entry away.

    Raises:
        ParameterError: As `add_source`.
    """
    changed = with_arrival(_text(file), source, name, arrival)
    if changed is None:
        raise _not_added(file, f"sources.{source}.imported", {name: dict(arrival)})
    _write(file, changed)


def take_source(file: Path, source: str) -> None:
    """Take a source out of a parameters file, with its lines.

    Raises:
        ParameterError: The file is written in a way out of which no lines can be taken.
    """
    changed = without_source(_text(file), source)
    if changed is None:
        raise ParameterError(
            Problem(
                file=str(file),
                place=f"sources.{source}",
                rule="cannot be taken out without rewriting the file",
                remedy="Take it out yourself.",
            )
        )
    _write(file, changed)


def _text(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as opened:
        return opened.read()


def _write(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as opened:
        opened.write(text)
    beside.replace(file)


def _pasted(entry: Mapping[str, object]) -> str:
    pairs = (
        (name if name.isascii() and name.replace("-", "").isalnum() else json.dumps(name), value)
        for name, value in entry.items()
    )
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in pairs)


def _not_added(file: Path, place: str, entry: Mapping[str, object]) -> ParameterError:
    return ParameterError(
        Problem(
            file=str(file),
            place=place,
            rule="cannot be added without rewriting the file",
            remedy=f"Add it yourself: {_pasted(entry)}",
        )
    )


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


def with_arrival(text: str, source: str, name: str, arrival: Mapping[str, object]) -> str | None:
    """Return the text of the parameters with one file more, or less, among those imported.

    None where that cannot be done by lines.
    """
    node = _node(yaml.compose(text, Loader=yaml.SafeLoader), "sources", source)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    imported = _node(node, "imported")
    if imported is not None and (not isinstance(imported, yaml.MappingNode) or imported.flow_style):
        return None
    there = {} if imported is None else {key.value: key for key, _ in imported.value}
    indent = node.value[0][0].start_mark.column
    line = f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(arrival, ensure_ascii=False)}{end}"
    if imported is None:
        place = _last_line(node) + 1
        new = [f"{' ' * indent}imported:{end}", f"{' ' * (indent + 2)}{line}"]
    else:
        place = _last_line(imported) + 1
        new = [f"{' ' * imported.value[0][0].start_mark.column}{line}"]
    changed = [*_ended(lines[:place], end), *(new if arrival else []), *lines[place:]]
    if name in there:
        first = there[name].start_mark.line
        only = len(there) == 1 and not arrival
        del changed[first - only : first + 1]
    wanted = _with_arrival(_says(text), source, name, arrival)
    return "".join(changed) if _says("".join(changed)) == wanted else None


def without_source(text: str, source: str) -> str | None:
    """Return the text of the parameters without a source; None where its lines are not its own."""
    sources = _node(yaml.compose(text, Loader=yaml.SafeLoader), "sources")
    if not isinstance(sources, yaml.MappingNode) or sources.flow_style or len(sources.value) < 2:
        return None
    lines = text.splitlines(keepends=True)
    marks = {key.value: (key.start_mark.line, _last_line(value)) for key, value in sources.value}
    if source not in marks:
        return None
    first, last = marks[source]
    changed = "".join([*lines[:first], *lines[last + 1 :]])
    said: Any = _says(text)
    wanted = {key: entry for key, entry in said["sources"].items() if key != source}
    return changed if _says(changed) == {**said, "sources": wanted} else None


def _node(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """Return what stands under a path of keys; None where nothing does."""
    for name in path:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for key, value in node.value if key.value == name), None)
    return node


def _with_arrival(
    content: Any, source: str, name: str, arrival: Mapping[str, object]
) -> dict[str, Any]:
    entry = dict(content["sources"][source])
    imported = {key: value for key, value in entry.pop("imported", {}).items() if key != name}
    if arrival:
        imported[name] = _says(json.dumps(arrival, ensure_ascii=False))
    kept = {"imported": imported} if imported else {}
    return {**content, "sources": {**content["sources"], source: {**entry, **kept}}}


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
