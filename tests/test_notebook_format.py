"""Nbformat comes without the slow grammar, and all else of jsonschema with it."""

import subprocess
import sys

ASK = """
import sys
from playbook.notebook_format import GRAMMAR, nbformat
print(GRAMMAR in sys.modules, "lark" in sys.modules)
nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("a")]))
import rfc3987_syntax
print(rfc3987_syntax.is_valid_syntax("iri", "http://a.b/c"))
"""


def test_grammar_is_not_built_and_can_still_be_had() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert told.stdout == "False False\nTrue\n"
