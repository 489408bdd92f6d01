"""Money: whole cents and a currency. There is no float anywhere in Conectar.

Shares are rounded half to even, once, and the other part is found by subtraction, so that the
parts of an amount always add up to it.
"""

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import ClassVar, Self

from conectar.domain.kernel.errors import DomainError, Kind

_CENT = Decimal("0.01")
_EXACTLY = Context(prec=60, traps=[Inexact, InvalidOperation])
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)


class MalformedAmount(DomainError):
    """The text is not an amount: digits, and at most two decimals after a point."""

    kind = Kind.MALFORMED


class CurrencyMismatch(DomainError):
    """Two amounts in different currencies were put together."""

    kind = Kind.REFUSED


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of an amount, in hundredths of a percent: 1500 is 15 %."""

    basis_points: int

    def __post_init__(self) -> None:
        assert 0 <= self.basis_points <= 10_000, self.basis_points

    @property
    def percent(self) -> Decimal:
        """15.00 for 1500 basis points."""
        return Decimal(self.basis_points).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer cents; negative only between two postings, never on the wire."""

    cents: int
    currency: str = "ARS"

    ZERO: ClassVar[Self]

    @classmethod
    def parse(cls, text: str, currency: str = "ARS") -> "Money":
        """`"15000.5"` -> 15000.50. Raises MalformedAmount for anything but 1-9 digits and up to
        two decimals; no sign, exponent, separator or space."""
        if not _AMOUNT.fullmatch(text):
            raise MalformedAmount(text=text[:40])
        whole, _, fraction = text.partition(".")
        return cls(int(whole) * 100 + int(fraction.ljust(2, "0")), currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str = "ARS") -> "Money":
        """An exact decimal from the gateway; raises MalformedAmount beyond two decimals."""
        if not amount.is_finite():
            raise MalformedAmount(text=str(amount)[:40])
        try:
            exact = amount.quantize(_CENT, context=_EXACTLY)
        except (Inexact, InvalidOperation) as error:
            raise MalformedAmount(text=str(amount)[:40]) from error
        return cls(int(exact.scaleb(2, context=_EXACTLY)), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in units of the currency, with exactly two decimals."""
        return Decimal(self.cents).scaleb(-2)

    def __str__(self) -> str:
        return f"{self.decimal:.2f}"

    def __bool__(self) -> bool:
        return self.cents != 0

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.cents < other.cents

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.cents <= other.cents

    def share(self, rate: Rate) -> "Money":
        """That part of it, rounded half to even."""
        whole, rest = divmod(self.cents * rate.basis_points, 10_000)
        up = rest > 5_000 or (rest == 5_000 and whole % 2 == 1)
        return Money(whole + up, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)


Money.ZERO = Money(0)


def least(left: Money, right: Money) -> Money:
    """The smaller of two amounts of one currency."""
    return left if left <= right else right
