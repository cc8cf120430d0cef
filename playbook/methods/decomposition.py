"""Why a result changed.

An exact decomposition, mix first and then the funnel of each channel, with nothing left over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from playbook.methods.bootstrap import DRAWS, FEWEST_DAYS, TAIL, Array, day_counts, weeks, widened
from playbook.metrics import ALL

NODES = ("spend", "impressions", "clicks", "visits", "conversions", "orders", "revenue")
"""The funnel; conversions stand in where a channel has no orders."""

STEPS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("spend", "impressions"): "cpm",
        ("spend", "clicks"): "cpc",
        ("spend", "conversions"): "cpa",
        ("spend", "revenue"): "roas",
        ("impressions", "clicks"): "ctr",
        ("clicks", "visits"): "visit_rate",
        ("clicks", "conversions"): "cvr_click",
        ("visits", "conversions"): "cvr",
        ("clicks", "orders"): "order_rate_click",
        ("visits", "orders"): "order_rate",
        ("orders", "revenue"): "aov",
    }
)
"""Ratio that drives a step; steps around a missing column are merged and named <from>_to_<to> where
none fits."""

COSTS = ("cpm", "cpc", "cpa")
PER = {"cpm": 1000.0}
COLUMNS = ["channel", "step", "previous", "actual", "effect", "low", "high", "certainty"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """The known part of a channel's funnel: columns of the cube in funnel order, revenue last.

    Its place in the cube.
    """

    channel: str
    place: int
    nodes: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the factors: days, then spend and mix, or volume where nothing is spent.

        Then the funnel.
        """
        first = ("days", "total_spend", "mix") if self.nodes[0] == "spend" else ("days", "volume")
        return first + tuple(STEPS.get(pair, "_to_".join(pair)) for pair in pairwise(self.nodes))


def decompose(
    before: pd.DataFrame, now: pd.DataFrame, *, seed: int = 0, draws: int = DRAWS
) -> pd.DataFrame:
    """Split the change of revenue between two periods into what each channel's funnel did.

    Revenue of a channel = days x spend per day of all channels x its share (mix) x 1/CPM x CTR x
    visit rate x orders per visit x AOV. Each factor gets the logarithmic mean of both revenues
    times the log of its ratio, so that the effects add up to the change exactly. A column that a
    channel does not know, or has as zero, in either period is left out and its two steps become
    one. Noise is judged by drawing days anew in blocks of a week.

    Args:
        before: One row per day and channel of the earlier period: date, channel and the columns of
            the funnel.
        now: The same of the later period.
        seed: Of the draws.
        draws: How many.

    Returns:
        One row per channel and step: channel, step, previous and actual (level of the step's KPI;
        NaN where it is none), effect, low, high (money; 90 % interval), certainty ("clear",
        "noise", or "unknown" below two weeks of days). A channel with revenue in one period only
        has the single step "started" or "stopped". Empty where a whole period is.

    Source:
        Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33 (additive LMDI-I);
        Politis & Romano (1992), circular block bootstrap.
    """
    if before.empty or now.empty:
        return pd.DataFrame(columns=COLUMNS)
    channels = sorted({*before["channel"], *now["channel"]})
    old, new = _cube(before, channels), _cube(now, channels)
    possible = [_chain(channel, place, old, new) for place, channel in enumerate(channels)]
    chains = [chain for chain in possible if chain]
    effects = _effects(chains, _once(old), _once(new), len(old), len(new))
    drawn = _noise(chains, old, new, draws, np.random.default_rng(seed))
    previous, actual = _levels(chains, old), _levels(chains, new)
    rows: list[tuple[Any, ...]] = []
    for key, effect in effects.items():
        levels = previous.get(key, np.nan), actual.get(key, np.nan)
        rows.append((*key, *levels, *_judged(effect[0], drawn.get(key))))
    return pd.DataFrame(rows + _one_sided(channels, old, new), columns=COLUMNS)


def causes(effects: pd.DataFrame) -> pd.DataFrame:
    """Turn effects by channel into causes by size.

    Days, total spend and mix are decisions about all channels together and become one cause each;
    the interval of such a sum is not known from its parts, it is left missing.

    Returns:
        One row per cause, largest first: cause ("<channel>:<step>") and the columns of `decompose`;
        certainty is "clear" for the sums, which are decided and not drawn.
    """
    common = effects["step"].isin(["days", "total_spend", "mix"])
    sums = effects[common].groupby("step", as_index=False)["effect"].sum()
    sums = sums.assign(
        channel=ALL, previous=np.nan, actual=np.nan, low=np.nan, high=np.nan, certainty="clear"
    )
    parts = [part for part in (sums, effects[~common]) if len(part)]
    together = pd.concat(parts, ignore_index=True) if parts else effects
    together = together.assign(cause=together["channel"] + ":" + together["step"])
    order = together["effect"].abs().sort_values(ascending=False, kind="stable").index
    return together.loc[order, ["cause", *effects.columns]].reset_index(drop=True)


