"""The lists of CONTRIBUTING.md name every file that is touched: each is walked in a copy.

What is added is real: a KPI that goals and pages know, a platform whose file is imported, an
analysis whose table and sentence are on the page. At the end no other file of the copy has
changed, whoever wrote it.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("playbook", "params", "data", "docs", "scripts", "tests", "notebooks")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "real")

BRANDS_MODULE = '''"""How many brands are talked about at all."""

from collections.abc import Iterator

import pandas as pd

from playbook.stages.market.tables import BRANDS
from playbook.stages.shared.findings import cells
from playbook.stages.shared.result import Finding


def brands(competitors: pd.DataFrame) -> pd.DataFrame:
    """Count the brands with mentions: the table `BRANDS`."""
    counted = competitors.loc[competitors["mentions"].gt(0), "brand"].nunique()
    return BRANDS.frame([(float(counted),)])


def told(table: pd.DataFrame) -> Iterator[Finding]:
    """Tell how many brands there are; nothing where none is talked about."""
    if table["brands"].item() > 0:
        evidence = cells(BRANDS, {}, brands="brands")
        yield Finding(
            id="market.brands", severity="watch", weight=1e9, sentence="talked", evidence=evidence
        )
'''
BRANDS_TABLE = """
BRANDS = ResultTable(
    name="brands",
    grain="One row",
    columns=(column("brands", "count", "品牌数", "Brands", "brands that are talked about"),),
)
"""
BRANDS_TEST = '''"""Against a count by hand."""

import pandas as pd

from playbook.stages.market.brands import brands


def test_a_brand_without_mentions_does_not_count() -> None:
    rows = pd.DataFrame({"brand": ["a", "a", "b", "c"], "mentions": [1.0, 2.0, 3.0, 0.0]})
    assert brands(rows)["brands"].tolist() == [2.0]
'''
BRANDS_SHOWN = """
from pathlib import Path
from playbook import params, sources
from playbook.report import page
from playbook.report.redraw import redrawn
from playbook.stages import market
run = params.load("autumn-launch", "2026-10", "params")
tables = sources.load(run, "data", "run", "params")
page.open_view(run, market.analyse(run, tables), "run")
notebook = redrawn(Path("notebooks/02_market_and_strategy.ipynb"), run, Path("run"))
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output["data"]["text/html"])
"""
KPI_TEST = """

def test_cost_per_store_visit_is_a_ratio_of_sums() -> None:
    days = pd.DataFrame({"spend": [10.0, 20.0], "store_visits": [1.0, 9.0]})
    assert metrics.compute(days, ["cpsv"])["cpsv"].item() == 3.0
"""
KPI_SHOWN = """
from playbook.report import overview, page
from playbook.stages import MONITORING
from playbook.stages.shared.daily import by_channel_day
from playbook.stages.shared.result import StageResult
from playbook.stages.shared.targets import targets
from tests.stages.shop import campaign, channel_daily, tables
daily = channel_daily("2026-10-01", "2026-10-31").assign(store_visits=2.0)
goal = {"name": "Visits", "kpi": "cpsv", "target": 20.0, "deadline": "2026-10-31", "owner": "s01"}
for language in ("zh", "en"):
    shop = campaign(language=language, goals={"visits": goal})
    result = StageResult(stage=MONITORING.notebook, tables={}, findings=())
    view = page.view_of(shop, result, MONITORING.id)
    print(overview.definitions(view, ("cpsv",)).data)
rows = by_channel_day(daily)
reached = targets(shop, tables(channel_daily=daily), rows)["actual"].item()
print("reached", reached == rows["spend"].sum() / rows["store_visits"].sum())
"""
SNAP_MAPPING = """name: {zh: "Snap 广告", en: "Snap Ads"}
table: "channel_daily"
sure: {"download": "D"}
signs:
  - ["Snap day", "Swipe ups", "Paid views"]
columns:
  date: ["Snap day"]
  campaign_unit: ["Ad set"]
  clicks: ["Swipe ups"]
  impressions: ["Paid views"]
  spend: ["Amount"]
