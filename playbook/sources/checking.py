"""What is wrong, to be looked at, or worth knowing about the data of a campaign, before a run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from playbook.errors import PlaybookError, Problem, Severity
from playbook.params import Campaign
from playbook.sources import quality
from playbook.sources.databases import engines
from playbook.sources.downloads import Overlap
from playbook.sources.facts import Facts, Read, facts_by_table
from playbook.sources.files.grid import no_rows
from playbook.sources.files.layout import plain
from playbook.sources.intake import read_all
from playbook.sources.rules import (
    CONVERTED,
    DAY_OR_MONTH,
    MANY_DAYS,
    MONTHLY,
    OTHER_CURRENCY,
    WEEKLY,
    costs_nothing,
)

TO_FILL = "FILL IN"
"""What a skeleton says where a person must look."""

ODD: Mapping[str, str] = {
    "clicks must not exceed impressions": "clicks-above-impressions",
    "bounces must not exceed visits": "bounces-above-visits",
}
"""By rule that a row may break and stay, the code by which parameters accept it."""

OTHERWISE = "Such rows are kept aside; correct the export or the parameters."
REMEDIES: Mapping[str, str] = {
    WEEKLY: "Say what its rows tell: --grain week (grain: of the source) books each evenly over "
    "its days, --grain day takes them as days.",
    MONTHLY: "Say what its rows tell: --grain month (grain: of the source) books each evenly over "
    "its days, --grain day takes them as days.",
    MANY_DAYS: "Download it split by day, or say --grain period (grain: of the source), which "
    "books it evenly over its days.",
    DAY_OR_MONTH: "Download it with days as 2026-09-01, or say day_first: true or false in a "
    "mapping of your own.",
}
"""What to do about rows that are set aside, by the rule that they break."""

BELOW_ZERO = "below-zero"
UNREAD = "unread-cells"


def check(campaign: Campaign, data_dir: Path | str, params_dir: Path | str) -> list[Problem]:
    """List everything about a campaign's data that somebody should know, the gravest first.

    Args:
        campaign: Parameters of the month that is asked for.
        data_dir: Folder of the raw inputs.
        params_dir: Folder of the parameters, where mappings lie.

    Returns:
        Errors: files and columns that are missing, rows set aside with counts, a source that loses
        more than 5 % of its spend, revenue or conversions, a month without any row, a skeleton not
        filled in. Warnings: what is odd but stays, files that tell the same days, sources that tell
        the same measure. Notes: what lies outside of the month, and what a later download replaced.
        A warning that the parameters accept is a note.
    """
    data, parameters = Path(data_dir), Path(params_dir)
    reads, problems = read_all(campaign, data, parameters)
    try:
        engines.database_tables(campaign, data, parameters)
    except PlaybookError as error:
        problems += error.problems
    problems += [no_rows(read.file) for read in reads if not len(read.found.rows)]
    problems += _left_to_fill(campaign, parameters)
    problems += _headers_not_there(campaign, reads)
    for table, facts in facts_by_table(campaign, reads).items():
        mine = [read for read in reads if read.source.table == table]
        problems += _of_table(facts, mine, data)
    problems += _of_month(campaign, reads)
    problems += _of_part_days(reads, data)
    weighed = [_accepted(problem, campaign) for problem in dict.fromkeys(problems)]
    order: tuple[Severity, ...] = ("error", "warning", "note")
    return sorted(weighed, key=lambda problem: order.index(problem.severity))


def remedy_for(rule: str) -> str:
    """Say what to do about rows that are set aside by a rule."""
    if rule.startswith(OTHER_CURRENCY):
        return (
            "Download it in that currency, or say under rates: what one unit of the other is worth."
        )
    return REMEDIES.get(rule, OTHERWISE)


def _accepted(problem: Problem, campaign: Campaign) -> Problem:
    reason = dict(campaign.accept).get(problem.code)  # type: ignore[call-overload]
    if problem.severity != "warning" or reason is None:
        return problem
    words = reason.zh if campaign.language == "zh" else reason.en
    return Problem(
        file=problem.file,
        place=problem.place,
        value=problem.value,
        rule=f"{problem.rule} (accepted: {words})",
        remedy="",
        severity="note",
        code=problem.code,
    )


def _of_table(facts: Facts, reads: Sequence[Read], data_dir: Path) -> Iterator[Problem]:
    yield from _losses(facts, reads)
    yield from _cases(facts.aside, data_dir)
    yield from _odd(facts.flags, data_dir)
    for added in facts.added:
        yield Problem(
            file=_shown(added.file, data_dir),
            rule=f"{added.rows:,} rows of a finer grain are summed to {added.into:,}",
            remedy="",
            severity="note",
        )
    for source, overlap in facts.overlaps:
        yield _met(source, overlap)
    yield from _claims(facts.claims)
    for read in reads:
        for note in read.found.notes:
            yield Problem(
                file=_shown(read.file, data_dir), rule=note, remedy="", severity="warning"
            )


def _shown(file: Path | str, data_dir: Path) -> str:
    path = Path(file)
    return path.relative_to(data_dir).as_posix() if path.is_relative_to(data_dir) else str(path)


def _losses(facts: Facts, reads: Sequence[Read]) -> Iterator[Problem]:
    """Yield each source that loses too much of what a report is about."""
    for loss in quality.losses(facts, reads):
        if loss.share > quality.TOO_MUCH:
            yield Problem(
                file=f"sources.{loss.source}",
                place=loss.measure,
                value=f"{loss.lost:,.2f} of {loss.total:,.2f}",
                rule=f"{loss.share:.0%} of it is set aside, and a report without it misleads",
                remedy="Mend what is said of the rows below.",
            )


def _cases(aside: pd.DataFrame, data_dir: Path) -> Iterator[Problem]:
    """Yield each rule by which rows of a file are set aside, with the first of them."""
    notes = set(aside.loc[costs_nothing(aside["rule"]), "rule"])
    for file, column, rule, rows in _by_rule(aside, data_dir):
        is_note = rule in notes
        remedy = "" if is_note else remedy_for(rule)
        yield _case(file, column, rule, rows, "note" if is_note else "error", remedy)


def _by_rule(cases: pd.DataFrame, data_dir: Path) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """Yield the cases of each file, column and rule."""
    for (file, column, rule), rows in cases.groupby(["_file", "column", "rule"], sort=False):
        yield _shown(str(file), data_dir), str(column), str(rule), rows


def _odd(flags: pd.DataFrame, data_dir: Path) -> Iterator[Problem]:
    """Yield what is odd about rows that stay, by file and rule."""
    for file, column, rule, rows in _by_rule(flags, data_dir):
        code = ODD.get(rule, BELOW_ZERO if rule.endswith("below zero") else UNREAD)
        if rule == CONVERTED:
            yield _case(file, column, rule, rows, "note", "")
            continue
        is_unread = code == UNREAD
        yield _case(
            file,
            column,
            rule,
            rows,
            "error" if is_unread else "warning",
            "The row stays without this cell; correct the export."
            if is_unread
            else f"The rows count as they are; if that is right, accept: {{{code}: reason}}.",
            code,
        )


def _case(
    file: str,
    column: str,
    rule: str,
    rows: pd.DataFrame,
    severity: Severity,
    remedy: str,
    code: str = "",
) -> Problem:
    count = f" ({len(rows)} rows)" if len(rows) > 1 else ""
    first = rows.iloc[0]
    return Problem(
        file=file,
        place=", ".join(filter(None, (f"line {first['_line']:.0f}", column))),
        value=str(first["value"]),
        rule=f"{rule}{count}",
        remedy=remedy,
        severity=severity,
        code=code,
    )


def _met(source: str, overlap: Overlap) -> Problem:
    """Say of two files that tell the same days which of them counts."""
    days = f"{overlap.first_day:%Y-%m-%d} … {overlap.last_day:%Y-%m-%d}"
    both = f"{overlap.earlier} and {overlap.later}"
    if overlap.meeting == "beside":
        return Problem(
            file=f"sources.{source}",
            place=days,
            rule=f"{both} tell the same days under other names, and both count",
            remedy=f"If one is a new download of the other, import it with --replaces "
            f'"{overlap.earlier}"; if not, accept: {{overlap: reason}}.',
            severity="warning",
            code="overlap",
        )
    levels = ", at another level or by another breakdown" if overlap.levels else ""
    if overlap.lacks_spend:
        return Problem(
            file=f"sources.{source}",
            place=days,
            value=f"{overlap.spend_after:,.2f} after {overlap.spend_before:,.2f}",
            rule=f"{overlap.later} tells the days of {overlap.earlier} again{levels}, counts "
            f"alone, and has less spend",
            remedy="If it is a part only, take it out with playbook unimport, and download the "
            "whole; if not, accept: {fewer: reason}.",
            severity="warning",
            code="fewer",
        )
    return Problem(
        file=f"sources.{source}",
        place=days,
        rule=f"{overlap.later} tells the days of {overlap.earlier} again{levels}, and counts alone",
        remedy="",
        severity="note",
    )


def _claims(claims: pd.DataFrame) -> Iterator[Problem]:
    """Yield each measure of a channel that several sources tell."""
    for claim in claims.to_dict("records"):
        others, source, measure = claim["counts"], claim["source"], claim["measure"]
        counts = f"{others} counts ({claim['counted']:,.2f})" if others else "none counts"
        yield Problem(
            file=f"sources.{source}",
            place=f"{claim['channel']}, {measure}",
            value=f"{claim['claimed']:,.2f}",
            rule=f"is a claim beside another source: {counts}",
            remedy=f"If {source} is the one to trust, list {measure} in its measures:, beside all "
            "else for which it counts; if not, accept: {two-tellers: reason}.",
            severity="warning",
            code="two-tellers",
        )


def _of_month(campaign: Campaign, reads: Sequence[Read]) -> Iterator[Problem]:
    """Yield an error for a month without a row of any day, and a note of what lies outside."""
    days = [_days(read) for read in reads if read.source.table == "channel_daily"]
    told = pd.concat(days).dropna() if days else pd.Series(dtype="datetime64[us]")
    if told.empty:
        return
    within = told.between(pd.Timestamp(campaign.start), pd.Timestamp(campaign.end))
    span = f"{told.min():%Y-%m-%d} … {told.max():%Y-%m-%d}"
    if not within.any():
        yield Problem(
            file=campaign.id,
            place="month",
            value=campaign.period,
            rule=f"has no row; the data tell {span}",
            remedy="Bring in the exports of the month, or check another one with --period.",
        )
    elif not within.all():
        yield Problem(
            file=campaign.id,
            place="month",
            value=campaign.period,
            rule=f"{within.sum():,} rows are of the month, {(~within).sum():,} of other days "
            f"({span}), which serve comparison",
            remedy="",
            severity="note",
        )


def _of_part_days(reads: Sequence[Read], data_dir: Path) -> Iterator[Problem]:
    """Yield a note for each file that ends with the day on which it came in."""
    for read in reads:
        arrival = read.source.imported.get(read.file.name)
        if arrival is None or read.source.table != "channel_daily":
            continue
        last, moment = _days(read).max(), arrival.at
        if not pd.isna(last) and moment.startswith(f"{last:%Y-%m-%d}"):
            yield Problem(
                file=_shown(read.file, data_dir),
                place="last day",
                value=f"{last:%Y-%m-%d}",
                rule="is the day on which the file came in, and tells a part of it only",
                remedy="Download the day again once it is over.",
                severity="note",
            )


def _days(read: Read) -> pd.Series:
    return read.found.rows["date"]


def _left_to_fill(campaign: Campaign, params_dir: Path) -> Iterator[Problem]:
    """Yield each line of the parameters and mappings that a person was to look at."""
    folder = params_dir / campaign.id
    mappings = [source.mapping for source in campaign.sources.values() if source.mapping]
    names = dict.fromkeys(["campaign.yml", f"{campaign.period}.yml", *mappings])
    for file in (folder / name for name in names):
        if not file.is_file():
            continue
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        marked = [number for number, line in enumerate(lines, start=1) if _is_open(line)]
        if marked:
            yield Problem(
                file=str(file),
                place=f"line {marked[0]}",
                rule=f"is still marked {TO_FILL} ({len(marked)} lines)",
                remedy="Look at each such line, correct it, and take the mark away.",
            )


def _is_open(line: str) -> bool:
    """Whether a line waits for a person; a comment that explains the mark does not."""
    content, mark, _ = line.partition(TO_FILL)
    return bool(mark) and (not content.lstrip().startswith("#") or content.strip() == "#")


def _headers_not_there(campaign: Campaign, reads: Sequence[Read]) -> Iterator[Problem]:
    """Yield each column of a team's own mapping of which no file has a header."""
    for source in campaign.sources.values():
        mine = [read for read in reads if read.source.id == source.id]
        if not source.mapping or not mine:
            continue
        there = {plain(str(name)) for read in mine for name in read.found.texts}
        for column, origin in mine[0].found.layout.columns.items():
            if origin.wanted and there.isdisjoint(map(plain, origin.wanted)):
                yield Problem(
                    file=f"{campaign.id}/{source.mapping}",
                    place=f"columns.{column}",
                    value=", ".join(origin.wanted),
                    rule="names a header that no file of the source has",
                    remedy="Correct it as it stands in the file, or take the column out.",
                )
