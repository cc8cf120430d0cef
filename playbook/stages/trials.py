"""What the campaign's planned experiments showed: one evaluation each, told as a decision."""

from collections.abc import Iterator, Mapping

import pandas as pd

from playbook.params import Campaign
from playbook.stages.result import Finding

COLUMNS = ["experiment", "metric", "arm", "decision"]


def trials(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS)


def tell_trials(table: pd.DataFrame) -> Iterator[Finding]:
    yield from ()
