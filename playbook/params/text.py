"""The small types that parameters are made of: ids, months, amounts, words in two languages."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

SLUG = r"[a-z0-9][a-z0-9-]{0,62}"
MONTH = r"(19|20)\d{2}-(0[1-9]|1[0-2])"
"""Years in which days can be counted, those of a history before included; 0000 and 9999 are slips
of the keyboard."""


def _slug(value: str) -> str:
    if not re.fullmatch(SLUG, value):
        raise ValueError(
            "an id has only a-z, 0-9 and '-', begins with a letter or digit, and is 63 long at most"
        )
    return value


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != value:
        raise ValueError("must be a day written YYYY-MM-DD")
    return day


Slug = Annotated[str, AfterValidator(_slug)]
PeriodId = Annotated[str, StringConstraints(pattern=rf"^{MONTH}$")]
Day = Annotated[date, BeforeValidator(_day)]
Language = Literal["zh", "en"]
MOST = 1e15
"""Beyond it cents can no longer be told apart."""

Amount = Annotated[float, Field(strict=True, ge=0, le=MOST, allow_inf_nan=False)]
Number = Annotated[float, Field(strict=True, ge=-MOST, le=MOST, allow_inf_nan=False)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class Model(BaseModel):
    """The law of every parameter: no unknown key, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Model):
    """The same words in Chinese and in English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


Word = Annotated[str, AfterValidator(_not_blank)]


def _both(value: Any) -> Any:
    if isinstance(value, (bool, int, float)):
        raise PydanticCustomError("string_type", "must be text")
    return {"zh": value, "en": value} if isinstance(value, str) else value


Text = Annotated[Words, BeforeValidator(_both)]


def _named(value: Any) -> Any:
    """Give each item of a mapping its key as `id`, so that parameters never say it twice."""
    if not isinstance(value, dict):
        return value
    return {
        key: {"id": key} | item if isinstance(item, dict) else item for key, item in value.items()
    }


Named = BeforeValidator(_named)