"""
SNAP_EXPORT = "Snap day,Ad set,Paid views,Swipe ups,Amount\n2026-10-01,Teens,1000,20,12.50\n"
SNAP_ROWS = (
    "file,date,campaign_unit,impressions,clicks,spend\nday.csv,2026-10-01,Teens,1000,20,12.5\n"
)


class Copy:
    """A copy of the repository in which one list is walked."""

    def __init__(self, root: Path, heading: str) -> None:
        self.root = root
        self.named = paths_of(heading)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(before) >= 1, f"{path} has no {before!r}"
        self.write(path, text.replace(before, after, 1))

    def append(self, path: str, text: str) -> None:
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={"PYTHONPATH": str(self.root), "PATH": "/usr/bin:/bin", "HOME": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def test(self, *paths: str) -> None:
        self.run("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *paths)

    def touched(self) -> set[str]:
        """Files that are new or differ, below the folders that were copied."""
        inside = [path for folder in COPIED for path in (self.root / folder).rglob("*")]
        files = [path for path in inside if path.is_file() and path.suffix != ".pyc"]
        names = {path.relative_to(self.root).as_posix(): path for path in files}
        return {name for name, file in names.items() if not same(file, ROOT / name)}

    def not_named(self) -> list[str]:
        """Files that were touched although the list does not name them."""
        return sorted(path for path in self.touched() if not is_named(path, self.named))


def paths_of(heading: str) -> list[str]:
    """The paths in a section of the page, as it writes them."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"`([\w.<>-]+/[\w./<>-]*)`", section)


def is_named(path: str, named: list[str]) -> bool:
    """Whether a path is one of those named, lies in a folder of them, or fits one with a <part>."""
    return any(re.fullmatch(_pattern(each), path) for each in named)


def _pattern(named: str) -> str:
    parts = re.split(r"<[^>]+>", named)
    pattern = r"[^/]+".join(re.escape(part) for part in parts)
    return f"{pattern}.+" if named.endswith("/") else pattern


def same(file: Path, original: Path) -> bool:
    return original.is_file() and original.read_bytes() == file.read_bytes()


@pytest.fixture
def copy(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Copy]:
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "CONTRIBUTING.md", "README.md", "README.zh-CN.md", "Makefile"):
        shutil.copy(ROOT / file, tmp_path / file)
    yield Copy(tmp_path, request.param)
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("copy", ["Add a KPI"], indirect=True)
def test_a_kpi_needs_no_file_but_those_of_its_list(copy: Copy) -> None:
    copy.change("playbook/params/model.py", '    "visits",\n', '    "visits",\n    "cpsv",\n')
    definition = '_ratio("cpsv", "单次到店成本", "Cost per store visit", "spend", "store_visits", "money", "lower"),'
    copy.change(
        "playbook/metrics.py", '    _sum("bounces"', f'    {definition}\n    _sum("bounces"'
    )
    copy.change(
        "playbook/metrics.py",
        '        "visits": "访问量",\n',
        '        "visits": "访问量",\n        "store_visits": "到店数",\n',
    )
    column = '_count("store_visits", "people who came to a shop"),'
    copy.change("playbook/sources/contracts.py", '_count("bounces"', f'{column}\n_count("bounces"')
    copy.append("tests/test_metrics.py", KPI_TEST)
    copy.run("scripts/data_readme.py")

    copy.test(
        "tests/test_metrics.py", "tests/test_documents.py::test_data_page_is_what_the_contracts_say"
    )
    shown = copy.run("-c", KPI_SHOWN)
    assert "单次到店成本" in shown
    assert "合计(花费) / 合计(到店数)" in shown
    assert "Cost per store visit" in shown
    assert "reached True" in shown
    assert copy.not_named() == []


