"""What the documents say is so.

Every command runs, every command is named, the data page is the contracts'.
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


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_of_the_readme_exists(readme: str) -> None:
    targets = set(re.findall(r"`?make ([a-z-]+)", (ROOT / readme).read_text(encoding="utf-8")))
    assert targets <= set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )


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


def test_playbook_commands_of_the_readme_run(tmp_path: Path) -> None:
    for line in shell_lines("README.md")[2:]:
        words = line.replace("../our-workspace", str(tmp_path)).split()
        program = [sys.executable, "-m", "playbook", *words[1:]]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        expected = 2 if words[1] == "run" or words[1] == "check" else 0
        assert done.returncode <= expected, done.stderr
        assert "Traceback" not in done.stderr


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
