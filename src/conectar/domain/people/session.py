"""A session: one device signed in. Its refresh token rotates, and each is good once.

The token carries the session and a generation. An older generation that comes back was copied by
somebody, so the whole session ends.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from conectar.domain.kernel.ids import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Live while `ended_at` is None and `expires_at` is ahead."""

    id: SessionId
    user_id: UserId
    device: str
    generation: int
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def live(self, at: datetime) -> bool:
        """Whether it still lets anybody in."""
        return self.ended_at is None and at < self.expires_at

    def rotate(self, at: datetime, expires_at: datetime) -> "Session":
        """The next generation; the old token is spent."""
        return replace(self, generation=self.generation + 1, last_used_at=at, expires_at=expires_at)

    def end(self, at: datetime) -> "Session":
        """Over, whoever holds its tokens."""
        return replace(self, ended_at=self.ended_at or at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset:
    """A request to set a new password, good once and for a while."""

    id: str
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def usable(self, at: datetime) -> bool:
        """Neither used nor expired."""
        return self.used_at is None and at < self.expires_at

    def use(self, at: datetime) -> "PasswordReset":
        """Spent."""
        return replace(self, used_at=at)
