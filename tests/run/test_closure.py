"""Which code a notebook depends on."""

from pathlib import Path

from playbook.hashes import Hashes
from playbook.run.closure import PACKAGE, drawing_files, modules_reached


def reached(code: str, tmp_path: Path, *, drawing: bool = False) -> set[str]:
    files = modules_reached(code, Hashes(tmp_path / "kept.json"), drawing=drawing)
    return {file.relative_to(PACKAGE).as_posix() for file in files}


def test_imports_are_followed_down_to_the_last_module_and_into_functions(tmp_path: Path) -> None:
    files = reached("from playbook.stages import experiments", tmp_path)
    assert {"stages/experiments/stage.py", "abtest/stats/power.py", "metrics.py"} <= files
    assert {"__init__.py", "stages/__init__.py"} <= files
    assert "stages/content/stage.py" not in files
    assert "cli/run.py" not in files


def test_data_files_beside_a_module_count_as_code(tmp_path: Path) -> None:
    files = reached("from playbook import sources", tmp_path)
    assert {"sources/platforms/baidu.yml", "params/skeleton_month.yml"} <= files


def test_what_only_draws_is_followed_only_where_that_is_asked(tmp_path: Path) -> None:
    code = "from playbook.report import page"
    assert not {file for file in reached(code, tmp_path) if file.startswith("report/")}
    drawn = reached(code, tmp_path, drawing=True)
    assert {"report/page.py", "report/messages/page.yml", "report/template/page.css"} <= drawn


def test_drawing_is_the_folder_of_the_report_and_the_pages() -> None:
    names = {file.relative_to(PACKAGE).as_posix() for file in drawing_files()}
    assert {"report/figures.py", "report/template/pieces.html.j2", "run/pages.py"} <= names
    assert not {name for name in names if not name.startswith(("report/", "run/pages.py"))}


def test_import_of_something_else_reaches_nothing(tmp_path: Path) -> None:
    assert reached("import pandas\nfrom collections import abc", tmp_path) == set()
