"""What every move of a job has in common: find it, keep the decision and its money, show it."""

from conectar.application.access import existing
from conectar.application.payments import settling
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.jobs import job_view
from conectar.application.settings import Policy
from conectar.application.views.work import JobView
from conectar.domain.jobs.job import Decision, Job
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId


async def find(job_id: JobId, actor: Actor, uow: UnitOfWork) -> Job:
    """The caller's job, locked. Raises NotFound for a stranger."""
    job = existing(await uow.jobs.find(job_id))
    job.roles_of(actor)
    return job


async def keep(before: Job, decision: Decision, ids: Ids, uow: UnitOfWork) -> None:
    """Saves what was decided, with the posting that the new place of the money asks for."""
    job = decision.job
    at = decision.events[0].at
    await uow.jobs.save(job)
    await uow.outbox.record(*decision.events)
    if job.deadline_at is None:
        await settling.close_checkout(job, uow)
    if job.escrow is before.escrow:
        return
    if job.escrow is EscrowStatus.RELEASED:
        await settling.release(job, at, ids, uow)
    if job.escrow is EscrowStatus.REFUNDING:
        await settling.refund_held(job, at, ids, uow)


async def shown(decision: Decision, actor: Actor, policy: Policy, uow: UnitOfWork) -> JobView:
    """The job as it is now, to the actor."""
    row = existing(await uow.read.job(decision.job.id))
    return job_view(row, actor, decision.events[0].at, policy.terms)
