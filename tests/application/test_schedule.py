"""Of many programs one keeps the schedule, and the next one when it is not heard of any more."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conectar.adapters.inbound.worker.schedule import ROUNDS_KEPT, Schedule
from conectar.application.offers.expire_offer import ExpireOffer, ExpireOfferHandler
from conectar.application.queries.offers import GetOffer
from conectar.application.sweeps.clean_up import CleanUp
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.offers.events import OfferStatus
from tests import actors
from tests.application.rooms import Heard, Listening, days, room
from tests.backends import House, everywhere

EVERY = timedelta(minutes=1)


class Failing:
    """A core whose clean-up fails so many times, and some message always."""

    def __init__(self, home: House, times: int, always: object = None) -> None:
        self._core, self._always = home.core, always
        self.left, self.done = times, 0

    async def execute(self, message: Any) -> Any:
        if isinstance(message, CleanUp):
            self.done += 1
            if self.left:
                self.left -= 1
                raise TimeoutError
        if message == self._always:
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


async def test_what_is_broken_holds_up_nothing_else(
    still: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest thing of one kind, and another kind as a whole."""
    ana, beto = await actors.client(still), await actors.professional(still)
    offers = [await actors.offer(still, ana, beto) for _ in range(3)]
    broken, expire = offers[0].id, ExpireOfferHandler.__call__

    async def breaking(self: Any, command: ExpireOffer, uow: Any) -> None:
        if command.offer_id == broken:
            raise RuntimeError("a row as no row should be")
        await expire(self, command, uow)

    monkeypatch.setattr(ExpireOfferHandler, "__call__", breaking)
    core = Failing(still, 0, Sweep(due=Due.JOBS))
    program = Schedule(core, still.clock, EVERY, "uno")  # type: ignore[arg-type]
    still.clock.advance(days(30))
    with pytest.raises(ExceptionGroup) as raised:
        await program.once()
    assert raised.group_contains(RuntimeError) and raised.group_contains(TimeoutError)
    left = [await still.core.execute(GetOffer(offer_id=o.id, actor=ana)) for o in offers]
    assert [o.status for o in left] == [OfferStatus.PENDING, *2 * [OfferStatus.EXPIRED]]
    assert core.done == 1, "the night's work, too"


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
