"""Every value that a page is given is escaped."""

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from playbook.report.pieces import JOINED, MINUS, OUTPUT, lab_style, piece, template

MACROS = sorted(
    name for name in vars(template("pieces.html.j2").module) if not name.startswith("_")
)


def test_there_are_macros() -> None:
    assert MACROS


def test_a_value_is_escaped_and_markup_is_not() -> None:
    made = template("pieces.html.j2").environment.from_string("{{ value }}")
    assert made.render(value="<script>") == "&lt;script&gt;"
    assert made.render(value=Markup("<b>")) == "<b>"


def test_a_value_that_was_forgotten_is_an_error_and_not_nothing() -> None:
    made = template("pieces.html.j2").environment.from_string("{{ value }}")
    with pytest.raises(UndefinedError):
        made.render()


def test_a_minus_is_joined_to_the_currency_after_it() -> None:
    made = template("pieces.html.j2").environment.from_string("{{ value | joined }}")
    assert made.render(value=f"{MINUS}$5") == f"{JOINED}$5"
    assert made.render(value="$5") == "$5"


def test_a_macro_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(AttributeError):
        piece("no_such_piece")


def test_the_style_of_an_output_reaches_only_that_output() -> None:
    style = str(lab_style())
    assert style.startswith(f'\n<style class="playbook">{OUTPUT} {{')
    assert ":root" not in style
    assert "prefers-color-scheme" not in style
    assert style.count("{") == style.count("}")
