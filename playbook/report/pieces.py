"""The HTML that may stand on a page: jinja2 macros with every value escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

FOLDER = Path(__file__).with_name("template")
OUTPUT = "div:has(> style.playbook):has(> style.playbook)"
"""What holds an output of ours in JupyterLab; named twice so that it is stronger than Lab's own
style."""

LAB_DARK = ':is([data-jp-theme-light="false"], .vscode-dark) &'
"""Where the dark palette holds in JupyterLab and VS Code, which have a theme of their own beside
the system's."""


MINUS, JOINED = "\u2212", "\u2212\u2060"
"""A minus and a currency sign may stand on two lines unless they are joined."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["joined"] = lambda text: text.replace(MINUS, JOINED)
    return environment


def template(name: str) -> Template:
    """Load a template of `template/`.

    Values that it is given are escaped unless they are Markup.
    """
    return _environment().get_template(name)


@cache
def _macros() -> Any:
    return template("pieces.html.j2").module


def piece(name: str, **values: Any) -> Markup:
    """Render one macro of `template/pieces.html.j2`; only Markup passes unescaped."""
    return Markup(getattr(_macros(), name)(**values))  # noqa: S704 - the macro has escaped its values


@cache
def lab_style() -> Markup:
    """Return the page's style for one output in JupyterLab, where no page is round it.

    It reaches nothing else.
    """
    css = (FOLDER / "page.css").read_text(encoding="utf-8")
    nested = css.replace("@media (prefers-color-scheme: dark)", LAB_DARK).replace(":root", "&")
    return Markup(f'\n<style class="playbook">{OUTPUT} {{\n{nested}}}</style>')  # noqa: S704 - our own file
