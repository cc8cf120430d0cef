"""A forked kernel is as fresh as one that was started anew, and tells how it ended."""

import json
import time
from pathlib import Path

import pytest

from playbook.run.execute import StageError
from playbook.run.kernels import server
from playbook.run.notebooks import Kernels
from tests.run.kernels.conftest import Run, printed

pytestmark = pytest.mark.skipif(not server.can_fork(), reason="this system cannot fork kernels")

BOTH: list[Kernels] = ["plain", "warm"]

SPOIL = """
import os, random
import numpy as np
import pandas as pd
import playbook.metrics
pd.DataFrame.head = None
pd.set_option("display.max_rows", 3)
os.environ["SPOILT"] = "yes"
os.chdir("/")
playbook.metrics.SPOILT = True
random.seed(1); np.random.seed(1)
"""
LOOK = """
import json, os
from pathlib import Path
import pandas as pd
import playbook.metrics
print(json.dumps({
    "head": pd.DataFrame.head is not None,
    "rows": pd.get_option("display.max_rows"),
    "spoilt": os.environ.get("SPOILT"),
    "folder": Path.cwd().name,
    "global": hasattr(playbook.metrics, "SPOILT"),
}))
"""
DRAW = """
import random
import numpy as np
print(random.random(), np.random.rand(), np.random.default_rng().random())
"""
SHOWN = (
    "import pandas as pd, numpy as np\npd.DataFrame({'spend': np.arange(200) * 1.5})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "plt.figure(figsize=(2, 1)); plt.bar(['促', 'b'], [1, 2]); plt.show()",
    "print('one'); import sys; print('two', file=sys.stderr); 3",
    "pd.options.display.max_columns, pd.options.display.width, plt.get_backend()",
    "import subprocess; subprocess.run(['echo', 'three'], capture_output=True, text=True).stdout",
    "from IPython import get_ipython; sys.path[:2], __name__, get_ipython().user_ns is globals()",
    "import duckdb; duckdb.sql('select sum(range) as total from range(1000)').df()",
    "import statsmodels.formula.api as smf\n"
    "smf.ols('y ~ x', pd.DataFrame({'x': range(9), 'y': range(9)})).fit().params",
)


def test_nothing_of_one_kernel_is_left_in_the_next(shown: Run) -> None:
    shown("warm", SPOIL)
    assert json.loads(printed(shown("warm", LOOK))) == {
        "head": True,
        "rows": 60,
        "spoilt": None,
        "folder": "notebooks",
        "global": False,
    }


def test_random_numbers_differ_from_kernel_to_kernel(shown: Run) -> None:
    first, second = (printed(shown("warm", DRAW)).split() for _ in range(2))
    assert len({*first, *second}) == 6


def test_environment_is_that_of_the_runner_as_it_is_now(
    shown: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGED_SINCE", "2026")
    assert printed(shown("warm", "import os; print(os.environ['CHANGED_SINCE'])")) == "2026\n"


def test_every_cell_shows_the_same_in_a_plain_and_in_a_warm_kernel(shown: Run) -> None:
    plain, warm = (shown(kernels, *SHOWN) for kernels in BOTH)
    for outputs in (*plain, *warm):
        for output in outputs:
            output.pop("execution_count", None)
    assert warm == plain
    assert "image/png" in warm[1][-1].data


def test_warm_kernel_listens_on_no_port(shown: Run) -> None:
    code = "import psutil; print(psutil.Process().net_connections(kind='inet'))"
    assert printed(shown("warm", code)) == "[]\n"


@pytest.mark.parametrize("kernels", BOTH)
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os._exit(3)", "ended the process with exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by the system"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "died of SIGSEGV"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_the_end_of_a_kernel_is_told(shown: Run, kernels: Kernels, code: str, told: str) -> None:
    with pytest.raises(StageError, match=told):
        shown(kernels, code)


@pytest.mark.parametrize("kernels", BOTH)
def test_cell_that_takes_too_long_is_stopped_and_so_is_what_it_started(
    shown: Run, kernels: Kernels, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    code = (
        "import subprocess, time\n"
        f"open({str(file)!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid))\n"
        "time.sleep(60)"
    )
    with pytest.raises(StageError, match="longer than 2 seconds"):
        shown(kernels, code, timeout=2)
    assert not (Path("/proc") / file.read_text() / "exe").exists()


def test_what_a_notebook_runs_side_by_side_works_in_a_forked_kernel(shown: Run) -> None:
    code = (
        "import threading, multiprocessing\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "import pyarrow.compute as pc, pyarrow as pa\n"
        "print(pc.sum(pa.array(range(100))), list(ThreadPoolExecutor(2).map(abs, [-1, -2])))\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-3]))"
    )
    assert printed(shown("warm", code)) == "4950 [1, 2]\n[3]\n"


@pytest.mark.parametrize("kernels", BOTH)
@pytest.mark.parametrize("end", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_what_a_notebook_started_ends_with_its_kernel(
    shown: Run, kernels: Kernels, end: str, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    code = (
        "import subprocess\n"
        f"open({str(file)!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid))\n"
    )
    if end:
        with pytest.raises(StageError, match="killed by the system"):
            shown(kernels, code + end)
    else:
        shown(kernels, code)
    process = Path("/proc") / file.read_text() / "exe"
    until = time.monotonic() + 10
    while process.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not process.exists()
