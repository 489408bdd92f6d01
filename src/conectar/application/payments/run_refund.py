"""A refund is carried out at the gateway, whatever happens on the way."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.message import Command, Saga
from conectar.application.payments import incidents
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.payments.holding import hold_refund
from conectar.application.payments.settle_refund import settle_refund
from conectar.application.ports.outside import GatewayRefused, PaymentGateway, Unavailable
from conectar.application.ports.system import Clock, Ids, Telemetry
from conectar.application.ports.telemetry_context import belonging_to
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.kernel.actor import GATEWAY
from conectar.domain.kernel.ids import PaymentId, RefundId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact
from conectar.domain.payments.refund import (
    OUTSTANDING,
    Refund,
    RefundFailed,
    RefundStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRefund(Saga[None]):
    """Takes one due refund a step further: claim it with a lease, read the payment, send the same
    call under the same key or only read back, and record what is known. No answer is `unknown`,
    never failed."""

    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefund(Command[Refund | None]):
    """First step: the intent as claimed; None if it is not due or another worker has it."""

    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRefund(Command[None]):
    """Last step. `version` is that of the claim: a worker whose lease ran out records nothing.
    Exactly one of `gateway_id`, `refused`, `unanswered` says how it went."""

    refund_id: RefundId
    version: int
    gateway_id: str | None = None
    refused: str | None = None
    unanswered: str | None = None


class RunRefundHandler:
    """Goes between."""

    def __init__(self, gateway: PaymentGateway, telemetry: Telemetry, policy: Policy) -> None:
        self._gateway = gateway
        self._telemetry = telemetry
        self._policy = policy

    async def __call__(self, saga: RunRefund, door: Door) -> None:
        """Refuses nothing: silence is recorded."""
        refund = await door.execute(ClaimRefund(refund_id=saga.refund_id))
        if refund is None:
            return
        with (
            belonging_to(refund.correlation_id),
            self._telemetry.span("refund", refund.trace_parent),
        ):
            await self._carry_out(refund, door)

    async def _carry_out(self, refund: Refund, door: Door) -> None:
        """Whoever decided it finds it in his own trace."""
        try:
            outcome = {"gateway_id": await self._gateway_id(refund)}
        except GatewayRefused as refusal:
            outcome = {"refused": str(refusal.facts)}
        except Unavailable as silence:
            outcome = {"unanswered": str(silence.facts)}
        step = RecordRefund(refund_id=refund.id, version=refund.version, **outcome)
        await door.execute(step)
        await self._look_again(refund, door)

    async def _gateway_id(self, refund: Refund) -> str:
        """Reads back first: a refund whose answer was lost shows in the payment's own sum."""
        fact = await self._gateway.payment(refund.payment_id)
        if fact is not None and refund.shows_in(fact.refunded):
            return f"read-back:{fact.id}"
        if not refund.resends(self._policy.retries):
            raise Unavailable(payment=refund.payment_id)
        amount = None if refund.whole else refund.amount
        return await self._gateway.refund(refund.key, refund.payment_id, amount)

    async def _look_again(self, refund: Refund, door: Door) -> None:
        """The gateway may have given its fee back with the refund."""
        try:
            fact: Fact | None = await self._gateway.payment(refund.payment_id)
        except Unavailable:
            return
        if fact is not None:
            await door.execute(ApplyFact(fact=fact))


class ClaimRefundHandler:
    """Claims."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: ClaimRefund, uow: UnitOfWork) -> Refund | None:
        """Refuses nothing."""
        now = self._clock.now()
        refund = await hold_refund(command.refund_id, uow)
        due = refund is not None and refund.status in OUTSTANDING and refund.next_at is not None
        if refund is None or not due or refund.next_at is None or now < refund.next_at:
            return None
        refund = refund.claim(now, self._policy.retries, await _refunded(refund.payment_id, uow))
        await uow.refunds.save(refund)
        if refund.status is RefundStatus.MANUAL:
            await uow.outbox.record(_failed(refund, now))
            await incidents.follow_again(refund.payment_id, now, self._ids, self._policy, uow)
            return None
        return refund


async def _refunded(payment_id: PaymentId, uow: UnitOfWork) -> Money:
    """What of a payment went back already, as far as we know: the gateway's last word may be older
    than a refund of ours."""
    payment = existing(await uow.payments.find(payment_id))
    ours = [
        refund.amount
        for refund in await uow.refunds.of_payment(payment_id)
        if refund.status is RefundStatus.SUCCEEDED and refund.gateway_id
    ]
    return max(sum(ours, payment.excused), payment.refunded)


class RecordRefundHandler:
    """Records."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: RecordRefund, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        refund = existing(await hold_refund(command.refund_id, uow))
        if refund.version != command.version:
            return
        if command.gateway_id is not None:
            done = refund.succeed(now, command.gateway_id)
            await settle_refund(done, GATEWAY, False, now, self._ids, uow)
        elif command.refused is not None:
            refund = refund.refuse(command.refused)
        else:
            error = command.unanswered or ""
            refund = refund.unanswered(now, error, self._policy.retries)
        if command.gateway_id is None:
            await uow.refunds.save(refund)
        if refund.status is RefundStatus.MANUAL:
            await uow.outbox.record(_failed(refund, now))
        await incidents.follow_again(refund.payment_id, now, self._ids, self._policy, uow)


def _failed(refund: Refund, now: datetime) -> RefundFailed:
    return RefundFailed(
        at=now, refund_id=refund.id, payment_id=refund.payment_id, job_id=refund.job_id
    )
