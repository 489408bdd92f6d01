"""A refund is carried out at the gateway, whatever happens on the way."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.access import existing
from conectar.application.jobs import moving
from conectar.application.message import Command, Door, Saga
from conectar.application.payments import settling
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.ports.outside import GatewayRefused, PaymentGateway, Unavailable
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.actor import GATEWAY, Actor
from conectar.domain.kernel.ids import RefundId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import Legs
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payment import Fact, Payment
from conectar.domain.payments.refund import (
    OUTSTANDING,
    Refund,
    RefundFailed,
    RefundOrigin,
    RefundStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRefund(Saga[None]):
    """Takes one due refund a step further: claim it with a lease, read the payment, send the same
    call under the same key or only read back, and record what is known. No answer is `unknown`,
    never failed."""

    refund_id: RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefund(Command[tuple[Refund, Money] | None]):
    """First step: the intent as claimed, with what earlier refunds of its payment took; None if it
    is not due or another worker has it."""

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

    def __init__(self, gateway: PaymentGateway, policy: Policy) -> None:
        self._gateway = gateway
        self._policy = policy

    async def __call__(self, saga: RunRefund, door: Door) -> None:
        """Refuses nothing: silence is recorded."""
        claimed = await door.execute(ClaimRefund(refund_id=saga.refund_id))
        if claimed is None:
            return
        refund, taken = claimed
        try:
            outcome = {"gateway_id": await self._gateway_id(refund, taken)}
        except GatewayRefused as refusal:
            outcome = {"refused": str(refusal.facts)}
        except Unavailable as silence:
            outcome = {"unanswered": str(silence.facts)}
        step = RecordRefund(refund_id=refund.id, version=refund.version, **outcome)
        await door.execute(step)
        await self._look_again(refund, door)

    async def _gateway_id(self, refund: Refund, taken: Money) -> str:
        """Reads back first: a refund whose answer was lost shows in the payment's own sum."""
        fact = await self._gateway.payment(refund.payment_id)
        if fact is not None and taken + refund.amount <= fact.refunded:
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

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: ClaimRefund, uow: UnitOfWork) -> tuple[Refund, Money] | None:
        """Refuses nothing."""
        now = self._clock.now()
        refund = await uow.refunds.find(command.refund_id)
        due = refund is not None and refund.status in OUTSTANDING and refund.next_at is not None
        if refund is None or not due or refund.next_at is None or now < refund.next_at:
            return None
        refund = refund.claim(now, self._policy.retries)
        await uow.refunds.save(refund)
        if refund.status is RefundStatus.MANUAL:
            await uow.outbox.record(_failed(refund, now))
            return None
        taken = Money(0, refund.amount.currency)
        for other in await uow.refunds.of_payment(refund.payment_id):
            if other.status is RefundStatus.SUCCEEDED and other.gateway_id:
                taken = taken + other.amount
        return refund, taken


class RecordRefundHandler:
    """Records."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: RecordRefund, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        refund = existing(await uow.refunds.find(command.refund_id))
        if refund.version != command.version:
            return
        if command.gateway_id is not None:
            done = refund.succeed(now, command.gateway_id)
            await settle_refund(done, GATEWAY, False, now, self._ids, self._policy, uow)
            return
        if command.refused is not None:
            refund = refund.refuse(command.refused)
        else:
            error = command.unanswered or ""
            refund = refund.unanswered(now, error, self._policy.retries)
        await uow.refunds.save(refund)
        if refund.status is RefundStatus.MANUAL:
            await uow.outbox.record(_failed(refund, now))


def _failed(refund: Refund, now: datetime) -> RefundFailed:
    return RefundFailed(
        at=now, refund_id=refund.id, payment_id=refund.payment_id, job_id=refund.job_id
    )


async def settle_refund(
    refund: Refund,
    by: Actor,
    by_bank: bool,
    now: datetime,
    ids: Ids,
    policy: Policy,
    uow: UnitOfWork,
) -> None:
    """The client has the money: intent, ledger, his line and his job say so."""
    await uow.refunds.save(refund)
    if refund.origin is RefundOrigin.UNPOSTED:
        return
    payment = existing(await uow.payments.find(refund.payment_id))
    ref = ledger.refund_ref(refund.id, "confirmed")
    legs = _legs(refund, payment, by_bank)
    await settling.post(legs, ref, now, ids, uow, refund.job_id, refund.payment_id)
    line = existing(await uow.movements.of_fact(ledger.refund_ref(refund.id, "movement")))
    await uow.movements.save(line.become(MovementStatus.COMPLETED, now))
    job = await uow.jobs.find(refund.job_id)
    if refund.origin is RefundOrigin.ESCROW and job and job.escrow is EscrowStatus.REFUNDING:
        decision = job.confirm_refund(by=by, at=now, terms=policy.terms)
        await moving.keep(job, decision, ids, uow)


def _legs(refund: Refund, payment: Payment, by_bank: bool) -> Legs:
    if by_bank:
        return ledger.refund_by_bank(refund.job_id, refund.amount)
    return ledger.refund_confirmed(refund.job_id, refund.amount, payment.released)
