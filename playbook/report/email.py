"""The report in an e-mail.

Verdict, cards and what needs a decision, with styles inside the tags.
"""

from collections.abc import Mapping

from playbook.report.overview import pressing
from playbook.report.page import View, card_items, finding_row
from playbook.report.pieces import template

KPIS = ("revenue", "conversions", "spend", "roas", "cpa", "visits")
TINTS = {"act": "#b54708", "watch": "#8a6d00", "good": "#1a7f37"}


def fragment(views: Mapping[str, View]) -> str:
    """Write the part of an e-mail that says how the period went.

    Args:
        views: By short name of the stage.

    Returns:
        HTML without head, scripts, pictures and style sheets; empty where the analysis was not run.
    """
    analysis = views["analysis"]
    if not analysis.result.findings:
        return ""
    return template("email.html.j2").render(
        lang="zh-CN" if analysis.words.language == "zh" else "en",
        caption=analysis.caption,
        verdict=finding_row(analysis, analysis.result.findings[0]),
        cards=card_items(views["monitoring"], "board", KPIS),
        rows=[finding_row(view, finding) for view, finding in pressing(views)],
        tints=TINTS,
    )
