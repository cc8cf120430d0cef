"""Stage 3: whether the right content is ready, fits its channel and days, and is not a hard sell."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from playbook.methods.days import in_period
from playbook.methods.intervals import wilson
from playbook.params import Campaign
from playbook.stages.content.hard_sell import ALL, hard_sell_hits, hard_sell_share
from playbook.stages.content.schedule import (
    LONG_GAP,
    clashes,
    coverage,
    mix,
    readiness,
    uncovered,
    weeks,
)
from playbook.stages.shared.delivery import delivery, planned_pieces
from playbook.stages.shared.findings import cells, each, ranked
from playbook.stages.shared.result import Finding, StageResult
from playbook.stages.shared.schema import Unit

STAGE = "03_content_and_materials"
FEWEST_PIECES = 5
"""Of an owner or channel, below which nothing is said about being on time."""

LATE = 0.9
"""On-time rate below which, beyond luck, somebody should look."""

ONE_SIDED = 0.6
"""Share of one theme or persona from which the mix counts as one-sided."""

MISSING: Mapping[str, Mapping[str, str]] = {
    "content_plan": {
        "zh": "本期没有内容排期，无法检查覆盖、准备和文案。",
        "en": "No content is planned in this period: coverage, readiness and wording cannot be checked.",
    },
    "content_log": {
        "zh": "没有发布记录，无法判断是否按时发布。",
        "en": "No record of what was published: being on time cannot be judged.",
    },
    "ready_at": {
        "zh": "排期没有审核完成时间，无法判断内容是否提前备好。",
        "en": "The plan has no moments of approval: whether content is ready in time cannot be said.",
    },
    "texts": {
        "zh": "排期没有标题和正文，无法检查硬推销用语。",
        "en": "The plan has no texts: wording cannot be checked.",
    },
    "words": {
        "zh": "参数没有硬推销词表，未检查文案。",
        "en": "The parameters list no hard-sell words: texts were not checked.",
    },
    "mix": {
        "zh": "排期没有主题、形式或人群，无法看内容结构。",
        "en": "The plan has no themes, formats or personas: the mix cannot be shown.",
    },
    "owner": {
        "zh": "排期没有负责人，无法按负责人统计。",
        "en": "The plan names no owners: nothing can be said by owner.",
    },
}


def analyse(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> StageResult:
    """Answer whether the right content is ready, fits its channels and days, and is not a hard sell.

    Args:
        campaign: Parameters of the period.
        tables: Canonical tables; uses content_plan and content_log.

    Returns:
        Tables summary, coverage, weeks, clashes, readiness, mix, uncovered, hard_sell, hits and
        on_time.
    """
    plan, rules = tables["content_plan"], campaign.content
    pieces = in_period(plan, campaign.start, campaign.end, column="planned_at")
    kinds = channels_with_content(campaign, plan)
    hits = hard_sell_hits(pieces, rules.hard_sell_words)
    results = {
        "coverage": coverage(pieces, kinds, campaign.start, campaign.end, rules.posts_per_day),
        "weeks": weeks(pieces, kinds.index, campaign.start, campaign.end),
        "clashes": clashes(pieces, rules.posts_per_day),
        "readiness": readiness(pieces),
        "mix": mix(pieces),
        "uncovered": uncovered(pieces),
        "hard_sell": hard_sell_share(
            pieces if rules.hard_sell_words else pieces.iloc[:0], hits, rules.hard_sell_share
        ),
        "hits": hits,
        "on_time": on_time(campaign, tables),
    }
    results["summary"] = summary(results, pieces)
    missing = _missing(campaign, tables, pieces)
    return StageResult(
        stage=STAGE, tables=results, findings=_findings(results, pieces), missing=missing
    )


def channels_with_content(campaign: Campaign, plan: pd.DataFrame) -> pd.Series:
    """Return the kind of each channel that should publish: owned, partner and KOL, and whoever was ever planned.

    No channel where there is no plan at all: then nothing is known, not everything silent.
    """
    planned = set(plan["channel"])
    kinds = {
        channel: one.kind
        for channel, one in campaign.channels.items()
        if channel in planned or (planned and one.kind != "paid")
    }
    return pd.Series(kinds, dtype="str")


def on_time(campaign: Campaign, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say what was published on time, over all, by channel and by owner.

    Returns:
        One row per group: by (all, channel, owner), group, planned, published, on_time,
        on_quantity_rate, on_time_rate (of planned), low, high (95 % Wilson interval of
        on_time_rate). No rows without a log.
    """
    columns = [
        "by",
        "group",
        "planned",
        "published",
        "on_time",
        "on_quantity_rate",
        "on_time_rate",
        "low",
        "high",
    ]
    pieces = planned_pieces(
        tables["content_plan"],
        tables["content_log"],
        campaign.start,
        campaign.end,
        campaign.content.on_time_minutes,
    )
    if tables["content_log"].empty or pieces.empty:
        return pd.DataFrame(columns=columns)
    parts = [delivery(pieces).assign(by="all", group=ALL)]
    for name in ("channel", "owner"):
        known = pieces.dropna(subset=[name])
        if len(known):
            parts.append(delivery(known, by=[name]).rename(columns={name: "group"}).assign(by=name))
    table = pd.concat(parts, ignore_index=True)
    limits = [wilson(int(row.on_time), int(row.planned)) for row in each(table)]
    table[["low", "high"]] = np.array(limits)
    return table[columns]


