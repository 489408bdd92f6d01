"""Time, chance, telemetry and the other things a pure program can't make by itself."""

from contextlib import AbstractContextManager
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
    """Where it is told what is going on, and how each message and request ended. Never told:
    what was in them."""

    def span(self, name: str, parent: str | None = None) -> AbstractContextManager[object]:
        """What happens inside belongs together under a name of few. `parent` is the traceparent
        (W3C) of what brought it about; without one it is part of what surrounds it."""
        ...

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """`outcome` is `ok`, the code of a refusal, `cancelled`, or `failed`. Told inside the
        message's span."""
        ...

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is the template of its path. Told inside its span."""
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
