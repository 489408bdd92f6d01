"""What a ban does to one job: an unpaid one is closed, a paid one of a banned professional becomes
a dispute that an administrator opened. A banned client's paid jobs run on by their deadlines."""

from datetime import datetime

from conectar.application.access import existing
from conectar.application.jobs import moving
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.asking import allowed
from conectar.domain.jobs.dispute import DisputeReason, opened
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus, Trigger
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import DisputeId


async def suspend(
    job: Job, by: Actor, reason: str, now: datetime, ids: Ids, uow: UnitOfWork
) -> None:
    """Does nothing to a job that the table leaves alone, nor to a frozen one: that waits."""
    if Trigger.SUSPEND not in allowed(job, job.roles_of(by), now):
        return
    id = DisputeId(ids.new())
    decision = job.suspend(id, by=by, at=now, reason=reason)
    if decision.job.status is JobStatus.DISPUTED:
        cause = DisputeReason.SUSPENSION
        dispute = opened(decision.job, by=by, at=now, cause=cause, description=reason)
        await moving.keep(job, decision, ids, uow)
        await uow.disputes.add(dispute)
    else:
        await moving.keep(job, decision, ids, uow)


async def if_banned(job: Job, now: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """What a ban waited for is over: the gateway's freeze, or a dispute that the client opened."""
    user = existing(await uow.users.peek(job.professional_id))
    if user.banned_by is not None:
        by = Actor(Role.ADMIN, user.banned_by)
        await suspend(job, by, user.ban_reason or "", now, ids, uow)
