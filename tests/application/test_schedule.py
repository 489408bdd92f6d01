"""Of many programs one keeps the schedule, and the next one when it is not heard of any more."""

import asyncio
from datetime import timedelta
from pathlib import Path

from conectar.adapters.inbound.worker.schedule import ROUNDS_KEPT, Schedule
from conectar.application.sweeps.sweep import Due
from tests.application.rooms import Heard, Listening, days, room
from tests.backends import everywhere

EVERY = timedelta(minutes=1)


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
