"""Import a library without another one that it would import if it is there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Let imports go as if a module were not installed; afterwards it can be imported as ever.

    Args:
        name: Of the module; one that is imported already stays.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # Python then raises ImportError for it
    try:
        yield
    finally:
        del sys.modules[name]
