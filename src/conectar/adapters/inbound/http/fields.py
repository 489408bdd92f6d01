"""The kinds of fields that come in, and the base of every body.

Text is trimmed before it is measured; no text may carry a NUL. An amount is read from the bytes as
they were sent, so that no binary float ever touches it.
"""

import re
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from msgspec import Meta, Raw, Struct

from conectar.adapters.vocabulary.fields import spanish
from conectar.domain.kernel.money import Money

_QUOTED = re.compile(rb'"([0-9.]*)"')
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
Email = text(3, 254)
Phone = text(1, 40)
Password = text(1, 1024, trimmed=False)
Token = text(1, 4096)
Short = text(1, 300)


class Body(Struct, forbid_unknown_fields=True, kw_only=True, rename=spanish):
    """A JSON body. Unknown fields are refused; names are those of the vocabulary."""

    _texts: ClassVar[dict[type, dict[str, tuple[int, int, bool]]]] = {}

    def __post_init__(self) -> None:
        for name, (shortest, longest, trimmed) in _text_fields(type(self)).items():
            value = getattr(self, name)
            if value is None:
                continue
            value = value.strip() if trimmed else value
            if "\0" in value or not shortest <= len(value) <= longest:
                raise ValueError(f"{spanish(name)}: {shortest}-{longest}")
            setattr(self, name, value)


def _text_fields(cls: type[Body]) -> dict[str, tuple[int, int, bool]]:
    if cls not in Body._texts:
        hints = get_type_hints(cls, include_extras=True)
        found = ((name, _meta(hint)) for name, hint in hints.items())
        Body._texts[cls] = {
            name: (*meta.extra["length"], meta.extra["trimmed"])
            for name, meta in found
            if meta is not None and meta.extra
        }
    return Body._texts[cls]


def _meta(hint: Any) -> Meta | None:
    if get_origin(hint) is Annotated:
        return next((m for m in get_args(hint) if isinstance(m, Meta)), None)
    return next((m for m in map(_meta, get_args(hint)) if m), None)


def money(raw: Raw) -> Money:
    """The exact amount in a JSON number or string. Raises MalformedAmount."""
    sent = bytes(raw)
    quoted = _QUOTED.fullmatch(sent)
    return Money.parse((quoted[1] if quoted else sent).decode("ascii", "replace"))


def optional_money(raw: Raw) -> Money | None:
    """The same; None for an amount left out or null."""
    return None if bytes(raw) in (b"", b"null") else money(raw)
