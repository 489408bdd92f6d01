"""JSON with exact numbers, both ways."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from conectar.sandbox.errors import bad_request

Document = dict[str, Any]
_encoder = msgspec.json.Encoder(decimal_format="number")
_sorted_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def encode(value: Any) -> bytes:
    """JSON bytes; a ``Decimal`` is written as the number that it is."""
    return _encoder.encode(value)


def dump(document: Document) -> str:
    """JSON text, to be kept."""
    return encode(document).decode()


def load(text: str | bytes) -> Document:
    """A JSON object with exact numbers; an empty text is ``{}``. Anything else is a 400."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request("bad_request", "The body is not valid JSON") from error
    if not isinstance(value, dict):
        raise bad_request("bad_request", "The body must be a JSON object")
    return value


def fingerprint(route: str, document: Document) -> str:
    """The same for two bodies that say the same, however they are spaced or ordered."""
    canonical = _sorted_encoder.encode(_plain(document))
    return sha256(route.encode() + b"\n" + canonical).hexdigest()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _plain(value: Any) -> Any:
    """Numbers by value: 10, 10.0 and 10.00 are one amount."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value.normalize() + 0)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(Decimal(value).normalize() + 0)
    return value
