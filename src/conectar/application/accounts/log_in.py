"""A person signs in on a device."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.accounts.token_pair import token_pair
from conectar.application.door import Door, as_it_is
from conectar.application.message import Command, Query, Saga
from conectar.application.ports.readers import Readers
from conectar.application.ports.security import Passwords, Tokens
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.people import TokensView
from conectar.domain.kernel.ids import SessionId, UserId
from conectar.domain.people.session import Session
from conectar.domain.people.user import BadCredentials, User


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn(Saga[TokensView]):
    """Signs in with address and password. An unknown address and a wrong password answer alike
    and take the same time; only who knows the password learns that an account is suspended."""

    email: str
    password: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCredentials(Query[User | None]):
    """The account of an address, for the handler above only."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession(Command[TokensView]):
    """The step that leaves a session. `rehash` replaces a hash that has become weak."""

    user_id: UserId
    device: str
    rehash: str | None


class LogInHandler:
    """Checks the password outside any unit of work: it is slow on purpose."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def __call__(self, saga: LogIn, door: Door) -> TokensView:
        """Raises BadCredentials, AccountSuspended."""
        user = await door.execute(FindCredentials(email=saga.email.strip().lower()))
        known = await self._passwords.verify(saga.password, user.password_hash if user else None)
        if user is None or not known:
            raise BadCredentials()
        user.expect_active()
        weak = self._passwords.outdated(user.password_hash)
        rehash = await self._passwords.hash(saga.password) if weak else None
        step = OpenSession(user_id=user.id, device=saga.device, rehash=rehash)
        return await door.conclude(step, as_it_is)


class FindCredentialsHandler:
    """Reads."""

    async def __call__(self, query: FindCredentials, read: Readers) -> User | None:
        """None for an unknown address."""
        return await read.user_by_email(query.email)


class OpenSessionHandler:
    """Opens."""

    def __init__(self, clock: Clock, ids: Ids, tokens: Tokens, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._tokens = tokens
        self._policy = policy

    async def __call__(self, command: OpenSession, uow: UnitOfWork) -> TokensView:
        """Raises AccountSuspended."""
        now = self._clock.now()
        user = existing(await uow.users.find(command.user_id))
        user.expect_active()
        if command.rehash:
            await uow.users.save(user.with_password(command.rehash))
        session = Session(
            id=SessionId(self._ids.new()),
            user_id=user.id,
            device=command.device,
            generation=1,
            created_at=now,
            last_used_at=now,
            expires_at=now + self._policy.session_lives,
        )
        await uow.sessions.add(session)
        return token_pair(session, self._tokens, self._policy, now)
