"""Planned pieces of October and when they were published."""

from datetime import date
from typing import Any

import pandas as pd

from playbook.stages.content.hard_sell import hard_sell_hits
from playbook.stages.content.schedule import coverage
from tests.stages.shop import filled

START, END = date(2026, 10, 1), date(2026, 10, 31)


KINDS = pd.Series({"email": "owned", "social": "paid"})


def plan(*pieces: dict[str, Any]) -> pd.DataFrame:
    """Pieces on e-mail on 1 October at noon, approved a day before, unless it is said otherwise."""
    usual = {
        "channel": "email",
        "planned_at": "2026-10-01 12:00",
        "ready_at": "2026-09-30 12:00",
        "owner": "s03",
    }
    rows = [{"content_id": f"n{place}"} | usual | piece for place, piece in enumerate(pieces)]
    times = {
        name: pd.to_datetime([row[name] for row in rows]) for name in ("planned_at", "ready_at")
    }
    return filled("content_plan", pd.DataFrame(rows).assign(**times).to_dict("records"))


def on(*days: int, **same: Any) -> pd.DataFrame:
    return plan(*({"planned_at": f"2026-10-{day:02d} 12:00"} | same for day in days))


def log(pieces: pd.DataFrame, *minutes: float | None) -> pd.DataFrame:
    """Published so many minutes after plan; None was never published."""
    rows = [
        {
            "content_id": piece.content_id,
            "channel": piece.channel,
            "published_at": piece.planned_at + pd.Timedelta(minutes=late),
        }
        for piece, late in zip(pieces.itertuples(), minutes, strict=True)
        if late is not None
    ]
    return filled("content_log", rows)


def covered(pieces: pd.DataFrame, posts_per_day: int = 2) -> pd.DataFrame:
    return coverage(pieces, KINDS, START, END, posts_per_day).set_index("channel")


def words(*texts: str, listed: tuple[str, ...]) -> list[str]:
    pieces = plan(*({"title": text} for text in texts))
    return hard_sell_hits(pieces, listed)["content_id"].tolist()
