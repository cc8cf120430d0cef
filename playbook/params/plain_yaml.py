"""What YAML a person's file may hold.

Text and plain numbers under keys, bounded in size and depth, with aliases that stay small.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from playbook import yamltext
from playbook.errors import ParameterError, Problem

MOST_BYTES = 1_000_000
MOST_DEPTH = 30
MOST_NODES = 100_000
"""Values that a file may hold, each alias counted as what it stands for."""

MOST_DIGITS = 15
UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML does not take."""

YAML_TAG = "tag:yaml.org,2002:"
TEXT_KEYS = (f"{YAML_TAG}str", f"{YAML_TAG}merge")
NUMBERS = (f"{YAML_TAG}int", f"{YAML_TAG}float")
PLAIN_NUMBER = re.compile(
    r"[-+]?(?:0|[1-9][0-9_]*|(?:[0-9][0-9_]*)?\.[0-9]+|[0-9][0-9_]*\.)(?:[eE][-+]?[0-9]{1,3})?"
)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read: the name of its anchor and its values so far."""

    anchor: str | None
    nodes: int = 1


def text_of(file: Path) -> str:
    """Read a file as UTF-8 that YAML takes.

    Raises:
        ParameterError: It cannot be read, is too large, or holds other bytes or signs; with line.
    """
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= MOST_BYTES else b""
    except FileNotFoundError:
        raise ParameterError(
            Problem(file=str(file), rule="is not there", remedy="Correct the name, or write it.")
        ) from None
    except OSError as error:
        raise ParameterError(Problem.of_file(file, error)) from None
    if size > MOST_BYTES:
        raise ParameterError(
            Problem(
                file=str(file),
                value=f"{size / 1e6:,.1f} MB",
                rule=f"must hold at most {MOST_BYTES / 1e6:.0f} MB",
                remedy="Take out what does not belong to the parameters.",
            )
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = f"byte {content[error.start]:#04x}"
        raise _fault(file, line, "is not written in UTF-8", "Save it as UTF-8.", wrong) from None
    unseen = UNSEEN.search(text)
    if unseen:
        line = text.count("\n", 0, unseen.start()) + 1
        raise _fault(
            file,
            line,
            "must not stand in YAML",
            "Take the character out; it does not show in an editor.",
            f"U+{ord(unseen[0]):04X}",
        )
    return text


def must_be_bounded(text: str, file: Path) -> None:
    """Look at a text before anything is made of it.

    Args:
        text: YAML.
        file: Whose it is.

    Raises:
        ParameterError: With the line: nested too deep, a tag, an alias of itself, or aliases that
            stand for too much.
        yaml.YAMLError: The text is no YAML.
    """
    whole = _Open(anchor=None)
    opened = [whole]
    sizes: dict[str, int] = {}
    for event in yaml.parse(text, Loader=yamltext.Loader):
        line = _line(event)
        if isinstance(event, yaml.CollectionEndEvent):
            done = opened.pop()
            opened[-1].nodes += done.nodes
            if done.anchor:
                sizes[done.anchor] = done.nodes
        elif isinstance(event, yaml.AliasEvent):
            opened[-1].nodes += _alias_size(event, opened, sizes, file)
        elif isinstance(event, yaml.NodeEvent):
            _must_have_no_tag(event, file)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append(_Open(anchor=event.anchor))
            else:
                opened[-1].nodes += 1
                sizes |= {event.anchor: 1} if event.anchor else {}
        if len(opened) > MOST_DEPTH:
            rule = f"is nested deeper than {MOST_DEPTH} levels"
            raise _fault(file, line, rule, "Take brackets or indentation away.")
        if sum(each.nodes for each in opened) > MOST_NODES:
            rule = f"holds more than {MOST_NODES:,} values, aliases counted as what they stand for"
            raise _fault(file, line, rule, "Write out what is meant, without aliases.")


def not_plain(root: yaml.Node, file: Path) -> Iterator[Problem]:
    """Yield a problem for each key that is no text and each number that is not a plain one."""
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from (_key_fault(key, file) for key, _ in node.value if key.tag not in TEXT_KEYS)
            left += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.SequenceNode):
            left += reversed(node.value)
        elif node.tag in NUMBERS and not _is_plain_number(node.value):
            yield Problem(
                file=str(file),
                place=f"line {_line(node)}",
                value=node.value,
                rule="is not a plain number: digits without a leading 0, at most "
                f"{MOST_DIGITS} of them before the point",
                remedy="Write it like 1200 or 0.25, or quote it if it is text or a time.",
            )


def _is_plain_number(text: str) -> bool:
    digits = text.lstrip("+-").partition(".")[0].replace("_", "")
    return bool(PLAIN_NUMBER.fullmatch(text)) and len(digits) <= MOST_DIGITS


def _key_fault(key: yaml.Node, file: Path) -> Problem:
    return Problem(
        file=str(file),
        place=f"line {_line(key)}",
        value=key.value if isinstance(key, yaml.ScalarNode) else "",
        rule="a key must be text",
        remedy="Write a name before the colon, and quote it if it is a number, yes or no.",
    )


def _alias_size(
    event: yaml.AliasEvent, opened: list[_Open], sizes: dict[str, int], file: Path
) -> int:
    """Count the values that an alias stands for; one where its anchor is unknown."""
    if any(each.anchor == event.anchor for each in opened):
        raise _fault(
            file,
            _line(event),
            "is an alias of what it stands in",
            "Write out what is meant, without the alias.",
            f"*{event.anchor}",
        )
    return sizes.get(str(event.anchor), 1)


def _must_have_no_tag(event: yaml.NodeEvent, file: Path) -> None:
    tag = getattr(event, "tag", None)
    if tag not in (None, "!", f"{YAML_TAG}str"):
        written = tag.replace(YAML_TAG, "!!", 1)
        line = _line(event)
        raise _fault(file, line, "no such tag", "Take it out, or quote the text.", written)


def _line(part: yaml.Event | yaml.Node) -> int:
    """Return the line, from 1, on which a part begins."""
    return part.start_mark.line + 1 if part.start_mark else 1


def _fault(file: Path, line: int, rule: str, remedy: str, value: str = "") -> ParameterError:
    return ParameterError(
        Problem(file=str(file), place=f"line {line}", value=value, rule=rule, remedy=remedy)
    )
