"""What a job and its review have earned, given once."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.kernel.ids import JobId
from conectar.domain.levels.points import LevelUp, PointsEarned, earned


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardPoints(Command[None]):
    """Gives the professional of a job every point it has earned by now and was not given for yet.
    A new level counts for offers accepted from then on."""

    job_id: JobId


class AwardPointsHandler:
    """Gives."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: AwardPoints, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now, tiers = self._clock.now(), self._policy.tiers
        job = existing(await uow.jobs.peek(command.job_id))
        before = existing(await uow.professionals.find(job.professional_id))
        gained = 0
        review = await uow.reviews.of_job(job.id)
        for grant in earned(job, review, now, self._policy.points):
            if await uow.point_grants.find(grant.source_ref) is None:
                await uow.point_grants.add(grant)
                gained += grant.points
        if not gained:
            return
        after = before.changed(points=before.points + gained)
        await uow.professionals.save(after)
        await uow.search.replace(existing(await uow.users.peek(after.id)), after)
        await uow.outbox.record(
            PointsEarned(at=now, professional_id=after.id, points=gained, total=after.points)
        )
        level = after.tier(tiers).level
        if level is not before.tier(tiers).level:
            await uow.outbox.record(LevelUp(at=now, professional_id=after.id, level=level))
