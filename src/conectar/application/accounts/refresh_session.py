"""A device asks for a new pair of tokens."""

from dataclasses import dataclass

from conectar.application.accounts.token_pair import token_pair
from conectar.application.message import Command
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.people import TokensView
from conectar.domain.people.user import AccountSuspended, Unauthenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession(Command[TokensView | None]):
    """A new pair for a refresh token; the old one dies at once. A dead one that comes back was
    copied, so its whole session ends: the answer is None, and the caller is refused."""

    refresh_token: str


class RefreshSessionHandler:
    """Rotates."""

    def __init__(self, clock: Clock, tokens: Tokens, policy: Policy) -> None:
        self._clock = clock
        self._tokens = tokens
        self._policy = policy

    async def __call__(self, command: RefreshSession, uow: UnitOfWork) -> TokensView | None:
        """Raises Unauthenticated, AccountSuspended."""
        now = self._clock.now()
        claims = self._tokens.read_refresh(command.refresh_token, now)
        session = await uow.sessions.find(claims.session_id) if claims else None
        if claims is None or session is None or not session.live(now):
            raise Unauthenticated()
        user = await uow.users.peek(session.user_id)
        if user is None or not user.active:
            raise AccountSuspended()
        if claims.generation != session.generation:
            await uow.sessions.save(session.end(now))
            return None
        session = session.rotate(now, now + self._policy.session_lives)
        await uow.sessions.save(session)
        return token_pair(session, self._tokens, self._policy, now)
