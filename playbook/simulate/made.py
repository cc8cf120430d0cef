"""The tables of one simulated campaign from which files are written and truths are read."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from playbook.simulate.funnel import Flow
from playbook.simulate.scene import Scene


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What was simulated.

    Attributes:
        scene: What it was made from.
        budgets: Money by channel and month.
        flow: What the funnel counted, and what was true in it.
        daily: One row per day and channel, as counted, with the money of the orders.
        units: By platform channel, one row per day and unit.
        orders: One row per order, with is_new.
        plan: Content as planned.
        log: Content as published.
        trials: Users of each experiment.
    """

    scene: Scene
    budgets: Mapping[str, Mapping[str, float]]
    flow: Flow
    daily: pd.DataFrame
    units: Mapping[str, pd.DataFrame]
    orders: pd.DataFrame
    plan: pd.DataFrame
    log: pd.DataFrame
    trials: Mapping[str, pd.DataFrame]
