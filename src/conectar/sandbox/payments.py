"""Payments: how they come to be, are approved, and become money at the collector's disposal.

Statuses are MercadoPago's (`mercadopago/resources/status.py`). Fees and the tax withholding are
figures of this sandbox, paid by the collector out of the payment.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from conectar.sandbox import money
from conectar.sandbox.amounts import basis_points
from conectar.sandbox.clock import later_than, to_milliseconds
from conectar.sandbox.errors import bad_request, not_found
from conectar.sandbox.money import Ledger
from conectar.sandbox.numbers import Numbers
from conectar.sandbox.records import Payment, Preference
from conectar.sandbox.state import Table

FEE_POINTS = 629
TAX_POINTS = 100
RELEASE_AFTER = timedelta(days=18)

Notify = Callable[[Payment, str], None]


class Payments:
    """The payments of the world, by id and by external reference."""

    def __init__(
        self,
        table: Table[Payment],
        ledger: Ledger,
        numbers: Numbers,
        now: Callable[[], datetime],
        notify: Notify,
    ) -> None:
        self._table = table
        self._ledger = ledger
        self._numbers = numbers
        self._now = now
        self._notify = notify
        self._by_reference: defaultdict[str | None, list[int]] = defaultdict(list)
        self._releases: list[tuple[datetime, int]] = []
        self._frozen: set[int] = set()

    def rebuild(self) -> None:
        """Index the stored payments again (after a restart)."""
        for payment in self._table:
            self._index(payment)

    def create(
        self,
        preference: Preference,
        collector_id: int,
        amount: int,
        currency: str,
        reference: str | None,
    ) -> Payment:
        """A pending payment, announced as ``payment.created`` once its first status is known."""
        now = to_milliseconds(self._now())
        payment = Payment(
            id=self._numbers.next_id(),
            preference_id=preference.id,
            collector_id=collector_id,
            external_reference=reference,
            notification_url=preference.notification_url,
            title=preference.title,
            currency=currency,
            amount=amount,
            status="pending",
            status_detail="pending_waiting_payment",
            created_at=now,
            updated_at=now,
        )
        self._table.put(payment.id, payment)
        self._by_reference[reference].append(payment.id)
        return payment

    def get(self, payment_id: int | str) -> Payment:
        """The payment, or MercadoPago's 404 (code 2000)."""
        payment = self._table.get(payment_id)
        if payment is None:
            raise not_found("Payment not found", 2000)
        return payment

    def find(self, reference: str) -> list[Payment]:
        """The payments with an external reference, oldest first."""
        return [self.get(payment_id) for payment_id in self._by_reference.get(reference, [])]

    def all(self) -> list[Payment]:
        """Every payment, oldest first."""
        return list(self._table)

    def become(self, payment: Payment, status: str, detail: str, action: str = "updated") -> None:
        """Change the status, bump ``date_last_updated`` and announce it."""
        payment.status, payment.status_detail = status, detail
        self.touch(payment)
        self._notify(payment, f"payment.{action}")

    def touch(self, payment: Payment) -> None:
        """Note a change: every version of a payment has a later ``date_last_updated``."""
        payment.updated_at = later_than(payment.updated_at, self._now())
        self._table.put(payment.id, payment)
        self._index_release(payment)

    def approve(self, payment: Payment, action: str = "updated") -> None:
        """The buyer paid: the net amount waits to be released, fee and tax are taken."""
        now = to_milliseconds(self._now())
        payment.approved_at, payment.release_at = now, now + RELEASE_AFTER
        payment.fee = basis_points(payment.amount, FEE_POINTS)
        payment.tax = basis_points(payment.amount, TAX_POINTS)
        self._ledger.post(
            "approved",
            payment.subject,
            payment.currency,
            now,
            {
                money.BUYER_PAID: -payment.amount,
                money.unreleased(payment.collector_id): payment.amount - payment.fee - payment.tax,
                money.FEES: payment.fee,
                money.TAXES: payment.tax,
            },
        )
        self.become(payment, "approved", "accredited", action)

    def cancel(self, payment: Payment) -> None:
        """Cancel what wasn't paid; anything else is a 400 (code 2063)."""
        if payment.status not in ("pending", "in_process"):
            raise not_in_this_state()
        self.become(payment, "cancelled", "by_collector")

    def release(self, payment: Payment) -> None:
        """The money of a payment becomes available, whatever is left of it."""
        share = self.waiting(payment)
        self._ledger.post(
            "released",
            payment.subject,
            payment.currency,
            self._now(),
            {
                money.unreleased(payment.collector_id): -share,
                money.available(payment.collector_id): share,
            },
        )
        payment.released = True
        self.touch(payment)

    def release_now(self, payment: Payment) -> None:
        """Release before its day, as MercadoPago may, and announce it."""
        payment.release_at = to_milliseconds(self._now())
        self.release(payment)
        self._notify(payment, "payment.updated")

    def release_due(self) -> None:
        """Release what fell due. Not announced: MercadoPago documents no notification for it."""
        now = self._now()
        while self._releases and self._releases[0][0] <= now:
            _, payment_id = heapq.heappop(self._releases)
            payment = self.get(payment_id)
            if self.can_release(payment) and payment.release_at and payment.release_at <= now:
                self.release(payment)

    def can_release(self, payment: Payment) -> bool:
        """Whether time may make the payment's money available; of a chargeback that was lost, what
        it left."""
        decided = payment.status == "charged_back" and not is_frozen(payment)
        kept = payment.status == "approved" or (decided and self.waiting(payment) > 0)
        return kept and not payment.released and payment.release_at is not None

    def waiting(self, payment: Payment) -> int:
        """What of this payment waits to be released, in cents."""
        return self._ledger.share(money.unreleased(payment.collector_id), payment.subject)

    def blocked(self, collector_id: int, currency: str) -> int:
        """Available money that open mediations and chargebacks hold back, in cents."""
        account = money.available(collector_id)
        held = (self.get(payment_id) for payment_id in self._frozen)
        return sum(
            max(0, self._ledger.share(account, payment.subject))
            for payment in held
            if payment.collector_id == collector_id and payment.currency == currency
        )

    def spendable(self, collector_id: int, currency: str) -> int:
        """What refunds and payouts may draw on, in cents."""
        balance = self._ledger.balance(money.available(collector_id), currency)
        return balance - self.blocked(collector_id, currency)

    def drawn(self, payment: Payment, amount: int) -> dict[str, int]:
        """Ledger entries that take an amount from a payment's waiting money, then available."""
        first = min(amount, max(0, self.waiting(payment)))
        return {
            money.unreleased(payment.collector_id): -first,
            money.available(payment.collector_id): first - amount,
        }

    def _index(self, payment: Payment) -> None:
        self._by_reference[payment.external_reference].append(payment.id)
        self._index_release(payment)

    def _index_release(self, payment: Payment) -> None:
        (self._frozen.add if is_frozen(payment) else self._frozen.discard)(payment.id)
        if self.can_release(payment) and payment.release_at is not None:
            heapq.heappush(self._releases, (payment.release_at, payment.id))


def is_frozen(payment: Payment) -> bool:
    """Whether a mediation or an undecided chargeback holds the payment's money."""
    return payment.status == "in_mediation" or (
        payment.status == "charged_back" and payment.status_detail == "in_process"
    )


def not_in_this_state() -> Exception:
    """MercadoPago's answer to an action that the payment's status doesn't allow."""
    return bad_request(
        "bad_request", "The action requested is not valid for the current payment state", 2063
    )
