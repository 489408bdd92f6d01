"""A professional changes his profile."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.ports.rows import Known
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.professionals import professional_view
from conectar.application.settings import Policy
from conectar.application.views.people import ProfessionalView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payout import DestinationChanged
from conectar.domain.people.professional import Point, Professional, payout_account


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfessional(Command[ProfessionalView]):
    """Changes what is given; what is None stays. A place is both coordinates."""

    biography: str | None
    radius_km: int | None
    takes_instant: bool | None
    available: bool | None
    hourly_rate: Money | None
    location: Point | None
    address: str | None
    payout_account: str | None
    actor: Actor


class UpdateProfessionalHandler:
    """Changes, and keeps search in step."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: UpdateProfessional, uow: UnitOfWork) -> ProfessionalView:
        """Raises WrongRole, OutOfRange, MalformedPayoutAccount."""
        only(command.actor, Role.PROFESSIONAL)
        user = existing(await uow.users.find(person(command.actor)))
        professional = existing(await uow.professionals.find(user.id))
        account = command.payout_account
        given = {
            "biography": command.biography,
            "takes_instant": command.takes_instant,
            "available": command.available,
            "hourly_rate": command.hourly_rate,
            "location": command.location,
            "address": command.address,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        professional = professional.changed(**changes)
        if command.radius_km is not None:
            professional = professional.travels(command.radius_km)
        if account is not None:
            professional = await self._pays_to(professional, payout_account(account), uow)
        await uow.professionals.save(professional)
        await uow.search.replace(user, professional)
        known: Known = existing(await uow.read.professional(user.id))
        return professional_view(known, self._policy)

    async def _pays_to(self, before: Professional, account: str, uow: UnitOfWork) -> Professional:
        """A changed account is told to its owner by mail; the first one is no news."""
        now = self._clock.now()
        after = before.pays_to(account, now, self._policy.destination_wait)
        if before.payout_account is not None and after.payout_usable_at and after is not before:
            told = DestinationChanged(
                at=now, professional_id=after.id, usable_at=after.payout_usable_at
            )
            await uow.outbox.record(told)
        return after
