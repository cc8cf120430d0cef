"""Contacts of single users; each channel causes a known share of the conversions."""

import numpy as np
import pandas as pd

from playbook.simulate.draw import Bools, Floats, generator
from playbook.simulate.scene import FIRST, Scene

BASE = 0.01
"""Chance to convert without any contact."""

WINDOW_DAYS = 21
LATEST_START = 68
"""Days after the first on which a user's contacts may begin."""


def touchpoints(scene: Scene, seed: int) -> pd.DataFrame:
    """Draw contacts by channel independently.

    Then conversions whose chance each channel raises by itself.

    Returns:
        One row per contact or conversion, in order of user and time: user_id, touched_at, channel,
        kind, value.
    """
    rng = generator(seed, scene.campaign, "touchpoints")
    exposed, chance = _exposed(scene, rng)
    start = rng.uniform(0, LATEST_START, scene.users)
    contacts = _contacts(scene, exposed, start, rng)
    bought = np.flatnonzero(rng.random(scene.users) < chance)
    last = contacts.groupby("user")["day"].max().reindex(bought).fillna(pd.Series(start)[bought])
    sales = pd.DataFrame(
        {
            "user": bought,
            "day": last + rng.uniform(0.05, 2, len(bought)),
            "channel": "(none)",
            "kind": "conversion",
            "value": np.round(rng.gamma(6, _price(scene) / 6, len(bought)), 1),
        }
    )
    table = pd.concat([contacts, sales]).sort_values(["user", "day"], ignore_index=True)
    moment = pd.Timestamp(FIRST) + pd.to_timedelta((table["day"] * 1440).round(), unit="min")
    users = table["user"].map("u{:05d}".format)
    found = table.assign(user_id=users, touched_at=moment)[
        ["user_id", "touched_at", "channel", "kind", "value"]
    ]
    return found.drop_duplicates(["user_id", "touched_at", "channel", "kind"], ignore_index=True)


def causal_shares(scene: Scene, seed: int) -> dict[str, float]:
    """Return what each channel causes.

    Expected conversions that would be missing without it, as shares.
    """
    exposed, chance = _exposed(scene, generator(seed, scene.campaign, "touchpoints"))
    effects = np.array(list(scene.causal.values()))
    without = 1 - (1 - chance)[:, None] / np.where(exposed, 1 - effects, 1.0)
    missing = (chance[:, None] - without).sum(axis=0)
    return dict(zip(scene.causal, (missing / missing.sum()).tolist(), strict=True))


def _exposed(scene: Scene, rng: np.random.Generator) -> tuple[Bools, Floats]:
    """Return who met which channel, and each user's chance to convert."""
    exposed = rng.random((scene.users, len(scene.causal))) < np.array(
        [scene.exposure[id] for id in scene.causal]
    )
    effects = np.array(list(scene.causal.values()))
    return exposed, 1 - (1 - BASE) * np.where(exposed, 1 - effects, 1.0).prod(axis=1)


def _contacts(
    scene: Scene, exposed: Bools, start: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    user, channel = np.nonzero(exposed)
    times = 1 + rng.poisson(0.3, len(user))
    user, channel = user.repeat(times), channel.repeat(times)
    kinds = np.where(rng.random(len(user)) < 0.5, "impression", "click")
    return pd.DataFrame(
        {
            "user": user,
            "day": start[user] + rng.uniform(0, WINDOW_DAYS, len(user)),
            "channel": np.array(list(scene.causal))[channel],
            "kind": kinds,
            "value": np.nan,
        }
    )


def _price(scene: Scene) -> float:
    return sum(spec.aov for spec in scene.channels) / len(scene.channels)
