"""What a kernel need not import, since the server has."""

from pathlib import Path

import pytest

from playbook.run.kernels import server
from playbook.run.notebooks import code_of
from playbook.shipped import NOTEBOOKS
from tests.run.kernels.conftest import Run, printed

pytestmark = pytest.mark.skipif(not server.can_fork(), reason="this system cannot fork kernels")


def test_what_is_named_is_imported(shown: Run) -> None:
    code = (
        "import json, sys\nfrom playbook.run.kernels.preload import WORK\n"
        "print(json.dumps([name for name in WORK if name not in sys.modules]))"
    )
    assert printed(shown("warm", code)) == "[]\n"


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda file: file.stem)
def test_what_a_shipped_notebook_imports_is_there_beforehand(shown: Run, notebook: Path) -> None:
    imports = [line for line in code_of(notebook).splitlines() if line.startswith("from ")]
    code = "\n".join(
        ["import sys", "before = set(sys.modules)", *imports, "print(set(sys.modules) - before)"]
    )
    assert printed(shown("warm", code)) == "set()\n"
