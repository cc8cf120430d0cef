"""Truth 10: each landing page is checked every half hour, and is down when it says so."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from playbook.simulate.autumn_launch import SCENE
from playbook.simulate.pages import site_checks
from tests.simulate import reading


def test_pages_were_down_when_it_says_so(root: Path, campaign: str) -> None:
    checks = pd.read_parquet(root / f"data/{campaign}/site/checks.parquet")
    planted = reading.truths(root, campaign, 10)
    assert checks.groupby("page_id").size().eq(92 * 48).all()
    assert checks["latency_ms"].isna().eq(checks["up"].eq(0)).all()
    down = [
        checks[
            checks["page_id"].eq(truth.where)
            & checks["checked_at"].ge(truth[5])
            & checks["checked_at"].lt(truth.to)
        ]
        for truth in planted.itertuples()
    ]
    assert len(planted) == 3
    assert pd.concat(down)["up"].eq(0).all()
    assert len(pd.concat(down)) == checks["up"].eq(0).sum()


def test_without_outages_every_check_is_answered_in_the_usual_time() -> None:
    checks = site_checks(replace(SCENE, outages=()), 1)
    assert checks["up"].eq(1).all()
    usual = checks.groupby("page_id")["latency_ms"].median()
    assert usual.to_dict() == {
        "landing": pytest.approx(420, rel=0.03),
        "checkout": pytest.approx(610, rel=0.03),
    }
