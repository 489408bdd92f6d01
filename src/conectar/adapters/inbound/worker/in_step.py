"""Nothing is done by a clock that is not the database's: everything would fall due at once, and
what others hold would seem to be nobody's."""

from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

LOOK_S = 0.1
"""How long a look at both clocks is good for."""

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
        """Raises what comes of asking the database."""
        if monotonic() >= self._until:
            found = await self._probe()
            self._until = monotonic() + LOOK_S
            if found != self._in_step:
                self._in_step = found
                _log.error(RIGHT if found else WRONG)
        return self._in_step

    def only(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The work, left out while the clocks differ."""

        async def timely() -> None:
            if await self():
                await work()

        return timely
