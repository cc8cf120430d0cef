"""What the documents say is so.

Every command runs, every command, path and link is there, the data page is the contracts'.
"""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from playbook.cli import app
from playbook.report.schemas import all_columns

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
FOR_COLLEAGUES = (
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/experiments.md",
    "docs/mappings.md",
    "docs/methods.md",
    "docs/tables.md",
)
PAGES = (*READMES, *FOR_COLLEAGUES, "CHANGELOG.md", "data/README.md", "docs/changes/README.md")
FOLDERS = "playbook|tests|docs|scripts|notebooks|params|data|benchmarks|[.]ci"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w.<>/-]*|[\w.-]+[.](?:md|toml|lock|yml)|[.]importlinter)`")
COMMANDS = [
    command.name or command.callback.__name__
    for command in app.registered_commands
    if command.callback
]


def shell_lines(document: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = [
        line
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    return [line.split("#")[0].strip() for line in lines]


@pytest.mark.parametrize("readme", READMES)
def test_first_commands_of_the_readme_are_report_and_test(readme: str) -> None:
    assert shell_lines(readme)[:2] == ["make report", "make test"]


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md"])
def test_every_make_target_of_a_page_exists(page: str) -> None:
    targets = set(re.findall(r"`?make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
    assert targets <= set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )


def paths_nowhere(page: str) -> list[str]:
    """Paths that a page names and that do not exist; a <part> stands for any name."""
    named = [re.sub(r"<[^>]+>", "*", path) for path in PATH.findall(page)]
    return [path for path in named if not any(ROOT.glob(path))]


@pytest.mark.parametrize("page", FOR_COLLEAGUES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    assert paths_nowhere((ROOT / page).read_text(encoding="utf-8")) == []


def test_a_path_that_is_nowhere_is_noticed() -> None:
    page = "`playbook/metrics.py`, `.ci/run`, `pyproject.toml`, `playbook/stages/<stage>/stage.py`"
    assert paths_nowhere(page) == []
    page = "`playbook/metric.py`, `pyprojects.toml`, `playbook/stages/<stage>/stages.py`"
    assert len(paths_nowhere(page)) == 3


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_both_readmes(command: str) -> None:
    assert all(f"`{command}`" in (ROOT / readme).read_text(encoding="utf-8") for readme in READMES)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example(command: str) -> None:
    help_text = typer.main.get_command(app).commands[command].help  # type: ignore[attr-defined]
    assert f"`playbook {command}" in help_text


@pytest.mark.parametrize("readme", READMES)
def test_both_readmes_show_the_same_commands(readme: str) -> None:
    assert shell_lines(readme) == shell_lines(READMES[0])


def test_playbook_commands_of_the_readme_succeed_one_after_the_other(tmp_path: Path) -> None:
    for line in shell_lines("README.md")[2:]:
        words = line.replace("../our-workspace", str(tmp_path)).split()
        program = [sys.executable, "-m", "playbook", *words[1:]]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "outputs" / "spring-sale" / "2026-09" / "report.html").is_file()


@pytest.mark.parametrize("readme", READMES)
def test_python_of_the_readme_runs(readme: str) -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL
    )
    assert blocks
    for block in blocks:
        program = [sys.executable, "-W", "error", "-c", block]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_data_page_is_what_the_contracts_say() -> None:
    script = ROOT / "scripts" / "data_readme.py"
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import runpy; print(runpy.run_path({str(script)!r})['text'](), end='')",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == shown.stdout


def test_page_of_tables_is_what_the_schemas_say() -> None:
    page = runpy.run_path(str(ROOT / "scripts" / "tables_page.py"))["text"]()
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == page


def test_every_column_of_a_result_says_what_it_means_in_both_languages() -> None:
    for stage, table, column in all_columns():
        where = f"{stage}/{table.name}.{column.name}"
        assert table.grain.startswith("One row"), where
        assert column.zh, where
        assert column.en, where
        assert column.meaning, where
        assert "TODO" not in column.meaning, where


def test_every_change_is_one_bullet_and_a_release_puts_it_first() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "changelog.py"))
    changes = [file.read_text(encoding="utf-8") for file in script["fragments"]()]
    assert all(text.startswith("- ") and text.count("\n- ") == 0 for text in changes)
    before = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    after = script["released"](before, "9.9.9", ["- Something new.\n"])
    assert after.index("- Something new.") < after.index("## 0.1.0")
    assert after.count("# Changes\n") == 1
    with pytest.raises(ValueError, match="no change"):
        script["released"](before, "9.9.9", [])
