"""Who somebody is: accounts and sessions."""

from dataclasses import dataclass
from typing import NamedTuple

from conectar.application.access import existing
from conectar.application.message import Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.application.views.people import SessionView, UserView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import SessionId, UserId
from conectar.domain.people.session import Session
from conectar.domain.people.user import Unauthenticated, User


class Caller(NamedTuple):
    """Who holds an access token, and the session it belongs to."""

    actor: Actor
    session_id: SessionId


def user_view(user: User) -> UserView:
    """An account as its owner sees it."""
    return UserView(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        role=user.role,
        phone=user.phone,
        avatar_url=None,
        is_active=user.active,
        email_verified=user.email_verified,
        created_at=user.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate(Query[Caller]):
    """Who holds this access token. The role is the account's, now; an ended session, a suspended
    account or a pair that was changed for another lets nobody in, however fresh the token."""

    snapshot = False

    access_token: str


class AuthenticateHandler:
    """Reads one row."""

    def __init__(self, clock: Clock, tokens: Tokens) -> None:
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, query: Authenticate, read: Readers) -> Caller:
        """Raises Unauthenticated, AccountSuspended."""
        now = self._clock.now()
        claims = self._tokens.read_access(query.access_token, now)
        found = await read.signed_in(claims.session_id) if claims else None
        if claims is None or found is None or found.user.id != claims.user_id:
            raise Unauthenticated()
        if not found.session.live(now) or found.session.generation != claims.generation:
            raise Unauthenticated()
        found.user.expect_active()
        return Caller(found.user.actor, found.session.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUser(Query[User | None]):
    """An account by its id, hash and all: for other handlers, never for the wire."""

    user_id: UserId


class FindUserHandler:
    """Reads one row."""

    async def __call__(self, query: FindUser, read: Readers) -> User | None:
        """None if there is none."""
        return await read.user(query.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMe(Query[UserView]):
    """The caller's own account."""

    actor: Actor


class GetMeHandler:
    """Reads one row."""

    async def __call__(self, query: GetMe, read: Readers) -> UserView:
        """Raises NotFound."""
        return user_view(existing(await read.user(person(query.actor))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessions(Query[tuple[SessionView, ...]]):
    """The devices the caller is signed in on."""

    session_id: SessionId
    actor: Actor


class ListSessionsHandler:
    """Reads them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: ListSessions, read: Readers) -> tuple[SessionView, ...]:
        """Newest first."""
        found = await read.sessions(person(query.actor), self._clock.now())
        return tuple(session_view(session, query.session_id) for session in found)


def session_view(session: Session, current: SessionId) -> SessionView:
    """A device signed in."""
    return SessionView(
        id=session.id,
        device=session.device,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        current=session.id == current,
    )
