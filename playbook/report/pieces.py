"""The HTML that may stand on a page: jinja2 macros with every value escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

FOLDER = Path(__file__).with_name("template")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def template(name: str) -> Template:
    """Load a template of `template/`; values that it is given are escaped unless they are Markup."""
    return _environment().get_template(name)


@cache
def _macros() -> Any:
    return template("pieces.html.j2").module


def piece(name: str, **values: Any) -> Markup:
    """Render one macro of `template/pieces.html.j2`; only Markup passes unescaped."""
    return Markup(getattr(_macros(), name)(**values))  # noqa: S704 - the macro has escaped its values
