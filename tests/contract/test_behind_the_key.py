"""What stands behind a key and a lock: a refusal leaves nothing, a writer reads no old news."""

import asyncio
import itertools
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conectar.adapters.outbound.telemetry.logs import NullTelemetry
from conectar.application.core import Core
from conectar.application.message import Command
from conectar.application.once import Once
from conectar.application.ports.codec import Codec
from conectar.application.ports.system import Clock, Ids, Waker
from conectar.application.ports.unit_of_work import LostRace, UnitOfWork
from conectar.domain.people.user import SpentToken, User
from tests.backends import House, house
from tests.contract import values as v


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret(Command[None]):
    """Writes, and then thinks better of it."""

    email: str


async def core_of(home: House, handle: Any) -> Core:
    """One that handles regrets, and nothing else."""
    return Core(
        store=home.store,
        handlers={Regret: handle},
        reactions={},
        codec=await home.container.get(Codec),
        clock=await home.container.get(Clock),
        ids=await home.container.get(Ids),
        telemetry=NullTelemetry(),
        waker=await home.container.get(Waker),
    )


async def test_a_refusal_after_a_write_keeps_the_key_and_undoes_the_write(home: House) -> None:
    someone = v.user()

    async def handle(command: Regret, uow: UnitOfWork) -> None:
        await uow.users.add(someone)
        raise SpentToken()

    core = await core_of(home, handle)
    regret, once = Regret(email=someone.email), Once("key-of-a-regret")
    first, again = [await core.execute_once(regret, once) for _ in range(2)]
    assert isinstance(first.refusal, SpentToken) and isinstance(again.refusal, SpentToken)
    assert (first.replayed, again.replayed) == (False, True)
    async with home.store.reading() as read:
        assert await read.user_by_email(someone.email) is None


async def test_whoever_asked_the_same_while_one_was_refused_is_answered_the_same(
    home: House,
) -> None:
    """Between the unit that was refused and the one that keeps the refusal, the key is free."""
    someone, inside, calls = v.user(), asyncio.Event(), itertools.count()

    async def handle(command: Regret, uow: UnitOfWork) -> None:
        if not next(calls):
            inside.set()
            await asyncio.sleep(0.2)  # the other one is at the key
            raise SpentToken()
        await uow.users.add(someone)

    core = await core_of(home, handle)
    regret, once = Regret(email=someone.email), Once("key-of-a-regret")
    first = asyncio.create_task(core.execute_once(regret, once))
    await inside.wait()
    second = asyncio.create_task(core.execute_once(regret, once))
    one, other = await first, await second
    assert {one.replayed, other.replayed} == {True, False}
    assert type(one.refusal) is type(other.refusal)
    async with home.store.reading() as read:
        done = await read.user_by_email(someone.email) is not None
    assert done is (one.refusal is None)


async def test_a_writer_waits_for_the_writer_of_another_program(tmp_path: Path) -> None:
    """Two programs on one file: what the second reads before it writes is already true."""
    someone, entered = v.user(), asyncio.Event()

    async def look(other: House) -> User | None:
        entered.set()
        while True:
            with suppress(LostRace):  # a busy machine: it waited long enough, and comes again
                async with other.store.unit() as uow:
                    return await uow.users.by_email(someone.email)

    async with house("sqlite", tmp_path) as first, house("sqlite", tmp_path) as second:
        async with first.store.unit() as uow:
            await uow.users.add(someone)
            looking = asyncio.create_task(look(second))
            await entered.wait()
            await asyncio.sleep(0.2)  # long enough to have read the old news
            await uow.commit()
        assert await looking == someone
