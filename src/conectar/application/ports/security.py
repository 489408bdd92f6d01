"""Passwords, tokens and signed links."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from conectar.domain.kernel.ids import SessionId, UserId


class Passwords(Protocol):
    """Slow one-way hashes. Hashing waits in a bounded queue; a full one raises Unavailable."""

    async def hash(self, password: str) -> str:
        """A salted hash."""
        ...

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password; with no hash it takes the same time and says no."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...

    def common(self, password: str) -> bool:
        """Whether it is among those everybody uses."""
        ...


class AccessClaims(NamedTuple):
    """What an access token says: whose it is, and of which pair of its session. Roles are read from
    the account, never from the token."""

    user_id: UserId
    session_id: SessionId
    generation: int


class RefreshClaims(NamedTuple):
    """What a refresh token says."""

    session_id: SessionId
    generation: int


class Tokens(Protocol):
    """Signed tokens, with their times on the Clock port. Reading answers None for anything that
    is forged, of another kind, or expired at `at`."""

    def access(self, claims: AccessClaims, at: datetime, lives: timedelta) -> str: ...
    def read_access(self, token: str, at: datetime) -> AccessClaims | None: ...
    def refresh(self, claims: RefreshClaims, at: datetime, until: datetime) -> str: ...
    def read_refresh(self, token: str, at: datetime) -> RefreshClaims | None: ...
    def reset(self, reset_id: str, at: datetime, until: datetime) -> str: ...
    def read_reset(self, token: str, at: datetime) -> str | None: ...
    def verification(self, claim: str, at: datetime, until: datetime) -> str: ...
    def read_verification(self, token: str, at: datetime) -> str | None: ...
    def file(self, key: str, at: datetime, until: datetime) -> str: ...
    def read_file(self, token: str, at: datetime) -> str | None: ...
