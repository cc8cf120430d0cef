"""`playbook import`: a downloaded file is recognised, shown, filed and written into the parameters."""

import datetime as dt
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from playbook import params
from playbook.errors import PlaybookError, Problem
from playbook.terminal import FAILED, Root, console, errors, print_problems, problems_told

if TYPE_CHECKING:
    from playbook.params import Campaign
    from playbook.sources.importing import Import
    from playbook.sources.preview import Preview


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="As downloaded: CSV, TSV, XLSX, XLS, zip.", exists=True, dir_okay=False),
    ],
    campaign: Annotated[str, typer.Option("--campaign", metavar="CAMPAIGN", help="Folder below params/.")],
    platform: Annotated[
        str, typer.Option(metavar="NAME", help="A platform, or a mapping of your own (shop.yml); recognised if none.")
    ] = "",
    channel: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Channel of all rows; NAME=ID for each name that rows use.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = Path(),
) -> None:
    """Bring downloaded files into a campaign: recognise, show, file, and write the source.

    The platform is known by the file's headers. You see rows, days and sums, what was mapped and what ignored, and are
    asked before anything is written. The file is copied to `data/CAMPAIGN/`; nothing there is ever overwritten. An
    unknown file gets a mapping with best guesses to fill in.

    **Examples**

    - `playbook import ~/Downloads/Campaigns.csv --campaign spring-sale`
    - `playbook import *.csv *.xlsx --campaign spring-sale --channel google-search --yes`
    - `playbook import ga4.csv --campaign spring-sale --channel "google / cpc=google-search" --channel "news / email=email"`
    - `playbook import shop.csv --campaign spring-sale --platform shop.yml` — once you have filled in shop.yml

    Exit code: 0 all imported, 1 some not, 2 wrong usage or parameters.
    """
    with problems_told():
        _campaign(campaign, root / "params")
    done = [_tried(file, campaign, platform, channel or [], yes, root) for file in files]
    if any(done):
        console.print(f"Next: playbook check {campaign}{_at(root)}", markup=False, highlight=False, soft_wrap=True)
    if not all(done):
        raise typer.Exit(FAILED)


def _tried(file: Path, campaign: str, platform: str, channel: list[str], yes: bool, root: Path) -> bool:
    """Bring in one file, or say why not; the next one is tried all the same."""
    try:
        return _import(file, campaign, platform, channel, yes, root)
    except PlaybookError as error:
        print_problems(error.problems)
        return False


def _import(file: Path, campaign: str, platform: str, channel: list[str], yes: bool, root: Path) -> bool:
    """Bring in one file; say whether it came in."""
    from playbook.sources import importing

    folder, data = root / "params" / campaign, root / "data" / campaign
    found = _campaign(campaign, root / "params")
    kind = importing.kind_of(file, platform, folder)
    if kind is None:
        _unknown(file, campaign, folder, root)
        return False
    own = importing.channel_of(kind, file, found, folder) if not channel else ""
    given = channel or [_asked(found, yes) if own is None else own]
    one = importing.plan(file, {**kind, **importing.channels_given(given, found)}, found, folder, data)
    _show(one.preview, found)
    importing.must_bring_rows(one.preview)
    _say_place(one, data, folder)
    if one.place.there and not one.is_new:
        return True
    if not (yes or typer.confirm("Import it?")):
        return False
    importing.carry_out(one, folder, data)
    console.print(f"[green]✓[/] {escape(str(data / one.place.target))}", soft_wrap=True, highlight=False)
    _say_overlaps(one, campaign, root)
    return True


def _campaign(campaign: str, params_dir: Path) -> "Campaign":
    latest = params.periods(campaign, params_dir)[-1:]
    return params.load(campaign, latest[0] if latest else f"{dt.date.today():%Y-%m}", params_dir)


def _asked(campaign: "Campaign", yes: bool) -> str:
    """Ask for the channel of a file's rows, or say that it must be given where nobody is asked."""
    known = ", ".join(campaign.channels)
    if yes:
        raise PlaybookError(
            Problem(file="playbook import", place="--channel", rule=f"must say to which channel the rows belong: {known}",
                    remedy="Add --channel ID.")
        )  # fmt: skip
    return str(typer.prompt(f"Channel of its rows ({known})"))


