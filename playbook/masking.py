"""Secrets of the environment are taken out of every text that is shown or kept."""

import os
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit

SECRET_KEY = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
OPTION = re.compile(r"[?&;]([^=&;?#]+)=([^&;#]+)")
"""An option of an address: after `?` and `&`, or after `;` as Spark Connect and JDBC write it."""

SIGNS = re.compile(r"[#/?@:%\[\]]")
"""Signs of an address at which a driver may cut a password that holds them as they are."""

MASK = "***"
MOST_SIGNS = 12
PIECE = 3
"""A piece of a password below this length is left, since it tells next to nothing."""

SHORT = 6
"""A password below this length is masked only between its signs, or every text that has those
letters would suffer."""


def masked(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Replace addresses with a password, and their passwords, by `***`.

    Args:
        text: Such as the words of a driver, which often repeat the address that they were given.
        environment: Variables, of which those that hold an address (`scheme://…`) are looked at.
    """
    addresses = [value for value in environment.values() if "://" in value]
    secrets = set(chain.from_iterable(map(_secrets, addresses)))
    pieces = set(chain.from_iterable(map(_pieces, addresses)))
    for secret in sorted(secrets | pieces, key=len, reverse=True):
        if secret in secrets or len(secret) >= SHORT:
            text = text.replace(secret, MASK)
        else:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)
    return text


def _passwords(address: str) -> list[str]:
    """Return what may be the password of an address, to the first and to each later `@`.

    A password may hold every sign as it is, at which the rules of addresses end it too early.
    """
    rest = address.partition("://")[2]
    user, colon, after = rest.partition(":")
    if not colon or re.search(r"[/?#]", user):
        return []
    ends = [place for place, sign in enumerate(after) if sign == "@"]
    return [after[:end] for end in ends if after[:end]]


def _pieces(address: str) -> Iterator[str]:
    """Yield the pieces, alone and side by side, into which signs cut a password."""
    for password in _passwords(address)[-1:]:
        places = [match.span() for match in SIGNS.finditer(password)][:MOST_SIGNS]
        begins = [0, *(end for _, end in places)]
        ends = [*(begin for begin, _ in places), len(password)]
        for begin in begins:
            spans = (password[begin:end] for end in ends if end - begin >= PIECE)
            yield from spans


def _secrets(address: str) -> Iterator[str]:
    """Yield the address if it holds a secret, and each secret in its forms."""
    try:
        parts = urlsplit(address)
        passwords = [parts.password or "", *_passwords(address)]
        query = parts.query
    except ValueError:
        yield address
        passwords, query = _passwords(address), ""
    queried = [value for name, value in parse_qsl(query) if SECRET_KEY.search(name)]
    written = [value for name, value in OPTION.findall(address) if SECRET_KEY.search(name)]
    forms = [form for password in passwords for form in _forms(password)]
    secrets = {secret for secret in (*forms, *queried, *written) if secret}
    if secrets:
        yield address
    for secret in secrets:
        yield secret if len(secret) >= SHORT else f":{secret}@"


def _forms(password: str) -> tuple[str, ...]:
    """Return a password as it stands, as drivers decode it, and as they encode it."""
    return (
        password,
        unquote(password),
        unquote_plus(password),
        quote(password, safe=""),
        quote_plus(password, safe=""),
    )
