"""An administrator closes what the gateway said and no rule knew."""

from dataclasses import dataclass, replace

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
from conectar.domain.payments.payment import Flag, NotParked, PaymentStatus
from conectar.domain.payments.refund import UNSETTLED, RefundOutstanding


class LossTooSmall(DomainError):
    """What the gateway refunded without us is lost, and has to be named."""


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
        """Raises WrongRole, NotFound, NotParked, RefundOutstanding, LossTooSmall,
        SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        payment = existing(await uow.payments.find(command.payment_id))
        loss, recovery = command.loss or Money.ZERO, command.recovery or Money.ZERO
        if payment.flag is None or ((loss or recovery) and payment.flag is not Flag.NO_ROW):
            raise NotParked()
        refunds = await uow.refunds.of_payment(payment.id)
        if any(refund.status in UNSETTLED for refund in refunds):
            raise RefundOutstanding()
        ours = sum((r.amount for r in refunds if r.gateway_id), payment.excused)
        if payment.flag is Flag.NO_ROW and loss < (gone := payment.refunded - ours):
            raise LossTooSmall(minimum=str(gone))
        subject = f"incident:{payment.id}"
        if proposal := await self._seconding.needed(command, loss + recovery, subject, uow):
            return Agreed(proposal=proposal)
        now, note = self._clock.now(), f"{command.evidence}: {command.reason}"
        by_refund = payment.status is not PaymentStatus.CHARGED_BACK
        for what, legs in (
            ("loss", postings.lost(loss, payment.released, by_refund)),
            ("recovery", postings.recovered(recovery, payment.released)),
        ):
            ref = ledger.payment_ref(payment.id, f"closed:{self._ids.new()}:{what}")
            await settling.post(
                legs, ref, now, self._ids, uow, payment.job_id, payment.id, note=note
            )
        payment = replace(
            payment,
            flag=None,
            closed_word=payment.word,
            excused=max(payment.excused, payment.excused + payment.refunded - ours),
            ask_release_at=None if payment.released else now,
        )
        await uow.payments.save(payment)
        job = await uow.jobs.find(payment.job_id) if payment.job_id else None
        return Agreed(done=incident_view(Incident(payment, job)))
