"""`playbook sources` and `playbook unimport`: what has come in, what counts, what goes again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from playbook.cli.terminal import FAILED, Root, console, done, latest_of, problems_told
from playbook.errors import PlaybookError, Problem, visible

if TYPE_CHECKING:
    from playbook.params import Campaign
    from playbook.params.model import Source
    from playbook.sources.listing import Listed

One = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Folder below params/.")]


def sources(campaign: One, root: Root = Path()) -> None:
    """List the files of each source: days, rows, how many of them count, and when they came in.

    Of files of a source that tell the same days the later one counts; where several sources tell
    the same measure of a channel, `playbook check` says which one counts.

    **Example:** `playbook sources double11`
    """
    from playbook.sources import listing

    with problems_told(root):
        parameters = latest_of(campaign, root / "params")
        listed = listing.listed(parameters, root / "data", root / "params")
    console.print(_table(listed))


def unimport(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Name as `playbook sources` lists.")],
    campaign: Annotated[
        str, typer.Option("--campaign", metavar="CAMPAIGN", help="Folder below params/.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    root: Root = Path(),
) -> None:
    """Take an imported file out again: from data/, and from the parameters.

    Only what `playbook import` brought is taken. A source of which no file is left goes too, with
    its lines in campaign.yml.

    **Example:** `playbook unimport Campaigns.csv --campaign spring-sale`

    Exit code: 0 taken out, 1 not, 2 wrong usage or parameters.
    """
    from playbook.sources.imports import filing

    with problems_told(root):
        parameters = latest_of(campaign, root / "params")
        source = _source_of(file, parameters)
        target = root / "data" / campaign / Path(source.files).parent / file
        if not (yes or typer.confirm(f"Delete {visible(str(target))}?")):
            raise typer.Exit(FAILED)
        left = filing.take_out(source, file, root / "data" / campaign, root / "params" / campaign)
    done(f"{target} is gone")
    if not left:
        done(f"and so is the source {source.id}, which has no other file")


def _source_of(file: str, campaign: "Campaign") -> "Source":
    """Find the source into which a file was imported.

    Raises:
        PlaybookError: None has such a file, or several have.
    """
    is_name = Path(file).name == file
    having = [each for each in campaign.sources.values() if is_name and file in each.imported]
    if len(having) == 1:
        return having[0]
    names = sorted({name for source in campaign.sources.values() for name in source.imported})
    rule = "was not imported" if not having else "was imported into several sources"
    raise PlaybookError(
        Problem(
            file="playbook unimport",
            place="FILE",
            value=file,
            rule=f"{rule}; imported are: {', '.join(names) or 'none'}",
            remedy="Correct the name, or delete the file in data/ yourself.",
        )
    )


def _table(listed: "list[Listed]") -> Table:
    """Lay out the files, each source under its name."""
    shown = Table(
        Column("file", overflow="fold"),
        Column("days", no_wrap=True),
        Column("rows", justify="right"),
        Column("count", justify="right"),
        "came in",
        "why others do not",
        box=None,
    )
    source = ""
    for each in listed:
        if each.source != source:
            source = each.source
            shown.add_row(Text(f"sources.{source}", style="bold"))
        days = "" if each.first_day is None else f"{each.first_day}\n{each.last_day}"
        counting = f"{each.counting:,}"
        cells = (each.file, days, f"{each.rows:,}", counting, each.came_in, each.rest)
        shown.add_row(*(Text("\n".join(map(visible, cell.split("\n")))) for cell in cells))
    return shown
