"""A person forgot his password: a mail, and with its token a new one."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.door import Door, as_it_is
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Letters, Mail, Mailer
from conectar.application.ports.security import Passwords, Tokens
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import FindUser
from conectar.application.settings import Policy
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.session import PasswordReset
from conectar.domain.people.user import PasswordResetRequested, SpentToken, strong_password


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPasswordReset(Command[None]):
    """Asks for a mail with a token. Nothing tells whether the address has an account."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPasswordReset(Saga[None]):
    """Sends the mail. The token is made here and never stored."""

    reset_id: str
    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword(Saga[None]):
    """Sets a new password for who holds the token of the mail, once; every session ends."""

    token: str
    new_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePasswordReset(Command[None]):
    """The step that sets it."""

    reset_id: str
    password_hash: str


class RequestPasswordResetHandler:
    """Notes the request."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: RequestPasswordReset, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        now = self._clock.now()
        user = await uow.users.by_email(command.email.strip().lower())
        if user is None or not user.active:
            return
        reset = PasswordReset(
            id=self._ids.secret(),
            user_id=user.id,
            created_at=now,
            expires_at=now + self._policy.reset_lives,
        )
        await uow.password_resets.add(reset)
        await uow.outbox.record(PasswordResetRequested(at=now, user_id=user.id, reset_id=reset.id))


class MailPasswordResetHandler:
    """Writes and sends."""

    def __init__(
        self, clock: Clock, tokens: Tokens, mailer: Mailer, letters: Letters, policy: Policy
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._mailer = mailer
        self._letters = letters
        self._policy = policy

    async def __call__(self, saga: MailPasswordReset, door: Door) -> None:
        """Raises Unavailable."""
        now = self._clock.now()
        user = existing(await door.execute(FindUser(user_id=saga.user_id)))
        token = self._tokens.reset(saga.reset_id, now, now + self._policy.reset_lives)
        subject, text = self._letters.password_reset(user.first_name, token)
        async with self._mailer.open() as post:
            await post.send(Mail(f"reset:{saga.reset_id}", user.email, subject, text))


class ResetPasswordHandler:
    """Reads the token and hashes, outside any unit of work."""

    def __init__(self, clock: Clock, tokens: Tokens, passwords: Passwords) -> None:
        self._clock = clock
        self._tokens = tokens
        self._passwords = passwords

    async def __call__(self, saga: ResetPassword, door: Door) -> None:
        """Raises WeakPassword, SpentToken."""
        password = strong_password(
            saga.new_password, self._passwords.common(saga.new_password), "new_password"
        )
        reset_id = self._tokens.read_reset(saga.token, self._clock.now())
        if reset_id is None:
            raise SpentToken()
        hashed = await self._passwords.hash(password)
        step = UsePasswordReset(reset_id=reset_id, password_hash=hashed)
        await door.conclude(step, as_it_is)


class UsePasswordResetHandler:
    """Sets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: UsePasswordReset, uow: UnitOfWork) -> None:
        """Raises SpentToken."""
        now = self._clock.now()
        reset = await uow.password_resets.find(command.reset_id)
        if reset is None or not reset.usable(now):
            raise SpentToken()
        await uow.password_resets.save(reset.use(now))
        user = existing(await uow.users.find(reset.user_id))
        await uow.users.save(user.with_password(command.password_hash))
        for session in await uow.sessions.live_of(user.id, now):
            await uow.sessions.save(session.end(now))
