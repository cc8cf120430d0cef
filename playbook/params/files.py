"""Parameters on disk: campaign.yml, overridden and added to by <YYYY-MM>.yml, checked as a whole."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from playbook.errors import ParameterError, Problem
from playbook.params.model import Campaign
from playbook.params.text import SLUG

SCORECARDS = "scorecards"
"""Folder beside the campaigns; holds a file a role."""

PERIOD = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
SECRET_KEY = re.compile(r"(password|passwd|secret|token|api_?key|credential|uri|dsn)$", re.IGNORECASE)
FROM_ENVIRONMENT = re.compile(r"^\$\{[A-Z][A-Z0-9_]*\}$")

Path_ = tuple[str, ...]


class _Loader(yaml.SafeLoader):
    """YAML without its own idea of dates: a day stays the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def campaigns(params_dir: Path) -> list[str]:
    """List the campaigns that have parameters, by name; an absent folder has none."""
    found = (file.parent.name for file in params_dir.glob("*/campaign.yml"))
    return sorted(name for name in found if name != SCORECARDS)


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
    if not re.fullmatch(SLUG, campaign) or campaign == SCORECARDS or not (folder / "campaign.yml").is_file():
        raise ParameterError(_no_campaign(campaign, Path(params_dir)))
    if not PERIOD.match(period):
        raise ParameterError(
            Problem(file=str(folder), place="period", value=period, rule="a period is a month written YYYY-MM",
                    remedy="Write it like 2026-10.")
        )  # fmt: skip
    files = [folder / "campaign.yml", folder / f"{period}.yml"]
    layers = [_Layer.read(file) for file in files if file.is_file()]
    problems = [problem for layer in layers for problem in layer.secrets_in_clear()]
    merged = _merge(*(layer.content for layer in layers))
    try:
        found = Campaign.model_validate({**merged, "id": campaign, "period": period})
    except ValidationError as error:
        problems += [_problem(detail, layers) for detail in error.errors()]
        raise ParameterError(*problems) from None
    problems += [_placed(place, value, rule, remedy, layers) for place, value, rule, remedy in _crossed(found)]
    if problems:
        raise ParameterError(*problems)
    return found


class _Layer:
    """One YAML file: its content, and the line of every key."""

    def __init__(self, file: Path, content: dict[str, Any], lines: dict[Path_, int]) -> None:
        self.file, self.content, self.lines = file, content, lines

    @classmethod
    def read(cls, file: Path) -> "_Layer":
        try:
            root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
            raise ParameterError(
                Problem(file=str(file), place=f"line {line}", rule="cannot be read as YAML in UTF-8",
                        remedy="Compare indentation, colons and quotes with the lines above.")
            ) from None  # fmt: skip
        if root is None:
            return cls(file, {}, {})
        if not isinstance(root, yaml.MappingNode):
            raise ParameterError(
                Problem(file=str(file), rule="must hold keys and values", remedy="Start from `playbook new`.")
            )
        lines: dict[Path_, int] = {}
        twice = list(_walk(root, (), lines))
        if twice:
            raise ParameterError(
                *(Problem(file=str(file), place=f"{'.'.join(place)} (line {line})", rule="stands twice",
                          remedy="Keep one of the two.") for place, line in twice)
            )  # fmt: skip
        return cls(file, yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader), lines)  # noqa: S506 - a SafeLoader

    def secrets_in_clear(self) -> Iterator[Problem]:
        """Yield a problem for each secret that is not a reference to the environment."""
        for place in self.lines:
            value = _at(self.content, place)
            if isinstance(value, str) and SECRET_KEY.search(place[-1]) and not FROM_ENVIRONMENT.match(value):
                yield Problem(
                    file=str(self.file), place=f"{'.'.join(place)} (line {self.lines[place]})",
                    rule="a secret must not stand in a file",
                    remedy=f"Write ${{{place[-1].upper()}}} and set that variable in the environment.",
                )  # fmt: skip


def _walk(node: yaml.Node, place: Path_, lines: dict[Path_, int]) -> Iterator[tuple[Path_, int]]:
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


def _at(content: Any, place: Path_) -> Any:
    for key in place:
        if isinstance(content, list):
            content = content[int(key)]
        elif isinstance(content, dict):
            content = next((value for name, value in content.items() if str(name) == key), None)
        else:
            return None
    return content


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


def _problem(detail: Any, layers: list[_Layer]) -> Problem:
    """Put pydantic's finding into the words of the file."""
    place = tuple(str(part) for part in detail["loc"])
    rule = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        return _placed(place, "", "no such parameter", "Correct the spelling or take it out.", layers)
    if detail["type"] == "missing":
        return _placed(place, "", "is missing", "Add it; `playbook new` shows an example.", layers)
    value = detail["input"]
    shown = "" if isinstance(value, (dict, list)) else str(value)
    remedy = "Quote it: YAML read it as a " + type(value).__name__ + "." if _wants_quotes(detail) else "Correct it."
    return _placed(place, shown, rule, remedy, layers)


def _wants_quotes(detail: Any) -> bool:
    return detail["type"] == "string_type" and not isinstance(detail["input"], (dict, list))


def _placed(place: Path_, value: str, rule: str, remedy: str, layers: list[_Layer]) -> Problem:
    """Name the last file that sets the key, and its line; the first file when none does."""
    for known in (place[:length] for length in range(len(place), 0, -1)):
        for layer in reversed(layers):
            if known in layer.lines:
                where = f"{'.'.join(place)} (line {layer.lines[known]})"
                return Problem(file=str(layer.file), place=where, value=value, rule=rule, remedy=remedy)
    return Problem(file=str(layers[0].file), place=".".join(place), value=value, rule=rule, remedy=remedy)


def _crossed(found: Campaign) -> Iterator[tuple[Path_, str, str, str]]:
    """Yield place, value, rule and remedy of every reference that leads nowhere."""
    named: list[tuple[Path_, str | None]] = [(("budget", key), key) for key in found.budget]
    named += [(("goals", key, "channel"), goal.channel) for key, goal in found.goals.items()]
    named += [(("sources", key, "channel"), source.channel) for key, source in found.sources.items()]
    named += [(("team", key, "channels"), one) for key, who in found.team.items() for one in who.channels]
    for place, channel in named:
        if channel is not None and channel not in found.channels:
            yield place, channel, "no channel has this id", "Add it under channels, or correct the id."
    for key, goal in found.goals.items():
        if goal.start and goal.start > goal.deadline:
            yield (
                ("goals", key, "deadline"),
                goal.deadline,
                f"lies before the start {goal.start}",
                "Correct one.",
            )


def _no_campaign(campaign: str, params_dir: Path) -> Problem:
    known = ", ".join(campaigns(params_dir)) or "none"
    return Problem(
        file=str(params_dir), place="campaign", value=campaign, rule=f"has no campaign.yml; known are: {known}",
        remedy="Correct the name, or make one with `playbook new`.",
    )  # fmt: skip
