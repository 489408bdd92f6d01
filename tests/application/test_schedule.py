"""Of many programs one keeps the schedule, and the next one when it is not heard of any more."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conectar.adapters.inbound.worker.schedule import ROUNDS_KEPT, Schedule
from conectar.application.sweeps.clean_up import CleanUp
from conectar.application.sweeps.sweep import Due
from tests.application.rooms import Heard, Listening, days, room
from tests.backends import House, everywhere

EVERY = timedelta(minutes=1)


class Failing:
    """A core whose clean-up fails so many times."""

    def __init__(self, home: House, times: int) -> None:
        self._core = home.core
        self.left, self.done = times, 0

    async def execute(self, message: Any) -> Any:
        if isinstance(message, CleanUp):
            self.done += 1
            if self.left:
                self.left -= 1
                raise TimeoutError
        return await self._core.execute(message)


async def test_a_night_that_failed_comes_again(still: House) -> None:
    core = Failing(still, 2)
    program, other = (Schedule(core, still.clock, EVERY, name) for name in ("uno", "otro"))  # type: ignore[arg-type]
    still.clock.advance(days(1))
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await program.once()
        still.clock.advance(EVERY)
    assert await program.once() == 0 and core.done == 3
    still.clock.advance(EVERY * ROUNDS_KEPT)
    assert await other.once() == 0 and core.done == 3, "the night was somebody's"


@everywhere
async def test_two_programs_and_one_of_them_sweeps(backend: str, tmp_path: Path) -> None:
    heard = Heard()

    def done(message: str) -> int:
        return [name for name, _ in heard.lines].count(message)

    async with room(backend, tmp_path, Listening(heard)) as home:
        programs = [Schedule(home.core, home.clock, EVERY, name) for name in ("uno", "otro")]
        for rounds in (1, 2, 3):
            await asyncio.gather(*[program.once() for program in programs])
            assert done("Sweep") == rounds * len(Due)
            home.clock.advance(EVERY)
        home.clock.advance(days(1))  # one who died is not waited for for ever, and a night passed
        for program in programs:
            await program.once()
            await program.once()
        assert done("Sweep") == 5 * len(Due), "who came first has the turn now"
        assert done("CleanUp") == 1
        home.clock.advance(EVERY * ROUNDS_KEPT)
        await programs[1].once()
        assert done("Sweep") == 6 * len(Due), "the other one, after three rounds"
        assert done("CleanUp") == 1, "the night was somebody's"
