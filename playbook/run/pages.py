"""The HTML pages of a run: one a stage, and the management report that links them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from playbook.params import Campaign
from playbook.report import email, numbers, overview, store
from playbook.report.export import Link, executed, page
from playbook.report.messages import messages
from playbook.report.page import View
from playbook.report.redraw import redrawn
from playbook.run.manifest import Manifest
from playbook.run.notebooks import QUALITY, REPORT, STAGE_NOTEBOOKS
from playbook.run.plan import Workspace
from playbook.stages import MONITORING

PAGES = "pages"


def write(
    campaign: Campaign,
    manifest: Manifest,
    folder: Path,
    space: Workspace,
    *,
    anew: Collection[str] = (),
) -> Path:
    """Render every notebook of a run.

    Args:
        campaign: Parameters of the run.
        manifest: Its manifest, for the provenance.
        folder: The run's folder; gets report.html, report.json, report.xlsx, email.html and pages/.
        space: Where the notebooks lie.
        anew: Notebooks that are to show the stored tables as they would now, instead of rendering
            the executed ones; the sentences of their findings are written again too.

    Returns:
        The path of report.html.

    Raises:
        PlaybookError: A notebook shows what the run has not stored.
    """
    ready = [
        stage for stage in STAGE_NOTEBOOKS if (folder / "notebooks" / f"{stage}.ipynb").is_file()
    ]
    named = [*ready, QUALITY] if MONITORING.notebook in ready else ready
    for name in anew:
        store.reword(name, campaign, folder)
    views = overview.read_views(campaign, folder)
    rows = _provenance(campaign, manifest, views["monitoring"])
    until = overview.data_until(views["monitoring"])
    (folder / PAGES).mkdir(exist_ok=True)
    for name in named:
        links = [
            _link(campaign, "../report.html", REPORT),
            *(_link(campaign, f"{each}.html", each) for each in named),
        ]
        html = page(
            _content(name, campaign, folder, space, anew=name in anew), campaign, rows, links, until
        )
        (folder / PAGES / f"{name}.html").write_text(html, encoding="utf-8")
    report = folder / "report.html"
    links = [_link(campaign, f"{PAGES}/{each}.html", each) for each in named]
    links.append(_link(campaign, "report.xlsx", "workbook"))
    content = _content(REPORT, campaign, folder, space, anew=REPORT in anew)
    html = page(content, campaign, rows, links, until)
    report.write_text(html, encoding="utf-8")
    _numbers(campaign, views, manifest, folder)
    return report


def _content(name: str, campaign: Campaign, folder: Path, space: Workspace, *, anew: bool) -> Any:
    if anew or name == QUALITY:
        return redrawn(space.notebook(name), campaign, folder)
    return executed(folder / "notebooks" / f"{name}.ipynb")


def _numbers(
    campaign: Campaign, views: Mapping[str, View], manifest: Manifest, folder: Path
) -> None:
    """Put beside the pages what e-mail, programs and Excel take."""
    run = {
        "campaign": campaign.id,
        "period": campaign.period,
        "run_id": manifest.run_id,
        "started": manifest.started,
        "currency": campaign.currency,
        "package": manifest.package,
        "commit": manifest.commit,
    }
    (folder / "email.html").write_text(email.fragment(views), encoding="utf-8")
    (folder / "report.json").write_text(numbers.as_json(views, run), encoding="utf-8")
    numbers.write_workbook(
        views, run, datetime.fromisoformat(manifest.started), folder / "report.xlsx"
    )


def _link(campaign: Campaign, href: str, key: str) -> Link:
    return Link(href=href, text=messages("page").codes[key][campaign.language])


def _provenance(campaign: Campaign, manifest: Manifest, monitoring: View) -> list[tuple[str, str]]:
    """Rows of the footer: what the page was made from, and what of it was set aside."""
    fingerprints = [stage.fingerprint for stage in manifest.stages.values() if stage.fingerprint]
    rows = [
        ("source", f"{campaign.start.isoformat()} – {campaign.end.isoformat()}"),
        ("timezone", campaign.timezone),
        ("currency", campaign.currency),
        ("run", manifest.run_id),
        *(("rows_read", text) for text in overview.about_data(monitoring)),
        ("inputs", f"sha256 {fingerprints[0][:12]}…, {len(manifest.inputs)}"),
        ("package", manifest.package),
    ]
    if manifest.commit:
        rows.append(("commit", manifest.commit))
    return rows
