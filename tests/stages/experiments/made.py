"""Three experiments with exact counts."""

from typing import Any

import pandas as pd

from tests.stages.shop import filled

PLAN: dict[str, Any] = {
    "variant": "variant",
    "unit": "unit_id",
    "arms": {"control": 0.5, "treatment": 0.5},
    "metrics": [{"name": "converted", "kind": "rate", "role": "primary"}],
    "start": "2026-10-01",
    "end": "2026-10-28",
}


def _units(experiment: str, control: tuple[int, int], treatment: tuple[int, int]) -> pd.DataFrame:
    rows = [
        {
            "experiment": experiment,
            "unit_id": f"{arm}{number}",
            "variant": arm,
            "converted": float(number < wins),
        }
        for arm, (wins, size) in (("control", control), ("treatment", treatment))
        for number in range(size)
    ]
    return filled("experiment_units", rows)


UNITS = pd.concat(
    [
        _units("button", (1000, 10_000), (1200, 10_000)),
        _units("broken", (1050, 10_500), (950, 9_500)),
        _units("nothing", (200, 2_000), (201, 2_000)),
    ],
    ignore_index=True,
)
