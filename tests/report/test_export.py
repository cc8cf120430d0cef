"""A page holds only what the playbook made: no script, no foreign output, no request."""

from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html

from playbook.params import Campaign
from playbook.report import export, figures, page, store
from playbook.stages.channels.tables import CHANNELS
from playbook.stages.shared.findings import cells
from playbook.stages.shared.result import Finding, StageResult

HOSTILE = "<script>document.title='PWNED'</script><img src=x onerror=alert(1)>"


def campaign(language: str, channel: str = "Search") -> Campaign:
    return Campaign.model_validate(
        {
            "id": "spring",
            "period": "2026-10",
            "name": {"zh": "春促", "en": "Spring"},
            "language": language,
            "currency": "USD",
            "timezone": "UTC",
            "objective": "More",
            "channels": {"search": {"name": channel, "kind": "paid", "owner": "s01"}},
            "sources": {"ads": {"table": "channel_daily", "files": "*.csv"}},
        }
    )


RESULT = StageResult(
    stage="04_channels_and_distribution",
    tables={
        "channels": pd.DataFrame(
            {
                "channel": ["search", "=1+1"],
                "spend": [1200.0, None],
                "clicks": [50.0, None],
                "visit_rate": [0.4, None],
            }
        )
    },
    findings=(
        Finding(
            id="channels.lost-clicks.search",
            severity="act",
            sentence="lost_clicks",
            action="cut_or_mend",
            evidence=cells(
                CHANNELS,
                {"channel": "search"},
                channel="channel",
                clicks="clicks",
                rate="visit_rate",
            ),
        ),
    ),
    missing={"visits": {}},
)


def notebook(shown: list[Any], folder: Path) -> Path:
    """An executed notebook with our outputs, a foreign one, a stream, and prose."""
    cells = [
        nbformat.v4.new_markdown_cell(
            "# Which pays?\n\nReads all.", metadata={"tags": ["lang-en"]}
        ),
        nbformat.v4.new_markdown_cell("# 谁有回报？", metadata={"tags": ["lang-zh"]}),
    ]
    for one in shown:
        data, metadata = one._repr_html_()
        cells.append(
            output("display_data", data={"text/html": data}, metadata={"text/html": metadata})
        )
    cells.append(output("display_data", data={"text/html": "<b>foreign</b>"}))
    cells.append(output("stream", name="stderr", text="warning: tofu"))
    file = folder / "page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    return file


def output(kind: str, **content: Any) -> Any:
    return nbformat.v4.new_code_cell(
        "secret_source", outputs=[nbformat.v4.new_output(kind, **content)]
    )


def rendered(language: str, folder: Path, channel: str = "Search") -> str:
    found = campaign(language, channel)
    view = page.open_view(found, RESULT, folder)
    shown = [
        page.headline(view),
        page.findings(view),
        page.table(view, "channels"),
        page.figure(view, "channels", figures.bars, title="returns", x="spend", y="channel"),
    ]
    return export.page(export.executed(notebook(shown, folder)), found, [("run", "r1")])


def test_page_speaks_the_language_of_its_campaign(tmp_path: Path) -> None:
    zh, en = rendered("zh", tmp_path), rendered("en", tmp_path)
    assert 'lang="zh-CN"' in zh
    assert "谁有回报？" in zh
    assert "Which pays?" not in zh
    assert "Which pays?" in en
    assert "谁有回报" not in en


def test_headline_is_filled_from_the_table(tmp_path: Path) -> None:
    assert "Of 50 clicks on Search only 40.0% reached the site" in rendered("en", tmp_path)


def test_page_leaves_out_code_streams_and_foreign_output(tmp_path: Path) -> None:
    made = rendered("en", tmp_path)
    assert "secret_source" not in made
    assert "tofu" not in made
    assert "foreign" not in made


def test_page_has_no_script_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(rendered("en", tmp_path))
    assert not tree.xpath("//script | //link | //iframe")
    assert all(one.startswith(("data:", "#")) for one in tree.xpath("//@src | //@href"))
    [policy] = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_hostile_name_is_text(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(rendered("en", tmp_path, channel=HOSTILE))
    assert not tree.xpath("//script | //*[@onerror]")
    assert HOSTILE in tree.text_content()


def test_every_image_says_what_it_shows(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(rendered("en", tmp_path))
    assert tree.xpath("//img/@alt") == ["Spend: Search $1,200."]


def test_every_table_has_caption_and_scoped_headers(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(rendered("en", tmp_path))
    assert tree.xpath("//table")
    assert not tree.xpath("//table[not(caption)] | //th[not(@scope)]")


def test_same_input_gives_the_same_page(tmp_path: Path) -> None:
    assert rendered("zh", tmp_path) == rendered("zh", tmp_path)


def test_failed_notebook_never_becomes_a_page(tmp_path: Path) -> None:
    cell = output("error", ename="ValueError", evalue="no", traceback=[])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "failed.ipynb")
    with pytest.raises(ValueError, match="must not become a page"):
        export.executed(tmp_path / "failed.ipynb")


def test_result_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    page.open_view(campaign("en"), RESULT, tmp_path)
    found = store.read(RESULT.stage, tmp_path)
    assert found is not None
    assert found.findings == RESULT.findings
    pd.testing.assert_frame_equal(found.tables["channels"], RESULT.tables["channels"])


def test_csv_beside_the_table_keeps_formulas_as_text(tmp_path: Path) -> None:
    page.open_view(campaign("en"), RESULT, tmp_path)
    text = (tmp_path / "tables" / RESULT.stage / "channels.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in text


def test_stage_that_has_not_run_reads_as_none(tmp_path: Path) -> None:
    assert store.read(RESULT.stage, tmp_path) is None
