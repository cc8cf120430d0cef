"""An executed notebook as one HTML page.

Nbconvert with our template, offline and without scripts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from traitlets.config import Config

from playbook.notebook_format import nbformat
from playbook.params import Campaign
from playbook.report.fonts import embedded, undrawn
from playbook.report.messages import messages
from playbook.report.words import value, words_for

FOLDER = Path(__file__).with_name("template")
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
TITLE = re.compile(r"^# (.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One entry of a page's list of pages."""

    href: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What stands above a page: its question, and whose numbers of which time it shows."""

    language: str
    title: str
    subject: str
    period: str
    period_words: str


def executed(notebook: Path) -> Any:
    """Read an executed notebook.

    Raises:
        ValueError: The notebook failed; it must not become a page.
    """
    content = nbformat.read(notebook, as_version=4)
    if any(
        output.output_type == "error"
        for cell in content.cells
        for output in cell.get("outputs", [])
    ):
        raise ValueError(f"{notebook}: holds an error, must not become a page")
    return content


def page(
    content: Any,
    campaign: Campaign,
    provenance: Sequence[tuple[str, str]],
    links: Sequence[Link] = (),
    until: str = "",
) -> str:
    """Render a notebook with its outputs.

    Args:
        content: As `executed` returns it; markdown cells tagged lang-zh or lang-en are kept in
            their language.
        campaign: Gives language, names and period.
        provenance: Rows of the footer: key of a page word, value.
        links: Other pages of the run.
        until: Until which day the data reach, where that is not the end of the period.

    Returns:
        A complete HTML document; inputs, streams and foreign outputs are left out.
    """
    head = Head(
        language=campaign.language,
        title=_in_language(content, campaign.language),
        subject=campaign.name.model_dump()[campaign.language],
        period=campaign.period,
        period_words=" · ".join(
            filter(None, (value(words_for(campaign), campaign.period, "period"), until))
        ),
    )
    return render(content, head, provenance, links)


def render(
    content: Any, head: Head, provenance: Sequence[tuple[str, str]], links: Sequence[Link] = ()
) -> str:
    """Render executed cells under a head.

    Args:
        content: A notebook of one language, without error.
        head: What stands above it.
        provenance: Rows of the footer: key of a page word, value.
        links: Other pages of the run.

    Returns:
        A complete HTML document.
    """
    rows = [*provenance, *_undrawn(content, head)]
    resources = {"playbook": _page(content, head, rows, links)}
    html, _ = _exporter().from_notebook_node(content, resources)
    style = resources["playbook"]["css"] + embedded(html)
    return html.replace(resources["playbook"]["css"], style, 1)


@cache
def _exporter() -> HTMLExporter:
    """Return the exporter of all pages; its template is compiled once."""
    return HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(FOLDER.parent)],
        config=Config(
            {
                "HTMLExporter": {"embed_images": True, "exclude_anchor_links": True},
                "TagRemovePreprocessor": {"enabled": False},
            }
        ),
    )


def _in_language(content: Any, language: str) -> str:
    """Keep the cells of one language.

    Take the title cell out, which is for people in Lab, and return its title.
    """
    other = "lang-zh" if language == "en" else "lang-en"
    content.cells = [cell for cell in content.cells if other not in cell.metadata.get("tags", [])]
    for cell in content.cells:
        title = TITLE.match(cell.source) if cell.cell_type == "markdown" else None
        if title:
            content.cells.remove(cell)
            return title.group(1)
    return ""


def _page(
    content: Any, head: Head, provenance: Sequence[tuple[str, str]], links: Sequence[Link]
) -> dict[str, Any]:
    words = {key: text[head.language] for key, text in messages("page").codes.items()}
    return {
        "lang": "zh-CN" if head.language == "zh" else "en",
        "head": head,
        "css": (FOLDER / "page.css").read_text(encoding="utf-8"),
        "contents": _contents(content),
        "ui": words,
        "links": links,
        "provenance": [{"name": words.get(key, key), "value": text} for key, text in provenance],
    }


def _undrawn(content: Any, head: Head) -> list[tuple[str, str]]:
    """Count what is left out of charts, and may be missing in the reader's fonts too."""
    characters = undrawn(_html(content) + head.title + head.subject)
    return [("undrawn", f"{len(characters)}: {' '.join(characters)}")] if characters else []


def _html(content: Any) -> str:
    outputs = (output for cell in content.cells for output in cell.get("outputs", []))
    return "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)


def _contents(content: Any) -> list[dict[str, str]]:
    html = _html(content)
    return [{"id": unescape(key), "text": unescape(text)} for key, text in HEADING.findall(html)]
