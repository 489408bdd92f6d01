"""A person changes what is written about him."""

from dataclasses import dataclass, replace

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import user_view
from conectar.application.views.people import UserView
from conectar.domain.kernel.actor import Actor, person


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMe(Command[UserView]):
    """Changes name or telephone; what is None stays."""

    first_name: str | None
    last_name: str | None
    phone: str | None
    actor: Actor


class UpdateMeHandler:
    """Changes, and keeps search in step."""

    async def __call__(self, command: UpdateMe, uow: UnitOfWork) -> UserView:
        """Raises NotFound."""
        user = existing(await uow.users.find(person(command.actor)))
        user = replace(
            user,
            first_name=command.first_name or user.first_name,
            last_name=command.last_name or user.last_name,
            phone=command.phone or user.phone,
        )
        await uow.users.save(user)
        if professional := await uow.professionals.find(user.id):
            await uow.search.replace(user, professional)
        return user_view(user)
