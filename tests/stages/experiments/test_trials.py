"""Each experiment of a month has its decision, or the reason why not."""

import numpy as np
import pytest

from playbook.stages.experiments.trials import trials
from tests.stages.experiments.made import PLAN, UNITS
from tests.stages.shop import campaign


def test_each_experiment_has_its_decision() -> None:
    where = campaign(experiments=dict.fromkeys(("button", "broken", "nothing"), PLAN))
    tables, missing = trials(where, UNITS)
    assert tables["decisions"].set_index("experiment")["decision"].to_dict() == {
        "button": "ship",
        "broken": "invalid",
        "nothing": "iterate",
    }
    assert tables["experiments"].set_index("experiment").loc["button", "lift"] == pytest.approx(0.2)
    assert not missing


def test_an_experiment_without_data_or_with_unusable_data_is_missing_and_no_failure() -> None:
    other = PLAN | {"metrics": [{"name": "clicked", "kind": "rate", "role": "primary"}]}
    later = PLAN | {"start": "2026-11-01", "end": "2026-11-28"}
    where = campaign(
        experiments={"absent": PLAN, "button": other, "broken": later, "nothing": PLAN}
    )
    tables, missing = trials(where, UNITS)
    assert tables["decisions"]["experiment"].to_list() == ["nothing"]
    assert set(missing) == {
        "experiment_without_data.absent",
        "experiment_unusable.button",
        "experiment_without_data.broken",
    }
    assert "clicked" in missing["experiment_unusable.button"]["problem"]


def test_tests_of_a_period_are_corrected_together_and_winners_shrunk() -> None:
    where = campaign(experiments=dict.fromkeys(("button", "broken", "nothing"), PLAN))
    table = trials(where, UNITS)[0]["portfolio"].set_index("experiment")
    single = trials(campaign(experiments={"button": PLAN}), UNITS)[0]["portfolio"].set_index(
        "experiment"
    )
    assert table.loc["button", "pvalue_bh"] == pytest.approx(2 * single.loc["button", "pvalue_bh"])
    assert 0 < table.loc["button", "lift_shrunk"] < table.loc["button", "lift"]
    assert np.isnan(table.loc["broken", "pvalue_bh"])
