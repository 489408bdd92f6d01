"""Mediations and chargebacks: what the buyer's bank or MercadoPago decides about a payment.

``charged_back`` carries in its ``status_detail`` how far it went: ``in_process`` (money blocked),
``settled`` (money gone), ``reimbursed`` (money kept or given back). Decisions take the money even
if the account doesn't have it: the balance goes below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from conectar.sandbox import money
from conectar.sandbox.clock import later_than, to_milliseconds
from conectar.sandbox.errors import impossible, not_found
from conectar.sandbox.money import Ledger
from conectar.sandbox.numbers import Numbers
from conectar.sandbox.payments import Payments
from conectar.sandbox.records import Chargeback, Payment
from conectar.sandbox.state import Table


class Chargebacks:
    """Opens, settles and reimburses chargebacks."""

    def __init__(
        self,
        table: Table[Chargeback],
        payments: Payments,
        ledger: Ledger,
        numbers: Numbers,
        now: Callable[[], datetime],
    ) -> None:
        self._table = table
        self._payments = payments
        self._ledger = ledger
        self._numbers = numbers
        self._now = now

    def get(self, chargeback_id: str) -> Chargeback:
        """The chargeback, or a 404."""
        chargeback = self._table.get(chargeback_id)
        if chargeback is None:
            raise not_found("Chargeback not found")
        return chargeback

    def of(self, payment_id: int | str) -> list[Chargeback]:
        """The chargebacks of a payment, oldest first."""
        return [each for each in self._table if str(each.payment_id) == str(payment_id)]

    def open(self, payment: Payment, amount: int | None) -> None:
        """The buyer's bank disputes the payment; by default all that wasn't refunded, or the
        whole of a payment that was wholly refunded (he asks for it twice)."""
        disputed = amount or payment.left or payment.amount
        if disputed > payment.amount:
            raise impossible("El contracargo no puede superar lo pagado.")
        now = to_milliseconds(self._now())
        chargeback = Chargeback(
            id=str(self._numbers.next_id()),
            payment_id=payment.id,
            amount=disputed,
            currency=payment.currency,
            status="in_process",
            taken=False,
            created_at=now,
            updated_at=now,
        )
        self._table.put(chargeback.id, chargeback)
        self._payments.become(payment, "charged_back", "in_process")

    def settle(self, payment: Payment) -> None:
        """The bank keeps the money: it leaves the account."""
        chargeback = self._last(payment)
        entries = self._payments.drawn(payment, chargeback.amount)
        entries[money.CHARGED_BACK] = chargeback.amount
        self._post("settled", chargeback, payment, entries)
        chargeback.taken = True
        self._conclude(payment, chargeback, "settled")

    def reimburse(self, payment: Payment) -> None:
        """The collector wins: nothing leaves, or what left comes back to where it was."""
        chargeback = self._last(payment)
        if chargeback.taken:
            home = money.available if payment.released else money.unreleased
            self._post(
                "reimbursed",
                chargeback,
                payment,
                {
                    money.REIMBURSED: -chargeback.amount,
                    home(payment.collector_id): chargeback.amount,
                },
            )
        self._conclude(payment, chargeback, "reimbursed")

    def _last(self, payment: Payment) -> Chargeback:
        return self.of(payment.id)[-1]

    def _post(
        self, kind: str, chargeback: Chargeback, payment: Payment, entries: dict[str, int]
    ) -> None:
        self._ledger.post(
            f"chargeback {chargeback.id} {kind}",
            payment.subject,
            payment.currency,
            self._now(),
            entries,
        )

    def _conclude(self, payment: Payment, chargeback: Chargeback, status: str) -> None:
        chargeback.status = status
        chargeback.updated_at = later_than(chargeback.updated_at, self._now())
        self._table.put(chargeback.id, chargeback)
        self._payments.become(payment, "charged_back", status)
