"""Both loaders, that of libyaml and that of Python, read our files alike, down to the lines."""

from pathlib import Path

import pytest
import yaml

from playbook import yamltext

ROOT = Path(__file__).parents[1]
SHIPPED = [
    file for folder in ("playbook", "params") for file in sorted((ROOT / folder).rglob("*.yml"))
]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_file_reads_as_pyyaml_reads_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert yamltext.read(text) == yaml.safe_load(text)
    assert _nodes(text, yamltext.Loader) == _nodes(text, yaml.SafeLoader)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("\ufeffname: 双十一 🎉\r\nsum: 1_000\r\n", {"name": "双十一 🎉", "sum": 1000}),
        (
            "a: &one {b: [1, 2.5, ~]}\nc: *one\n",
            {"a": {"b": [1, 2.5, None]}, "c": {"b": [1, 2.5, None]}},
        ),
        ("yes: no\n'yes': 'no'\n", {True: False, "yes": "no"}),
        (
            "text: |\n  one\n  two\nfolded: >-\n  one\n  two\n",
            {"text": "one\ntwo\n", "folded": "one two"},
        ),
        ("", None),
    ],
)
def test_what_people_write_reads_alike(text: str, content: object) -> None:
    assert yamltext.read(text) == content == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text", ["a: [1\nb: 2\n", "a: 1\n  b: 2\n", "a: \x07\n", "a: 'open\n", "a: b: c\n"]
)
def test_what_is_no_yaml_is_refused_on_the_same_line(text: str) -> None:
    assert _line_of_fault(text, yamltext.Loader) == _line_of_fault(text, yaml.SafeLoader)


def _nodes(text: str, loader: type) -> list[tuple[int, str]]:
    return list(_walked(yaml.compose(text, Loader=loader)))


def _walked(node: yaml.Node) -> list[tuple[int, str]]:
    here = [(node.start_mark.line, node.tag)]
    parts = node.value if isinstance(node, yaml.CollectionNode) else []
    for part in parts:
        for each in part if isinstance(part, tuple) else (part,):
            here += _walked(each)
    return here


def _line_of_fault(text: str, loader: type) -> int:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text, Loader=loader)  # noqa: S506 - both are SafeLoaders
    mark = getattr(caught.value, "problem_mark", None)
    return mark.line if mark else 0
