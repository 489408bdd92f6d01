"""What every move of a job has in common: find it, keep the decision and its money, show it."""

from conectar.application.access import existing
from conectar.application.payments import settling
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.jobs import job_view
from conectar.application.views.work import JobView
from conectar.domain.jobs.job import Decision, Job
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.actor import GATEWAY, Actor, person
from conectar.domain.kernel.events import Moved
from conectar.domain.kernel.ids import DisputeId, JobId


async def find(job_id: JobId, actor: Actor, uow: UnitOfWork) -> Job:
    """The caller's job, locked. Raises NotFound for a stranger, and AccountSuspended for somebody
    who was banned since he came in."""
    user = existing(await uow.users.find(person(actor)))
    job = existing(await uow.jobs.find(job_id))
    job.roles_of(actor)
    user.expect_active()
    return job


async def keep(
    before: Job,
    decision: Decision,
    ids: Ids,
    uow: UnitOfWork,
    client_percent: int | None = None,
) -> None:
    """Saves what was decided, with the posting that the new place of held money asks for and the
    record of the dispute that ended or went on. What the gateway takes is posted by `incidents`."""
    job, told = decision.job, decision.events[0]
    await uow.jobs.save(job)
    await uow.outbox.record(*decision.events)
    if job.deadline_at is None:
        await settling.close_checkout(job, uow)
    if before.quarrelling and job.dispute is not before.dispute:
        dispute = existing(await uow.disputes.find(_of(job)))
        reason = told.reason if isinstance(told, Moved) else None
        await uow.disputes.save(dispute.follow(job, told.at, reason, client_percent))
    if before.escrow is not EscrowStatus.HELD:
        return
    if job.escrow in (EscrowStatus.RELEASED, EscrowStatus.SPLIT):
        await settling.release(job, told.at, ids, uow)
    if job.escrow is EscrowStatus.REFUNDING and not await settling.refund_held(
        job, told.at, ids, uow
    ):
        await keep(job, job.confirm_refund(by=GATEWAY, at=told.at), ids, uow)


def _of(job: Job) -> DisputeId:
    assert job.dispute_id is not None, "an open dispute has a record"
    return job.dispute_id


async def shown(decision: Decision, actor: Actor, uow: UnitOfWork) -> JobView:
    """The job as it is now, to the actor."""
    row = existing(await uow.read.job(decision.job.id))
    return job_view(row, actor, decision.events[0].at)