@pytest.mark.parametrize("copy", ["Add a platform"], indirect=True)
def test_a_platform_needs_a_mapping_and_a_sample_and_no_code(copy: Copy) -> None:
    copy.write("playbook/sources/platforms/snap-ads.yml", SNAP_MAPPING)
    copy.write("tests/data/exports/snap-ads/day.csv", SNAP_EXPORT)
    copy.write("tests/data/exports/snap-ads/expected.csv", SNAP_ROWS)
    copy.run("scripts/data_readme.py")

    copy.test(
        "tests/sources/test_platforms.py",
        "-k",
        "snap-ads or has_a_sample or data_page",
        "tests/test_documents.py::test_data_page_is_what_the_contracts_say",
    )
    assert "Snap Ads" in (copy.root / "data" / "README.md").read_text(encoding="utf-8")
    assert copy.not_named() == []
    copy.run("-m", "playbook", "new", "teens", "--period", "2026-10", "--root", "work")
    words = ["--campaign", "teens", "--channel", "google-search", "--yes", "--root", "work"]
    told = copy.run("-m", "playbook", "import", "tests/data/exports/snap-ads/day.csv", *words)
    assert "Snap Ads" in told
    assert "12.5" in told


@pytest.mark.parametrize("copy", ["Add a stage analysis"], indirect=True)
def test_an_analysis_needs_no_file_but_those_of_its_list(copy: Copy) -> None:
    stage = "playbook/stages/market"
    copy.write(f"{stage}/brands.py", BRANDS_MODULE)
    copy.change(f"{stage}/tables.py", "\nTABLES = (", BRANDS_TABLE + "\nTABLES = (BRANDS, ")
    counted = '"brands": brands(tables["competitors"]),'
    copy.change(f"{stage}/stage.py", "    results = {\n", f"    results = {{\n        {counted}\n")
    found = '*told(tables["brands"]),'
    copy.change(
        f"{stage}/stage.py",
        "    others = ranked(\n        [\n",
        f"    others = ranked(\n        [\n            {found}\n",
    )
    imported = "from playbook.stages.market.brands import brands, told\n"
    below = "from playbook.stages.market.competitors"
    copy.change(f"{stage}/stage.py", below, imported + below)
    title = 'brands: {zh: "被提及的品牌", en: "Brands that are talked about"}'
    copy.change("playbook/report/messages/market.yml", "titles:\n", f"titles:\n  {title}\n")
    sentence = (
        'talked: {zh: "共有 {brands} 个品牌被提及。", en: "{brands} brands are talked about."}'
    )
    copy.change(
        "playbook/report/messages/market.yml", "sentences:\n", f"sentences:\n  {sentence}\n"
    )
    copy.change(
        "notebooks/02_market_and_strategy.ipynb",
        '"page.findings(view)"',
        '"page.findings(view)\\n",\n    "page.table(view, \\"brands\\")"',
    )
    copy.write("tests/stages/market/test_brands.py", BRANDS_TEST)
    copy.run("scripts/tables_page.py")
    copy.run("scripts/architecture.py")

    copy.test(
        "tests/test_architecture.py",
        "tests/test_documents.py::test_page_of_tables_is_what_the_schemas_say",
        "tests/report/test_messages.py",
        "tests/notebooks",
        "tests/stages/market",
    )
    shown = copy.run("-c", BRANDS_SHOWN)
    assert ">Brands that are talked about<" in shown
    assert re.search(r"\d brands are talked about\.", shown)
    assert copy.not_named() == []


@pytest.mark.parametrize("copy", ["Add a platform"], indirect=True)
def test_a_file_that_a_list_does_not_name_is_noticed(copy: Copy) -> None:
    assert copy.touched() == set()
    copy.append("playbook/metrics.py", "# changed\n")
    copy.write("tests/data/exports/snap-ads/day.csv", SNAP_EXPORT)
    assert copy.not_named() == ["playbook/metrics.py"]


def test_a_named_file_is_that_file_and_a_named_folder_all_in_it() -> None:
    named = ["playbook/metrics.py", "playbook/stages/<stage>/tables.py", "notebooks/"]
    assert is_named("playbook/metrics.py", named)
    assert is_named("playbook/stages/goals/tables.py", named)
    assert is_named("notebooks/report.ipynb", named)
    assert not is_named("playbook/metrics.pyi", named)
    assert not is_named("playbook/stages/tables.py", named)
    assert not is_named("playbook/stages/goals/stage.py", named)
