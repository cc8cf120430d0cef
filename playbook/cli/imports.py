"""`playbook import`.

A downloaded file is recognised, shown, filed and written into the parameters.
"""

import datetime as dt
import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from playbook import params
from playbook.cli.terminal import (
    FAILED,
    Root,
    console,
    print_problems,
    problems_told,
    told_as_refused,
)
from playbook.errors import PlaybookError, Problem, visible

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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = Path(),
) -> None:
    """Bring downloaded files into a campaign: recognise, show, file, and write the source.

    The platform is known by the file's headers. You see rows, days and sums, what was mapped and
    what ignored, and are asked before anything is written. The file is copied to `data/CAMPAIGN/`;
    nothing there is ever overwritten. An unknown file gets a mapping with best guesses; what is
    open is asked in words, and where nothing is, `--yes` uses it at once.

    **Examples**

    - `playbook import ~/Downloads/Campaigns.csv --campaign spring-sale`
    - `playbook import *.csv *.xlsx --campaign spring-sale --channel google-search --yes`
    - `playbook import ga4.csv --campaign spring-sale --channel "google / cpc=google-search"
      --channel "news / email=email"`
    - `playbook import shop.csv --campaign spring-sale --platform shop.yml` — once you have filled
      in shop.yml

    Exit code: 0 all imported, 1 some not, 2 wrong usage or parameters.
    """
    with problems_told():
        _campaign(campaign, root / "params")
    done = [_tried(file, campaign, platform, channel or [], yes, root) for file in files]
    if any(done):
        _say(f"Next: playbook check {campaign}{_at(root)}")
    if not all(done):
        raise typer.Exit(FAILED)


def _tried(
    file: Path, campaign: str, platform: str, channel: list[str], yes: bool, root: Path
) -> bool:
    """Bring in one file, or say why not; the next one is tried all the same."""
    try:
        with told_as_refused():
            return _import(file, campaign, platform, channel, yes, root)
    except PlaybookError as error:
        print_problems(error.problems)
        return False


def _import(
    file: Path, campaign: str, platform: str, channel: list[str], yes: bool, root: Path
) -> bool:
    """Bring in one file; say whether it came in."""
    from playbook.sources.imports import importing

    folder, data = root / "params" / campaign, root / "data" / campaign
    parameters = _campaign(campaign, root / "params")
    kind = importing.kind_of(file, platform, folder)
    if kind is None:
        kind = _unknown(file, parameters, folder, root, yes)
    if kind is None:
        return False
    own = importing.channel_of(kind, file, parameters, folder) if not channel else ""
    given = channel or [_asked(parameters, yes) if own is None else own]
    planned = importing.plan(
        file, {**kind, **importing.channels_given(given, parameters)}, parameters, folder, data
    )
    _show(planned.preview, parameters)
    importing.must_bring_rows(planned.preview)
    _say_place(planned, data, folder)
    if planned.place.there and not planned.is_new:
        return True
    if not (yes or typer.confirm("Import it?")):
        return False
    importing.carry_out(planned, folder, data)
    _say(f"✓ {data / planned.place.target}", "green")
    _say_overlaps(planned, campaign, root)
    return True


def _campaign(campaign: str, params_dir: Path) -> "Campaign":
    latest = params.periods(campaign, params_dir)[-1:]
    return params.load(campaign, latest[0] if latest else f"{dt.date.today():%Y-%m}", params_dir)


def _asked(campaign: "Campaign", yes: bool) -> str:
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
    """Print what a file holds: how it is written, days, sums by column, what is left out."""
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
    for column, whole in shown.differing.items():
        _say(
            (
                f"! Its own total row says {whole:,.10g} for {column}, its rows "
                f"{shown.sums[column]:,.10g}: is it whole?"
            ),
            "yellow",
        )
    if shown.layout.timezone not in ("", campaign.timezone):
        _say(
            (
                f"! Its days are cut in {shown.layout.timezone}, the campaign's in "
                f"{campaign.timezone}."
            ),
            "yellow",
        )
    _say_doubts(shown, campaign)
    for rule, count in shown.refused.items():
        _say(f"! {count} rows would be put aside: {rule}", "yellow")


def _say_doubts(shown: "Preview", campaign: "Campaign") -> None:
    """Print what is worth a look before the rows count, and what is left out on purpose."""
    if shown.is_known_by_documents_only:
        _say("! Its headers are known from documents only: compare the sums above.", "yellow")
    if shown.names_no_currency:
        _say(f"! Nothing in it names a currency: {campaign.currency} is taken.", "yellow")
    if shown.overruled:
        named = ", ".join(shown.overruled[:5])
        _say(f"! Its rows name channels ({named}); all are taken for the one given.", "yellow")
    for header in shown.addresses:
        _say(f"! {header} says who somebody is: put a pseudonym in its place first.", "yellow")
    for rule, count in shown.left_out.items():
        _say(f"{count} rows are left out on purpose {rule.removeprefix('is left out ')}")


def _say_place(planned: "Import", data: Path, folder: Path) -> None:
    """Print where a file goes, what lies there, and which source reads it."""
    if planned.place.displaced:
        _say(
            (
                f"! Another file lies at {planned.place.displaced} and stays; where both tell a "
                f"day, this one wins."
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


def _say_overlaps(planned: "Import", campaign: str, root: Path) -> None:
    """Tell how many rows of the source tell a day again, now that all of its files lie together."""
    from playbook import sources
    from playbook.sources.rules import DUPLICATES, REPLACED

    parameters = _campaign(campaign, root / "params")
    alone = parameters.model_copy(
        update={"sources": {planned.source.id: parameters.sources[planned.source.id]}}
    )
    for problem in sources.check(alone, root / "data", root / "params"):
        if problem.rule.startswith(DUPLICATES):
            _say(f"! {problem.file}: {problem.place}: {problem.rule}", "yellow")
        if (
            problem.rule.startswith(REPLACED)
            and problem.file == f"{campaign}/{planned.place.target}"
        ):
            _say(
                (
                    "! By its name this file is the earlier one. If it is not, put its last "
                    "day into its name."
                ),
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
