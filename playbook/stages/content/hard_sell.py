"""Which texts push.

Every word of the campaign's own list that a piece holds, shown with the word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from playbook.metrics import ALL
from playbook.stages.content.tables import HARD_SELL, HITS
from playbook.stages.shared.findings import records

FIELDS = ("title", "body")
"""Where a piece holds text."""

Patterns = Mapping[str, re.Pattern[str]]
"""By word of the list, what finds it in a plain text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece on one channel, with its texts as plain text."""

    content_id: str
    channel: str
    owner: str
    title: str
    body: str


def hard_sell_hits(pieces: pd.DataFrame, words: Iterable[str]) -> pd.DataFrame:
    """Find the words of a list in titles and bodies.

    Upper and lower case, full and half width and the number of blanks make no difference. A word
    that begins or ends with a Latin letter or a digit must stand alone there: "sale" is not found
    in "wholesale".

    Args:
        pieces: One row per piece and channel: content_id, channel, owner, title, body.
        words: The list, as the parameters give it.

    Returns:
        The table `HITS`.
    """
    patterns = {word: _pattern(word) for word in dict.fromkeys(words) if _plain(word)}
    plain = pieces.assign(**{field: pieces[field].fillna("").map(_plain) for field in FIELDS})
    rows: list[tuple[object, ...]] = []
    for field in FIELDS:
        for piece in records(plain, Piece):
            rows += _hits_of(piece, field, patterns)
    return HITS.frame(rows).sort_values(["content_id", "channel"], kind="stable", ignore_index=True)


def _hits_of(piece: Piece, field: str, patterns: Patterns) -> Iterator[tuple[object, ...]]:
    for word, pattern in patterns.items():
        times = len(pattern.findall(getattr(piece, field)))
        if times:
            yield piece.content_id, piece.channel, piece.owner, field, word, float(times)


def hard_sell_share(pieces: pd.DataFrame, hits: pd.DataFrame, allowed: float) -> pd.DataFrame:
    """Say which share of the pieces holds a word of the list.

    Args:
        pieces: One row per piece and channel.
        hits: What `hard_sell_hits` returned.
        allowed: The largest share that is tolerated.

    Returns:
        The table `HARD_SELL`, all channels together first; no rows without texts. The state is
        watch above the allowed share, and act above twice that.
    """
    written = pieces[pieces[list(FIELDS)].notna().any(axis="columns")]
    pushing = pd.MultiIndex.from_frame(hits[["content_id", "channel"]])
    has_words = pd.MultiIndex.from_frame(written[["content_id", "channel"]]).isin(pushing)
    marked = written.assign(planned=1.0, with_words=has_words.astype("float64"))
    both = pd.concat([marked.assign(channel=ALL), marked])
    table = both.groupby("channel", sort=False)[["planned", "with_words"]].sum().reset_index()
    table["share"] = table["with_words"] / table["planned"]
    table["allowed_share"] = allowed
    table["state"] = [_state(share, allowed) for share in table["share"]]
    return table[HARD_SELL.names]


def _state(share: float, allowed: float) -> str:
    if share <= allowed:
        return "good"
    return "watch" if share <= 2 * allowed else "act"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pattern(word: str) -> re.Pattern[str]:
    plain = _plain(word)
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", plain) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", plain) else ""
    return re.compile(before + re.escape(plain) + after)