def _show(found: "Preview", campaign: "Campaign") -> None:
    """Print what a file holds: how it is written, days, sums by column, what is left out."""
    console.print(Text(f"{found.file}: {found.layout.name.en}", style="bold"), soft_wrap=True)
    days = (
        "no day"
        if found.first_day is None or str(found.first_day) == "NaT"
        else f"{found.first_day:%Y-%m-%d} … {found.last_day:%Y-%m-%d}"
    )
    totals = f", {found.totals} total rows set aside" if found.totals else ""
    console.print(
        Text(f"{found.form}; header in line {found.header_line}; {found.rows} rows{totals}; {days}"), soft_wrap=True
    )
    table = Table("column", "from", "sum")
    for column, headers in found.mapped.items():
        table.add_row(
            column,
            Text(" + ".join(headers)),
            f"{found.sums[column]:,.2f}".removesuffix(".00") if column in found.sums else "",
        )
    console.print(table)
    if found.ignored:
        console.print(Text(f"Ignored: {', '.join(found.ignored)}"), soft_wrap=True)
    if found.layout.sure:
        sure = ", ".join(f"{report} {grade}" for report, grade in found.layout.sure.items())
        console.print(Text(f"How sure the headers are (A real download … D guess): {sure}"), soft_wrap=True)
    if found.layout.timezone not in ("", campaign.timezone):
        console.print(f"! Its days are cut in {found.layout.timezone}, the campaign's in {campaign.timezone}.")
    if found.channels:
        console.print(Text(f"Channels as the rows call them: {', '.join(found.channels)}"), soft_wrap=True)
    for rule, count in found.refused.items():
        console.print(Text(f"! {count} rows would be put aside: {rule}", style="yellow"), soft_wrap=True)


def _say_place(one: "Import", data: Path, folder: Path) -> None:
    if one.place.displaced:
        console.print(
            Text(f"! Another file lies at {one.place.displaced} and stays; where both tell a day, this one wins."),
            soft_wrap=True,
        )
    if one.place.there:
        console.print(Text(f"The same file is there already: {data / one.place.target}"), soft_wrap=True)
    source = (
        f"new source {one.source.id} in {folder / 'campaign.yml'}"
        if one.is_new
        else f"read by the source {one.source.id}"
    )
    console.print(Text(f"→ {data / one.place.target}, {source}"), soft_wrap=True)


def _say_overlaps(one: "Import", campaign: str, root: Path) -> None:
    """Tell how many rows of the source tell a day again, now that all of its files lie together."""
    from playbook import sources
    from playbook.sources.rules import DUPLICATES

    found = _campaign(campaign, root / "params")
    alone = found.model_copy(update={"sources": {one.source.id: found.sources[one.source.id]}})
    for problem in sources.check(alone, root / "data", root / "params"):
        if problem.rule.startswith(DUPLICATES):
            console.print(Text(f"! {problem.file}: {problem.place}: {problem.rule}", style="yellow"), soft_wrap=True)


def _unknown(file: Path, campaign: str, folder: Path, root: Path) -> None:
    """Write a mapping with best guesses beside the parameters, unless one is there, and say how to go on."""
    from playbook.sources import guess, importing

    mapping = folder / f"{importing.slug(file.stem)}.yml"
    command = f"playbook import {shlex.quote(str(file))} --campaign {campaign} --platform {mapping.name}{_at(root)}"
    errors.print(Text(f"{file}: no known platform has such headers.", style="yellow"), soft_wrap=True)
    if mapping.exists():
        console.print(Text(f"{mapping} is there already and stays as it is."), soft_wrap=True)
    else:
        mapping.write_text(guess.skeleton(file, file.stem, command, dt.date.today().year), encoding="utf-8")
        console.print(Text(f"Wrote {mapping} with best guesses."), soft_wrap=True)
    console.print(Text(f"Look at each line marked FILL IN, then: {command}"), soft_wrap=True)


def _at(root: Path) -> str:
    return "" if root == Path() else f" --root {shlex.quote(str(root))}"
