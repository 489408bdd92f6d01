"""The feed's looks: nothing is missed or told twice in one stream, nobody slow is waited for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from conectar.adapters.inbound.http import feed as module
from conectar.adapters.inbound.http.feed import BEAT, RETRY, Feed
from conectar.application.queries import notices
from conectar.domain.kernel.actor import person
from tests.backends import House
from tests.contract import records as r

pytestmark = pytest.mark.anyio


async def written(home: House, ago_s: float = 0) -> UUID:
    """A notice to the administrator, of so long ago, committed now."""
    at = home.clock.now() - timedelta(seconds=ago_s)
    notice = r.notice(person(home.admin), created_at=at)
    async with home.store.unit() as uow:
        await uow.notices.add(notice)
        await uow.commit()
    return notice.id


async def opened(feed: Feed, home: House, after: UUID | None = None) -> AsyncIterator[bytes]:
    """A stream that has begun."""
    stream = await feed.follow(home.admin, after)  # type: ignore[arg-type]
    assert await anext(stream) == RETRY
    return stream


async def heard(stream: AsyncIterator[bytes], many: int) -> list[UUID]:
    """The next so many."""
    parts = [await asyncio.wait_for(anext(stream), 5) for _ in range(many)]
    return [UUID(part.decode().split()[1]) for part in parts]


@pytest.fixture
def feed(home: House, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """One that says quickly that there is nothing, and whose streams are short."""
    monkeypatch.setattr(module, "BEAT_S", 0.2)
    monkeypatch.setattr(module, "STREAM_S", 3.0)
    return Feed(home.core, home.clock)


async def test_what_is_committed_late_is_heard_and_nothing_twice(home: House, feed: Feed) -> None:
    stream = await opened(feed, home)
    one = await written(home)
    await feed.look()
    assert await heard(stream, 1) == [one]
    late = await written(home, ago_s=3)
    await feed.look()
    assert await heard(stream, 1) == [late]
    await feed.look()
    assert await asyncio.wait_for(anext(stream), 5) == BEAT


async def test_a_look_covers_the_time_in_which_there_was_none(home: House, feed: Feed) -> None:
    stream = await opened(feed, home)
    await feed.look()
    home.clock.advance(timedelta(hours=1))  # as if the database had been away
    one = await written(home, ago_s=1800)
    await feed.look()
    assert await heard(stream, 1) == [one]


async def test_more_than_one_look_reads_is_read_in_parts(
    home: House, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEED_MAX", 2)
    monkeypatch.setattr(notices, "FEED_MAX", 2)
    stream = await opened(feed, home)
    written_ids = [await written(home, ago_s=2 - n / 10) for n in range(7)]
    await feed.look()
    assert await heard(stream, 7) == written_ids
    await feed.look()
    assert await asyncio.wait_for(anext(stream), 5) == BEAT


async def test_what_was_missed_comes_first_oldest_first(home: House, feed: Feed) -> None:
    seen = await written(home, ago_s=600)
    missed = [await written(home, ago_s=ago) for ago in (500, 400)]
    stream = await opened(feed, home, seen)
    assert await heard(stream, 2) == missed


async def test_who_is_too_slow_is_told_to_come_again(
    home: House, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEHIND_MAX", 2)
    stream = await opened(feed, home)
    for _ in range(4):
        await written(home)
    await feed.look()
    assert [part async for part in stream] == []


async def test_nobody_follows_a_program_that_stops(home: House, feed: Feed) -> None:
    stream = await opened(feed, home)
    feed.end()
    assert [part async for part in stream] == []
    later = await feed.follow(home.admin, None)
    assert [part async for part in later] == [RETRY]
