"""The notebooks of a run: which there are, and what they take."""

import json
from pathlib import Path
from typing import Any, Literal

from playbook.errors import PlaybookError, Problem
from playbook.stages import MONTHLY, STAGES

REPORT = "report"
QUALITY = "data_quality"
"""Shows what stage 5 left, and is drawn without a kernel."""

STAGE_NOTEBOOKS = tuple(stage.notebook for stage in STAGES)
MONTHLY_NOTEBOOKS = tuple(stage.notebook for stage in MONTHLY)
Kernels = Literal["plain", "warm"]
"""Kernels started one by one, or forked from a server that has imported what they need."""

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1 for kernels, since several run side by side."""

PARAMETERS = ("campaign", "period", "params_dir", "data_dir", "run_dir")
CELL_TIMEOUT = 600


def notebook_named(stage: str) -> str:
    """Return the notebook that a user means by '5', '05', 'monitoring' or its full name.

    Raises:
        PlaybookError: No notebook is meant, or more than one.
    """
    number = stage.zfill(2) if stage.isdigit() else stage
    candidates = [
        name for name in STAGE_NOTEBOOKS if name == stage or name.startswith(f"{number}_")
    ]
    if not candidates and stage:
        candidates = [name for name in STAGE_NOTEBOOKS if stage in name]
    if len(candidates) != 1:
        raise PlaybookError(
            Problem(
                file="--stage",
                place="stage",
                value=stage,
                rule=f"is not one of {', '.join(STAGE_NOTEBOOKS)}",
                remedy="Give a number from 1 to 7, or a name.",
            )
        )
    return candidates[0]


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook: type, source as one text, tags.

    Raises:
        PlaybookError: The file is no notebook.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [
            {
                "cell_type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "tags": cell["metadata"].get("tags", []),
            }
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PlaybookError(
            Problem(
                file=str(notebook),
                rule="is no notebook that can be read",
                remedy="Save it again in JupyterLab, or remove it: the shipped one is then taken.",
            )
        ) from None
    except OSError as error:
        raise PlaybookError(Problem.of_file(notebook, error)) from None


def code_of(notebook: Path) -> str:
    """Return the code of a notebook's cells, one after the other.

    Raises:
        PlaybookError: The file is no notebook.
    """
    cells = cells_of(notebook)
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
