"""The outside world in memory: a gateway, a mailbox and a storage for the `memory` profile.

They refuse what the real ones refuse, and keep values, never references. What a payer, a bank or
the gateway itself does is done here by `pay`, `change` and `release`.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Self

from conectar.application.ports.outside import (
    GatewayRefused,
    GatewaySilent,
    Mail,
    Preference,
    PreferenceRequest,
)
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import outside_only
from conectar.domain.kernel.ids import CheckoutId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments.payment import Fact, PaymentStatus
from conectar.domain.payments.standing import Standing, standing

FEE = Rate(629)
TAX = Rate(100)
RELEASED_AFTER = timedelta(days=18)
REFUNDABLE_FOR = timedelta(days=180)
KEY_LENGTH_MAX = 500
TICK = timedelta(milliseconds=1)
KEPT = frozenset({Standing.FINE, Standing.REIMBURSED, Standing.SETTLED})
_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_DETAILS = {
    PaymentStatus.APPROVED: "accredited",
    PaymentStatus.REJECTED: "cc_rejected_other_reason",
    PaymentStatus.PENDING: "pending_waiting_payment",
}


@dataclass(frozen=True, slots=True)
class _Refunded:
    """One refund that was made, and what was asked for."""

    number: str
    payment: PaymentId
    asked: Money | None
    amount: Money


class FakeGateway:
    """Implements PaymentGateway on a small world of its own. All calls of one event loop."""

    def __init__(self, clock: Clock, collector_id: str = "100000001") -> None:
        self._clock = clock
        self._collector_id = collector_id
        self._numbers = count(1_000_000_001)
        self._opened: dict[CheckoutId, tuple[PreferenceRequest, Preference]] = {}
        self._preferences: dict[str, PreferenceRequest] = {}
        self._facts: dict[PaymentId, Fact] = {}
        self._by_reference: dict[str, list[PaymentId]] = {}
        self._refunds: dict[RefundKey, _Refunded] = {}
        self._disputed: dict[PaymentId, Money | None] = {}

    @property
    def collector_id(self) -> str:
        """Our account number, digits."""
        return self._collector_id

    async def open_preference(self, request: PreferenceRequest) -> Preference:
        """The same request again answers the same; another one for its checkout is refused."""
        outside_only("open_preference")
        if request.checkout_id in self._opened:
            known, preference = self._opened[request.checkout_id]
            if known != request:
                raise GatewayRefused(status=409, message="the key was used for another body")
            return preference
        if request.amount.cents <= 0 or not request.title.strip():
            raise GatewayRefused(status=400, message="items are invalid")
        id = f"{self._collector_id}-{next(self._numbers)}"
        preference = Preference(id, f"https://gateway.invalid/checkout/{id}")
        self._opened[request.checkout_id] = request, preference
        self._preferences[id] = request
        return preference

    async def payment(self, id: PaymentId) -> Fact | None:
        """The payment as it is now; None if there is none."""
        outside_only("payment")
        return self._now_of(id) if id in self._facts else None

    async def payments_of(self, checkout: CheckoutId) -> Sequence[Fact]:
        """The payments with that external reference, oldest first."""
        outside_only("payments_of")
        reference = str(checkout)
        facts = map(self._now_of, self._by_reference.get(reference, ()))
        return [fact for fact in facts if fact.external_reference == reference]

    async def refund(self, key: RefundKey, payment: PaymentId, amount: Money | None) -> str:
        """Only an approved payment, not longer than 180 days, never more than is left. A used key
        answers as before; with another payment or amount nobody can tell what became of it."""
        outside_only("refund")
        known = self._refunds.get(key)
        if known is not None:
            if (known.payment, known.asked) != (payment, amount):
                raise GatewaySilent(operation="refund", status=409)
            return known.number
        fact = self._facts.get(payment)
        if fact is None:
            raise GatewayRefused(status=404, message="payment not found")
        left = fact.amount - fact.refunded
        if reason := self._reason_against(fact, left if amount is None else amount, left):
            self._prove_absence(fact, amount)
            raise GatewayRefused(status=400, message=reason)
        return self._refund(key, fact, amount, left)

    def pay(
        self,
        preference_id: str,
        amount: Money | None = None,
        currency: str = "ARS",
        status: str = "approved",
    ) -> PaymentId:
        """Somebody pays on the page: the preference's amount in `currency`, or another `amount`.
        Closed jobs' pages can be paid too. Raises KeyError for an unknown page."""
        request, now = self._preferences[preference_id], self._now()
        id = PaymentId(str(next(self._numbers)))
        paid = amount or Money(request.amount.cents, currency)
        nothing = Money(0, paid.currency)
        self._facts[id] = Fact(
            id=id,
            status=PaymentStatus.PENDING,
            detail=_DETAILS[PaymentStatus.PENDING],
            amount=paid,
            refunded=nothing,
            taken=nothing,
            fee=nothing,
            taxes=nothing,
            collector_id=self._collector_id,
            external_reference=str(request.checkout_id),
            approved_at=None,
            releases_at=None,
            released=False,
            updated_at=now,
        )
        self.change(id, status)
        return id

    def change(
        self,
        payment: PaymentId,
        status: str,
        detail: str | None = None,
        *,
        refunded: Money | None = None,
        disputed: Money | None = None,
        collector_id: str | None = None,
        external_reference: str | None = None,
    ) -> Fact:
        """Something happens to it, by whoever; its first approval takes fee and taxes. A chargeback
        takes what is `disputed`: what was not refunded, or all again if everything was. Raises
        KeyError for an unknown payment, ValueError for an unknown word."""
        fact, word = self._facts[payment], PaymentStatus(status)
        if detail == "in_process":
            self._disputed[payment] = disputed
        lost = standing(word, detail or "") is Standing.SETTLED
        first: dict[str, Any] = {}
        if word is PaymentStatus.APPROVED and fact.approved_at is None:
            now = self._now()
            first = {
                "approved_at": now,
                "releases_at": now + RELEASED_AFTER,
                "fee": fact.amount.share(FEE),
                "taxes": fact.amount.share(TAX),
            }
        return self._keep(
            fact,
            status=word,
            detail=_DETAILS.get(word, status) if detail is None else detail,
            refunded=fact.refunded if refunded is None else refunded,
            taken=self._dispute(fact) if lost else Money(0, fact.amount.currency),
            collector_id=fact.collector_id if collector_id is None else collector_id,
            external_reference=external_reference or fact.external_reference,
            **first,
        )

    def release(self, payment: PaymentId) -> Fact:
        """Its money becomes available, before its day perhaps."""
        return self._keep(self._facts[payment], releases_at=self._now(), released=True)

    def _dispute(self, fact: Fact) -> Money:
        left = fact.amount - fact.refunded
        return self._disputed.get(fact.id) or left or fact.amount

    def _reason_against(self, fact: Fact, amount: Money, left: Money) -> str | None:
        if fact.collector_id != self._collector_id:
            return "the payment is another collector's"
        if fact.status is not PaymentStatus.APPROVED or fact.approved_at is None:
            return "not valid for the current payment state"
        if self._now() > fact.approved_at + REFUNDABLE_FOR:
            return "too old to be refunded"
        if amount.currency != fact.amount.currency or amount.cents <= 0:
            return "the amount is invalid"
        return None if amount <= left else "the amount exceeds what is left"

    def _prove_absence(self, fact: Fact, amount: Money | None) -> None:
        """As the real adapter: a refusal counts only if no such refund can be seen."""
        made = [each.amount for each in self._refunds.values() if each.payment == fact.id]
        happened = fact.refunded == fact.amount if amount is None else amount in made
        if happened:
            raise GatewaySilent(operation="refund", status=400, reason="may be done")

    def _refund(self, key: RefundKey, fact: Fact, amount: Money | None, left: Money) -> str:
        gone = left if amount is None else amount
        number = str(next(self._numbers))
        self._refunds[key] = _Refunded(number, fact.id, amount, gone)
        told: dict[str, Any] = {"status": PaymentStatus.APPROVED, "detail": "partially_refunded"}
        if gone == left:
            nothing = Money(0, gone.currency)
            told = {"status": PaymentStatus.REFUNDED, "detail": "refunded"}
            told |= {"fee": nothing, "taxes": nothing}
        self._keep(fact, refunded=fact.refunded + gone, **told)
        return number

    def _now_of(self, id: PaymentId) -> Fact:
        """Time alone makes money available that nothing holds."""
        fact = self._facts[id]
        if fact.released or fact.releases_at is None or fact.releases_at > self._now():
            return fact
        left = fact.amount - fact.refunded - fact.taken
        kept = standing(fact.status, fact.detail) in KEPT and left.cents > 0
        return self._keep(fact, released=True) if kept else fact

    def _keep(self, fact: Fact, **told: Any) -> Fact:
        """Every version of a payment is later than the one before."""
        kept = replace(fact, updated_at=max(self._now(), fact.updated_at + TICK), **told)
        self._facts[fact.id] = kept
        known = self._by_reference.setdefault(kept.external_reference, [])
        if fact.id not in known:
            known.append(fact.id)
        return kept

    def _now(self) -> datetime:
        """The moment, as exact as the gateway tells it."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class FakeMailer:
    """Implements Mailer; keeps every mail once, the first of an id."""

    def __init__(self) -> None:
        self._kept: dict[str, Mail] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Always."""
        outside_only("mail")
        yield self

    async def send(self, mail: Mail) -> None:
        """Keeps it."""
        outside_only("mail")
        self._kept.setdefault(mail.id, mail)

    def mails(self, to: str | None = None) -> list[Mail]:
        """Those to one address, or all; oldest first."""
        return [mail for mail in self._kept.values() if to in (None, mail.to)]


class FakeStorage:
    """Implements Storage. Raises ValueError for a bad key, as the real one."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    async def put(self, key: str, content: bytes) -> None:
        """Keeps a copy."""
        self._files[_checked(key)] = bytes(content)

    async def get(self, key: str) -> bytes | None:
        """The content; None if there is none."""
        return self._files.get(_checked(key))

    async def delete(self, key: str) -> None:
        """Afterwards there is none."""
        self._files.pop(_checked(key), None)


def _checked(key: str) -> str:
    outside_only("storage")
    if len(key) > KEY_LENGTH_MAX or ".." in key or not _KEY.fullmatch(key) or "." in key.split("/"):
        raise ValueError("not a key of the storage")
    return key
