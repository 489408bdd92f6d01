"""What the gateway told of a payment becomes true here."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from conectar.application.access import existing
from conectar.application.jobs import moving
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.payments.incidents import Incident, flagged
from conectar.application.ports.outside import PaymentGateway
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import CheckoutId, TransactionId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.checkout import Checkout, CheckoutStatus
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import (
    FAILED,
    POSTED,
    WAITING,
    Fact,
    Flag,
    Payment,
    PaymentConfirmed,
    PaymentFailed,
    Verdict,
    first_seen,
    judge,
)
from conectar.domain.payments.refund import RefundOrigin
from conectar.domain.payments.standing import is_ours_to_keep, lets_go


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyFact(Command[None]):
    """Applies the newest thing known of a payment, once. An older or impossible fact changes
    nothing. An approved payment is judged the first time: it funds its job, goes back whole, or is
    parked for a person."""

    fact: Fact


class ApplyFactHandler:
    """Under the lock of the job."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy, gateway: PaymentGateway) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._collector_id = gateway.collector_id

    async def __call__(self, command: ApplyFact, uow: UnitOfWork) -> None:
        """Refuses nothing: what can't be applied is parked."""
        now, fact = self._clock.now(), command.fact
        heard = await uow.read.payment(fact.id)
        if heard is not None and not heard.follows(fact) and not _late(heard, fact):
            return  # most facts are old news, and need no lock
        checkout = await self._checkout(fact, uow)
        job = await uow.jobs.find(checkout.job_id) if checkout else None
        checkout = await uow.checkouts.find(checkout.id) if checkout else None
        known = await uow.payments.find(fact.id)
        if known is not None and not known.follows(fact):
            if _late(known, fact):
                await uow.payments.save(await self._note_release(fact, known, now, uow))
            return
        payment = known.told(fact).named(checkout) if known else first_seen(fact, checkout)
        if known is None:
            await uow.payments.add(payment)
        await self._open_line(payment, now, uow)
        if payment.verdict is Verdict.OPEN and is_ours_to_keep(fact):
            payment = await self._judge(fact, payment, checkout, job, now, uow)
        payment = await Incident(payment, now, self._ids, self._policy, uow).look()
        if payment.verdict in POSTED:
            payment = await self._post_charges(fact, payment, now, uow)
            payment = await self._note_release(fact, payment, now, uow)
        await uow.payments.save(payment)
        await self._tell_client(payment, known, now, uow)

    async def _checkout(self, fact: Fact, uow: UnitOfWork) -> Checkout | None:
        """The checkout a payment of our own account names."""
        if fact.collector_id != self._collector_id:
            return None
        try:
            reference = CheckoutId(UUID(fact.external_reference))
        except ValueError:
            return None
        return await uow.checkouts.peek(reference)

    async def _judge(
        self,
        fact: Fact,
        payment: Payment,
        checkout: Checkout | None,
        job: Job | None,
        now: datetime,
        uow: UnitOfWork,
    ) -> Payment:
        verdict = judge(fact, checkout, job, self._collector_id)
        payment = replace(payment, verdict=verdict)
        await uow.payments.save(payment)
        if verdict is Verdict.FUNDS:
            assert checkout is not None and job is not None, "only a job of ours is funded"
            await self._fund(payment, checkout, job, now, uow)
        if verdict is Verdict.RETURNS:
            await settling.return_payment(payment, now, self._ids, uow)
        if verdict is Verdict.RETURNS_UNPOSTED:
            origin = RefundOrigin.UNPOSTED
            await settling.order_refund(payment, payment.amount, origin, now, self._ids, uow)
            return await flagged(payment, Flag.OTHER_CURRENCY, now, uow)
        if verdict is Verdict.FOREIGN:
            return await flagged(payment, Flag.FOREIGN, now, uow)
        return payment

    async def _fund(
        self, payment: Payment, checkout: Checkout, job: Job, now: datetime, uow: UnitOfWork
    ) -> None:
        legs = postings.funded(job.id, job.price)
        ref = ledger.payment_ref(payment.id, "approved")
        await settling.post(legs, ref, now, self._ids, uow, job.id, payment.id)
        await uow.checkouts.save(checkout.close(CheckoutStatus.PAID))
        decision = job.confirm_payment(at=now)
        await moving.keep(job, decision, self._ids, uow)
        await uow.movements.add(
            Movement(
                id=TransactionId(self._ids.new()),
                source_ref=ledger.job_ref(job.id, MovementKind.ESCROW.value),
                kind=MovementKind.ESCROW,
                status=MovementStatus.COMPLETED,
                amount=job.price,
                job_id=job.id,
                client_id=job.client_id,
                professional_id=job.professional_id,
                payment_id=payment.id,
                created_at=now,
                completed_at=now,
            )
        )
        await uow.outbox.record(_event(PaymentConfirmed, payment, now))

    async def _post_charges(
        self, fact: Fact, payment: Payment, now: datetime, uow: UnitOfWork
    ) -> Payment:
        fee, taxes = fact.fee - payment.fee_posted, fact.taxes - payment.taxes_posted
        legs = postings.charges(fee, taxes, payment.released)
        ref = ledger.payment_ref(payment.id, f"charges:{payment.version}")
        await settling.post(legs, ref, now, self._ids, uow, payment.job_id, payment.id)
        return replace(payment, fee_posted=fact.fee, taxes_posted=fact.taxes)

    async def _note_release(
        self, fact: Fact, payment: Payment, now: datetime, uow: UnitOfWork
    ) -> Payment:
        """A payment refunded whole or charged back has nothing left to be released: its day has
        come, too. What stands on a person's list stays where it is."""
        if payment.released or payment.flag:
            return replace(payment, ask_release_at=None)
        if not lets_go(fact):
            again = now + self._policy.release_poll
            return replace(payment, ask_release_at=max(fact.releases_at or again, again))
        await settling.payment_released(payment, now, self._ids, uow)
        return replace(payment, released=True, ask_release_at=None)

    async def _open_line(self, payment: Payment, now: datetime, uow: UnitOfWork) -> None:
        """The client's line about a payment of his, before anything that follows from it."""
        ref = ledger.payment_ref(payment.id, "movement")
        if not _is_clients(payment) or await uow.movements.of_fact(ref):
            return
        await uow.movements.add(
            Movement(
                id=TransactionId(self._ids.new()),
                source_ref=ref,
                kind=MovementKind.PAYMENT,
                status=MovementStatus.PENDING,
                amount=payment.amount,
                job_id=payment.job_id,
                client_id=payment.client_id,
                professional_id=None,
                payment_id=payment.id,
                created_at=now,
            )
        )

    async def _tell_client(
        self, payment: Payment, known: Payment | None, now: datetime, uow: UnitOfWork
    ) -> None:
        """How his payment went, and the event of a failed one."""
        if not _is_clients(payment):
            return
        line = existing(await uow.movements.of_fact(ledger.payment_ref(payment.id, "movement")))
        status = _movement_status(payment)
        if line.status is not status:
            await uow.movements.save(line.become(status, now))
        if payment.status in FAILED and (known is None or known.status not in FAILED):
            await uow.outbox.record(_event(PaymentFailed, payment, now))


def _late(payment: Payment, fact: Fact) -> bool:
    """The same moment again, of money that is available now: its release could not be noted while
    it was parked, or moved no clock of the gateway."""
    waits = payment.flag is None and payment.verdict in POSTED and not payment.released
    return waits and fact.updated_at == payment.updated_at and lets_go(fact)


def _is_clients(payment: Payment) -> bool:
    return payment.job_id is not None and payment.amount.currency == Money.ZERO.currency


def _movement_status(payment: Payment) -> MovementStatus:
    if payment.verdict in POSTED:
        return MovementStatus.COMPLETED
    return MovementStatus.PENDING if payment.status in WAITING else MovementStatus.FAILED


def _event(
    told: type[PaymentConfirmed] | type[PaymentFailed], payment: Payment, now: datetime
) -> PaymentConfirmed | PaymentFailed:
    return told(at=now, payment_id=payment.id, job_id=payment.job_id, client_id=payment.client_id)
