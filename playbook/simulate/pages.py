"""The monitor of the landing pages: a check every half hour, which fails while a page is down."""

import numpy as np
import pandas as pd

from playbook.simulate.draw import factor, generator
from playbook.simulate.hours import down
from playbook.simulate.scene import FIRST, LAST, Scene

PAGES = {"landing": 420.0, "checkout": 610.0}
"""Usual time to the answer, in milliseconds."""


def site_checks(scene: Scene, seed: int) -> pd.DataFrame:
    """Return one row per page and check.

    Page_id, checked_at, up (1 or 0), latency_ms (NaN while down).
    """
    return pd.concat([_page(scene, page, seed) for page in PAGES], ignore_index=True)


def _page(scene: Scene, page: str, seed: int) -> pd.DataFrame:
    moments = pd.date_range(
        FIRST, pd.Timestamp(LAST) + pd.Timedelta(days=1), freq="30min", inclusive="left"
    )
    failed = down(moments, [outage for outage in scene.outages if outage.page == page])
    rng = generator(seed, scene.campaign, f"site_checks/{page}")
    latency = (PAGES[page] * factor(0.2, len(moments), rng)).round(-1)
    return pd.DataFrame(
        {
            "page_id": page,
            "checked_at": moments,
            "up": (~failed).astype("int8"),
            "latency_ms": np.where(failed, np.nan, latency),
        }
    )
