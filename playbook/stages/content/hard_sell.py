"""Which texts push: every word of the campaign's own list that a piece holds, shown with the word."""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from playbook.stages.shared.findings import each

ALL = "(all)"
HIT_COLUMNS = ["content_id", "channel", "owner", "field", "word", "times"]
SHARE_COLUMNS = ["channel", "planned", "with_words", "share", "allowed_share", "state"]
FIELDS = ("title", "body")


def hard_sell_hits(pieces: pd.DataFrame, words: Iterable[str]) -> pd.DataFrame:
    """Find the words of a list in titles and bodies.

    Upper and lower case, full and half width and the number of blanks make no difference. A word
    that begins or ends with a Latin letter or a digit must stand alone there: "sale" is not found
    in "wholesale".

    Args:
        pieces: One row per piece and channel: content_id, channel, owner, title, body.
        words: The list, as the parameters give it.

    Returns:
        One row per piece, channel, field and word that is there: content_id, channel, owner, field
        (title, body), word (as in the list), times.
    """
    patterns = {word: _pattern(word) for word in dict.fromkeys(words) if _plain(word)}
    rows = [
        (
            piece.content_id,
            piece.channel,
            piece.owner,
            field,
            word,
            float(len(pattern.findall(text))),
        )
        for field in FIELDS
        for piece, text in zip(each(pieces), pieces[field].fillna("").map(_plain), strict=True)
        for word, pattern in patterns.items()
        if pattern.search(text)
    ]
    table = pd.DataFrame(rows, columns=HIT_COLUMNS)
    return table.sort_values(["content_id", "channel"], kind="stable", ignore_index=True)


def hard_sell_share(pieces: pd.DataFrame, hits: pd.DataFrame, allowed: float) -> pd.DataFrame:
    """Say which share of the pieces holds a word of the list.

    Args:
        pieces: One row per piece and channel.
        hits: What `hard_sell_hits` returned.
        allowed: The largest share that is tolerated.

    Returns:
        One row per channel, and one "(all)" first: channel, planned (pieces with a text),
        with_words, share, allowed_share, state (watch above the allowed share; act above twice
        that). No rows without texts.
    """
    written = pieces[pieces[list(FIELDS)].notna().any(axis="columns")]
    pushing = pd.MultiIndex.from_frame(hits[["content_id", "channel"]])
    marks = (
        pd.MultiIndex.from_frame(written[["content_id", "channel"]]).isin(pushing).astype("float64")
    )
    marked = written.assign(planned=1.0, with_words=marks)
    both = pd.concat([marked.assign(channel=ALL), marked])
    table = both.groupby("channel", sort=False)[["planned", "with_words"]].sum().reset_index()
    table["share"] = table["with_words"] / table["planned"]
    table["allowed_share"] = allowed
    table["state"] = [_state(share, allowed) for share in table["share"]]
    return table[SHARE_COLUMNS]


def _state(share: float, allowed: float) -> str:
    return "good" if share <= allowed else "watch" if share <= 2 * allowed else "act"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pattern(word: str) -> re.Pattern[str]:
    plain = _plain(word)
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", plain) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", plain) else ""
    return re.compile(before + re.escape(plain) + after)
