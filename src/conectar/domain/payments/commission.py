"""The house's part of what is released: basis points of the amount, half to even.

The rate is that of the professional's level when the offer is accepted, and stays on the job.
"""

from typing import NamedTuple

from conectar.domain.kernel.money import Money, Rate


class Shares(NamedTuple):
    """A released amount, divided. `commission + net` is always the amount."""

    commission: Money
    net: Money


def divide(amount: Money, rate: Rate) -> Shares:
    """The commission on an amount, and what is left for the professional."""
    commission = amount.share(rate)
    return Shares(commission, amount - commission)
