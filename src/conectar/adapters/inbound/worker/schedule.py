"""The schedule: what falls due by the clock, looked for by one program at a time."""

from dataclasses import replace
from datetime import timedelta

from conectar.application.core import Core
from conectar.application.ports.system import Clock
from conectar.application.sweeps.clean_up import CleanUp, next_night
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.application.sweeps.take_turn import TakeTurn

SCHEDULE, NIGHT = "schedule", "night"
NO_TIME = timedelta(0)
ROUNDS_KEPT = 3
"""For so many rounds a runner who is not heard of is waited for."""


class Schedule:
    """Sweeps every `every`, if it is this program's turn; cleans up at night."""

    def __init__(self, core: Core, clock: Clock, every: timedelta, holder: str) -> None:
        self._core = core
        self._clock = clock
        self._turn = TakeTurn(name=SCHEDULE, holder=holder, lasts=every * ROUNDS_KEPT)
        self._night = next_night(clock.now())

    async def once(self) -> int:
        """Everything that is due, if it is our turn; answers how many went well. What fails holds
        nothing else up, and is told at the end (ExceptionGroup)."""
        if not await self._core.execute(self._turn):
            return 0
        done, failed = 0, list[Exception]()
        for due in Due:
            try:
                done += await self._core.execute(Sweep(due=due))
            except Exception as error:
                failed.append(error)
        if self._clock.now() >= self._night:
            await self._clean_up()
        if failed:
            raise ExceptionGroup("sweeps", failed)
        return done

    async def _clean_up(self) -> None:
        """Once a night: whoever takes the night's turn has it until the next one, unless he could
        not do it."""
        now = self._clock.now()
        night = next_night(now)
        turn = TakeTurn(name=NIGHT, holder=now.isoformat(), lasts=night - now)
        if await self._core.execute(turn):
            try:
                await self._core.execute(CleanUp())
            except Exception:
                await self._core.execute(replace(turn, lasts=NO_TIME))
                raise
        self._night = night
