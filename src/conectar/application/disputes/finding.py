"""What every step of a dispute has in common."""

from typing import NamedTuple

from conectar.application.access import existing
from conectar.application.jobs import moving
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.dispute import Dispute
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import DisputeId


class Found(NamedTuple):
    """A dispute with its job, both locked."""

    dispute: Dispute
    job: Job


async def find(id: DisputeId, actor: Actor, uow: UnitOfWork) -> Found:
    """The dispute of a job of the caller's. Raises NotFound for a stranger."""
    job = await moving.find(existing(await uow.disputes.peek(id)).job_id, actor, uow)
    return Found(existing(await uow.disputes.find(id)), job)
