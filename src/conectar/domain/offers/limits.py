"""What the house asks of every offer. Every figure is a setting; these are the defaults."""

from dataclasses import dataclass
from datetime import timedelta

from conectar.domain.kernel.money import Money

PRICE_MIN = Money(100_00)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLimits:
    """`days` an offer stands if nobody chose another number; `price_min` is the least that an offer
    or an instant service may ask; `reminder` is how long before the end who has to answer is
    reminded."""

    days: int = 15
    price_min: Money = PRICE_MIN
    reminder: timedelta = timedelta(days=1)
