"""What the gateway does with held or released money by itself, and what follows here.

`look` brings a job to where its payment stands, and flags what nobody expected. It may be run at
any time and again: once a job is there, nothing follows. A word of the gateway while a refund of
ours is on its way waits until that refund has its answer, and is followed then.
"""

from dataclasses import replace
from datetime import datetime

from conectar.application.access import existing
from conectar.application.jobs import moving, suspending
from conectar.application.payments import settling
from conectar.application.payments.settle_refund import settle_refund
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, Trigger
from conectar.domain.kernel.actor import GATEWAY
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import divide
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import (
    FAILED,
    WAITING,
    Bearer,
    Flag,
    Given,
    Payment,
    PaymentFlagged,
    PaymentStatus,
    Verdict,
)
from conectar.domain.payments.refund import (
    IN_FLIGHT,
    UNSENT,
    UNSETTLED,
    Refund,
    RefundOrigin,
    RefundStatus,
)
from conectar.domain.payments.standing import (
    CAUSES,
    PARKED,
    Follows,
    Standing,
    Unexplained,
    follows,
    standing,
    unexplained,
)

WAITS = frozenset({Trigger.LOSE, Trigger.OUTSIDE_REFUND, Trigger.SETTLE_CHARGEBACK})


async def follow_again(
    payment_id: PaymentId, now: datetime, ids: Ids, policy: Policy, uow: UnitOfWork
) -> None:
    """A refund of ours got its answer: what the gateway said meanwhile may count now."""
    payment = existing(await uow.payments.find(payment_id))
    await uow.payments.save(await Incident(payment, now, ids, policy, uow).look())


