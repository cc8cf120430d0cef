"""A file's letters come out right, or the file is told; never as others."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.letters import decoded

FILE = Path("a.csv")


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("day,café\n", "utf-8", "UTF-8"),
        ("day,café\n", "utf-8-sig", "UTF-8 with BOM"),
        ("day,café\n", "utf-16", "UTF-16"),
        ("日期,推广计划,消费\n2026-10-01,品牌App下载,3\n", "gb18030", "GB18030"),
        ("day,café\n", "cp1252", "Windows-1252"),
        ("day,Müller Straße, GRÖßE, für\n", "cp1252", "Windows-1252"),
        ("día,campaña,coste €\n", "cp1252", "Windows-1252"),
    ],
)
def test_letters_come_out_right(text: str, encoding: str, shown: str) -> None:
    assert decoded(text.encode(encoding), FILE) == (text, shown)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a\n日期,品牌".encode() + b"\xff,x", "line 2 is 'byte 0xff': is UTF-8 but for some"),
        (b"\xef\xbb\xbfa,caf\xe9\n", "line 1 is 'byte 0xe9': is UTF-8 but for some"),
        ("日付,キャンペーン,費用\n".encode("shift_jis"), "is written in none of"),
        ("日期,廣告活動名稱,花費\n".encode("big5"), "is written in none of"),
        (b"a,\x81\x8d\n", "is written in none of"),
    ],
)
def test_what_is_not_known_is_told_with_its_line(content: bytes, sentence: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        decoded(content, FILE)
    assert sentence in str(caught.value)
