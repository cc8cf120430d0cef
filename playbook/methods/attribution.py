"""Who gets the credit for a conversion.

Rules over contacts, which say what preceded it and not what caused it.
"""

import pandas as pd

NOBODY = "(none)"


def credited_contacts(
    touchpoints: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, lookback_days: int
) -> pd.DataFrame:
    """Pair each conversion of a period with the contacts that preceded it.

    Args:
        touchpoints: One row per contact or conversion of a user.
        start: First moment of the period.
        end: First moment after the period.
        lookback_days: How long before a conversion a contact counts.

    Returns:
        One row per conversion and contact, in order of time: conversion (number of the conversion),
        user_id, channel, value, last (share 0 or 1), linear (equal shares). A conversion that no
        contact preceded has one row with the channel "(none)".
    """
    is_conversion = touchpoints["kind"].eq("conversion")
    within = touchpoints["touched_at"].ge(start) & touchpoints["touched_at"].lt(end)
    conversions = touchpoints.loc[is_conversion & within, ["user_id", "touched_at", "value"]]
    conversions = conversions.assign(conversion=range(len(conversions)))
    contacts = touchpoints.loc[~is_conversion, ["user_id", "channel", "touched_at"]]
    pairs = conversions.merge(contacts, on="user_id", suffixes=("", "_contact"))
    age = pairs["touched_at"] - pairs["touched_at_contact"]
    pairs = pairs[(age >= pd.Timedelta(0)) & (age <= pd.Timedelta(days=lookback_days))]
    alone = conversions[~conversions["conversion"].isin(pairs["conversion"])].assign(channel=NOBODY)
    paths = pd.concat([pairs, alone]) if len(alone) else pairs
    paths = paths.sort_values(
        ["conversion", "touched_at_contact"], kind="stable", ignore_index=True
    )
    length = paths.groupby("conversion")["channel"].transform("size")
    last = ~paths["conversion"].duplicated(keep="last")
    return paths.assign(last=last.astype("float64"), linear=1 / length)[
        ["conversion", "user_id", "channel", "value", "last", "linear"]
    ]


def reached_users(
    touchpoints: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, lookback_days: int
) -> pd.DataFrame:
    """Count by channel the users it touched, and those of them who converted.

    Returns:
        One row per channel (index): users (converted or not), converted_users, user_conversion_rate
        (0-1). Users who never convert are in it: without them every channel would seem to convert
        everybody.
    """
    is_conversion = touchpoints["kind"].eq("conversion")
    when = touchpoints["touched_at"]
    buyers = touchpoints.loc[is_conversion & when.ge(start) & when.lt(end), "user_id"]
    seen = ~is_conversion & when.ge(start - pd.Timedelta(days=lookback_days)) & when.lt(end)
    touched = touchpoints.loc[seen, ["channel", "user_id"]].drop_duplicates()
    reached = (
        touched.assign(buyer=touched["user_id"].isin(buyers))
        .groupby("channel")["buyer"]
        .agg(["size", "sum"])
    )
    reached.columns = pd.Index(["users", "converted_users"])
    reached = reached.astype("float64")
    return reached.assign(user_conversion_rate=reached["converted_users"] / reached["users"])


def credit(
    touchpoints: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, lookback_days: int
) -> pd.DataFrame:
    """Share out the conversions of a period by last touch and evenly over all touches.

    Last touch is the latest contact of any kind; linear gives every contact in the window an equal
    part.

    Returns:
        One row per channel (index): last_touch and linear (conversions, each column adds up to the
        conversions of the period), last_touch_revenue and linear_revenue (NaN where no conversion
        has a value), and the columns of `reached_users`.

    Source:
        Shao & Li (2011), Data-driven multi-touch attribution models, KDD, section 2 (the rule-based
        models).
    """
    paths = credited_contacts(touchpoints, start, end, lookback_days)
    parts = paths.assign(
        last_touch=paths["last"],
        last_touch_revenue=paths["value"] * paths["last"],
        linear_revenue=paths["value"] * paths["linear"],
    )
    columns = ["last_touch", "linear", "last_touch_revenue", "linear_revenue"]
    credited = parts.groupby("channel")[columns].sum(min_count=1)
    return credited.join(reached_users(touchpoints, start, end, lookback_days), how="outer").fillna(
        {"last_touch": 0.0, "linear": 0.0}
    )
