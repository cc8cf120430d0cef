"""A workspace with one campaign, as small as it can be, for tests that read files."""

from pathlib import Path

import pandas as pd

from playbook import params, sources
from playbook.errors import Problem
from playbook.params import Campaign

SPRING = """
name: "Spring"
language: "en"
currency: "USD"
timezone: "UTC"
objective: "More customers"
channels:
  search: {name: "Search", kind: "paid", owner: "s01"}
"""
"""What a campaign must say; sources are to follow, and more channels may."""

CAMPAIGN = f"""{SPRING}  mail: {{name: "E-mail", kind: "owned", owner: "s01"}}
sources:
"""
ADS = '  ads: {table: "channel_daily", files: "ads/*", platform: "google-ads", channel: "search"}\n'
HEAD = "Day,Campaign,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value\n"


class Workspace:
    """Folders for parameters and data; October 2026."""

    def __init__(self, root: Path, *entries: str) -> None:
        self.root, self.params, self.data = root, root / "params", root / "data"
        (self.params / "spring").mkdir(parents=True)
        self.write(*(entries or (ADS,)))

    def write(self, *entries: str) -> None:
        text = CAMPAIGN + "".join(entries)
        (self.params / "spring" / "campaign.yml").write_text(text, encoding="utf-8")

    def put(self, name: str, text: str) -> None:
        file = self.data / "spring" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    @property
    def campaign(self) -> Campaign:
        return params.load("spring", "2026-10", self.params)

    def load(self) -> dict[str, pd.DataFrame]:
        return dict(sources.load(self.campaign, self.data, self.root / "run", self.params))

    def check(self) -> list[Problem]:
        return sources.check(self.campaign, self.data, self.params)

    def sums(self, *columns: str) -> list[float]:
        """Sum columns of the days of channels; nothing told is nothing."""
        return self.load()["channel_daily"][list(columns)].sum().tolist()


def ads(*rows: str) -> str:
    """Write a report of Google Ads: day of October, campaign, impressions, clicks, cost, value."""
    lines = []
    for row in rows:
        day, name, impressions, clicks, cost, conversions, value = row.split(",")
        lines.append(
            f"2026-10-{day},{name},USD,{impressions},{clicks},{cost},{conversions},{value}"
        )
    return HEAD + "\n".join(lines) + "\n"
