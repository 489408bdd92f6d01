"""A person who knows his password sets another."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.door import Door, as_it_is
from conectar.application.message import Command, Saga
from conectar.application.ports.security import Passwords
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import FindUser
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import SessionId
from conectar.domain.people.user import WrongPassword, strong_password


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Saga[None]):
    """Sets a new password for who knows the current one; every other session ends."""

    current_password: str
    new_password: str
    session_id: SessionId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePassword(Command[None]):
    """The step that changes it. `replaces` is the hash that was checked: if another change came
    first, nothing happens."""

    replaces: str
    password_hash: str
    session_id: SessionId
    actor: Actor


class ChangePasswordHandler:
    """Checks and hashes, outside any unit of work."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def __call__(self, saga: ChangePassword, door: Door) -> None:
        """Raises WeakPassword, WrongPassword."""
        password = strong_password(
            saga.new_password, self._passwords.common(saga.new_password), "new_password"
        )
        user = existing(await door.execute(FindUser(user_id=person(saga.actor))))
        if not await self._passwords.verify(saga.current_password, user.password_hash):
            raise WrongPassword()
        step = ReplacePassword(
            replaces=user.password_hash,
            password_hash=await self._passwords.hash(password),
            session_id=saga.session_id,
            actor=saga.actor,
        )
        await door.conclude(step, as_it_is)


class ReplacePasswordHandler:
    """Changes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ReplacePassword, uow: UnitOfWork) -> None:
        """Raises WrongPassword."""
        now = self._clock.now()
        user = existing(await uow.users.find(person(command.actor)))
        if user.password_hash != command.replaces:
            raise WrongPassword()
        await uow.users.save(user.with_password(command.password_hash))
        for session in await uow.sessions.live_of(user.id, now):
            if session.id != command.session_id:
                await uow.sessions.save(session.end(now))
