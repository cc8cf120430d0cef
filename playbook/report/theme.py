"""How charts look, and the Chinese font that they carry with them."""

from functools import cache

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager

from playbook.report.fonts import FONT

GOOD, WATCH, ACT, PLAIN, PALE = "#0b5cad", "#b7791f", "#b4470d", "#3d6fa5", "#b8c4d0"
"""Colours that stay apart for colour-blind readers; red and green mean opposite things in zh and
en."""

RC = {
    "font.family": ["DejaVu Sans", "Noto Sans CJK SC"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.unicode_minus": True,
    "grid.color": "#d9dee3",
    "svg.fonttype": "path",
    "svg.hashsalt": "playbook",
    "figure.constrained_layout.use": True,
}


@cache
def register_font() -> None:
    """Let matplotlib know the font of the pages."""
    font_manager.fontManager.addfont(FONT)


@cache
def theme() -> None:
    """Set seaborn's theme and register the font.

    Call it instead of `sns.set_theme`, which resets fonts.
    """
    register_font()
    sns.set_theme(
        style="whitegrid", palette=[PLAIN, WATCH, "#6b8e5a", ACT, "#7b6ba8", "#5f6b76"], rc=RC
    )
    mpl.rcParams["font.family"] = RC["font.family"]