def summary(results: Mapping[str, pd.DataFrame], pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the one-line answers of the stage: one row per measure with its value; only what is known."""
    covered, ready, pushed = results["coverage"], results["readiness"], results["hard_sell"]
    published = results["on_time"]
    values = {
        "planned": float(len(pieces)) or np.nan,
        "channels": float(len(covered)) or np.nan,
        "channels_covered": float(covered["planned"].gt(0).sum()) if len(covered) else np.nan,
        "days_without": covered["days_without"].sum() if len(covered) else np.nan,
        "ready_rate": ready["ready"].sum() / ready["planned"].sum() if len(ready) else np.nan,
        "on_time_rate": published["on_time_rate"].iloc[0] if len(published) else np.nan,
        "hard_sell_share": pushed["share"].iloc[0] if len(pushed) else np.nan,
        "clash_days": float(len(results["clashes"])) if len(pieces) else np.nan,
    }
    table = pd.DataFrame({"measure": list(values), "value": list(values.values())})
    return table.astype({"value": "float64"}).dropna().reset_index(drop=True)


def _missing(
    campaign: Campaign, tables: Mapping[str, pd.DataFrame], pieces: pd.DataFrame
) -> dict[str, Mapping[str, str]]:
    planned = len(pieces) > 0
    absent = {
        "content_plan": not planned,
        "content_log": planned and tables["content_log"].empty,
        "ready_at": planned and pieces["ready_at"].isna().all(),
        "texts": planned and pieces[["title", "body"]].isna().all(axis=None),
        "words": planned and not campaign.content.hard_sell_words,
        "mix": planned and pieces[["theme", "format", "persona"]].isna().all(axis=None),
        "owner": planned and pieces["owner"].isna().all(),
    }
    return {part: MISSING[part] for part, is_absent in absent.items() if is_absent}


def _findings(tables: Mapping[str, pd.DataFrame], pieces: pd.DataFrame) -> tuple[Finding, ...]:
    rest = ranked(
        (
            *(_silent(tables["coverage"]) if len(pieces) else ()),
            *_crowded(tables["clashes"]),
            *_unready(tables["readiness"]),
            *_pushing(tables),
            *_late(tables["on_time"]),
            *_one_sided(tables["mix"]),
        )
    )
    if pieces.empty:
        return (Finding(id="content.answer", severity="watch", text=MISSING["content_plan"]), *rest)
    return (_headline(tables["summary"], rest), *rest)


ANSWER: tuple[tuple[str, Unit, str, str], ...] = (
    ("planned", "count", "本期排期 {planned} 篇", "{planned} pieces are planned"),
    (
        "channels_covered",
        "count",
        "覆盖 {channels} 个渠道中的 {channels_covered} 个",
        "{channels_covered} of {channels} channels covered",
    ),
    ("ready_rate", "fraction", "{ready_rate} 提前备好", "{ready_rate} were approved in time"),
    ("on_time_rate", "fraction", "{on_time_rate} 按时发布", "{on_time_rate} came out on time"),
    (
        "hard_sell_share",
        "fraction",
        "{hard_sell_share} 含硬推销用语",
        "{hard_sell_share} hold hard-sell words",
    ),
)
"""Parts of the answer, each said only if it is known: measure, unit, zh, en."""


def _headline(answers: pd.DataFrame, rest: tuple[Finding, ...]) -> Finding:
    known = set(answers["measure"])
    parts = [part for part in ANSWER if part[0] in known]
    evidence = cells("summary", {"measure": "channels"}, channels=("value", "count"))
    for measure, unit, _, _ in parts:
        evidence |= cells("summary", {"measure": measure}, **{measure: ("value", unit)})
    return Finding(
        id="content.answer",
        severity=rest[0].severity if rest else "good",
        evidence=evidence,
        text={
            "zh": "，".join(zh for *_, zh, _ in parts) + "。",
            "en": "; ".join(en for *_, en in parts) + ".",
        },
    )


def _silent(covered: pd.DataFrame) -> Iterator[Finding]:
    for row in each(
        covered[
            covered["planned"].eq(0)
            | (covered["kind"].eq("owned") & covered["longest_gap"].ge(LONG_GAP))
        ]
    ):
        empty = row.planned == 0
        yield Finding(
            id=f"content.gap.{row.channel}",
            severity="act" if empty else "watch",
            weight=row.longest_gap,
            text={
                "zh": "{channel}本期没有任何排期。"
                if empty
                else "{channel}从 {since} 起连续 {gap} 天没有排期。",
                "en": "Nothing is planned on {channel} in this period."
                if empty
                else "{channel} has nothing planned for {gap} days in a row from {since}.",
            },
            evidence=cells(
                "coverage",
                {"channel": row.channel},
                channel=("channel", "name"),
                gap=("longest_gap", "days"),
                since=("gap_from", "day"),
            ),
            action={
                "zh": "决定为{channel}补排内容，或停用该渠道。",
                "en": "Decide whether {channel} gets content or is given up.",
            }
            if empty
            else {},
        )


def _crowded(crowded: pd.DataFrame) -> Iterator[Finding]:
    """Tell the most crowded day; the others stand in the table."""
    for row in each(crowded.sort_values("planned", ascending=False, kind="stable").head(1)):
        key = {"channel": row.channel, "date": f"{row.date:%Y-%m-%d}"}
        yield Finding(
            id="content.clash",
            severity="watch",
            weight=row.planned - row.allowed,
            text={
                "zh": "{channel}在 {day} 排了 {planned} 篇，上限为 {allowed} 篇。",
                "en": "{channel} has {planned} pieces on {day}, more than the {allowed} allowed.",
            },
            evidence=cells(
                "clashes",
                key,
                channel=("channel", "name"),
                day=("date", "day"),
                planned=("planned", "count"),
                allowed=("allowed", "count"),
            ),
        )


def _unready(ready: pd.DataFrame) -> Iterator[Finding]:
    for row in each(ready[ready["state"].ne("good")]):
        yield Finding(
            id=f"content.ready.{row.channel}",
            severity="watch",
            weight=row.not_ready + row.ready_late,
            text={
                "zh": "{channel}的 {planned} 篇中，{late} 篇在计划时间之后才备好，{open} 篇没有备好。",
                "en": "Of {planned} pieces on {channel}, {late} were approved only after their time and {open} never.",
            },
            evidence=cells(
                "readiness",
                {"channel": row.channel},
                channel=("channel", "name"),
                planned=("planned", "count"),
                late=("ready_late", "count"),
                open=("not_ready", "count"),
            ),
        )


def _pushing(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tell the share over all channels if it is too high, with the most frequent word."""
    pushed = tables["hard_sell"]
    if pushed.empty or pushed["state"].iloc[0] == "good":
        return
    first = next(each(tables["hits"].sort_values("times", ascending=False, kind="stable")))
    key = {name: str(getattr(first, name)) for name in ("content_id", "channel", "field", "word")}
    yield Finding(
        id="content.hard_sell",
        severity=pushed["state"].iloc[0],
        weight=float(pushed["with_words"].iloc[0]),
        text={
            "zh": "{count} 篇（{share}）含硬推销用语，上限为 {allowed}；例如 {piece} 中的“{word}”。",
            "en": "{count} pieces ({share}) hold hard-sell words where {allowed} is allowed; “{word}” in {piece} is one.",
        },
        evidence=cells(
            "hard_sell",
            {"channel": ALL},
            count=("with_words", "count"),
            share=("share", "fraction"),
            allowed=("allowed_share", "fraction"),
        )
        | cells("hits", key, piece=("content_id", "text"), word=("word", "text")),
        action={
            "zh": "决定改写哪些文案，清单见命中表。",
            "en": "Decide which texts are rewritten; the table of hits lists them.",
        },
    )


def _late(published: pd.DataFrame) -> Iterator[Finding]:
    """Tell the owners who are surely late more often than agreed; channels are told by stage 5."""
    owners = published[published["by"].eq("owner") & published["planned"].ge(FEWEST_PIECES)]
    for row in each(owners[owners["high"].lt(LATE)]):
        yield Finding(
            id=f"content.late.{row.group}",
            severity="watch",
            weight=row.planned - row.on_time,
            text={
                "zh": "{owner} 计划 {planned} 篇，按时发布 {rate}（区间 {low}–{high}）。",
                "en": "Of {planned} pieces of {owner}, {rate} came out on time (interval {low} to {high}).",
            },
            evidence=cells(
                "on_time",
                {"by": "owner", "group": row.group},
                owner=("group", "name"),
                planned=("planned", "count"),
                rate=("on_time_rate", "fraction"),
                low=("low", "fraction"),
                high=("high", "fraction"),
            ),
        )


def _one_sided(mixed: pd.DataFrame) -> Iterator[Finding]:
    known = mixed[mixed["dimension"].isin(["theme", "persona"]) & mixed["share"].ge(ONE_SIDED)]
    for row in each(known):
        yield Finding(
            id=f"content.mix.{row.dimension}",
            severity="watch",
            weight=row.share,
            text={
                "zh": "内容偏向一边：{share} 属于同一{dimension}“{value}”。",
                "en": "The mix is one-sided: {share} of the pieces have one {dimension}, “{value}”.",
            },
            evidence=cells(
                "mix",
                {"dimension": row.dimension, "value": row.value},
                share=("share", "fraction"),
                dimension=("dimension", "text"),
                value=("value", "text"),
            ),
        )
