"""An administrator closes what the gateway said and no rule knew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conectar.application.access import only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.payments.holding import hold_payment
from conectar.application.payments.incidents import Incident
from conectar.application.ports import rows
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.incidents import incident_view
from conectar.application.settings import Policy
from conectar.application.views.money import Agreed, IncidentView
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payment import POSTED, Given, NotParked, Payment, Verdict
from conectar.domain.payments.proposal import ProposalSpent
from conectar.domain.payments.refund import (
    UNSETTLED,
    Refund,
    RefundOrigin,
    RefundOutstanding,
    RefundStatus,
)
from conectar.domain.payments.standing import Unexplained, in_care, unexplained


class LossTooSmall(DomainError):
    """What the gateway shows as gone, or as given back, has to be named."""


class MoneyInCare(DomainError):
    """While a job's money is held or going back, only what the gateway shows can be lost or
    recovered: the rest is still the job's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident(Command[Agreed[IncidentView]]):
    """Closes a payment that waits for a person, with evidence of what the gateway really took
    (`loss`, borne by the house) or gave back (`recovery`), if anything, once no refund of ours is
    open. The same word of the gateway is not brought up again; held money that it froze for a
    chargeback of a part goes on. Above the house's limit another administrator has to agree, to
    the facts that were `seen`."""

    payment_id: PaymentId
    loss: Money | None
    recovery: Money | None
    evidence: str
    reason: str
    actor: Actor
    seen: int | None = None
    second: Second | None = None


class CloseIncidentHandler:
    """Closes."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._seconding = seconding

    async def __call__(self, command: CloseIncident, uow: UnitOfWork) -> Agreed[IncidentView]:
        """Raises WrongRole, NotFound, NotParked, RefundOutstanding, LossTooSmall, MoneyInCare,
        SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        now = self._clock.now()
        payment, job = await hold_payment(command.payment_id, uow)
        refunds = await uow.refunds.of_payment(payment.id)
        shown = unexplained(payment, refunds)
        by_hand = _expect_closable(command, payment, job, refunds, shown)
        if command.second and command.seen != payment.version:
            raise ProposalSpent()
        command = replace(command, seen=payment.version)
        subject = f"incident:{payment.id}"
        moved = _amount(command.loss) + _amount(command.recovery)
        if proposal := await self._seconding.needed(command, moved, subject, uow):
            return Agreed(proposal=proposal)
        payment = _closed(payment, shown, by_hand, now)
        if payment.verdict in POSTED:
            await self._book(command, payment, shown, uow)
            await self._void(_moot(payment, job, refunds, shown), payment, uow)
            payment = await self._let_go(payment, uow)
        payment = await Incident(payment, now, self._ids, self._policy, uow).look()
        await uow.payments.save(payment)
        job = await uow.jobs.find(job.id) if job else None
        return Agreed(done=incident_view(rows.Incident(payment, job)))

    async def _book(
        self, command: CloseIncident, payment: Payment, shown: Unexplained, uow: UnitOfWork
    ) -> None:
        loss, recovery, nothing = _amount(command.loss), _amount(command.recovery), Money.ZERO
        refunded = least(max(shown.refunded, nothing), loss)
        unrefunded = least(max(nothing - shown.refunded, nothing), recovery)
        lost = postings.lost(refunded, loss - refunded, payment.released)
        back = postings.recovered(unrefunded, recovery - unrefunded, payment.released)
        note = f"{command.evidence}: {command.reason}"
        for what, legs in (("loss", lost), ("recovery", back)):
            ref = ledger.payment_ref(payment.id, f"closed:{self._ids.new()}:{what}")
            now, job = self._clock.now(), payment.job_id
            await settling.post(legs, ref, now, self._ids, uow, job, payment.id, note=note)

    async def _void(self, moot: Sequence[Refund], payment: Payment, uow: UnitOfWork) -> None:
        """What a frozen job still owes is ordered anew when it thaws; what the client's bank took
        of a payment that funds nothing, he has."""
        now = self._clock.now()
        for refund in moot:
            await uow.refunds.save(refund.void("what the gateway took was booked"))
            await settling.tell_refund(refund, MovementStatus.FAILED, now, uow)
            if refund.origin is RefundOrigin.SUSPENSE:
                legs = postings.made_good(refund.job_id, Given(Money.ZERO, refund.amount))
                ref = ledger.refund_ref(refund.id, "taken")
                await settling.post(legs, ref, now, self._ids, uow, refund.job_id, payment.id)

    async def _let_go(self, payment: Payment, uow: UnitOfWork) -> Payment:
        """Where nothing is left at the gateway, there is no release to wait for."""
        left = await uow.ledger.of_payment(ledger.gateway(False), payment.id)
        if payment.released or left > Money.ZERO:
            return payment
        await settling.payment_released(payment, self._clock.now(), self._ids, uow)
        return replace(payment, released=True, ask_release_at=None)


def _expect_closable(
    command: CloseIncident,
    payment: Payment,
    job: Job | None,
    refunds: Sequence[Refund],
    shown: Unexplained,
) -> bool:
    """Whether he books anything beyond what the gateway shows."""
    loss, recovery = _amount(command.loss), _amount(command.recovery)
    posted = payment.verdict in POSTED
    if payment.flag is None or ((loss or recovery) and not posted):
        raise NotParked()
    moot = _moot(payment, job, refunds, shown)
    if any(refund.status in UNSETTLED and refund not in moot for refund in refunds):
        raise RefundOutstanding()
    if not posted:
        return False
    if loss < shown.loss or recovery < shown.recovery:
        raise LossTooSmall(loss=str(shown.loss), recovery=str(shown.recovery))
    by_hand = (loss, recovery) != (shown.loss, shown.recovery)
    if by_hand and job and in_care(payment, job):
        raise MoneyInCare(loss=str(shown.loss), recovery=str(shown.recovery))
    return by_hand


def _moot(
    payment: Payment, job: Job | None, refunds: Sequence[Refund], shown: Unexplained
) -> list[Refund]:
    """The refunds on a person's list that closing this leaves without a reason."""
    waiting = [refund for refund in refunds if refund.status is RefundStatus.MANUAL]
    owed = sum((refund.amount for refund in waiting), Money(0, payment.amount.currency))
    if payment.verdict is Verdict.RETURNS and shown.taken >= owed:
        return waiting
    return waiting if job and job.frozen and in_care(payment, job) else []


def _closed(payment: Payment, shown: Unexplained, by_hand: bool, now: datetime) -> Payment:
    """What was told of a payment before it was approved counts again when it is."""
    closed = replace(
        payment,
        flag=None,
        closed_word=payment.word,
        by_hand=payment.by_hand or by_hand,
        ask_release_at=None if payment.released else now,
    )
    if payment.verdict is Verdict.OPEN:
        return closed
    excused, taken = payment.excused + shown.refunded, payment.taken_booked + shown.taken
    return replace(closed, excused=excused, taken_booked=taken)


def _amount(named: Money | None) -> Money:
    return named or Money.ZERO
