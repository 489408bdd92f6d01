"""Amounts: JSON numbers outside, integer cents inside, never a sum of floats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from conectar.sandbox.errors import bad_request, malformed

# Known to MercadoPago's sites; anything else is a typing error.
CURRENCIES = frozenset({"ARS", "BRL", "CLP", "COP", "MXN", "PEN", "USD", "UYU"})
CENTS_MAX = 10**11

_CONTROL_AMOUNT = re.compile(r'"(\d{1,9}(?:\.\d{1,2})?)"|(\d{1,9}(?:\.\d{1,2})?)')


def cents_from_number(value: Any, field: str) -> int:
    """Positive cents from a number of the API's JSON (parsed as ``Decimal`` or ``int``).

    Raises a 400 with MercadoPago's codes 4041 (not numeric) and 4040 (not positive).
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise bad_request("bad_request", f"{field} attribute must be numeric", 4041)
    number = Decimal(value)
    if number <= 0:
        raise bad_request("bad_request", f"{field} attribute must be positive", 4040)
    if number.adjusted() > 9 or number.as_tuple().exponent < -20:  # type: ignore[operator]
        raise bad_request("bad_request", f"{field} is out of range")
    cents = number * 100
    if cents != int(cents) or cents > CENTS_MAX:
        raise bad_request("bad_request", f"{field} must have at most two decimals")
    return int(cents)


def cents_from_control(raw: bytes) -> int | None:
    """Positive cents from the raw JSON of a ``monto`` (number or string); absent or null: None."""
    text = raw.decode("utf-8", "replace").strip()
    if text in ("", "null"):
        return None
    match = _CONTROL_AMOUNT.fullmatch(text)
    cents = int(Decimal(match[1] or match[2]) * 100) if match else 0
    if cents <= 0:
        raise malformed("monto: se espera un número positivo con hasta dos decimales.")
    return cents


def as_number(cents: int) -> int | Decimal:
    """What the API shows: 100 for 10000 cents, 90.96 for 9096 (an exact JSON number)."""
    return cents // 100 if cents % 100 == 0 else Decimal(cents) / 100


def as_text(cents: int) -> str:
    """What the oracle shows: always two decimals, with a sign when negative."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def basis_points(cents: int, points: int) -> int:
    """``points`` ten-thousandths of an amount, rounded half-even to the cent."""
    quotient, rest = divmod(cents * points, 10_000)
    if rest > 5_000 or (rest == 5_000 and quotient % 2 == 1):
        quotient += 1
    return quotient
