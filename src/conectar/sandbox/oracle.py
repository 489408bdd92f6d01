"""The sandbox's own account of every call and of what money really moved.

Figures come from the double-entry record alone, not from the payments' fields; ``cuadra`` says
whether the two agree and the record balances.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from conectar.sandbox import money
from conectar.sandbox.amounts import as_text
from conectar.sandbox.money import Ledger
from conectar.sandbox.payments import Payments
from conectar.sandbox.payouts import Payouts
from conectar.sandbox.records import Call, Payment, Payout
from conectar.sandbox.refunds import Refunds
from conectar.sandbox.state import Table
from conectar.sandbox.webhooks import Webhooks

CALLS_KEPT_MAX = 5_000


class Oracle:
    """Reads everything, changes nothing but the log of calls."""

    def __init__(
        self,
        calls: Table[Call],
        ledger: Ledger,
        payments: Payments,
        refunds: Refunds,
        payouts: Payouts,
        webhooks: Webhooks,
        collector_id: int,
    ) -> None:
        self._calls = calls
        self._ledger = ledger
        self._payments = payments
        self._refunds = refunds
        self._payouts = payouts
        self._webhooks = webhooks
        self._collector_id = collector_id

    def note(self, call: Call) -> None:
        """Keep a call; the oldest make room."""
        self._calls.put(call.numero, call)
        if len(self._calls) > CALLS_KEPT_MAX:
            self._calls.drop_oldest(CALLS_KEPT_MAX)

    def report(self) -> dict[str, Any]:
        """Calls, payments, payouts, webhooks, the account and the self-check."""
        problems = list(self._problems())
        return {
            "cuadra": not problems,
            "problemas": problems,
            "cuenta": self._account("ARS"),
            "pagos": [self._payment(payment) for payment in self._payments.all()],
            "payouts": [self._payout(payout) for payout in self._payouts.all()],
            "webhooks": [msgspec.to_builtins(each) for each in self._webhooks.all()],
            "llamadas": [msgspec.to_builtins(call) for call in self._calls],
        }

    def _account(self, currency: str) -> dict[str, str]:
        waiting = self._ledger.balance(money.unreleased(self._collector_id), currency)
        available = self._ledger.balance(money.available(self._collector_id), currency)
        return {
            "saldo_por_liberar": as_text(waiting),
            "saldo_disponible": as_text(available),
            "saldo_total": as_text(waiting + available),
            "saldo_bloqueado": as_text(self._payments.blocked(self._collector_id, currency)),
        }

    def _payment(self, payment: Payment) -> dict[str, Any]:
        def share(account: str, sign: int = 1) -> str:
            return as_text(sign * self._ledger.share(account, payment.subject))

        return {
            "payment_id": str(payment.id),
            "external_reference": payment.external_reference,
            "collector_id": payment.collector_id,
            "estado": payment.status,
            "estado_detalle": payment.status_detail,
            "moneda": payment.currency,
            "pagado": share(money.BUYER_PAID, -1),
            "reembolsado": share(money.BUYER_REFUNDED),
            "comision_mp": share(money.FEES),
            "impuestos": share(money.TAXES),
            "contracargado": share(money.CHARGED_BACK),
            "devuelto_contracargo": share(money.REIMBURSED, -1),
            "liberado": payment.released,
            "neto_en_cuenta": as_text(self._held(payment)),
        }

    def _held(self, payment: Payment) -> int:
        accounts = money.unreleased(payment.collector_id), money.available(payment.collector_id)
        return sum(self._ledger.share(account, payment.subject) for account in accounts)

    def _payout(self, payout: Payout) -> dict[str, Any]:
        return {
            "payout_id": payout.id,
            "external_reference": payout.external_reference,
            "moneda": payout.currency,
            "monto": as_text(payout.amount),
            "estado": payout.status,
            "destino": payout.account_number,
            "en_transito": as_text(self._ledger.share(money.PAYOUTS_PENDING, payout.subject)),
            "pagado": as_text(self._ledger.share(money.PAID_OUT, payout.subject)),
        }

    def _problems(self) -> Iterator[str]:
        yield from self._ledger.problems()
        for payment in self._payments.all():
            refunded = sum(refund.amount for refund in self._refunds.of(payment))
            posted = self._ledger.share(money.BUYER_REFUNDED, payment.subject)
            if not refunded == posted == payment.refunded:
                yield f"payment {payment.id}: refunds and postings differ"
            if refunded > payment.amount:
                yield f"payment {payment.id}: more refunded than paid"
            if payment.released and self._payments.waiting(payment) != 0:
                yield f"payment {payment.id}: released, yet money waits"
