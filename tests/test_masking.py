"""What drivers repeat of an address is masked before anybody sees it."""

from urllib.parse import quote

import pytest

from playbook.masking import masked

ENVIRONMENT = {
    "MARKETING_DB": "postgresql://ana:p%40ss%2Fword@db.example:5432/shop?sslmode=require",
    "WAREHOUSE": "clickhouse://db.example/shop?password=hush-hush&secure=1",
    "CONNECT": "sc://spark.example:15002/;user_id=ana;token=long-lived-one",
    "HOMEPAGE": "https://example.com/open",
    "LOCAL": "mysql://root:a@localhost/shop",
    "BROKEN": "mysql://ana:secret@[db/shop",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "cannot open postgresql://ana:p%40ss%2Fword@db.example:5432/shop?sslmode=require now",
            "cannot open *** now",
        ),
        ("sent p@ss/word to db.example", "sent *** to db.example"),
        ("sent p%40ss%2Fword", "sent ***"),
        ("password=hush-hush", "password=***"),
        ("rejected: long-lived-one of ana", "rejected: *** of ana"),
        ("root:a@localhost has a table", "root***localhost has a table"),
        ("mysql://ana:secret@[db/shop is no address", "*** is no address"),
        ("see https://example.com/open?secure=1", "see https://example.com/open?secure=1"),
    ],
)
def test_password_is_masked_however_it_is_written(text: str, shown: str) -> None:
    assert masked(text, ENVIRONMENT) == shown


@pytest.mark.parametrize("sign", ["#", "/", "?", "@", "%", ":", "[", "]"])
def test_no_piece_of_a_password_with_an_unusual_sign_shows(sign: str) -> None:
    password = f"s3cr{sign}t-W0rd{sign}xyz"
    address = f"postgresql://ana:{password}@db.example/shop"
    environment = {"MARKETING_DB": address}
    for words in (
        f"cannot open {address}",
        f"password {password!r} is wrong",
        f"encoded as {quote(password, safe='')}",
        "Port could not be cast to integer value as 's3cr'",
        "could not translate host name 't-W0rd' to address",
        f"no database {sign}xyz@db.example/shop",
    ):
        shown = masked(words, environment)
        assert not [piece for piece in ("s3cr", "W0rd", "xyz") if piece in shown], shown
    assert masked("the host db.example has no shop", environment) == (
        "the host db.example has no shop"
    )
