"""Parameters on disk.

Campaign.yml, overridden and added to by <YYYY-MM>.yml, checked as a whole.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from playbook.errors import ParameterError, Problem
from playbook.params.document import Place, placed, read_document, told
from playbook.params.model import Campaign
from playbook.params.registration import registered
from playbook.params.text import MONTH, SLUG

SCORECARDS = "scorecards"
"""Folder beside the campaigns; holds a file a role."""

PERIOD = re.compile(rf"{MONTH}\Z")
LIKE_A_MONTH = re.compile(r"\d{4}[-_]?\d{1,2}\Z")
"""Names that somebody may have meant as a month; mappings have other ones."""


def campaigns(params_dir: Path) -> list[str]:
    """List the campaigns that have parameters, by name; an absent folder has none."""
    names = (file.parent.name for file in params_dir.glob("*/campaign.yml"))
    return sorted(name for name in names if name != SCORECARDS)


def periods(campaign: str, params_dir: Path) -> list[str]:
    """List the periods of a campaign that have a file of their own, earliest first."""
    stems = (file.stem for file in (params_dir / campaign).glob("*.yml"))
    return sorted(stem for stem in stems if PERIOD.match(stem))


def load(campaign: str, period: str, params_dir: Path | str) -> Campaign:
    """Read and check the parameters of one campaign and period.

    Args:
        campaign: Folder below `params_dir`.
        period: Month as YYYY-MM; its file is optional, it overrides and adds to campaign.yml. A key
            that is set to null there is taken away.
        params_dir: Folder that holds one folder a campaign.

    Returns:
        The merged, valid parameters.

    Raises:
        ParameterError: With every problem: file, key and line, value, rule and remedy.
    """
    folder = Path(params_dir) / campaign
    if (
        not re.fullmatch(SLUG, campaign)
        or campaign == SCORECARDS
        or not (folder / "campaign.yml").exists()
    ):
        raise ParameterError(_no_campaign(campaign, Path(params_dir)))
    if not PERIOD.match(period):
        raise ParameterError(
            Problem(
                file=str(folder),
                place="period",
                value=period,
                rule="a period is a month written YYYY-MM",
                remedy="Write it like 2026-10.",
            )
        )
    if strays := [
        file
        for file in sorted(folder.glob("*.yml"))
        if LIKE_A_MONTH.match(file.stem) and not PERIOD.match(file.stem)
    ]:
        raise ParameterError(
            *(
                Problem(
                    file=str(file),
                    rule="its name is no month YYYY-MM, so nobody reads it",
                    remedy="Name it like 2026-10.yml, or remove it.",
                )
                for file in strays
            )
        )
    files = [folder / "campaign.yml", folder / f"{period}.yml"]
    documents = [read_document(file) for file in files if file.exists()]
    merged = _merge(*(document.content for document in documents))
    if "registered" in merged:
        raise ParameterError(
            placed(
                documents,
                ("registered",),
                "",
                "is not written by hand",
                "Take it out, and register tests with `playbook abtest register`.",
            )
        )
    merged["registered"] = registered(folder)
    try:
        campaign_read = Campaign.model_validate({**merged, "id": campaign, "period": period})
    except ValidationError as error:
        raise ParameterError(*(told(documents, detail) for detail in error.errors())) from None
    problems = [
        placed(documents, place, value, rule, remedy)
        for place, value, rule, remedy in _crossed(campaign_read)
    ]
    if problems:
        raise ParameterError(*problems)
    return campaign_read


def _merge(base: Mapping[str, Any], *over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay mappings over each other key by key; null takes a key away, anything else replaces."""
    merged = dict(base)
    for layer in over:
        for key, value in layer.items():
            if value is None:
                merged.pop(key, None)
            elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
                merged[key] = _merge(merged[key], value)
            else:
                merged[key] = value
    return merged


def _crossed(parameters: Campaign) -> Iterator[tuple[Place, str, str, str]]:
    """Yield place, value, rule and remedy of every reference that leads nowhere."""
    named: list[tuple[Place, str | None]] = [(("budget", key), key) for key in parameters.budget]
    named += [(("goals", key, "channel"), goal.channel) for key, goal in parameters.goals.items()]
    named += [
        (("sources", key, "channel"), source.channel) for key, source in parameters.sources.items()
    ]
    named += [
        (("sources", key, "channels", name), channel)
        for key, source in parameters.sources.items()
        for name, channel in source.channels.items()
    ]
    named += [
        (("team", key, "channels"), channel)
        for key, who in parameters.team.items()
        for channel in who.channels
    ]
    for place, channel in named:
        if channel is not None and channel not in parameters.channels:
            yield (
                place,
                channel,
                "no channel has this id",
                "Add it under channels, or correct the id.",
            )
    for key, goal in parameters.goals.items():
        if goal.start and goal.start > goal.deadline:
            yield (
                ("goals", key, "deadline"),
                goal.deadline.isoformat(),
                f"lies before the start {goal.start}",
                "Correct one.",
            )


def _no_campaign(campaign: str, params_dir: Path) -> Problem:
    names = ", ".join(campaigns(params_dir)) or "none"
    return Problem(
        file=str(params_dir),
        place="campaign",
        value=campaign,
        rule=f"has no campaign.yml; known are: {names}",
        remedy="Correct the name, or make one with `playbook new`.",
    )