class Incident:
    """One look at one payment, inside one unit of work."""

    def __init__(
        self, payment: Payment, now: datetime, ids: Ids, policy: Policy, uow: UnitOfWork
    ) -> None:
        self._payment = payment
        self._now = now
        self._ids = ids
        self._policy = policy
        self._uow = uow
        self._read: list[Refund] | None = None
        """Its refunds, until one of them changes."""

    async def look(self) -> Payment:
        """The payment afterwards, for the caller to save: followed by its job, if it funds one;
        flagged, if it does what nobody expects of money that funds nothing."""
        await self._recognise()
        if self._payment.verdict is Verdict.FUNDS:
            return await self._follow()
        return await self._flagged(self._payment.flag is not None or await self._surprising())

    async def _follow(self) -> Payment:
        payment = self._payment
        job = await self._job()
        lost = standing(payment.status, payment.detail) is Standing.SETTLED
        left = await self._left_there(job) if lost else job.price  # nothing else asks for it
        move = follows(payment, job, left)
        if move not in WAITS or not await self._in_flight():
            await self._make(move, job)
        unheard = payment.news and (move is PARKED or (lost and move is Trigger.FREEZE))
        return await self._flagged(unheard or bool(await self._unexplained()))

    async def _make(self, move: Follows, job: Job) -> None:
        match move:
            case Trigger.FREEZE:
                now = standing(self._payment.status, self._payment.detail)
                await self._freeze(job, CAUSES.get(now, FrozenBy.CHARGEBACK))
            case Trigger.THAW:
                await self._thaw(job)
            case Trigger.LOSE:
                if not job.frozen:
                    job = await self._freeze(job, FrozenBy.CHARGEBACK)
                await self._take_away(Trigger.LOSE, job)
            case Trigger.OUTSIDE_REFUND:
                await self._take_away(Trigger.OUTSIDE_REFUND, job)
            case Trigger.SETTLE_CHARGEBACK:
                await self._charge_back(job)
            case Trigger.REIMBURSE:
                await self._reimburse(job)

    # -- the moves -----------------------------------------------------------------------------

    async def _freeze(self, job: Job, cause: FrozenBy) -> Job:
        """Refunds not sent yet are void: the money may not be ours to give back."""
        decision = job.freeze(cause, at=self._now)
        await moving.keep(job, decision, self._ids, self._uow)
        await self._void(frozenset({RefundStatus.CREATED}), "the gateway froze the payment")
        return decision.job

    async def _thaw(self, job: Job) -> None:
        """The clock goes on; money that was going back goes back again; a ban that waited opens
        its dispute."""
        decision = job.thaw(at=self._now)
        await moving.keep(job, decision, self._ids, self._uow)
        job, uow = decision.job, self._uow
        unsettled = [r for r in await self._refunds() if r.status in UNSETTLED]
        if job.escrow is EscrowStatus.REFUNDING and not unsettled:
            account, origin = ledger.refund_pending(job.id), RefundOrigin.ESCROW
            waits = await uow.ledger.of_payment(account, self._payment.id)
            given = self._given_of(waits, job)
            await self._post(postings.made_good(job.id, given), f"made_good:{job.version}")
            if owed := waits - given.total:
                await self._order(owed, origin)
            else:
                done = job.confirm_refund(by=GATEWAY, at=self._now)
                await moving.keep(job, done, self._ids, uow)
        if job.escrow is EscrowStatus.HELD:
            await suspending.if_banned(job, self._now, self._ids, uow)

    async def _take_away(self, trigger: Trigger, job: Job) -> None:
        """Held or returning money left, to the client or to his bank, without us."""
        decision = job.take_away(trigger, at=self._now, in_flight=await self._in_flight())
        of_payment = self._uow.ledger.of_payment
        held = await of_payment(ledger.escrow(job.id), self._payment.id)
        refunding = await of_payment(ledger.refund_pending(job.id), self._payment.id)
        await moving.keep(job, decision, self._ids, self._uow)
        await self._void(UNSENT, "the gateway took the money")
        given = self._given_of(held + refunding, job)
        legs = postings.taken_outside(job.id, held, refunding, given, self._payment.released)
        await self._post(legs, trigger.value)
        lost = trigger is Trigger.LOSE
        kind = MovementKind.CHARGEBACK if lost else MovementKind.REFUND
        await settling.note(kind, job.price, job, self._payment, self._now, self._ids, self._uow)
        refunded, taken = self._payment.refunded, self._payment.taken
        self._payment = replace(self._payment, excused=refunded, taken_booked=taken)

    async def _charge_back(self, job: Job) -> None:
        """What the professional got for this job is taken from him, or the house bears it."""
        payment, uow, pro = self._payment, self._uow, job.professional_id
        decision = job.take_away(Trigger.SETTLE_CHARGEBACK, at=self._now, in_flight=False)
        left = await settling.left_of(job, payment, uow)
        pending = await self._unsent()
        await moving.keep(job, decision, self._ids, uow)
        await self._void(UNSENT, "the gateway took the money")
        shares, bearer = divide(left, job.rate), self._policy.bearer
        again = await self._by_bank()
        await self._post(postings.lost(Money.ZERO, again, payment.released), "charged_back:by_bank")
        if bearer is Bearer.HOUSE:
            legs = postings.charged_back_on_platform(job.id, left, pending, payment.released)
        else:
            await uow.payouts.unsent_of(pro)  # locked before the balances, as everywhere
            unreleased = await uow.ledger.of_job(ledger.payable_unreleased(pro), job.id)
            available = await uow.ledger.balance(ledger.payable(pro))
            legs = postings.charged_back(
                job.id, pro, shares, unreleased, available, pending, payment.released
            )
        await self._post(legs, "charged_back")
        if bearer is Bearer.PROFESSIONAL:
            if shares.net:
                net, now = shares.net, self._now
                await settling.tell_charged_back(net, job, payment, now, self._ids, uow)
            await settling.recall_payouts(pro, self._now, self._ids, uow)
        elif left:
            kind = MovementKind.CHARGEBACK
            await settling.note(kind, left, job, payment, self._now, self._ids, uow)
        self._payment = replace(
            payment,
            charged=left,
            charged_pending=pending,
            charged_to=bearer,
            taken_booked=payment.taken,
        )

    async def _reimburse(self, job: Job) -> None:
        """The gateway gave it back: everybody has again what he had."""
        payment, uow, pro = self._payment, self._uow, job.professional_id
        decision = job.reimburse(at=self._now)
        await moving.keep(job, decision, self._ids, uow)
        left, pending = payment.charged, payment.charged_pending
        again = await self._by_bank()
        recovered = postings.recovered(Money.ZERO, again, payment.released)
        await self._post(recovered, "reimbursed:by_bank")
        if payment.charged_to is Bearer.HOUSE:
            legs = postings.reimbursed_to_platform(job.id, left, pending, payment.released)
        else:
            _, owes = await settling.has_and_owes(pro, uow)
            shares = divide(left, job.rate)
            legs = postings.reimbursed(job.id, pro, shares, owes, pending, payment.released)
        await settling.tell_reimbursed(job, payment, self._now, uow)
        await self._post(legs, "reimbursed")
        back = left + pending + again
        self._payment = replace(payment, taken_booked=payment.taken_booked - back)
        if pending:
            origin = RefundOrigin.ESCROW if job.to_client else RefundOrigin.RELEASED
            await self._order(pending, origin)

    # -- the pieces ----------------------------------------------------------------------------

    async def _recognise(self) -> None:
        """A refund on a person's list that the gateway shows as done is done."""
        for refund in await self._refunds():
            if refund.status is not RefundStatus.MANUAL:
                continue
            arrived = [r.amount for r in await self._refunds() if r.gateway_id]
            told = self._payment.refunded - self._payment.excused
            if sum(arrived, refund.amount) <= told:
                done = refund.succeed(self._now, f"read-back:{self._payment.id}")
                await settle_refund(done, GATEWAY, False, self._now, self._ids, self._uow)
                self._read = None

    async def _unexplained(self) -> Unexplained:
        return unexplained(self._payment, await self._refunds())

    def _given_of(self, waits: Money, job: Job) -> Given:
        """What of money in care the gateway gave the client, and the house wrote off, since."""
        given = self._payment.given
        return given.up_to(max(waits + given.total - job.price, Money.ZERO))

    async def _surprising(self) -> bool:
        """Of a payment that funds nothing: a refund that is not ours, a mediation, a chargeback, a
        word we never heard; and any word, once a person booked by hand what another one took."""
        payment = self._payment
        if payment.status in WAITING | FAILED:
            return False
        expected = payment.status in (PaymentStatus.APPROVED, PaymentStatus.REFUNDED)
        if payment.news and (payment.by_hand or not expected):
            return True
        return payment.verdict is not Verdict.OPEN and bool(await self._unexplained())

    async def _flagged(self, parked: bool) -> Payment:
        payment = self._payment
        if parked and payment.flag is None:
            flag = Flag.NO_ROW if payment.job_id else Flag.FOREIGN
            return await flagged(payment, flag, self._now, self._uow)
        if not parked and payment.flag is not None:
            return replace(payment, flag=None, ask_release_at=self._now)
        return payment

    async def _order(self, amount: Money, origin: RefundOrigin) -> None:
        payment, now = self._payment, self._now
        await settling.order_refund(payment, amount, origin, now, self._ids, self._uow)
        self._read = None

    async def _void(self, statuses: frozenset[RefundStatus], why: str) -> None:
        for refund in await self._refunds():
            if refund.status in statuses:
                await self._uow.refunds.save(refund.void(why))
                await settling.tell_refund(refund, MovementStatus.FAILED, self._now, self._uow)
        self._read = None

    async def _by_bank(self) -> Money:
        """What the house gave the client from its own bank, while the gateway kept it."""
        sent = [r for r in await self._refunds() if r.status is RefundStatus.SUCCEEDED]
        return sum((r.amount for r in sent if r.gateway_id is None), Money.ZERO)

    async def _left_there(self, job: Job) -> Money:
        """What the gateway has of the price, but for a chargeback that is not booked."""
        given = [r.amount for r in await self._refunds() if r.gateway_id]
        outside = (await self._unexplained()).outside
        return job.price - sum(given, self._payment.given.total) - outside

    async def _unsent(self) -> Money:
        return sum((r.amount for r in await self._refunds() if r.status in UNSENT), Money.ZERO)

    async def _in_flight(self) -> bool:
        return any(r.status in IN_FLIGHT for r in await self._refunds())

    async def _refunds(self) -> list[Refund]:
        if self._read is None:
            self._read = list(await self._uow.refunds.of_payment(self._payment.id))
        return self._read

    async def _job(self) -> Job:
        assert self._payment.job_id is not None, "it funds a job"
        return existing(await self._uow.jobs.find(self._payment.job_id))

    async def _post(self, legs: ledger.Legs, what: str) -> None:
        payment = self._payment
        ref = ledger.payment_ref(payment.id, what)
        await settling.post(legs, ref, self._now, self._ids, self._uow, payment.job_id, payment.id)


async def flagged(payment: Payment, flag: Flag, at: datetime, uow: UnitOfWork) -> Payment:
    """On a person's list; told once."""
    await uow.outbox.record(
        PaymentFlagged(
            at=at,
            payment_id=payment.id,
            job_id=payment.job_id,
            client_id=payment.client_id,
            flag=flag,
        )
    )
    return replace(payment, flag=flag)
