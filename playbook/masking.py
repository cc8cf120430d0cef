"""Secrets of the environment are taken out of every text that is shown or kept."""

import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

SECRET_KEY = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
OPTION = re.compile(r"[?&;]([^=&;?#]+)=([^&;#]+)")
"""An option of an address: after `?` and `&`, or after `;` as Spark Connect and JDBC write it."""

MASK = "***"
SHORT = 6
"""A password below this length is masked only between its signs, or every text that has those
letters would suffer."""


def masked(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Replace addresses with a password, and their passwords, by `***`.

    Args:
        text: Such as the words of a driver, which often repeat the address that they were given.
        environment: Variables, of which those that hold an address (`scheme://…`) are looked at.
    """
    secrets = {
        secret for value in environment.values() if "://" in value for secret in _secrets(value)
    }
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _secrets(address: str) -> Iterator[str]:
    """Yield the address if it holds a secret, and each secret in its forms."""
    try:
        parts = urlsplit(address)
        password = parts.password or ""
    except ValueError:
        yield address
        return
    queried = [value for name, value in parse_qsl(parts.query) if SECRET_KEY.search(name)]
    written = [value for name, value in OPTION.findall(address) if SECRET_KEY.search(name)]
    secrets = {
        written_so
        for written_so in (password, unquote(password), unquote_plus(password), *queried, *written)
        if written_so
    }
    if secrets:
        yield address
    for secret in secrets:
        yield secret if len(secret) >= SHORT else f":{secret}@"
