"""Parameters: what a campaign is and wants, read from files that people write."""

from playbook.params.files import PERIOD, campaigns, load, periods
from playbook.params.model import Campaign, plain
from playbook.params.period import Period
from playbook.params.scorecard import load_scorecards, people_problems, scorecard_problems

__all__ = [
    "PERIOD",
    "Campaign",
    "Period",
    "campaigns",
    "load",
    "load_scorecards",
    "people_problems",
    "periods",
    "plain",
    "scorecard_problems",
]
