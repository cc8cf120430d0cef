"""What a process pays at its first page, paid once for all processes that are forked off it."""

import gc
from collections.abc import Mapping
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from playbook.abtest.decision import sentences
from playbook.report.figures import svg
from playbook.report.fonts import undrawn
from playbook.report.messages import LANGUAGES, messages
from playbook.report.pieces import lab_style, piece
from playbook.report.theme import theme
from playbook.report.words import Words, value
from playbook.sources.files.layout import shipped
from playbook.stages import STAGES
from playbook.stages.shared.schema import Unit

SAMPLES: Mapping[Unit, Any] = {
    "money": 1234.5,
    "fraction": 0.123,
    "pvalue": 0.05,
    "day": "2026-01-31",
    "moment": "2026-01-31T12:00",
    "period": "2026-01",
}
"""Values whose printing loads what a locale has of numbers, currencies and dates."""


def warm() -> None:
    """Read words and platforms, compile templates, load locales, and open the fonts of charts.

    It runs in one thread and calls nothing that starts another (Arrow, DuckDB, BLAS), so that the
    process may be forked afterwards. What is there by then is left out of garbage collection, which
    would look through all of it once in every child.
    """
    for stage in ("page", *(stage.id for stage in STAGES)):
        messages(stage)
    sentences.messages()
    shipped()
    piece("note", text="")
    lab_style()
    for language in LANGUAGES:
        _word(language)
    _draw()
    gc.collect()
    gc.freeze()


def _word(language: str) -> None:
    words = Words(language=language, currency="EUR")
    for unit, cell in SAMPLES.items():
        value(words, cell, unit)


def _draw() -> None:
    """Draw a figure, and leave no theme behind: a notebook's own figures have none."""
    undrawn("A")
    with rc_context():
        theme()
        figure = Figure(figsize=(1, 1))
        figure.add_subplot(title="A1 一").plot([0, 1], label="A1 一")
        svg(figure)
    theme.cache_clear()
