"""A person proves that the address is his."""

from dataclasses import dataclass, replace
from uuid import UUID

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Letters, Mail, Mailer
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.people import FindUser
from conectar.application.settings import Policy
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.user import SpentToken, VerificationRequested


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVerification(Command[None]):
    """Asks for another mail with a token. Does nothing for an address that is verified."""

    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MailVerification(Saga[None]):
    """Sends the mail. The token is made here and never stored; `asked` tells one mail from the
    next."""

    user_id: UserId
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyEmail(Command[None]):
    """Marks the address as its owner's, for who holds the token of the mail; twice is once."""

    token: str


class RequestVerificationHandler:
    """Asks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RequestVerification, uow: UnitOfWork) -> None:
        """Refuses nothing."""
        user = existing(await uow.users.find(person(command.actor)))
        if not user.email_verified:
            told = VerificationRequested(at=self._clock.now(), user_id=user.id)
            await uow.outbox.record(told)


class MailVerificationHandler:
    """Writes and sends."""

    def __init__(
        self, clock: Clock, tokens: Tokens, mailer: Mailer, letters: Letters, policy: Policy
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._mailer = mailer
        self._letters = letters
        self._policy = policy

    async def __call__(self, saga: MailVerification, door: Door) -> None:
        """Raises Unavailable."""
        now = self._clock.now()
        user = existing(await door.execute(FindUser(user_id=saga.user_id)))
        if user.email_verified or user.erased_at is not None:
            return
        claim = f"{user.id}:{user.email}"
        token = self._tokens.verification(claim, now, now + self._policy.verification_lives)
        subject, text = self._letters.verification(user.first_name, token)
        async with self._mailer.open() as post:
            await post.send(Mail(f"verify:{user.id}:{saga.asked}", user.email, subject, text))


class VerifyEmailHandler:
    """Marks."""

    def __init__(self, clock: Clock, tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, command: VerifyEmail, uow: UnitOfWork) -> None:
        """Raises SpentToken."""
        claim = self._tokens.read_verification(command.token, self._clock.now())
        id, _, email = (claim or "").partition(":")
        user = await uow.users.find(UserId(UUID(id))) if id else None
        if user is None or user.email != email:
            raise SpentToken()
        await uow.users.save(replace(user, email_verified=True))
