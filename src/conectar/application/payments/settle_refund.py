"""A refund that arrived: intent, ledger, the client's line and his job say so."""

from datetime import datetime

from conectar.application.access import existing
from conectar.application.jobs import moving
from conectar.application.payments import settling
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.ledger import Legs
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import Refund, RefundArrived, RefundOrigin


async def settle_refund(
    refund: Refund,
    by: Actor,
    by_bank: bool,
    now: datetime,
    ids: Ids,
    uow: UnitOfWork,
) -> None:
    """The client has the money: intent, ledger, his line and his job say so; where no step of the
    job does, he is told by himself."""
    await uow.refunds.save(refund)
    if refund.origin is RefundOrigin.UNPOSTED:
        await uow.outbox.record(_arrived(refund, now))
        return
    payment = existing(await uow.payments.find(refund.payment_id))
    ref = ledger.refund_ref(refund.id, "confirmed")
    legs = _legs(refund, payment, by_bank)
    await settling.post(legs, ref, now, ids, uow, refund.job_id, refund.payment_id)
    line = existing(await uow.movements.of_fact(ledger.refund_ref(refund.id, "movement")))
    await uow.movements.save(line.become(MovementStatus.COMPLETED, now))
    job = await uow.jobs.find(refund.job_id)
    if refund.origin is RefundOrigin.ESCROW and job and job.escrow is EscrowStatus.REFUNDING:
        decision = job.confirm_refund(by=by, at=now)
        await moving.keep(job, decision, ids, uow)
    else:
        await uow.outbox.record(_arrived(refund, now))


def _arrived(refund: Refund, at: datetime) -> RefundArrived:
    return RefundArrived(
        at=at,
        refund_id=refund.id,
        job_id=refund.job_id,
        client_id=refund.client_id,
        amount=refund.amount,
    )


def _legs(refund: Refund, payment: Payment, by_bank: bool) -> Legs:
    if by_bank:
        return postings.refund_by_bank(refund.job_id, refund.amount)
    return postings.refund_confirmed(refund.job_id, refund.amount, payment.released)
