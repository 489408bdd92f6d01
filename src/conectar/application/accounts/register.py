"""A person opens an account."""

from dataclasses import dataclass

from conectar.application.door import Door, as_it_is
from conectar.application.message import Command, Saga
from conectar.application.ports.security import Passwords
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import user_view
from conectar.application.views.people import UserView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.professional import newcomer
from conectar.domain.people.user import User, UserRegistered, normal_email, strong_password


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Saga[UserView]):
    """Opens an account for a client or a professional; a professional gets his empty profile.

    The password is hashed before anything is locked, so this works in two steps.
    """

    email: str
    password: str
    first_name: str
    last_name: str
    role: Role
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser(Command[UserView]):
    """The second step: the account, with a hash."""

    email: str
    password_hash: str
    first_name: str
    last_name: str
    role: Role
    phone: str | None = None


class RegisterHandler:
    """First step."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def __call__(self, saga: Register, door: Door) -> UserView:
        """Raises MalformedEmail, WeakPassword, EmailTaken."""
        email = normal_email(saga.email)
        password = strong_password(saga.password, self._passwords.common(saga.password))
        step = AddUser(
            email=email,
            password_hash=await self._passwords.hash(password),
            first_name=saga.first_name,
            last_name=saga.last_name,
            role=saga.role,
            phone=saga.phone,
        )
        return await door.conclude(step, as_it_is)


class AddUserHandler:
    """Second step."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: AddUser, uow: UnitOfWork) -> UserView:
        """Raises EmailTaken."""
        now = self._clock.now()
        user = User(
            id=UserId(self._ids.new()),
            email=command.email,
            password_hash=command.password_hash,
            first_name=command.first_name,
            last_name=command.last_name,
            role=command.role,
            phone=command.phone,
            active=True,
            email_verified=False,
            created_at=now,
        )
        await uow.users.add(user)
        if user.role is Role.PROFESSIONAL:
            await uow.professionals.add(newcomer(user.id, self._ids.secret()))
        await uow.outbox.record(UserRegistered(at=now, user_id=user.id, role=user.role))
        return user_view(user)
