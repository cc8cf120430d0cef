"""The credit of `attribution`, worked out inside a database.

Only one row per channel is fetched.
"""

from typing import TYPE_CHECKING, Any

import pandas as pd

from playbook.methods.attribution import NOBODY
from playbook.sources.databases.engines import told

if TYPE_CHECKING:
    import ibis


def credit_ibis(
    touchpoints: "ibis.Table",
    start: pd.Timestamp,
    end: pd.Timestamp,
    lookback_days: int,
    timezone: str,
) -> pd.DataFrame:
    """Share out the conversions of a period as `attribution.credit` does.

    Where two contacts of a path have the same moment, the one whose channel comes later in the
    alphabet is the last.

    Args:
        touchpoints: One row per contact or conversion of a user.
        start: First moment of the period.
        end: First moment after the period.
        lookback_days: How long before a conversion a contact counts.
        timezone: Of `start` and `end`, for tables whose moments have a zone.

    Returns:
        As `attribution.credit`.

    Raises:
        PlaybookError: The database does not answer.
    """
    if touchpoints.touched_at.type().timezone:
        start, end = (moment.tz_localize(timezone).tz_convert("UTC") for moment in (start, end))
    bounds = (start.to_pydatetime(), end.to_pydatetime())
    since = (start - pd.Timedelta(days=lookback_days)).to_pydatetime()
    conversions, contacts = _conversions(touchpoints, *bounds), _contacts(touchpoints)
    within = contacts.filter((contacts.contact_at >= since) & (contacts.contact_at < bounds[1]))
    with told():
        credited = _credited(conversions, contacts, lookback_days).to_pandas().set_index("channel")
        reached = _reached(conversions, within).to_pandas().set_index("channel").astype("float64")
    reached["user_conversion_rate"] = reached["converted_users"] / reached["users"]
    table: pd.DataFrame = credited.astype("float64").join(reached, how="outer").sort_index()
    return table.fillna({"last_touch": 0.0, "linear": 0.0})


def _conversions(touchpoints: "ibis.Table", start: Any, end: Any) -> "ibis.Table":
    """One row per user and moment with a conversion in the period.

    How many, and what they are worth.
    """
    moment = touchpoints.touched_at
    rows = touchpoints.filter(
        (touchpoints.kind == "conversion") & (moment >= start) & (moment < end)
    )
    return rows.group_by("user_id", converted_at=rows.touched_at).aggregate(
        times=rows.count(), worth=rows.value.sum()
    )


def _contacts(touchpoints: "ibis.Table") -> "ibis.Table":
    rows = touchpoints.filter(touchpoints.kind != "conversion")
    return rows.select("user_id", "channel", contact_at=rows.touched_at)


def _credited(
    conversions: "ibis.Table", contacts: "ibis.Table", lookback_days: int
) -> "ibis.Table":
    """Pair conversions with the contacts before them, and sum last and equal shares by channel."""
    import ibis

    seen = contacts.rename(contact_user="user_id")
    earliest = conversions.converted_at - ibis.interval(days=lookback_days)
    before = [
        conversions.user_id == seen.contact_user,
        seen.contact_at <= conversions.converted_at,
        seen.contact_at >= earliest,
    ]
    paths = conversions.left_join(seen, before).select(
        "user_id", "converted_at", "times", "worth", "channel", "contact_at"
    )
    path = ibis.window(group_by=["user_id", "converted_at"])
    latest = ibis.window(
        group_by=["user_id", "converted_at"],
        order_by=[ibis.desc(paths.contact_at), ibis.desc(paths.channel)],
    )
    shares = paths.select(
        "times",
        "worth",
        channel=paths.channel.fill_null(NOBODY),
        linear=1 / paths.count().over(path).cast("float64"),
        last=(ibis.row_number().over(latest) == 0).cast("int32"),
    )
    return shares.group_by("channel").aggregate(
        last_touch=(shares.times * shares["last"]).sum(),
        linear=(shares.times * shares.linear).sum(),
        last_touch_revenue=(shares.worth * shares["last"]).sum(),
        linear_revenue=(shares.worth * shares.linear).sum(),
    )


def _reached(conversions: "ibis.Table", contacts: "ibis.Table") -> "ibis.Table":
    """Count for each channel the users it touched, and those among them who converted."""
    buyers = conversions.select(buyer="user_id").distinct()
    touched = contacts.select("channel", "user_id").distinct()
    both = touched.left_join(buyers, touched.user_id == buyers.buyer)
    return both.group_by("channel").aggregate(
        users=both.count(), converted_users=both.buyer.count()
    )
