"""A file's letters come out right, or the file is told; never as others."""

from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.letters import decoded

FILE = Path("a.csv")


HEAD = "Day,Campaign,Clicks\n2026-09-01,"
CHINESE = "日期,推广计划,消费\n2026-10-01,品牌App下载,3\n"


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("day,café\n", "utf-8", "UTF-8"),
        ("day,café\n", "utf-8-sig", "UTF-8 with BOM"),
        ("day,café\n", "utf-16", "UTF-16"),
        ("day,café\n", "utf-32", "UTF-32"),
        (CHINESE, "utf-16-le", "UTF-16 without mark"),
        (CHINESE, "utf-16-be", "UTF-16 without mark"),
        ("day,brand\n", "utf-16-le", "UTF-16 without mark"),
        (CHINESE, "gb18030", "GB18030"),
        (f"{HEAD}双十一预热,1\n2026-09-01,老客召回,2\n", "gb18030", "GB18030"),
        ("日期,廣告活動名稱,花費\n", "big5", "Big5"),
        (f"{HEAD}品牌,1\n2026-09-02,夏季特賣,2\n", "big5", "Big5"),
        ("日付,キャンペーン,表示回数,費用\n2026-09-01,夏のセール,1,2\n", "shift_jis", "Shift-JIS"),
        ("日期,廣告活動,花費\n2026-09-01,香港嘅推廣,1\n", "big5hkscs", "Big5-HKSCS"),
        ("תאריך,קמפיין,קליקים\n", "cp1255", "Windows-1255"),
        ("التاريخ,الحملة,النقرات\n", "cp1256", "Windows-1256"),
        (f"{HEAD}ブランド,1\n", "shift_jis", "Shift-JIS"),
        ("日付,キャンペーン,表示回数,費用\n2026-09-01,夏のセール,1,2\n", "euc_jp", "EUC-JP"),
        ("날짜,캠페인,노출수,비용\n2026-09-01,브랜드,1,2\n", "euc_kr", "EUC-KR"),
        ("day,café\n", "cp1252", "Windows-1252"),
        ("day,café\n", "latin-1", "Windows-1252"),
        ("day,1\nsecond,café", "cp1252", "Windows-1252"),
        ("day,Müller Straße, GRÖßE, für\n", "cp1252", "Windows-1252"),
        ("día,campaña,coste €\n", "cp1252", "Windows-1252"),
        ("Campagne,Jour,Montant dépensé\nÉté – à l’envi,2026-09-01,1\n", "cp1252", "Windows-1252"),
        (f"{HEAD}Promoção verão,1\n", "cp1252", "Windows-1252"),
        (f"{HEAD}Köb nu på øen,1\n", "cp1252", "Windows-1252"),
        (f"{HEAD}Brand,1\xa0000\n", "cp1252", "Windows-1252"),
        ("Dzień,Kampania,Wyświetlenia,Kliknięcia\n", "cp1250", "Windows-1250"),
        (f"{HEAD}Vánoční slevy,1\n", "cp1250", "Windows-1250"),
        ("Gün,Kampanya,Gösterim\n2026-09-01,Şişli,1\n", "cp1254", "Windows-1254"),
        (f"{HEAD}Ретаргетинг,1\n", "cp1251", "Windows-1251"),
        (f"{HEAD}Καλοκαίρι,1\n", "cp1253", "Windows-1253"),
        (f"{HEAD}Zürich Café,1\n", "mac_roman", "Mac OS Roman"),
    ],
)
def test_letters_come_out_right(text: str, encoding: str, shown: str) -> None:
    assert decoded(text.encode(encoding), FILE) == (text, shown)


def test_a_known_header_tells_a_writing_from_another_that_the_bytes_allow_too() -> None:
    campaign = "봄맞이 할인"
    with pytest.raises(PlaybookError, match="'봄맞이' in EUC-KR"):
        decoded(f"{HEAD}{campaign},1\n".encode("euc_kr"), FILE)
    assert campaign in decoded(f"날짜,캠페인\n2026-09-01,{campaign}\n".encode("euc_kr"), FILE)[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a\n日期,品牌".encode() + b"\xff,x", "line 2 is 'byte 0xff': is UTF-8 but for some"),
        ("a,é".encode() + b"\xff\n", "line 1 is 'byte 0xff': is UTF-8 but for some"),
        (b"\xef\xbb\xbfa,caf\xe9\n", "line 1 is 'byte 0xe9': is UTF-8 but for some"),
        ("a,b\n".encode("utf-16") + b"\x00", "line 2 is 'byte 0x00': is UTF-16 but for some"),
        (b"a,\xffb\x98c\n", "is written in none of UTF-8, UTF-16, GB18030, Big5"),
        (
            f"{HEAD}Kupuj ręce,1\n".encode("cp1250"),
            "'rêce' in Windows-1252 or 'ręce' in Windows-1250",
        ),
        (f"{HEAD}猫粮,1\n2026-09-01,狗粮 宠物,1\n".encode("gb18030"), "'猫粮' in GB18030"),
        (f"{HEAD}España niños,1\n".encode("cp437"), "is written in none of"),
        (f"{HEAD}新客,1\n".encode("gb18030"), "no word says which"),
        (b"Day,Campaign,Cost\n2026-09-01,B\0,5\n", "neither a table as text nor a workbook"),
        (bytes(range(256)), "neither a table as text nor a workbook"),
    ],
)
def test_what_is_not_known_is_told_with_its_line_and_never_guessed(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(PlaybookError) as caught:
        decoded(content, FILE)
    assert sentence in str(caught.value)
