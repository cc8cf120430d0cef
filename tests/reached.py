"""Which words of the stages the tests reach: every sentence, clause, action and gap is asked for.

Each finding and result that is made in a test is looked at. After a whole run of the tests the words
that no result asked for are listed, and the run fails.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import yaml

from playbook.report.messages import COMMON, FOLDER
from playbook.stages import STAGES
from playbook.stages.shared.result import Finding, StageResult

STAGE_OF = {stage.notebook: stage.id for stage in STAGES}
OWN_PREFIX = {"ab_test": "experiments"}
"""Prefix of findings' ids that is not the id of their stage."""

JOINTS = ("between", "begin")

Word = tuple[str, str]
"""Stage and path of a text, such as sentences.answer.furthest."""


def words_of_stages() -> set[Word]:
    """Every word that a stage's result can ask for, from the message files."""
    return {
        (stage, path) for stage in STAGE_OF.values() for path in _paths(FOLDER / f"{stage}.yml")
    }


def _paths(file: Path) -> Iterator[str]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for key, text in content.get("sentences", {}).items():
        clauses = [clause for clause in text if clause not in ("zh", "en", *JOINTS)]
        yield from (f"sentences.{key}.{clause}" for clause in clauses)
        if not clauses:
            yield f"sentences.{key}"
    for part in ("actions", "missing"):
        yield from (f"{part}.{key}" for key in content.get(part, {}))


def of_finding(finding: Finding) -> set[Word]:
    """The words that a finding asks for; its id begins with its stage."""
    prefix = finding.id.split(".")[0]
    stage = OWN_PREFIX.get(prefix, prefix)
    paths = [f"sentences.{finding.sentence}.{clause}" for clause in finding.clauses]
    if not finding.clauses:
        paths.append(f"sentences.{finding.sentence}")
    if finding.action:
        paths.append(f"actions.{finding.action}")
    return {(stage, path) for path in paths}


def of_result(result: StageResult) -> set[Word]:
    """The words for what a stage could not answer."""
    stage = STAGE_OF.get(result.stage, COMMON)
    return {(stage, f"missing.{part.split('.')[0]}") for part in result.missing}


def watch(reached: set[Word]) -> None:
    """From now on, add the words of every finding and result that is made."""
    Finding.__init__ = _watched(Finding.__init__, of_finding, reached)  # type: ignore[method-assign]
    StageResult.__init__ = _watched(  # type: ignore[method-assign]
        StageResult.__init__, of_result, reached
    )


def _watched(
    make: Callable[..., None], words: Callable[[Any], set[Word]], reached: set[Word]
) -> Callable[..., None]:
    @wraps(make)
    def made(self: Any, *args: Any, **values: Any) -> None:
        make(self, *args, **values)
        reached.update(words(self))

    return made
