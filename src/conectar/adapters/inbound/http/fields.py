"""The kinds of fields that come in, and the base of every body.

Text is trimmed before it is measured; no text may carry a NUL. An amount is read from the bytes as
they were sent, so that no binary float ever touches it.
"""

from enum import Enum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct

from conectar.adapters.vocabulary.codes import code
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.ports.search import SearchOrder
from conectar.application.views.money import TreasuryWay
from conectar.domain.jobs.dispute import PARTIES_REASONS, Ruling
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.money import MalformedAmount, Money
from conectar.domain.payments.payout import PayoutResult
from conectar.domain.payments.refund import Resolution

_PATTERN = r"^\d{1,9}(\.\d{1,2})?$"

AMOUNT = Meta(
    extra_json_schema={
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": _PATTERN}],
        "description": "Exact: digits and at most two decimals.",
    }
)
Amount = Annotated[Raw, AMOUNT]
ABSENT = Raw(b"")
"""The default of an amount that may be left out."""


def text(shortest: int, longest: int, *, trimmed: bool = True) -> Any:
    """A text of so many characters once it is trimmed."""
    return Annotated[
        str,
        Meta(
            extra_json_schema={"minLength": shortest, "maxLength": longest},
            extra={"length": (shortest, longest), "trimmed": trimmed},
        ),
    ]


Name = text(1, 100)
Description = text(10, 2000)
Words = text(1, 2000)
EMAIL_MAX = 254
Email = text(3, EMAIL_MAX)
Phone = text(1, 40)
Password = text(1, 1024, trimmed=False)
Token = text(1, 4096)
Short = text(1, 300)


def word_of(*values: Enum) -> Any:
    """The code of one of these values."""
    words = [code(value) for value in values]
    return Annotated[str, Meta(extra_json_schema={"enum": words}, extra={"words": words})]


OpenRole = word_of(Role.CLIENT, Role.PROFESSIONAL)
Order = word_of(*SearchOrder)
Outcome = word_of(*Resolution)
Cause = word_of(*PARTIES_REASONS)
Decision = word_of(*Ruling)
BankResult = word_of(*PayoutResult)
Way = word_of(*TreasuryWay)


class Body(Struct, forbid_unknown_fields=True, kw_only=True, rename=spanish):
    """A JSON body. Unknown fields are refused; names are those of the vocabulary."""

    def __post_init__(self) -> None:
        for name, rules in _rules(type(self)).items():
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, _kept(name, value, rules))


@cache
def _rules(cls: type[Body]) -> dict[str, dict[str, Any]]:
    hints = get_type_hints(cls, include_extras=True)
    found = ((name, _meta(hint)) for name, hint in hints.items())
    return {name: meta.extra for name, meta in found if meta is not None and meta.extra}


def _kept(name: str, value: str, rules: dict[str, Any]) -> str:
    if "words" in rules:
        if value not in rules["words"]:
            raise ValueError(f"field `{spanish(name)}`")
        return value
    value = value.strip() if rules["trimmed"] else value
    shortest, longest = rules["length"]
    if "\0" in value or not shortest <= len(value) <= longest:
        raise ValueError(f"field `{spanish(name)}`")
    return value


def _meta(hint: Any) -> Meta | None:
    if get_origin(hint) is Annotated:
        return next((m for m in get_args(hint) if isinstance(m, Meta)), None)
    return next((m for m in map(_meta, get_args(hint)) if m), None)


def money(raw: Raw, name: str = "amount") -> Money:
    """The exact amount in a JSON number or string of a field. Raises MalformedAmount."""
    sent = bytes(raw)
    try:
        text = msgspec.json.decode(sent, type=str) if sent.startswith(b'"') else sent.decode()
        return Money.parse(text)
    except (ValueError, MalformedAmount) as error:
        raise MalformedAmount(field=name) from error


def optional_money(raw: Raw, name: str = "amount") -> Money | None:
    """The same; None for an amount left out or null."""
    return None if bytes(raw) in (b"", b"null") else money(raw, name)
