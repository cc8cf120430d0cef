"""A file is known by its headers, never by its name."""

import shutil
from itertools import combinations
from pathlib import Path

import pytest

from playbook.errors import PlaybookError
from playbook.sources.files.layout import plain, shipped
from playbook.sources.imports.recognition import OF_MANY, bears_sign, recognise

EXPORTS = Path(__file__).parents[2] / "data" / "exports"


@pytest.mark.parametrize(
    ("platform", "file"),
    [
        ("google-ads", "campaign_en_excel_utf16.csv"),
        ("google-ads", "campaign_zh.csv"),
        ("meta-ads", "ads_zh_total_first.xlsx"),
        ("baidu", "search_daily_gbk.csv"),
        ("ga4", "traffic_acquisition.csv"),
    ],
)
def test_an_export_is_known_whatever_its_language_form_and_name(
    platform: str, file: str, tmp_path: Path
) -> None:
    renamed = tmp_path / f"download{Path(file).suffix}"
    shutil.copy(EXPORTS / platform / file, renamed)
    assert recognise(renamed) == (platform,)


def test_a_table_of_ones_own_bears_no_sign(tmp_path: Path) -> None:
    own = tmp_path / "google-ads.csv"
    own.write_text("date,channel,spend\n2026-10-01,search,1\n", encoding="utf-8")
    assert recognise(own) == ()


def test_half_of_a_signs_headers_are_no_sign(tmp_path: Path) -> None:
    text = (EXPORTS / "google-ads" / "campaign_en_daily.csv").read_text(encoding="utf-8")
    header = next(line for line in text.splitlines() if line.startswith(("Day", "Campaign")))
    cut = tmp_path / "cut.csv"
    cut.write_text(header.split(",")[0] + "\nx\n", encoding="utf-8")
    assert recognise(cut) == ()


@pytest.mark.parametrize(
    ("header", "platforms"),
    [
        ("Campaign name,Day,Amount spent (USD),Impressions,Link clicks", ("meta-ads",)),
        ("Nom de la campagne,Jour,Montant dépensé (USD),Clics sur un lien,Achats", ("meta-ads",)),
        ("Date,Amount spent (USD),Impressions", ()),
        ("Date,Campaign name,Amount spent,Link clicks,Results,Reach", ()),
        ("Day,Campaign,Currency code,Impr.,Clicks,Cost", ("google-ads",)),
        ("Date,Campaign,Clicks,Cost", ()),
        ("日期,账户,展现,点击,消费", ("baidu",)),
        ("日期,展现,点击,消费", ()),
        ("日期,渠道,计划名称,展示数,点击数,消耗", ()),
        ("Channel,Day,Campaign name,Amount spent,Link clicks,Reach", ()),
    ],
)
def test_three_signs_of_a_platform_and_none_of_anothers_make_it_known(
    header: str, platforms: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "download.csv"
    file.write_text(f"{header}\n", encoding="utf-8")
    assert recognise(file) == platforms


@pytest.mark.parametrize("platform", shipped())
def test_no_two_headers_of_a_sign_make_a_platform_known(platform: str) -> None:
    layout = shipped()[platform]
    for sign in layout.signs:
        for pair in combinations((*sign.all, *sign.some), 2):
            assert not bears_sign([(1, list(pair))], layout), pair


@pytest.mark.parametrize("platform", shipped())
def test_a_table_put_together_of_several_platforms_is_no_download_of_one(platform: str) -> None:
    layout = shipped()[platform]
    line = [*layout.signs[0].all, *layout.signs[0].some]
    of_many = OF_MANY - layout.headers - set(map(plain, line))
    assert bears_sign([(1, line)], layout)
    assert not any(bears_sign([(1, [*line, name])], layout) for name in of_many)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(PlaybookError):
        recognise(broken)
