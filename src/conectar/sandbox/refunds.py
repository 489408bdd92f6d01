"""Refunds: only approved payments, at most 180 days after approval, never more than is left, and
only from money that the account has (`mercadopago/resources/refund.py`; the numbered causes are
those of the reference page of ``POST /v1/payments/{id}/refunds``).

MercadoPago's charges come back when the payment is wholly refunded, and not before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from conectar.sandbox import money
from conectar.sandbox.clock import to_milliseconds
from conectar.sandbox.errors import MercadoPagoError, bad_request, not_found
from conectar.sandbox.money import Ledger
from conectar.sandbox.numbers import Numbers
from conectar.sandbox.payments import Payments, not_in_this_state
from conectar.sandbox.records import Payment, Refund
from conectar.sandbox.state import Table

REFUNDABLE_FOR = timedelta(days=180)


class Refunds:
    """Makes and lists refunds."""

    def __init__(
        self,
        table: Table[Refund],
        payments: Payments,
        ledger: Ledger,
        numbers: Numbers,
        now: Callable[[], datetime],
        collector_id: int,
    ) -> None:
        self._table = table
        self._payments = payments
        self._ledger = ledger
        self._numbers = numbers
        self._now = now
        self._collector_id = collector_id
        self._by_payment: defaultdict[int, list[Refund]] = defaultdict(list)

    def rebuild(self) -> None:
        """Index the stored refunds again (after a restart)."""
        for refund in self._table:
            self._by_payment[refund.payment_id].append(refund)

    def of(self, payment: Payment) -> list[Refund]:
        """The refunds of a payment, oldest first."""
        return list(self._by_payment.get(payment.id, []))

    def get(self, payment: Payment, refund_id: str) -> Refund:
        """One refund of a payment, or MercadoPago's 404 (code 2032)."""
        refund = self._table.get(refund_id)
        if refund is None or refund.payment_id != payment.id:
            raise not_found("Refund not found", 2032)
        return refund

    def make(self, payment: Payment, amount: int | None, origin: str = "api") -> Refund:
        """Refund an amount in cents (None: all that is left), or refuse with a 400 or 403."""
        if payment.collector_id != self._collector_id:
            raise MercadoPagoError(403, "forbidden", "The caller is not the payment's collector")
        if payment.status != "approved" or payment.approved_at is None:
            raise not_in_this_state()
        if self._now() > payment.approved_at + REFUNDABLE_FOR:
            raise bad_request("bad_request", "Payment too old to be refunded", 2024)
        amount = payment.left if amount is None else amount
        if amount > payment.left:
            raise bad_request(
                "refund_amount_exceeds", "The refund amount exceeds what is left of the payment"
            )
        needed = amount - self._returned(payment, amount) - max(0, self._payments.waiting(payment))
        if needed > max(0, self._payments.spendable(payment.collector_id, payment.currency)):
            raise bad_request("insufficient_amount", "Insufficient balance to refund the payment")
        return self._record(payment, amount, origin)

    def lose_mediation(self, payment: Payment) -> Refund:
        """MercadoPago decides for the buyer: all that is left goes, even into debt."""
        return self._record(payment, payment.left, "mediation")

    def _record(self, payment: Payment, amount: int, origin: str) -> Refund:
        now = to_milliseconds(self._now())
        refund = Refund(self._numbers.next_id(), payment.id, amount, origin, now)
        self._table.put(refund.id, refund)
        self._by_payment[payment.id].append(refund)
        whole = amount == payment.left
        self._post(payment, amount, refund.id, whole)
        payment.refunded += amount
        payment.charges_returned = payment.charges_returned or whole
        if whole:
            self._payments.become(payment, "refunded", "refunded")
        else:
            self._payments.become(payment, "approved", "partially_refunded")
        return refund

    def _post(self, payment: Payment, amount: int, refund_id: int, whole: bool) -> None:
        returned = self._returned(payment, amount)
        entries = self._payments.drawn(payment, max(0, amount - returned))
        # A last small refund can be smaller than the charges that come back with it.
        entries[money.available(payment.collector_id)] += max(0, returned - amount)
        entries[money.BUYER_REFUNDED] = amount
        if whole and not payment.charges_returned:
            entries[money.FEES] = -payment.fee
            entries[money.TAXES] = -payment.tax
        self._ledger.post(
            f"refund {refund_id}", payment.subject, payment.currency, self._now(), entries
        )

    def _returned(self, payment: Payment, amount: int) -> int:
        """The charges that come back with this refund, in cents."""
        whole = amount == payment.left and not payment.charges_returned
        return payment.fee + payment.tax if whole else 0
