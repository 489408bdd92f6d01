"""Nothing is done by a clock that is not the database's: everything would fall due at once, and
what others hold would seem to be nobody's."""

from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

LOOK_S = 0.1
"""How long a look at both clocks is good for where there are many small pieces of work."""

RIGHT = "the clock is the database's again"
WRONG = "the clock is not the database's: nothing is done by it"

_log = structlog.stdlib.get_logger("conectar.background")


class InStep:
    """Whether this program's clock still is the database's; `probe` compares them."""

    def __init__(self, probe: Callable[[], Awaitable[bool]]) -> None:
        self._probe = probe
        self._until = 0.0
        self._in_step = True

    async def __call__(self) -> bool:
        """As of a moment ago. Raises what comes of asking the database."""
        return self._in_step if monotonic() < self._until else await self._look()

    def only(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The work, left out while the clocks differ: it looks each time, for whoever does all that
        is due by a clock that has just jumped does the work of days."""

        async def timely() -> None:
            if await self._look():
                await work()

        return timely

    async def _look(self) -> bool:
        found = await self._probe()
        self._until = monotonic() + LOOK_S
        if found != self._in_step:
            self._in_step = found
            _log.error(RIGHT if found else WRONG)
        return found
