"""People.

The audience with its latent personas, the team's days in their roles, and how raters see them.
"""

import numpy as np
import pandas as pd

from playbook.simulate.draw import Ints, generator
from playbook.simulate.scene import PERIODS, Scene

QUESTIONS = (
    "q_price",
    "q_quality",
    "q_novelty",
    "q_social",
    "q_convenience",
    "q_trust",
    "q_brand",
    "q_eco",
)
MISSING = 0.05
STRAIGHT = 0.03
"""Share of people who tick the same box all the way down."""

WORKING_DAYS = {"2026-08": 21, "2026-09": 22, "2026-10": 22}
DAYS_OF_NEWEST = 13


def audience(scene: Scene, seed: int) -> pd.DataFrame:
    """Draw survey answers from the latent personas.

    Returns:
        One row per person: person_id, asked_on, demographics, q_* (1 to 5, NaN not answered),
        media_* (1 uses it).
    """
    rng = generator(seed, scene.campaign, "audience")
    latent = membership(scene, seed)
    parts = pd.concat(
        [
            _group(scene, index, np.flatnonzero(latent == index), rng)
            for index in range(len(scene.personas))
        ]
    )
    table = parts.sort_index()
    days = pd.Timestamp("2026-09-14") + pd.to_timedelta(rng.integers(0, 12, scene.people), unit="D")
    table.insert(0, "person_id", [f"p{number:04d}" for number in range(1, scene.people + 1)])
    table.insert(1, "asked_on", days.strftime("%Y-%m-%d"))
    return _careless(table, rng)


def membership(scene: Scene, seed: int) -> Ints:
    """Return the persona of each person, as its place in the scene."""
    rng = generator(seed, scene.campaign, "audience/personas")
    return rng.choice(
        len(scene.personas), size=scene.people, p=[persona.share for persona in scene.personas]
    )


def _group(scene: Scene, index: int, members: Ints, rng: np.random.Generator) -> pd.DataFrame:
    persona, n = scene.personas[index], len(members)
    who = {
        name: rng.choice(list(odds), size=n, p=list(odds.values()))
        for name, odds in persona.demographics.items()
    }
    answers = {
        question: np.clip(np.rint(rng.normal(persona.answers[question], 0.75, n)), 1, 5)
        for question in QUESTIONS
    }
    media = {
        f"media_{name}": (rng.random(n) < odds).astype(int) for name, odds in persona.media.items()
    }
    return pd.DataFrame(who | answers | media, index=members)


def _careless(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let some tick the same box all the way down, and leave some answers out."""
    answers = table[list(QUESTIONS)].to_numpy(dtype="float64", copy=True)
    lazy = rng.random(len(table)) < STRAIGHT
    answers[lazy] = rng.integers(2, 5, lazy.sum())[:, None]
    answers[rng.random(answers.shape) < MISSING] = np.nan
    return table.assign(**dict(zip(QUESTIONS, answers.T, strict=True))).astype(
        dict.fromkeys(QUESTIONS, "Int64")
    )


def staff(scene: Scene) -> pd.DataFrame:
    """Return the working days of each person in the role, one row per person and month."""
    rows = [
        (id, period, _days(id, period, scene))
        for period in PERIODS
        for id in _in_role(scene, period)
    ]
    return pd.DataFrame(rows, columns=["staff_id", "period", "days_in_role"])


def _in_role(scene: Scene, period: str) -> list[str]:
    """Name who was in the team; the newest came in the second month."""
    return [id for id in scene.rated if not (id == scene.newest and period == PERIODS[0])]


def _days(id: str, period: str, scene: Scene) -> int:
    return DAYS_OF_NEWEST if id == scene.newest and period == PERIODS[1] else WORKING_DAYS[period]


def ratings(scene: Scene, seed: int) -> pd.DataFrame:
    """Draw what two or three raters say of each person, one row per person, month, rater and item.

    `scene.rated` gives each person's item and true level; raters differ in severity and err by half
    a level.
    """
    rng = generator(seed, scene.campaign, "ratings")
    severity = dict(zip(scene.raters, rng.normal(0, 0.3, len(scene.raters)), strict=True))
    rows = []
    for period in PERIODS:
        for place, id in enumerate(_in_role(scene, period)):
            item, level = scene.rated[id]
            raters = [rater for rater in scene.raters if rater != id]
            for rater in raters[: 2 + place % 2]:
                seen = _level(level - severity[rater] + rng.normal(0, 0.5))
                rows.append((id, period, rater, item, seen))
    return pd.DataFrame(rows, columns=["staff_id", "period", "rater_id", "item", "level"])


def _level(seen: float) -> int:
    return int(np.clip(np.rint(seen), 1, 5))
