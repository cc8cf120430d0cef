"""How charts look."""

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from playbook.report.theme import ACT, GOOD, PALE, PLAIN, WATCH, theme


def brightness(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in mpl.colors.to_rgb(colour)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_theme_sets_a_font_that_has_chinese() -> None:
    theme()
    assert mpl.rcParams["font.family"] == ["DejaVu Sans", "Noto Sans CJK SC"]
    assert "Noto Sans CJK SC" in font_manager.get_font_names()


@pytest.mark.parametrize("colour", [GOOD, WATCH, ACT, PLAIN])
def test_a_colour_that_means_something_is_seen_on_white(colour: str) -> None:
    assert 1.05 / (brightness(colour) + 0.05) >= 3.0


def test_colours_of_good_and_bad_differ_in_more_than_red_and_green() -> None:
    good, act = mpl.colors.to_rgb(GOOD), mpl.colors.to_rgb(ACT)
    assert good[2] - act[2] > 0.4
    assert brightness(PALE) > max(map(brightness, (GOOD, WATCH, ACT, PLAIN)))
