"""The plan of a new A/B test: a commented file that is valid as it stands, in two languages."""

import re
from datetime import date
from pathlib import Path
from typing import Literal

from playbook.errors import PlaybookError, Problem

TEMPLATES = {
    language: Path(__file__).with_name(f"plan_{language}.yml") for language in ("zh", "en")
}
ENDINGS = {".yml", ".yaml"}
FIRST_DAY = date(2026, 11, 2)
"""Start of the test in the templates, a Monday."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_template(file: Path, language: Literal["zh", "en"], start: date) -> None:
    """Write the commented plan of a new test.

    Args:
        file: To write; its folder must be there.
        language: Of the comments.
        start: First day of the test; all days move with it.

    Raises:
        PlaybookError: The file exists already, is no YAML file, or its folder is not there.
    """
    problem = _refused(file)
    if problem:
        raise PlaybookError(problem)
    later = start - FIRST_DAY

    def moved(day: re.Match[str]) -> str:
        return (date.fromisoformat(day.group()) + later).isoformat()

    text = TEMPLATES[language].read_text(encoding="utf-8")
    file.write_text(DAY.sub(moved, text), encoding="utf-8")


def _refused(file: Path) -> Problem | None:
    """Say why a file cannot become a plan; nothing of what is there is overwritten."""
    name = str(file)
    if file.exists():
        return Problem(
            file=name, rule="exists already", remedy="Choose another name, or edit what is there."
        )
    if file.suffix.lower() not in ENDINGS:
        return Problem(
            file=name, rule="does not end in .yml", remedy="Name it like checkout-test.yml."
        )
    if not file.parent.is_dir():
        return Problem(
            file=name,
            rule="its folder is not there",
            remedy=f"Make the folder {file.parent} first.",
        )
    return None
