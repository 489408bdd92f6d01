"""What people and tests can make happen to a payment, from outside our own API calls."""

from __future__ import annotations

from collections.abc import Callable

from conectar.sandbox.chargebacks import Chargebacks
from conectar.sandbox.errors import MercadoPagoError, impossible
from conectar.sandbox.payments import Payments
from conectar.sandbox.records import Payment
from conectar.sandbox.refunds import Refunds

Move = Callable[[Payment, int | None], object]


class Moves:
    """One method an action; each refuses a payment that isn't in the right state."""

    def __init__(self, payments: Payments, refunds: Refunds, chargebacks: Chargebacks) -> None:
        self._payments = payments
        self._refunds = refunds
        self._chargebacks = chargebacks
        self._by_action: dict[str, Move] = {
            "approve": self._approve,
            "reject": self._reject,
            "refund": self._refund,
            "mediate": self._mediate,
            "charge_back": self._charge_back,
            "settle": self._settle,
            "reimburse": self._reimburse,
            "release": self._release,
        }

    def make(self, payment: Payment, action: str, amount: int | None) -> None:
        """Do it, or raise ``Refusal``; ``amount`` (cents) only for refund and charge_back."""
        if amount is not None and action not in ("refund", "charge_back"):
            raise impossible(f"La acción {action} no lleva monto.")
        try:
            self._by_action[action](payment, amount)
        except MercadoPagoError as error:
            raise impossible(f"MercadoPago lo rechaza: {error.message}.") from error

    def _approve(self, payment: Payment, _: int | None) -> None:
        if payment.status == "in_mediation":
            detail = "partially_refunded" if payment.refunded else "accredited"
            self._payments.become(payment, "approved", detail)
        else:
            _require(payment, "approve", "pending", "in_process")
            self._payments.approve(payment)

    def _reject(self, payment: Payment, _: int | None) -> None:
        _require(payment, "reject", "pending", "in_process")
        self._payments.become(payment, "rejected", "cc_rejected_other_reason")

    def _refund(self, payment: Payment, amount: int | None) -> None:
        _require(payment, "refund", "approved", "in_mediation")
        if payment.status == "approved":
            self._refunds.make(payment, amount, "outside")
        elif amount is not None and amount != payment.left:
            raise impossible("Una mediación perdida devuelve todo lo que queda.")
        else:
            self._refunds.lose_mediation(payment)

    def _mediate(self, payment: Payment, _: int | None) -> None:
        _require(payment, "mediate", "approved")
        self._payments.become(payment, "in_mediation", "pending")

    def _charge_back(self, payment: Payment, amount: int | None) -> None:
        if _state(payment) != "charged_back/reimbursed":
            _require(payment, "charge_back", "approved", "in_mediation", "refunded")
        self._chargebacks.open(payment, amount)

    def _settle(self, payment: Payment, _: int | None) -> None:
        _require(payment, "settle", "charged_back/in_process")
        self._chargebacks.settle(payment)

    def _reimburse(self, payment: Payment, _: int | None) -> None:
        _require(payment, "reimburse", "charged_back/in_process", "charged_back/settled")
        self._chargebacks.reimburse(payment)

    def _release(self, payment: Payment, _: int | None) -> None:
        if not self._payments.can_release(payment):
            raise impossible(f"Un pago {_state(payment)} no tiene dinero por liberar.")
        self._payments.release_now(payment)


def _state(payment: Payment) -> str:
    return f"{payment.status}/{payment.status_detail}"


def _require(payment: Payment, action: str, *allowed: str) -> None:
    if payment.status not in allowed and _state(payment) not in allowed:
        raise impossible(f"La acción {action} no es posible: el pago está {_state(payment)}.")
