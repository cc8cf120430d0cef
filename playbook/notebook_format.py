"""Nbformat, imported without the grammar that jsonschema builds for a check of its own.

The check is of internationalised addresses, of which the schema of a notebook has none; to build
its grammar takes longer than all else that nbformat imports.
"""

import sys

GRAMMAR = "rfc3987_syntax"

sys.modules.setdefault(GRAMMAR, None)  # type: ignore[arg-type]  # jsonschema then leaves it out
import nbformat  # noqa: E402

if sys.modules[GRAMMAR] is None:
    del sys.modules[GRAMMAR]

__all__ = ["nbformat"]
