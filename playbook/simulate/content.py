"""What was to be published, and what was: late by owner, left out, and texts that push."""

import numpy as np
import pandas as pd

from playbook.simulate.draw import generator
from playbook.simulate.scene import PERIODS, ContentSpec, Owner, Scene

COLUMNS = (
    "content_id",
    "channel",
    "planned_at",
    "ready_at",
    "theme",
    "format",
    "persona",
    "owner",
    "title",
    "body",
)


def content(scene: Scene, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw plan and log of all months.

    Returns:
        The plan (one row per piece: the columns of `content_plan`) and the log (one row per
        published piece: content_id, channel, published_at, impressions, engagements, clicks).
    """
    rng = generator(seed, scene.campaign, "content")
    pieces = pd.concat(
        [
            _pieces(scene.content, owner, period, rng)
            for period in PERIODS
            for owner in scene.content.owners
        ]
    ).sort_values("planned_at", kind="stable", ignore_index=True)
    pieces["content_id"] = [f"n{number:03d}" for number in range(1, len(pieces) + 1)]
    pieces = _written(pieces, scene.content, rng)
    return pieces[list(COLUMNS)], _log(pieces, rng)


def _pieces(spec: ContentSpec, owner: Owner, period: str, rng: np.random.Generator) -> pd.DataFrame:
    """Plan a month of one owner.

    Of its pieces the first `missing` drawn stay out, the next `late` come late.
    """
    first, n = pd.Timestamp(f"{period}-01"), owner.pieces
    day = np.sort(rng.choice(first.days_in_month, size=n, replace=False))
    planned = (
        first
        + pd.to_timedelta(day, unit="D")
        + pd.to_timedelta(rng.choice([10, 12, 18, 20], n), unit="h")
    )
    state = np.full(n, "on_time", dtype=object)
    chosen = rng.permutation(n)
    state[chosen[: owner.missing]] = "missing"
    state[chosen[owner.missing : owner.missing + owner.late]] = "late"
    channels = np.array(owner.channels)[np.arange(n) % len(owner.channels)]
    late = np.where(state == "late", rng.integers(100, 1500, n), rng.integers(-8, 25, n))
    return pd.DataFrame(
        {
            "channel": channels,
            "planned_at": planned,
            "owner": owner.id,
            "state": state,
            "minutes_late": late,
            "ready_at": planned - pd.to_timedelta(rng.integers(4, 40, n), unit="h"),
            "format": [spec.formats[channel] for channel in channels],
            "persona": rng.choice(spec.personas, n),
        }
    )


def _written(pieces: pd.DataFrame, spec: ContentSpec, rng: np.random.Generator) -> pd.DataFrame:
    """Give each piece a theme and its text; `hard_sell_pieces` in each month push."""
    theme = rng.choice(list(spec.plain), len(pieces))
    texts = [
        spec.plain[name][pick % len(spec.plain[name])]
        for name, pick in zip(theme, rng.integers(0, 99, len(pieces)), strict=True)
    ]
    months = pieces["planned_at"].dt.strftime("%Y-%m")
    pushing = {
        place
        for period in PERIODS
        for place in rng.choice(
            pieces.index[months.eq(period)], spec.hard_sell_pieces, replace=False
        )
    }
    for order, place in enumerate(sorted(pushing)):
        texts[place] = spec.hard_sell[order % len(spec.hard_sell)]
    titles, bodies = zip(*texts, strict=True)
    return pieces.assign(
        theme=theme, title=titles, body=bodies, hard_sell=pieces.index.isin(pushing)
    )


def _log(pieces: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    out = pieces[pieces["state"] != "missing"]
    n = len(out)
    impressions = rng.poisson(rng.lognormal(8.6, 0.35, n))
    rate = np.where(out["hard_sell"], 0.018, 0.034) * rng.lognormal(-0.02, 0.2, n)
    published = out["planned_at"] + pd.to_timedelta(out["minutes_late"], unit="min")
    return pd.DataFrame(
        {
            "content_id": out["content_id"],
            "channel": out["channel"],
            "published_at": published,
            "impressions": impressions,
            "engagements": rng.binomial(impressions, rate),
            "clicks": rng.binomial(impressions, 0.4 * rate),
        }
    )
