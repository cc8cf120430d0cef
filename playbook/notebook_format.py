"""Nbformat, imported without the grammar that jsonschema builds for a check of its own.

The check is of internationalised addresses, of which the schema of a notebook has none; to build
its grammar takes longer than all else that nbformat imports.
"""

from playbook.left_out import left_out

GRAMMAR = "rfc3987_syntax"

with left_out(GRAMMAR):
    import nbformat

__all__ = ["nbformat"]
