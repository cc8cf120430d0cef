"""A small shop with four channels whose numbers can be worked by hand."""

from typing import Any

import numpy as np
import pandas as pd

from playbook.params import Campaign
from playbook.report.schemas import TABLES
from playbook.report.words import action, sentence, words_for
from playbook.sources.contracts import CONTRACTS, empty
from playbook.stages.shared.result import Finding, StageResult
from playbook.stages.shared.schema import problems

FUNNELS = {
    # spend a day, CPM, CTR, visit rate, CVR, AOV
    "search": (100.0, 10.0, 0.05, 0.9, 0.05, 100.0),
    "social": (100.0, 5.0, 0.01, 0.9, 0.04, 100.0),
    "display": (100.0, 2.0, 0.004, 0.5, 0.02, 80.0),
}
WEEKEND = 1.2


def campaign(**changes: Any) -> Campaign:
    """The shop in October 2026."""
    parameters = {
        "id": "shop",
        "period": "2026-10",
        "name": "Shop",
        "language": "en",
        "currency": "USD",
        "timezone": "America/New_York",
        "objective": "Sell",
        "channels": {
            "search": {"name": {"zh": "搜索", "en": "Search"}, "kind": "paid", "owner": "s01"},
            "social": {"name": {"zh": "社交", "en": "Social"}, "kind": "paid", "owner": "s02"},
            "display": {"name": {"zh": "展示", "en": "Display"}, "kind": "paid", "owner": "s01"},
            "email": {"name": {"zh": "邮件", "en": "E-mail"}, "kind": "owned", "owner": "s03"},
        },
        "sources": {"any": {"table": "channel_daily", "files": "x.csv"}},
        "budget": {"search": 3267.0, "social": 3267.0, "display": 3267.0},
        "business": {"margin": 0.4},
    }
    return Campaign.model_validate(parameters | changes)


def channel_daily(start: str, end: str, **funnels: tuple[float, ...]) -> pd.DataFrame:
    """Channel days with weekends a fifth larger.

    The platform's row, and the site's row of its own.
    """
    rows: list[dict[str, object]] = []
    for day in pd.date_range(start, end):
        size = WEEKEND if day.day_of_week >= 5 else 1.0
        for channel, (spend, cpm, ctr, visit_rate, cvr, aov) in (FUNNELS | funnels).items():
            impressions = size * spend / cpm * 1000
            visits = impressions * ctr * visit_rate
            orders = visits * cvr
            key = {"date": day, "channel": channel}
            clicks = impressions * ctr
            rows.append(
                key
                | {
                    "impressions": impressions,
                    "clicks": clicks,
                    "spend": size * spend,
                    "conversions": orders,
                }
            )
            rows.append(
                key
                | {
                    "visits": visits,
                    "bounces": visits / 4,
                    "orders": orders,
                    "revenue": orders * aov,
                }
            )
    return filled("channel_daily", rows)


def filled(table: Any, rows: list[dict[str, object]]) -> pd.DataFrame:
    """A canonical table from some of its columns."""
    shape = empty(table)
    frame = pd.DataFrame(rows)
    extra = [name for name in frame.columns if name not in shape.columns]
    return frame.reindex(columns=[*shape.columns, *extra]).astype(shape.dtypes.to_dict())


def tables(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All canonical tables, empty where none is given."""
    return {name: empty(name) for name in CONTRACTS} | given


def three_months(**october: tuple[float, ...]) -> pd.DataFrame:
    """August to October; what is given changes October."""
    return pd.concat(
        [
            channel_daily("2026-08-01", "2026-09-30"),
            channel_daily("2026-10-01", "2026-10-31", **october),
        ],
        ignore_index=True,
    )


def without_site(daily: pd.DataFrame) -> pd.DataFrame:
    """As a platform alone reports it: no visits, no orders."""
    return daily.assign(**dict.fromkeys(("visits", "bounces", "orders", "new_customers"), np.nan))


def said(result: StageResult, stage: str, where: Campaign) -> list[str]:
    """Every sentence and action of a result in both languages.

    Fails where a cell cannot be looked up.
    """
    both = [
        words_for(where.model_copy(update={"language": language}), stage)
        for language in ("zh", "en")
    ]
    texts = []
    for words in both:
        for finding in result.findings:
            texts += [
                sentence(words, finding, result.tables),
                action(words, finding, result.tables),
            ]
    return [text for text in texts if text]


def ids(result: StageResult) -> set[str]:
    """Ids of all findings."""
    return {finding.id for finding in result.findings}


def finding(result: StageResult, identifier: str) -> Finding:
    """The finding of an id; fails where it is not told, or told twice."""
    (only,) = [finding for finding in result.findings if finding.id == identifier]
    return only


def against_schema(result: StageResult, stage: str) -> list[str]:
    """What of the result tables is not as their schema says; a table without schema is told too."""
    schemas = {table.name: table for table in TABLES[stage]}
    unknown = [f"{name} has no schema" for name in result.tables if name not in schemas]
    differing = [
        problem
        for name, frame in result.tables.items()
        if name in schemas
        for problem in problems(frame, schemas[name])
    ]
    return [*unknown, *differing]
