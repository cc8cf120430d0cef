"""Stage 3.

Whether the right content is ready, fits its channel and days, and is not a hard sell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.methods.intervals import wilson
from playbook.metrics import ALL
from playbook.params import Campaign
from playbook.stages import CONTENT
from playbook.stages.content.hard_sell import hard_sell_hits, hard_sell_share
from playbook.stages.content.schedule import (
    LONG_GAP,
    clashes,
    coverage,
    mix,
    readiness,
    uncovered,
    weeks,
)
from playbook.stages.content.tables import (
    CLASHES,
    COVERAGE,
    HARD_SELL,
    HITS,
    MIX,
    PUNCTUALITY,
    READINESS,
    SUMMARY,
)
from playbook.stages.shared.declared import declared
from playbook.stages.shared.delivery import LATE, delivery, planned_pieces
from playbook.stages.shared.findings import (
    absent,
    cells,
    measures,
    ranked,
    records,
    summary_frame,
)
from playbook.stages.shared.result import Finding, StageResult

FEWEST_PIECES = 5
"""Of an owner or channel, below which nothing is said about being on time."""

ONE_SIDED = 0.6
"""Share of one theme or persona from which the mix counts as one-sided."""

ANSWER = ("planned", "channels_covered", "ready_rate", "on_time_rate", "hard_sell_share")
"""Measures of the answer, in order; each has a clause that is said only if it is known."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A row of the table `coverage`, as far as findings need it."""

    channel: str
    planned: float
    longest_gap: float


@dataclass(frozen=True, slots=True)
class Crowded:
    """A row of the table `clashes`."""

    channel: str
    date: date
    planned: float
    allowed: float


@dataclass(frozen=True, slots=True)
class Ready:
    """A row of the table `readiness`, as far as findings need it."""

    channel: str
    ready_late: float
    not_ready: float


@dataclass(frozen=True, slots=True)
class Published:
    """A row of the table `on_time`, as far as findings need it."""

    group: str
    planned: float
    on_time: float


@dataclass(frozen=True, slots=True)
class Share:
    """A row of the table `mix`, as far as findings need it."""

    dimension: str
    value: str
    share: float


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer whether the right content is ready, fits its channels, and is no hard sell.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses content_plan and content_log.

    Returns:
        The tables of `content.tables`.
    """
    campaign, tables = declared(CONTENT, campaign, tables)
    plan, rules = tables["content_plan"], campaign.content
    pieces = in_period(plan, campaign.start, campaign.end, column="planned_at")
    kinds = channels_with_content(campaign, plan)
    hits = hard_sell_hits(pieces, rules.hard_sell_words)
    checked = pieces if rules.hard_sell_words else pieces.iloc[:0]
    results = {
        "coverage": coverage(pieces, kinds, campaign.start, campaign.end, rules.posts_per_day),
        "weeks": weeks(pieces, kinds.index, campaign.start, campaign.end),
        "clashes": clashes(pieces, rules.posts_per_day),
        "readiness": readiness(pieces),
        "mix": mix(pieces),
        "uncovered": uncovered(pieces),
        "hard_sell": hard_sell_share(checked, hits, rules.hard_sell_share),
        "hits": hits,
        "on_time": punctuality(campaign, tables),
    }
    results["summary"] = summary(results, pieces)
    return StageResult(
        stage=CONTENT.notebook,
        tables=results,
        findings=_findings(results, pieces),
        missing=_missing(campaign, tables, pieces),
    )


def channels_with_content(campaign: Campaign, plan: pd.DataFrame) -> pd.Series:
    """Return the kind of each channel that should publish.

    Owned, partner and KOL, and whoever was ever planned.

    No channel where there is no plan at all: then nothing is known, not everything silent.
    """
    planned = set(plan["channel"])
    kinds = {}
    for name, channel in campaign.channels.items():
        should_publish = bool(planned) and channel.kind != "paid"
        if name in planned or should_publish:
            kinds[name] = channel.kind
    return pd.Series(kinds, dtype="str")


def punctuality(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say what was published on time, over all, by channel and by owner.

    Returns:
        The table `PUNCTUALITY`; no rows without a log.
    """
    plan, log = tables["content_plan"], tables["content_log"]
    minutes = campaign.content.on_time_minutes
    pieces = planned_pieces(plan, log, campaign.start, campaign.end, minutes)
    if log.empty or pieces.empty:
        return PUNCTUALITY.frame([])
    parts = [delivery(pieces).assign(by="all", group=ALL)]
    for name in ("channel", "owner"):
        named = pieces.dropna(subset=[name])
        if len(named):
            part = delivery(named, by=[name]).rename(columns={name: "group"})
            parts.append(part.assign(by=name))
    table = pd.concat(parts, ignore_index=True)
    counts = zip(table["on_time"], table["planned"], strict=True)
    table[["low", "high"]] = np.array([wilson(int(hits), int(all_)) for hits, all_ in counts])
    return table[PUNCTUALITY.names]


