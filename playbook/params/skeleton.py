"""The parameters of a new campaign: commented files that pass the check once they are filled in."""

import re
from pathlib import Path

from playbook import shipped
from playbook.errors import PlaybookError, Problem
from playbook.params.files import PERIOD, SCORECARDS
from playbook.params.text import SLUG

CAMPAIGN = Path(__file__).with_name("skeleton_campaign.yml")
MONTH = Path(__file__).with_name("skeleton_month.yml")


MARK = re.compile(r"[ \t]*# FILL IN.*")
"""What marks a line that a person must look at; `playbook check` fails while one is left."""


def write(campaign: str, period: str, root: Path, *, as_example: bool = False) -> list[Path]:
    """Write params/<campaign>/campaign.yml and <period>.yml, and make data/<campaign>.

    A workspace without scorecards gets those that ship with the playbook.

    Args:
        campaign: Id.
        period: First month, YYYY-MM.
        root: Workspace.
        as_example: Take the values as they stand, without marks of what to fill in.

    Raises:
        PlaybookError: The id or the month is not well formed, or the campaign exists already.
    """
    folder = root / "params" / campaign
    problems = [
        *_shape(
            "campaign", campaign, SLUG, "an id has only a-z, 0-9 and '-', and 63 characters at most"
        ),
        *_shape("period", period, PERIOD.pattern, "a period is a month written YYYY-MM"),
    ]
    if folder.exists() or campaign == SCORECARDS:
        problems.append(
            Problem(
                file=str(folder), rule="exists already", remedy="Choose another id, or edit it."
            )
        )
    if problems:
        raise PlaybookError(*problems)
    folder.mkdir(parents=True)
    (root / "data" / campaign).mkdir(parents=True, exist_ok=True)
    files = {folder / "campaign.yml": CAMPAIGN, folder / f"{period}.yml": MONTH}
    for file, template in files.items():
        text = (
            template.read_text(encoding="utf-8")
            .replace("2026-10", period)
            .replace("spring-sale", campaign)
        )
        file.write_text(MARK.sub("", text) if as_example else text, encoding="utf-8")
    return [*files, *_scorecards(root / "params" / SCORECARDS)]


def _scorecards(folder: Path) -> list[Path]:
    """Write the shipped scorecards into a workspace that has none yet."""
    if folder.exists():
        return []
    folder.mkdir(parents=True)
    written = []
    for file in sorted(shipped.SCORECARDS.glob("*.yml")):
        target = folder / file.name
        target.write_bytes(file.read_bytes())
        written.append(target)
    return written


def _shape(place: str, value: str, pattern: str, rule: str) -> list[Problem]:
    if re.fullmatch(pattern, value):
        return []
    return [Problem(file="playbook new", place=place, value=value, rule=rule, remedy="Correct it.")]
