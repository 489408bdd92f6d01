"""A person leaves for good."""

from dataclasses import dataclass, replace

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.house.ban_user import refresh_search
from conectar.application.jobs import moving
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Storage
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.lifecycle import JobStatus, Trigger
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.people.user import BalanceOutstanding, UserErased


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseMe(Command[None]):
    """Erases the caller: unpaid jobs and pending offers are cancelled, the account is nobody's any
    more, and the address is free again. Contracts and the ledger stay, as the law asks (Ley 25.326
    art. 16). Refused while any money, debt, refund or dispute of his is open."""

    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFiles(Saga[None]):
    """Takes files out of the storage, for nobody may see them any more."""

    keys: tuple[str, ...]


class EraseMeHandler:
    """Erases."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: EraseMe, uow: UnitOfWork) -> None:
        """Raises WrongRole, BalanceOutstanding."""
        if command.actor.role is Role.ADMIN:
            raise WrongRole(role=Role.ADMIN.value)
        now, me = self._clock.now(), person(command.actor)
        user = existing(await uow.users.find(me))
        offers, jobs = await uow.offers.pending_of(me), await uow.jobs.open_of(me)
        paid = any(job.status is not JobStatus.AWAITING_PAYMENT for job in jobs)
        if paid or await uow.read.open_money(me):
            raise BalanceOutstanding()
        for offer in offers:
            decision = offer.close(by=command.actor, at=now, reason="")
            await uow.offers.save(decision.offer)
            await uow.outbox.record(*decision.events)
        for job in jobs:
            leaves = job.leave(Trigger.ERASE, by=command.actor, at=now, reason=None)
            await moving.keep(job, leaves, self._ids, uow)
        await self._forget(command.actor, uow)
        erased = user.erase(now)
        for regret in await uow.regrets.of_email(user.email):
            await uow.regrets.save(regret.forget(erased.email))
        await uow.users.save(erased)

    async def _forget(self, actor: Actor, uow: UnitOfWork) -> None:
        me, files = person(actor), list[str]()
        await uow.sessions.forget_of(me)
        await uow.notices.forget_of(me)
        if professional := await uow.professionals.find(me):
            await uow.professionals.save(professional.erase())
            files += await uow.kyc_submissions.erase_of(me)
            for row in await uow.services.active_of(me):
                await uow.services.save(row.withdraw())
        user = existing(await uow.users.find(me))
        await refresh_search(replace(user, active=False), uow)
        told = UserErased(at=self._clock.now(), user_id=me, files=tuple(files))
        await uow.outbox.record(told)


class DropFilesHandler:
    """Drops."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def __call__(self, saga: DropFiles, door: Door) -> None:
        """Raises Unavailable. A file that is gone already stays gone."""
        for key in saga.keys:
            await self._storage.delete(key)
