"""After warming nothing is left to load for a first page, and nothing but the one thread runs."""

import subprocess
import sys

import pytest

SAID = """
import gc, os
import playbook.report.warm as warm
from playbook.abtest.decision import sentences
from playbook.report import fonts, messages, pieces, theme
from playbook.sources.files import layout

def threads():
    return sorted(os.listdir("/proc/self/task"))

before = threads()
warm.warm()
assert threads() == before, (before, threads())
assert gc.get_freeze_count() > 10_000
for one in (messages.messages, sentences.messages, layout.shipped, fonts._drawn, theme.register_font,
            pieces._macros, pieces.lab_style):
    assert one.cache_info().currsize, one
misses = messages.messages.cache_info().misses
for stage in ("page", "goals", "market", "content", "channels", "monitoring", "analysis"):
    messages.messages(stage)
assert messages.messages.cache_info().misses == misses
names = {open(f"/proc/self/task/{one}/comm").read().strip() for one in threads()}
print(len(names - {"jemalloc_bg_thd"}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_warming_starts_no_thread_and_leaves_nothing_to_load() -> None:
    """Importing pyarrow starts a thread of its allocator; it is there before, and no other is."""
    done = subprocess.run(
        [sys.executable, "-c", SAID],
        capture_output=True,
        text=True,
        env={"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ":".join(filter(None, sys.path))},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1"
