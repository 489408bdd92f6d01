"""Copies of two programs that share what they keep: none is shown after a look would have told."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from conectar.adapters.inbound.http import copies as room
from conectar.adapters.inbound.http.controllers.professionals import reading
from conectar.adapters.inbound.http.copies import UNSEEN_S, Copies, Source
from conectar.adapters.outbound.memory import cache as memory_cache
from conectar.adapters.outbound.memory.cache import MemoryCache
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.queries.professionals import GetPublicProfessional
from conectar.application.queries.versions import GetVersions
from conectar.application.versions import of_professional
from conectar.domain.kernel.actor import Actor, person
from tests import actors
from tests.backends import House, house

SECONDS = 60.0
Pass = Callable[[float], None]


@pytest.fixture
def seconds_pass(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Looks grow old when a test says so, however busy the machine is."""
    now = 1000.0

    def they_pass(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(room, "monotonic", lambda: now)
    return they_pass


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house("memory", tmp_path) as home:
        yield home


async def says(home: House, pro: Actor, biography: str) -> None:
    """The professional changes what is shown of him."""
    changes = dict.fromkeys(("radius_km", "takes_instant", "available", "hourly_rate", "location"))
    more = dict.fromkeys(("address", "payout_account"))
    await home.core.execute(UpdateProfessional(biography=biography, actor=pro, **changes, **more))


def shown(home: House, pro: Actor, key: str) -> Source:
    """His profile, under one of several names."""
    read = reading(home.core, GetPublicProfessional(professional_id=person(pro)))
    return Source(key, (of_professional(person(pro)),), SECONDS, read)


@pytest.mark.parametrize("looked", [True, False], ids=["signed in", "anybody"])
async def test_what_another_program_kept_is_not_shown_when_it_is_old(
    home: House, seconds_pass: Pass, looked: bool
) -> None:
    pro = await actors.professional(home, biography="before")
    kept = MemoryCache()
    one, other = Copies(home.core, kept), Copies(home.core, kept)
    first, second = shown(home, pro, "first"), shown(home, pro, "second")
    assert b"before" in (await one.get(first, looked=False)).body
    assert b"before" in (await other.get(second, looked=False)).body
    await says(home, pro, "after")
    if not looked:
        seconds_pass(UNSEEN_S + 0.01)
    assert b"after" in (await one.get(second, looked=looked)).body


async def test_a_look_is_good_for_a_moment(home: House, seconds_pass: Pass) -> None:
    pro = await actors.professional(home, biography="before")
    copies = Copies(home.core, MemoryCache())
    first, second = shown(home, pro, "first"), shown(home, pro, "second")
    await copies.get(first, looked=False)
    await says(home, pro, "after")
    seconds_pass(UNSEEN_S - 0.01)
    made = await copies.get(second, looked=False)
    assert b"after" in made.body, "newer than its version says"
    assert made.version == (await copies.get(first, looked=False)).version
    seconds_pass(0.02)
    assert (await copies.get(second, looked=False)).version > made.version


async def test_a_copy_ends_with_the_one_it_was_taken_from(
    home: House, seconds_pass: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has no topic is seen when its copies end."""
    monkeypatch.setattr(memory_cache, "monotonic", lambda: room.monotonic())
    kept, read = MemoryCache(), [b"old"]

    async def load() -> bytes:
        return read[0]

    source = Source("trades", (), SECONDS, load)
    one, other = Copies(home.core, kept), Copies(home.core, kept)
    await one.get(source, looked=False)
    read[0] = b"new"
    seconds_pass(SECONDS - 1)
    assert (await other.get(source, looked=False)).body == b"old"
    seconds_pass(1.1)
    for copies in (one, other):
        assert copies.fresh("trades") is None
        assert (await copies.get(source, looked=False)).body == b"new"


class Looked:
    """A core, and the topics of each look."""

    def __init__(self, home: House) -> None:
        self._core = home.core
        self.topics: list[set[str]] = []

    async def execute(self, message: Any) -> Any:
        if isinstance(message, GetVersions):
            self.topics.append(set(message.topics))
        return await self._core.execute(message)


async def test_a_look_is_at_all_that_new_copies_were_made_of(
    home: House, seconds_pass: Pass
) -> None:
    pros = [await actors.professional(home) for _ in range(2)]
    topics = [{of_professional(person(pro))} for pro in pros]
    core = Looked(home)
    copies = Copies(core, MemoryCache())  # type: ignore[arg-type]

    async def made_of_each(name: str) -> list[set[str]]:
        for pro in pros:
            await copies.get(shown(home, pro, f"{name} of {person(pro)}"), looked=False)
        looks, core.topics = core.topics, []
        return looks

    assert await made_of_each("first") == topics
    assert await made_of_each("second") == []
    seconds_pass(UNSEEN_S + 0.01)
    assert await made_of_each("third") == [set().union(*topics)]
    seconds_pass(UNSEEN_S + 0.01)
    for pro in pros * 3:
        await copies.get(shown(home, pro, "signed in"), looked=True)
    asked = zip(topics * 3, core.topics, strict=True)
    assert all(own <= looked for own, looked in asked), "each looks for himself"