def summary(results: Mapping[str, pd.DataFrame], pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers of the stage, as far as they are known."""
    values: dict[str, float] = {}
    if len(pieces):
        values["planned"] = len(pieces)
    covered = results["coverage"]
    if len(covered):
        values["channels"] = len(covered)
        values["channels_covered"] = covered["planned"].gt(0).sum()
        values["days_without"] = covered["days_without"].sum()
    ready = results["readiness"]
    if len(ready):
        values["ready_rate"] = ready["ready"].sum() / ready["planned"].sum()
    if len(results["on_time"]):
        values["on_time_rate"] = results["on_time"]["on_time_rate"].iloc[0]
    if len(results["hard_sell"]):
        values["hard_sell_share"] = results["hard_sell"]["share"].iloc[0]
    if len(pieces):
        values["clash_days"] = len(results["clashes"])
    return summary_frame(SUMMARY, values)


def _missing(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], pieces: pd.DataFrame
) -> dict[str, Mapping[str, str]]:
    if pieces.empty:
        return absent({"content_plan": True})
    return absent(
        {
            "content_log": tables["content_log"].empty,
            "ready_at": bool(pieces["ready_at"].isna().all()),
            "texts": bool(pieces[["title", "body"]].isna().all(axis=None)),
            "words": not campaign.content.hard_sell_words,
            "mix": bool(pieces[["theme", "format", "persona"]].isna().all(axis=None)),
            "owner": bool(pieces["owner"].isna().all()),
        }
    )


def _findings(tables: Mapping[str, pd.DataFrame], pieces: pd.DataFrame) -> tuple[Finding, ...]:
    others = ranked(
        [
            *_silent(tables["coverage"], pieces),
            *_crowded(tables["clashes"]),
            *_unready(tables["readiness"]),
            *_pushing(tables),
            *_late(tables["on_time"]),
            *_one_sided(tables["mix"]),
        ]
    )
    if pieces.empty:
        return (Finding(id="content.answer", severity="watch", sentence="no_plan"), *others)
    return (_answer(tables["summary"], others), *others)


def _answer(summed: pd.DataFrame, others: tuple[Finding, ...]) -> Finding:
    measured = set(summed["measure"])
    clauses = [measure for measure in ANSWER if measure in measured]
    return Finding(
        id="content.answer",
        severity=others[0].severity if others else "good",
        sentence="answer",
        clauses=tuple(clauses),
        evidence=measures(SUMMARY, "channels", *clauses),
    )


def _silent(covered: pd.DataFrame, pieces: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels without a piece, and owned ones with a long gap.

    Nothing where nothing is planned at all.
    """
    if pieces.empty:
        return
    has_gap = covered["kind"].eq("owned") & covered["longest_gap"].ge(LONG_GAP)
    for channel in records(covered[covered["planned"].eq(0) | has_gap], Covered):
        is_empty = channel.planned == 0
        yield Finding(
            id=f"content.gap.{channel.channel}",
            severity="act" if is_empty else "watch",
            weight=channel.longest_gap,
            sentence="nothing_planned" if is_empty else "long_gap",
            evidence=cells(
                COVERAGE,
                {"channel": channel.channel},
                channel="channel",
                gap="longest_gap",
                since="gap_from",
            ),
            action="plan_or_give_up" if is_empty else "",
        )


def _crowded(crowded: pd.DataFrame) -> Iterator[Finding]:
    """Tell the most crowded day; the others stand in the table."""
    most = crowded.sort_values("planned", ascending=False, kind="stable").head(1)
    for clash in records(most, Crowded):
        yield Finding(
            id="content.clash",
            severity="watch",
            weight=clash.planned - clash.allowed,
            sentence="clash",
            evidence=cells(
                CLASHES,
                {"channel": clash.channel, "date": f"{clash.date:%Y-%m-%d}"},
                channel="channel",
                day="date",
                planned="planned",
                allowed="allowed",
            ),
        )


def _unready(ready: pd.DataFrame) -> Iterator[Finding]:
    """Tell the channels with pieces that were approved late or never."""
    for channel in records(ready[ready["state"].ne("good")], Ready):
        yield Finding(
            id=f"content.ready.{channel.channel}",
            severity="watch",
            weight=channel.not_ready + channel.ready_late,
            sentence="unready",
            evidence=cells(
                READINESS,
                {"channel": channel.channel},
                channel="channel",
                planned="planned",
                late="ready_late",
                open="not_ready",
            ),
        )


def _pushing(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell the share over all channels if it is too high, with the most frequent word."""
    everywhere = tables["hard_sell"].head(1)
    too_many = everywhere[everywhere["state"].ne("good")]
    if too_many.empty:
        return
    most = tables["hits"].sort_values("times", ascending=False, kind="stable").iloc[0]
    row = {name: str(most[name]) for name in ("content_id", "channel", "field", "word")}
    yield Finding(
        id="content.hard_sell",
        severity=too_many["state"].iloc[0],
        weight=float(too_many["with_words"].iloc[0]),
        sentence="hard_sell",
        evidence=cells(
            HARD_SELL,
            {"channel": ALL},
            count="with_words",
            share="share",
            allowed="allowed_share",
        )
        | cells(HITS, row, piece="content_id", word="word"),
        action="rewrite",
    )


def _late(published: pd.DataFrame) -> Iterator[Finding]:
    """Tell the owners who are surely late more often than agreed; channels are told by stage 5."""
    owners = published[published["by"].eq("owner") & published["planned"].ge(FEWEST_PIECES)]
    for owner in records(owners[owners["high"].lt(LATE)], Published):
        yield Finding(
            id=f"content.late.{owner.group}",
            severity="watch",
            weight=owner.planned - owner.on_time,
            sentence="late_owner",
            evidence=cells(
                PUNCTUALITY,
                {"by": "owner", "group": owner.group},
                owner="group",
                planned="planned",
                rate="on_time_rate",
                low="low",
                high="high",
            ),
        )


def _one_sided(mixed: pd.DataFrame) -> Iterator[Finding]:
    """Tell the theme or persona that most pieces share."""
    chosen = mixed[mixed["dimension"].isin(["theme", "persona"]) & mixed["share"].ge(ONE_SIDED)]
    for share in records(chosen, Share):
        yield Finding(
            id=f"content.mix.{share.dimension}",
            severity="watch",
            weight=share.share,
            sentence="one_sided",
            evidence=cells(
                MIX,
                {"dimension": share.dimension, "value": share.value},
                share="share",
                dimension="dimension",
                value="value",
            ),
        )
