"""Names in any script.

What the fonts have is drawn, what they lack is left out of charts and told.
"""

from pathlib import Path

import pandas as pd
import pytest

from playbook.report import figures
from playbook.report.fonts import drawable, embedded, undrawn
from playbook.report.theme import theme
from playbook.report.words import Words
from tests.report.test_export import rendered


@pytest.mark.parametrize(
    "text", ["双十一 · Double 11", "喆祎镕韡臺灣廣體", "›‹–—−×·…✓▲▼≥≤±€£¥￥", "Ωδ Привет かな", ""]
)
def test_characters_of_the_markets_we_serve_are_drawn(text: str) -> None:
    assert undrawn(text) == []
    assert drawable(text) == text


def test_characters_that_no_font_has_are_counted_once_and_left_out() -> None:
    assert undrawn("夏日🎉促销🎉𠮷") == ["🎉", "𠮷"]
    assert drawable("夏日🎉 ") == "夏日"
    assert drawable("🎉") == "?"


def test_chart_of_a_name_that_no_font_has_shows_no_empty_box() -> None:
    theme()
    words = Words(language="zh", currency="CNY")
    table = pd.DataFrame({"channel": ["🎉店铺", "搜索"], "spend": [2.0, 1.0]})
    chart = figures.bars(words, table, x="spend", y="channel")
    figures.svg(chart.figure)  # a missing glyph warns, and a warning fails a test
    assert "🎉店铺" in chart.alt


def test_page_tells_which_characters_no_font_has(tmp_path: Path) -> None:
    assert "1: 🎉" in rendered("zh", tmp_path, channel="🎉店铺")
    assert "字体中没有的字符" not in rendered("zh", tmp_path, channel="店铺")


def test_page_without_chinese_carries_no_font() -> None:
    assert embedded("<p>Spend</p>") == ""
    assert embedded("<p>花费</p>").startswith("@font-face")
