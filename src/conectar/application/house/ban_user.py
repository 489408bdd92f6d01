"""An administrator suspends somebody, or lets him back."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.access import existing, only
from conectar.application.jobs.suspending import suspend
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import user_view
from conectar.application.views.people import UserView
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.user import User, UserBanned, UserUnbanned


@dataclass(frozen=True, slots=True, kw_only=True)
class BanUser(Command[UserView]):
    """Suspends an account: its sessions end, its pending offers close, its unpaid jobs are
    cancelled, a professional's paid jobs become disputes, and his payouts wait. Balances are kept;
    a client's paid jobs run on by their deadlines. An administrator can't be banned."""

    user_id: UserId
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbanUser(Command[UserView]):
    """Lets somebody back. The disputes his ban opened stay until an administrator ends them."""

    user_id: UserId
    actor: Actor


class BanUserHandler:
    """Suspends."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: BanUser, uow: UnitOfWork) -> UserView:
        """Raises WrongRole, NotFound, NotBannable."""
        only(command.actor, Role.ADMIN)
        now = self._clock.now()
        user = existing(await uow.users.find(command.user_id))
        user = user.ban(person(command.actor), command.reason)
        await uow.users.save(user)
        for session in await uow.sessions.live_of(user.id, now):
            await uow.sessions.save(session.end(now))
        await self._close(user, command, now, uow)
        await refresh_search(user, uow)
        await uow.outbox.record(UserBanned(at=now, user_id=user.id, reason=command.reason))
        return user_view(user)

    async def _close(self, user: User, command: BanUser, now: datetime, uow: UnitOfWork) -> None:
        by, reason = command.actor, command.reason
        for offer in await uow.offers.pending_of(user.id):
            decision = offer.close(by=by, at=now, reason=reason)
            await uow.offers.save(decision.offer)
            await uow.outbox.record(*decision.events)
        for job in await uow.jobs.open_of(user.id):
            unpaid = job.status is JobStatus.AWAITING_PAYMENT
            if unpaid or user.role is Role.PROFESSIONAL:
                await suspend(job, by, reason, now, self._ids, uow)


class UnbanUserHandler:
    """Lets back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: UnbanUser, uow: UnitOfWork) -> UserView:
        """Raises WrongRole, NotFound, NotBanned."""
        only(command.actor, Role.ADMIN)
        user = existing(await uow.users.find(command.user_id)).unban()
        await uow.users.save(user)
        await refresh_search(user, uow)
        await uow.outbox.record(UserUnbanned(at=self._clock.now(), user_id=user.id))
        return user_view(user)


async def refresh_search(user: User, uow: UnitOfWork) -> None:
    """Whoever may not be seen is not found, either."""
    if professional := await uow.professionals.find(user.id):
        await uow.search.replace(user, professional)
