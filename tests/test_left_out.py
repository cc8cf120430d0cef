"""A module is missing for a while, and is there again."""

import sys

import pytest

from playbook.left_out import left_out


def test_module_is_missing_inside_and_can_be_had_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with left_out("colorsys"), pytest.raises(ImportError):
        import colorsys  # noqa: F401
    import colorsys as again

    assert again.rgb_to_hls


def test_module_that_is_there_already_stays() -> None:
    import json

    with left_out("json"):
        import json as same

        assert same is json
    assert sys.modules["json"] is json