def _cube(rows: pd.DataFrame, channels: Sequence[str]) -> Array:
    """Return days x channels x nodes; NaN where a day does not know it."""
    days = sorted(rows["date"].unique())
    whole = pd.MultiIndex.from_product([days, channels])
    cells = rows.set_index(["date", "channel"]).reindex(whole).reindex(columns=list(NODES))
    return cells.to_numpy(dtype="float64").reshape(len(days), len(channels), len(NODES))


def _chain(channel: str, place: int, old: Array, new: Array) -> Chain | None:
    both = (np.nansum(old[:, place], axis=0) > 0) & (np.nansum(new[:, place], axis=0) > 0)
    usable = {node for node, is_usable in zip(NODES, both, strict=True) if is_usable}
    spare = {"conversions"} if "orders" in usable else set()
    nodes = tuple(node for node in NODES if node in usable - spare)
    return Chain(channel=channel, place=place, nodes=nodes) if both[-1] else None


def _once(cube: Array) -> Array:
    sums: Array = np.nansum(cube, axis=0)[np.newaxis]
    return sums


def _drawn(cube: Array, draws: int, generator: np.random.Generator) -> Array:
    """Add up the days of each draw: draws x channels x nodes."""
    sums: Array = np.tensordot(day_counts(len(cube), draws, generator), np.nan_to_num(cube), axes=1)
    return sums


def _noise(
    chains: Sequence[Chain], old: Array, new: Array, draws: int, generator: np.random.Generator
) -> dict[tuple[str, str], Array]:
    """Draw every effect anew; nothing where either period has too few days."""
    shorter = min(len(old), len(new))
    if shorter < FEWEST_DAYS or not draws:
        return {}
    sums = _drawn(old, draws, generator), _drawn(new, draws, generator)
    freedom = weeks(len(old)) + weeks(len(new)) - 2
    effects = _effects(chains, *sums, len(old), len(new))
    return {key: widened(effect, freedom, shorter, generator) for key, effect in effects.items()}


def _effects(
    chains: Sequence[Chain], old: Array, new: Array, old_days: int, new_days: int
) -> dict[tuple[str, str], Array]:
    paid = [chain.place for chain in chains if chain.nodes[0] == "spend"]
    spend = new[:, paid, 0].sum(axis=1), old[:, paid, 0].sum(axis=1)
    effects: dict[tuple[str, str], Array] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        days = np.full(len(old), np.log(new_days / old_days)) if chains else np.zeros(len(old))
        total = np.log(spend[0] / spend[1])
        for chain in chains:
            ends = [NODES.index(node) for node in chain.nodes]
            growth = np.log(new[:, chain.place, ends] / old[:, chain.place, ends]).T
            first = (
                [days, total - days, growth[0] - total]
                if chain.place in paid
                else [days, growth[0] - days]
            )
            factors = [*first, *np.diff(growth, axis=0)]
            size = _log_mean(old[:, chain.place, -1], new[:, chain.place, -1])
            effects |= {
                (chain.channel, step): size * factor
                for step, factor in zip(chain.steps, factors, strict=True)
            }
    return effects


def _log_mean(old: Array, new: Array) -> Array:
    change = new - old
    return np.where(change == 0, old, change / np.log1p(change / old))


def _levels(chains: Sequence[Chain], cube: Array) -> dict[tuple[str, str], float]:
    """Return the KPI of each step that has one; costs are spend over what it bought."""
    sums = _once(cube)[0]
    levels = {}
    for chain in chains:
        for above, below in pairwise(chain.nodes):
            if (above, below) in STEPS:
                step = STEPS[above, below]
                ratio = float(
                    sums[chain.place, NODES.index(below)] / sums[chain.place, NODES.index(above)]
                )
                levels[chain.channel, step] = PER.get(step, 1.0) / ratio if step in COSTS else ratio
    return levels


def _judged(effect: float, drawn: Array | None) -> tuple[float, float, float, str]:
    usable = np.empty(0) if drawn is None else drawn[np.isfinite(drawn)]
    if not len(usable):
        return float(effect), np.nan, np.nan, "unknown"
    low, high = np.quantile(usable, [TAIL, 1 - TAIL])
    return float(effect), float(low), float(high), "clear" if low > 0 or high < 0 else "noise"


def _one_sided(channels: Sequence[str], old: Array, new: Array) -> list[tuple[Any, ...]]:
    before, now = np.nansum(old, axis=0)[:, -1], np.nansum(new, axis=0)[:, -1]
    return [
        (
            channel,
            "started" if b == 0 else "stopped",
            np.nan,
            np.nan,
            float(n - b),
            np.nan,
            np.nan,
            "clear",
        )
        for channel, b, n in zip(channels, before, now, strict=True)
        if (b == 0) != (n == 0)
    ]
