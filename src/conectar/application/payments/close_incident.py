"""An administrator closes what the gateway said and no rule knew."""

from dataclasses import dataclass, replace
from datetime import datetime

from conectar.application.access import existing, only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.ports.readers import Incident
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.incidents import incident_view
from conectar.application.views.money import Agreed, IncidentView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.payment import POSTED, NotParked, Payment, Verdict
from conectar.domain.payments.refund import UNSETTLED, RefundOutstanding
from conectar.domain.payments.standing import in_care, unexplained


class LossTooSmall(DomainError):
    """What the gateway refunded without us is lost, and has to be named."""


class MoneyInCare(DomainError):
    """While a job's money is held or going back, only what the gateway refunded without us can be
    lost: the rest is still the job's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident(Command[Agreed[IncidentView]]):
    """Closes a payment that waits for a person, with evidence of what the gateway really took
    (`loss`, borne by the house) or gave back (`recovery`), if anything, once no refund of ours is
    open. The same word of the gateway is not brought up again. Above the house's limit another
    administrator has to agree."""

    payment_id: PaymentId
    loss: Money | None
    recovery: Money | None
    evidence: str
    reason: str
    actor: Actor
    second: Second | None = None


class CloseIncidentHandler:
    """Closes."""

    def __init__(self, clock: Clock, ids: Ids, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._seconding = seconding

    async def __call__(self, command: CloseIncident, uow: UnitOfWork) -> Agreed[IncidentView]:
        """Raises WrongRole, NotFound, NotParked, RefundOutstanding, LossTooSmall, MoneyInCare,
        SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        payment = existing(await uow.payments.find(command.payment_id))
        loss, recovery = command.loss or Money.ZERO, command.recovery or Money.ZERO
        posted = payment.verdict in POSTED
        if payment.flag is None or ((loss or recovery) and not posted):
            raise NotParked()
        refunds = await uow.refunds.of_payment(payment.id)
        if any(refund.status in UNSETTLED for refund in refunds):
            raise RefundOutstanding()
        job = await uow.jobs.find(payment.job_id) if payment.job_id else None
        gone = unexplained(payment, refunds, job if payment.verdict is Verdict.FUNDS else None)
        if posted and loss < gone:
            raise LossTooSmall(minimum=str(gone))
        by_hand = posted and bool(recovery or loss - gone)
        if by_hand and job and in_care(payment, job):
            raise MoneyInCare(loss=str(gone))
        subject = f"incident:{payment.id}"
        if proposal := await self._seconding.needed(command, loss + recovery, subject, uow):
            return Agreed(proposal=proposal)
        if posted:
            lost = postings.lost(gone, loss - gone, payment.released)
            await self._post("loss", lost, payment, command, uow)
            back = postings.recovered(recovery, payment.released)
            await self._post("recovery", back, payment, command, uow)
        closed = _closed(payment, gone, by_hand, self._clock.now())
        if posted:
            closed = await self._let_go(closed, uow)
        await uow.payments.save(closed)
        return Agreed(done=incident_view(Incident(closed, job)))

    async def _let_go(self, payment: Payment, uow: UnitOfWork) -> Payment:
        """Where nothing is left at the gateway, there is no release to wait for."""
        left = await uow.ledger.of_payment(ledger.gateway(False), payment.id)
        if payment.released or left > Money.ZERO:
            return payment
        await settling.payment_released(payment, self._clock.now(), self._ids, uow)
        return replace(payment, released=True, ask_release_at=None)

    async def _post(
        self,
        what: str,
        legs: ledger.Legs,
        payment: Payment,
        command: CloseIncident,
        uow: UnitOfWork,
    ) -> None:
        ref = ledger.payment_ref(payment.id, f"closed:{self._ids.new()}:{what}")
        note, now = f"{command.evidence}: {command.reason}", self._clock.now()
        await settling.post(legs, ref, now, self._ids, uow, payment.job_id, payment.id, note=note)


def _closed(payment: Payment, gone: Money, by_hand: bool, now: datetime) -> Payment:
    """What was told of a payment before it was approved counts again when it is."""
    judged = payment.verdict is not Verdict.OPEN
    return replace(
        payment,
        flag=None,
        closed_word=payment.word,
        excused=payment.excused + gone if judged else payment.excused,
        by_hand=payment.by_hand or by_hand,
        ask_release_at=None if payment.released else now,
    )
