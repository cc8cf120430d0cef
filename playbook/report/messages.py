"""All words of the pages: one YAML file a stage in `messages/`, Chinese and English side by side.

A file has these parts, each by key: `codes` (names of coded values), `sentences` and `actions` of
findings, `missing` (what a stage could not answer) and `titles` of tables and figures. A sentence
may be a group of clauses of which a finding names those that hold; `between` joins them and
`begin` stands before them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playbook import yamltext

FOLDER = Path(__file__).with_name("messages")
COMMON = "common"
LANGUAGES = ("zh", "en")
BETWEEN: Mapping[str, str] = {"zh": "，", "en": "; "}
"""What stands between the clauses of a sentence that has no `between` of its own."""

NOTHING: Mapping[str, str] = {"zh": "", "en": ""}
END: Mapping[str, str] = {"zh": "。", "en": "."}

Both = Mapping[str, str]
"""One text in Chinese (zh) and English (en)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Messages:
    """The words of one stage, over those that all stages share."""

    codes: Mapping[str, Both] = field(default_factory=dict)
    sentences: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, Both] = field(default_factory=dict)
    missing: Mapping[str, Both] = field(default_factory=dict)
    titles: Mapping[str, Both] = field(default_factory=dict)

    def sentence(self, key: str, clauses: Sequence[str], language: str) -> str:
        """Return the text of a sentence, its placeholders not yet filled.

        Args:
            key: Of the sentence.
            clauses: Which of its clauses, in order; none for a sentence that stands as a whole.
            language: zh or en.

        Raises:
            KeyError: No such sentence, or no such clause of it.
        """
        if not clauses:
            return str(self.sentences[key][language])
        group = self.sentences[key]
        between = group.get("between", BETWEEN)[language]
        text = between.join(str(group[clause][language]) for clause in clauses)
        begin = group.get("begin", NOTHING)[language]
        sentence = f"{begin}{text}{END[language]}"
        return sentence[:1].upper() + sentence[1:]


@cache
def messages(name: str) -> Messages:
    """Return the words of a stage.

    Args:
        name: Id of the stage, or `page` for the words of the page itself; one without a file of its
            own has the shared words only.
    """
    own = _read(name)
    others = [_read(other) for other in own.get("also", ())]
    parts: dict[str, dict[str, Any]] = {part: {} for part in Messages.__dataclass_fields__}
    for content in (_read(COMMON), *others, own):
        for part in parts:
            parts[part] |= content.get(part, {})
    return Messages(**parts)


def _read(name: str) -> dict[str, Any]:
    file = FOLDER / f"{name}.yml"
    return yamltext.read(file.read_text(encoding="utf-8")) if file.is_file() else {}
