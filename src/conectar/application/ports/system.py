"""Time, chance, telemetry and the other things a pure program can't make by itself."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...


class Ids(Protocol):
    """The only source of identifiers and chance."""

    def new(self) -> UUID:
        """A UUIDv7: unique, and later ones sort later."""
        ...

    def secret(self) -> str:
        """256 bits nobody can guess, as URL-safe text."""
        ...


class Telemetry(Protocol):
    """Where it is told how each message ended."""

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """`outcome` is `ok`, the code of a refusal, `cancelled`, or `failed`."""
        ...


class Waker(Protocol):
    """Tells whoever works in the background that there is something to do."""

    def wake(self) -> None:
        """A hint: work is found by looking, so a lost hint delays and loses nothing."""
        ...


class Limiter(Protocol):
    """Counts how often somebody asks."""

    async def hit(self, limit: str, key: str) -> "Allowance":
        """One more use of `limit` (`5/minute`) by `key`."""
        ...


class Allowance(Protocol):
    """What is left of a limit after a hit."""

    @property
    def allowed(self) -> bool:
        """Whether this hit was within the limit."""
        ...

    @property
    def limit(self) -> int:
        """Hits a window."""
        ...

    @property
    def remaining(self) -> int:
        """Hits left in this window."""
        ...

    @property
    def window_seconds(self) -> int:
        """How long a window is."""
        ...

    @property
    def reset_seconds(self) -> int:
        """When there will be more."""
        ...
