"""The async peer's worker, as a good team would write it: events lie in an outbox; a relay claims
them with `SKIP LOCKED`, puts them into saq's queue and marks them as sent; saq's workers give the
points under a lock, once a job. Whoever commits an event wakes the relay through Redis.

What it leaves out compared with ours: one reaction an event, no attempts and no dead deliveries
(what Redis loses after it was sent is lost), no level, no row of search, no notice, no job that is
looked at, no log line and no trace.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from saq import Queue, Worker
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.peers import models as m

RELEASED, POINTS = "escrow_released", 100
BATCH, CONCURRENCY = 100, 10
WAKE, PATIENCE_S = "async:wake", 1.0


@dataclass(frozen=True)
class Place:
    """Where it works."""

    sessions: async_sessionmaker[AsyncSession]
    redis: Redis
    queue: Queue


@asynccontextmanager
async def place(database_url: str, redis_url: str) -> AsyncIterator[Place]:
    """Connections, which end with the block."""
    engine = create_async_engine(database_url, pool_size=CONCURRENCY + 1, max_overflow=0)
    queue, redis = Queue.from_url(redis_url, name="async"), Redis.from_url(redis_url)
    try:
        yield Place(async_sessionmaker(engine, expire_on_commit=False), redis, queue)
    finally:
        await queue.disconnect()
        await redis.aclose()
        await engine.dispose()


async def tell(at: Place, payload: dict[str, str]) -> None:
    """An event and its commit, and the relay is woken."""
    async with at.sessions.begin() as session:
        session.add(m.Event(name=RELEASED, payload=payload))
    await at.redis.publish(WAKE, "")


async def relay(at: Place) -> int:
    """Puts a batch of events into the queue; how many."""
    unsent = select(m.Event).where(m.Event.name == RELEASED, m.Event.sent_at.is_(None))
    claim = unsent.order_by(m.Event.created_at).limit(BATCH).with_for_update(skip_locked=True)
    async with at.sessions.begin() as session:
        events = (await session.scalars(claim)).all()
        await asyncio.gather(
            *(at.queue.enqueue("award_points", key=str(one.id), **one.payload) for one in events)
        )
        sent = update(m.Event).where(m.Event.id.in_([one.id for one in events]))
        await session.execute(
            sent.values(sent_at=m.now()), execution_options={"synchronize_session": False}
        )
    return len(events)


async def relaying(at: Place) -> None:
    """Until it is cancelled: what there is, then waits to be woken."""
    async with at.redis.pubsub(ignore_subscribe_messages=True) as waker:
        await waker.subscribe(WAKE)
        while True:
            while await relay(at):
                pass
            await waker.get_message(timeout=PATIENCE_S)


async def award_points(context: dict[str, Any], *, job_id: str, professional_id: str) -> None:
    """Once a job."""
    at: Place = context["place"]
    grant = {"source_ref": f"job:{job_id}", "professional_id": professional_id, "points": POINTS}
    async with at.sessions.begin() as session:
        whose = await session.get(m.Professional, UUID(professional_id), with_for_update=True)
        granted = insert(m.Grant).values(grant | {"at": m.now()}).on_conflict_do_nothing()
        if whose and (await session.execute(granted)).rowcount:
            whose.points += POINTS


async def main() -> None:
    """Relays and works, until it is told to stop."""
    async with place(os.environ["PEER_DATABASE_URL"], os.environ["PEER_REDIS_URL"]) as at:

        async def begin(context: dict[str, Any]) -> None:
            context["place"] = at
            print("working", flush=True)

        worker = Worker(at.queue, functions=[award_points], concurrency=CONCURRENCY, startup=begin)
        relays = asyncio.create_task(relaying(at))
        await worker.start()
        relays.cancel()
        with suppress(asyncio.CancelledError):
            await relays


if __name__ == "__main__":
    asyncio.run(main())
