"""The lists of CONTRIBUTING.md name every file that is touched: each is walked in a copy.

What is added is real: a KPI that is computed and named, a platform whose file is read, an analysis
whose table is on the page. A walk writes only files that its list names, or that a script of the
list writes.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("playbook", "params", "data", "docs", "scripts", "tests", "notebooks")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "real", "*.pyc")

UNIQUE_MENTIONS = '''"""How many brands are talked about at all."""

import pandas as pd

from playbook.stages.market.tables import BRANDS


def brands(competitors: pd.DataFrame) -> pd.DataFrame:
    """Count the brands with mentions: the table `BRANDS`."""
    counted = competitors.loc[competitors["mentions"].gt(0), "brand"].nunique()
    return BRANDS.frame([(float(counted),)])
'''
BRANDS = """
BRANDS = ResultTable(
    name="brands",
    grain="One row",
    columns=(column("brands", "count", "品牌数", "Brands", "brands that are talked about"),),
)
"""


class Copy:
    """A copy of the repository in which one list is walked."""

    def __init__(self, root: Path, heading: str) -> None:
        self.root = root
        section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
        named = re.findall(r"`([\w./<>-]+/[\w./<>-]*)`", section)
        self.named = [re.sub(r"<[^>]+>", "*", path) for path in named]

    def write(self, path: str, text: str) -> None:
        assert any(fnmatch(path, pattern.rstrip("/") + "*") for pattern in self.named), path
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert before in text
        self.write(path, text.replace(before, after, 1))

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


@pytest.fixture
def copy(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Copy]:
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    for file in ("pyproject.toml", "CONTRIBUTING.md", "README.md", "README.zh-CN.md"):
        shutil.copy(ROOT / file, tmp_path / file)
    yield Copy(tmp_path, request.param)
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("copy", ["Add a KPI"], indirect=True)
def test_a_kpi_needs_no_file_but_those_of_its_list(copy: Copy) -> None:
    copy.change("playbook/params/model.py", '    "visits",\n', '    "visits",\n    "cpv",\n')
    definition = '    _ratio("cpv", "单次访问成本", "Cost per visit", "spend", "visits", "money", "lower"),\n'
    copy.change("playbook/metrics.py", '    _sum("bounces"', definition + '    _sum("bounces"')
    shown = copy.run(
        "-c",
        "import pandas as pd; from playbook.metrics import CATALOGUE, compute\n"
        "from playbook.params.model import Goal\n"
        "from playbook.report.words import Words, formula, label\n"
        "days = pd.DataFrame({'spend': [10.0, 20.0], 'visits': [1.0, 9.0]})\n"
        "print(compute(days, ['cpv'])['cpv'].item(), label(Words(language='zh'), 'cpv'))\n"
        "print(formula(Words(language='zh'), CATALOGUE['cpv']))\n"
        "Goal(id='g', name='G', kpi='cpv', target=2.0, deadline='2026-10-31', owner='s01')",
    )
    assert shown.splitlines() == ["3.0 单次访问成本", "合计(花费) / 合计(访问量)"]
    copy.run("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/test_metrics.py")


@pytest.mark.parametrize("copy", ["Add a platform"], indirect=True)
def test_a_platform_needs_a_mapping_and_a_sample_and_no_code(copy: Copy) -> None:
    copy.write(
        "playbook/sources/platforms/snap-ads.yml",
        'name: {zh: "Snap 广告", en: "Snap Ads"}\n'
        'table: "channel_daily"\n'
        'sure: {"download": "D"}\n'
        'signs:\n  - ["Snap day", "Swipe ups"]\n'
        "columns:\n"
        '  date: ["Snap day"]\n  campaign_unit: ["Ad set"]\n  clicks: ["Swipe ups"]\n'
        '  impressions: ["Paid views"]\n  spend: ["Amount"]\n',
    )
    sample = "Snap day,Ad set,Paid views,Swipe ups,Amount\n2026-09-01,Teens,1000,20,12.50\n"
    expected = (
        "file,date,campaign_unit,impressions,clicks,spend\nday.csv,2026-09-01,Teens,1000,20,12.5\n"
    )
    copy.write("tests/data/exports/snap-ads/day.csv", sample)
    copy.write("tests/data/exports/snap-ads/expected.csv", expected)
    copy.run("scripts/data_readme.py")
    assert "Snap Ads" in (copy.root / "data" / "README.md").read_text(encoding="utf-8")
    copy.run(
        "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/sources/test_platforms.py"
    )


@pytest.mark.parametrize("copy", ["Add a stage analysis"], indirect=True)
def test_an_analysis_needs_no_file_but_those_of_its_list(copy: Copy) -> None:
    stage = "playbook/stages/market"
    copy.write(f"{stage}/brands.py", UNIQUE_MENTIONS)
    copy.change(
        f"{stage}/tables.py", "\nTABLES = (ALLOCATION,", BRANDS + "\nTABLES = (BRANDS, ALLOCATION,"
    )
    copy.change(
        f"{stage}/stage.py",
        "    results = {\n",
        '    results = {\n        "brands": brands(tables["competitors"]),\n',
    )
    copy.change(
        f"{stage}/stage.py",
        "from playbook.stages.market.competitors",
        "from playbook.stages.market.brands import brands\nfrom playbook.stages.market.competitors",
    )
    copy.change(
        "playbook/report/messages/market.yml",
        "titles:\n",
        'titles:\n  brands: {zh: "被提及的品牌", en: "Brands that are talked about"}\n',
    )
    copy.change(
        "notebooks/02_market_and_strategy.ipynb",
        '"page.findings(view)"',
        '"page.findings(view)\\n",\n    "page.table(view, \\"brands\\")"',
    )
    copy.run("scripts/tables_page.py")
    copy.run("scripts/architecture.py")
    assert "### brands" in (copy.root / "docs" / "tables.md").read_text(encoding="utf-8")
    tests = ("tests/test_architecture.py", "tests/report/test_messages.py", "tests/stages/market")
    copy.run("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests)
    shown = copy.run(
        "-c",
        "from playbook import params, sources; from playbook.report import page\n"
        "from playbook.stages import market\n"
        "run = params.load('autumn-launch', '2026-10', 'params')\n"
        "tables = sources.load(run, 'data', 'run', 'params')\n"
        "view = page.view_of(run, market.analyse(run, tables), 'market')\n"
        "print(page.table(view, 'brands').data)",
    )
    assert "Brands that are talked about" in shown


def test_every_path_of_the_page_exists() -> None:
    paths = set(
        re.findall(r"`((?:playbook|tests|docs|scripts|notebooks|params|data)/[\w./-]*)`", PAGE)
    )
    assert paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_page_knows_every_make_target_that_it_names() -> None:
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"`make ([a-z]+)", PAGE)) <= set(targets)
