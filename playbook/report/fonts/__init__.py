"""The Chinese font of charts and pages, cut down to what a page needs, and what no font has."""

import base64
import io
from functools import cache, lru_cache, partial
from pathlib import Path
from types import SimpleNamespace

import brotli
from fontTools import subset
from fontTools.ttLib import TTFont, woff2
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

LATIN = Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
FONT = Path(__file__).with_name("NotoSansCJKsc-GBK.otf")

QUALITY = 10
"""Of Brotli: 11, which fontTools would take, makes a font smaller by one part in two hundred, in
three times as long."""

vars(woff2)["brotli"] = SimpleNamespace(
    MODE_FONT=brotli.MODE_FONT, compress=partial(brotli.compress, quality=QUALITY)
)


def embedded(html: str) -> str:
    """Return a @font-face rule with just the Chinese characters of a page; empty where it has none.

    The reader's own fonts come first; this one serves machines without any, such as a server that
    prints PDF.
    """
    wanted = frozenset(char for char in html if "\u2e80" <= char <= "\uffef")
    return _rule(wanted) if wanted else ""


def undrawn(text: str) -> list[str]:
    """List the characters of a text that no font of ours has, each once.

    Controls and joiners are none.
    """
    return sorted(char for char in set(text) if ord(char) not in _drawn() and char.isprintable())


def drawable(text: str) -> str:
    """Leave out what no font of ours has, so that a chart shows no empty box.

    "?" where nothing is left.
    """
    lost = set(undrawn(text))
    return "".join(char for char in text if char not in lost).strip() or ("?" if text else "")


@cache
def _drawn() -> frozenset[int]:
    latin, chinese = FT2Font(str(LATIN)), FT2Font(str(FONT))
    return frozenset(latin.get_charmap() | chinese.get_charmap())


@lru_cache(maxsize=32)
def _rule(wanted: frozenset[str]) -> str:
    options = subset.Options(  # it has no hints: to look for some, so as to remove them, takes long
        flavor="woff2", layout_features=[], hinting=True, recalc_timestamp=False
    )
    with subset.load_font(str(FONT), options, lazy=True) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted(map(ord, wanted)))
        cutter.subset(font)
        source = f'url(data:font/woff2;base64,{_encoded(font)}) format("woff2")'
        return f'@font-face{{font-family:"Playbook CJK";src:{source}}}'


def _encoded(font: TTFont) -> str:
    buffer = io.BytesIO()
    font.flavor = "woff2"
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
