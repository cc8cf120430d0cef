"""Who the people are that were asked: counts with intervals, and answers by age."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from playbook.methods.intervals import wilson
from playbook.metrics import ALL
from playbook.stages.goals.tables import ANSWERS, INTERESTS, PROFILE

TRAITS = ("age_band", "gender", "region", "income_band")
SEGMENT = "age_band"
ITEM = "q_"
MEDIUM = "media_"
"""Answers from 1 to 5 stand in columns q_*, what people use (1 or 0) in columns media_*."""

TOP_BOX = 4
FEWEST_PEOPLE = 30
"""Below this many people a group is shown but nothing is said about it."""

FEWEST_ITEMS = 5
MOST_ANSWERS = 12
TOP_ITEMS = 3


def people_asked(audience: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return who was asked up to a day, with answers as numbers and who ticked one box throughout.

    Args:
        audience: The canonical table, answers in columns q_* and media_*.
        until: Last day, included; who has no day counts.

    Returns:
        One row per person, with `straight_liner` (true or false). Answers that are no whole numbers
        from 1 to 5 (0 or 1 for media) are NaN.
    """
    chosen = audience[~(audience["asked_on"] > until)]
    items = {name: _numbers(chosen[name], range(1, 6)) for name in _columns(chosen, ITEM)}
    media = {name: _numbers(chosen[name], range(2)) for name in _columns(chosen, MEDIUM)}
    people = chosen.assign(**items, **media)
    return people.assign(straight_liner=straight_liners(people))


def straight_liners(people: pd.DataFrame) -> pd.Series:
    """Say who gave the same answer to every item, having answered at least five.

    Source:
        Long-string index: Meade & Craig (2012), Identifying careless responses in survey data,
        Psychological Methods 17.
    """
    answers = people[_columns(people, ITEM)]
    same = answers.min(axis="columns").eq(answers.max(axis="columns"))
    return same & answers.notna().sum(axis="columns").ge(FEWEST_ITEMS)


def rates_something(people: pd.DataFrame) -> bool:
    """Whether anybody rated an item, straight-liners included."""
    return bool(people[_columns(people, ITEM)].notna().any(axis=None))


def profile(people: pd.DataFrame) -> pd.DataFrame:
    """Count people by trait and by what they use.

    Returns:
        The table `PROFILE`.
    """
    return PROFILE.frame([*_traits(people), *_media(people)])


def answers(people: pd.DataFrame) -> pd.DataFrame:
    """Summarise each item over all people and by age band, without straight-liners.

    Returns:
        The table `ANSWERS`.
    """
    given = _answers_given(people[~people["straight_liner"]])
    if given.empty:
        return ANSWERS.frame([])
    in_segments = given.dropna(subset=[SEGMENT]).rename(columns={SEGMENT: "segment"})
    grouped = pd.concat([given.assign(segment=ALL), in_segments]).groupby(["item", "segment"])
    table = grouped.agg(people=("level", "size"), mean=("level", "mean"), top_two=("top", "mean"))
    table = table.reset_index().astype({"people": "float64"})
    everyone = table[table["segment"].eq(ALL)].set_index("item")["top_two"]
    table["lift"] = table["top_two"] - table["item"].map(everyone)
    table["enough"] = np.where(table["people"] >= FEWEST_PEOPLE, "yes", "no")
    return table[ANSWERS.names]


def interests(answered: pd.DataFrame) -> pd.DataFrame:
    """Return what moves each age band most: its three items with the highest share of 4 and 5.

    Returns:
        The table `INTERESTS`; only segments of thirty people or more.
    """
    segments = answered[answered["enough"].eq("yes") & answered["segment"].ne(ALL)]
    in_order = segments.sort_values(["segment", "top_two"], ascending=[True, False], kind="stable")
    place = in_order.groupby("segment").cumcount() + 1.0
    top = in_order.assign(place=place)[place.le(TOP_ITEMS)]
    return top[INTERESTS.names].reset_index(drop=True)


def _answers_given(people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person and item that was answered.

    Segment, item, level, top (1 for 4 and 5).
    """
    items = _columns(people, ITEM)
    given = people.melt(id_vars=[SEGMENT], value_vars=items, var_name="item", value_name="level")
    answered = given.dropna(subset=["level"])
    return answered.assign(top=answered["level"].ge(TOP_BOX).astype("float64"))


def _columns(table: pd.DataFrame, prefix: str) -> list[str]:
    return [str(name) for name in table.columns if str(name).startswith(prefix)]


def _numbers(answers: pd.Series, allowed: range) -> pd.Series:
    numbers = pd.to_numeric(answers, errors="coerce").astype("float64")
    return numbers.where(numbers.isin(allowed))


def _traits(people: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for trait in TRAITS:
        if trait not in people:
            continue
        counts = people[trait].value_counts()
        asked = int(counts.sum())
        for answer, count in counts.head(MOST_ANSWERS).items():
            yield trait, str(answer), *_share(int(count), asked)


def _media(people: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    used = people[_columns(people, MEDIUM)]
    for medium in used.sum().sort_values(ascending=False, kind="stable").index[:MOST_ANSWERS]:
        asked = int(used[medium].notna().sum())
        if asked:
            yield "media", str(medium), *_share(int(used[medium].sum()), asked)


def _share(count: int, asked: int) -> tuple[float, ...]:
    return float(count), count / asked, *wilson(count, asked), float(asked)
