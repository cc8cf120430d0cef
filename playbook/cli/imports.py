"""`playbook import`.

A downloaded file is recognised, shown, filed and written into the parameters.
"""

import datetime as dt
import math
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from playbook.cli.terminal import (
    FAILED,
    Root,
    console,
    in_workspace,
    latest_of,
    print_problems,
    problems_told,
    told_as_refused,
)
from playbook.errors import PlaybookError, Problem, visible

Grain = Literal["day", "week", "month", "period"]

if TYPE_CHECKING:
    from playbook.params import Campaign
    from playbook.sources.imports.importing import Import, Kind
    from playbook.sources.imports.preview import Preview


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="As downloaded: CSV, TSV, XLSX, XLS, zip.",
            exists=True,
            dir_okay=False,
        ),
    ],
    campaign: Annotated[
        str, typer.Option("--campaign", metavar="CAMPAIGN", help="Folder below params/.")
    ],
    platform: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A platform, or a mapping of your own (shop.yml); recognised if none.",
        ),
    ] = "",
    channel: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Channel of all rows; NAME=ID for each name that rows use."
        ),
    ] = None,
    replaces: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A file of the source whose place this one takes."),
    ] = None,
    grain: Annotated[
        Grain | None,
        typer.Option(help="What a row tells, where it is not a day; it is booked over its days."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = Path(),
) -> None:
    """Bring downloaded files into a campaign: recognise, show, file, and write the source.

    The platform is known by the file's headers. You see rows, days and sums, what was mapped and
    what ignored, and are asked before anything is written. The file is copied to `data/CAMPAIGN/`;
    nothing there is ever overwritten. An unknown file gets a mapping with best guesses; what is
    open is asked in words, and where nothing is, `--yes` uses it at once.

    Of files of a source that tell the same days, the one that you imported last counts; several
    files of one command come in by the last day in their names. Files of other campaigns of the
    same days both count.

    **Examples**

    - `playbook import ~/Downloads/Campaigns.csv --campaign spring-sale`
    - `playbook import *.csv *.xlsx --campaign spring-sale --channel google-search --yes`
    - `playbook import ga4.csv --campaign spring-sale --channel "google / cpc=google-search"
      --channel "news / email=email"`
    - `playbook import shop.csv --campaign spring-sale --platform shop.yml` — once you have filled
      in shop.yml

    Exit code: 0 all imported, 1 some not, 2 wrong usage or parameters.
    """
    with problems_told(root):
        latest_of(campaign, root / "params")
    from playbook.sources.intake import download_order

    asked = _Asked(
        campaign, platform, tuple(channel or ()), tuple(replaces or ()), grain, yes, root
    )
    done = [_tried(file, asked) for file in sorted(files, key=download_order)]
    if any(done):
        _say(f"Next: playbook check {campaign}{_at(root)}")
    if not all(done):
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person asked for, of every file."""

    campaign: str
    platform: str
    channel: tuple[str, ...]
    replaces: tuple[str, ...]
    grain: Grain | None
    yes: bool
    root: Path


def _tried(file: Path, asked: _Asked) -> bool:
    """Bring in one file, or say why not; the next one is tried all the same."""
    try:
        with told_as_refused():
            return _import(file, asked)
    except PlaybookError as error:
        print_problems(error.problems, asked.root)
        return False


def _import(file: Path, asked: _Asked) -> bool:
    """Bring in one file; say whether it came in."""
    from playbook.sources.imports import importing

    root, campaign = asked.root, asked.campaign
    folder, data = root / "params" / campaign, root / "data" / campaign
    parameters = latest_of(campaign, root / "params")
    kind = importing.kind_of(file, asked.platform, folder)
    if kind is None:
        kind = _unknown(file, parameters, folder, root, asked.yes)
    if kind is None:
        return False
    own = importing.channel_of(kind, file, parameters, folder) if not asked.channel else ""
    given = asked.channel or [_channel_asked(parameters, asked.yes) if own is None else own]
    grain = {"grain": asked.grain} if asked.grain else {}
    wanted = {**kind, **importing.channels_given(given, parameters), **grain}
    planned = importing.plan(file, wanted, parameters, folder, data, asked.replaces)
    _show(planned.preview, parameters)
    importing.must_bring_rows(planned.preview)
    _say_place(planned, data, folder)
    if planned.is_last:
        return True
    if not (asked.yes or typer.confirm("Import it?")):
        return False
    is_noted = importing.carry_out(planned, folder, data, dt.datetime.now())
    _say(f"✓ {data / planned.place.target}", "green")
    if not is_noted:
        _say(
            f"! The source {planned.source.id} stands in one line of {folder / 'campaign.yml'}, so "
            "when the file came in is not kept: of downloads of the same days the one counts whose "
            "name tells the later day.",
            "yellow",
        )
    _say_meetings(planned, campaign, root)
    return True


def _channel_asked(campaign: "Campaign", yes: bool) -> str:
    """Ask for the channel of a file's rows, or say that it must be given where nobody is asked."""
    channels = ", ".join(campaign.channels)
    if yes:
        raise PlaybookError(
            Problem(
                file="playbook import",
                place="--channel",
                rule=f"must say to which channel the rows belong: {channels}",
                remedy="Add --channel ID.",
            )
        )
    return str(typer.prompt(f"Channel of its rows ({channels})"))


def _show(shown: "Preview", campaign: "Campaign") -> None:
    """Print what a file holds: how it is written, days, sums by column, and what to doubt."""
    _say(f"{shown.file}: {shown.layout.name.en}", "bold")
    days = f"{shown.first_day:%Y-%m-%d} … {shown.last_day:%Y-%m-%d}" if shown.has_days else "no day"
    totals = f", {shown.totals} total rows set aside" if shown.totals else ""
    _say(f"{shown.form}; header in line {shown.header_line}; {shown.rows} rows{totals}; {days}")
    table = Table("column", "from", "sum")
    for column, headers in shown.mapped.items():
        has_sum = column in shown.sums and not math.isnan(shown.sums[column])
        total = f"{shown.sums[column]:,.2f}".removesuffix(".00") if has_sum else ""
        table.add_row(Text(column), Text(visible(" + ".join(headers))), total)
    console.print(table)
    lines = {
        "Ignored": shown.ignored,
        "How sure the headers are (A real download … D guess)": [
            f"{guess} {sure}" for guess, sure in shown.layout.sure.items()
        ],
        "Channels as the rows call them": shown.channels,
    }
    for words, names in lines.items():
        if names:
            _say(f"{words}: {', '.join(names)}")
    for doubt in _doubts(shown, campaign):
        _say(doubt, "yellow")
    for rule, count in shown.left_out.items():
        _say(f"{count} rows are left out on purpose {rule.removeprefix('is left out ')}")


def _doubts(shown: "Preview", campaign: "Campaign") -> Iterator[str]:
    """Yield what somebody should look at before the file comes in."""
    for column, whole in shown.differing.items():
        yield (
            f"! Its own total row says {whole:,.10g} for {column}, its rows "
            f"{shown.sums[column]:,.10g}: is it whole?"
        )
    if shown.layout.timezone not in ("", campaign.timezone):
        yield (
            f"! Its days are cut in {shown.layout.timezone}, the campaign's in {campaign.timezone}."
        )
    if shown.is_known_by_documents_only:
        yield "! Its headers are known from documents only: compare the sums above."
    if shown.names_no_currency:
        yield f"! Nothing in it names a currency: {campaign.currency} is taken."
    if shown.overruled:
        named = ", ".join(shown.overruled[:5])
        yield f"! Its rows name channels ({named}); all are taken for the one given."
    for header in shown.addresses:
        yield f"! {header} says who somebody is: put a pseudonym in its place first."
    yield from (
        f"! {count} rows would be put aside: {rule}" for rule, count in shown.refused.items()
    )
    yield from (f"! {count} rows stay, but: {rule}" for rule, count in shown.odd.items())
    if shown.summed_to:
        yield f"! Rows of a finer grain are summed: {shown.rows:,} to {shown.summed_to:,}"
    yield from (f"! {note}." for note in shown.notes)


def _say_place(planned: "Import", data: Path, folder: Path) -> None:
    """Print where a file goes, what lies there, and which source reads it."""
    if planned.place.displaced:
        _say(
            (
                f"! Another file lies at {planned.place.displaced} and stays; where both tell the "
                f"same, this one counts."
            ),
            "yellow",
        )
    if planned.place.there:
        _say(f"The same file is there already: {data / planned.place.target}")
    new = f"new source {planned.source.id} in {folder / 'campaign.yml'}"
    _say(
        f"→ {data / planned.place.target}, "
        f"{new if planned.is_new else f'read by the source {planned.source.id}'}"
    )


def _say_meetings(planned: "Import", campaign: str, root: Path) -> None:
    """Tell how the file meets others: of the same days, and of other sources of its channels."""
    from playbook import sources

    parameters = latest_of(campaign, root / "params")
    of_table = {
        source.id: source
        for source in parameters.sources.values()
        if source.table == planned.source.table and not source.uri
    }
    alone = parameters.model_copy(update={"sources": of_table})
    for problem in sources.check(alone, root / "data", root / "params"):
        if problem.severity != "error" and problem.file.startswith("sources."):
            _say(f"! {in_workspace(str(problem), root)}", "yellow")
    stated = sorted(
        (arrival.stated, name)
        for name, arrival in parameters.sources[planned.source.id].imported.items()
        if arrival.stated is not None
    )
    if stated and stated[-1][1] != planned.place.target.name and len(stated) > 1:
        _say(
            f"! By its name {stated[-1][1]} is the later download, but this one was imported last "
            "and counts; import that one again if it should.",
            "yellow",
        )


def _unknown(
    file: Path, campaign: "Campaign", folder: Path, root: Path, yes: bool
) -> "Kind | None":
    """Write a mapping of best guesses, say what is open, and return it where it is used at once."""
    from playbook.sources.imports import importing

    mapping = folder / importing.mapping_name(file, folder)
    command = (
        f"playbook import {shlex.quote(str(file))} --campaign {campaign.id} --platform "
        f"{mapping.name}{_at(root)}"
    )
    _say(f"{file}: no known platform has such headers.", "yellow")
    stays = mapping.exists()
    guessed = importing.propose(file, mapping.name, command, campaign, folder)
    if stays:
        _say(f"{mapping} is there already and stays as it is.")
    else:
        _say(f"Wrote the mapping {mapping} with best guesses: it feeds {guessed.table}.")
    for column, headers in guessed.found.items():
        _say(f"  {column}: {headers}")
    for note in guessed.notes:
        _say(f"! {note}", "yellow")
    for place, question in guessed.asked.items():
        _say(f"! {mapping.name}, {place}: say {question}.", "yellow")
    if guessed.is_ready and yes and not stays:
        _say("Nothing is left to fill in: it is used at once. Look it over all the same.")
        return {"table": guessed.table, "mapping": mapping.name}
    what = "Look at each line marked FILL IN" if guessed.asked else "Look it over"
    _say(f"{what}, then: {command}")
    return None


def _say(text: str, style: str = "") -> None:
    """Print a line as it is: names out of files are no markup."""
    console.print(Text(visible(text), style=style), soft_wrap=True)


def _at(root: Path) -> str:
    return "" if root == Path() else f" --root {shlex.quote(str(root))}"
