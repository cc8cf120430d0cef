"""Cut Noto Sans CJK SC down to the characters of GBK.

For charts and pages on machines without a Chinese font.

Usage: python scripts/subset_font.py NotoSansCJK-Regular.ttc
Source: Debian package fonts-noto-cjk 1:20220127+repack1-1 (SIL Open Font License 1.1).
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE_SHA256 = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
FAMILY = "Noto Sans CJK SC"
TARGET = Path(__file__).parents[1] / "playbook/report/fonts/NotoSansCJKsc-GBK.otf"
BEYOND_GBK = "›‹–—−×·…✓⚠▲▼●○■□≥≤±€£¥￥ €"


def gbk() -> set[int]:
    """Every character that GBK encodes, and the signs that our pages use beside them."""
    double = (
        bytes((high, low)).decode("gbk", "ignore")
        for high in range(0x81, 0xFF)
        for low in range(0x40, 0xFF)
    )
    single = (chr(code) for code in range(0x20, 0x100))
    return {ord(char) for text in (*double, *single, BEYOND_GBK) for char in text}


def family(font: TTFont) -> str:
    """The font's family name."""
    return str(font["name"].getDebugName(1))


def main(source: Path) -> None:
    """Write the subset, and say its size."""
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != SOURCE_SHA256:
        raise SystemExit(f"{source}: sha256 {found}, must be {SOURCE_SHA256}")
    font = next(font for font in TTCollection(source, lazy=True).fonts if family(font) == FAMILY)
    options = subset.Options(hinting=False, layout_features=["kern"], name_IDs=["*"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=gbk())
    cutter.subset(font)
    font["head"].modified = font["head"].created
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
