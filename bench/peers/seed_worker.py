"""The listener of the seed's way: whoever commits publishes an event through Redis, and one program
listens, handles them one after the other with the sync ORM, and commits each.

What it leaves out compared with ours: whatever is published while nobody listens, or handled by a
program that dies, is lost; nothing is claimed, tried again or told once; no level, no row of
search, no notice.
"""

import json
import os
from uuid import UUID

from redis import Redis
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from bench.peers import models as m

RELEASED, POINTS = "escrow.released", 100


def publish(redis: Redis, payload: dict[str, str]) -> None:
    """Tells whoever listens now."""
    told = {"type": RELEASED, "data": payload, "timestamp": m.now().isoformat()}
    redis.publish(RELEASED, json.dumps(told))


def award_points(sessions: sessionmaker[Session], job_id: str, professional_id: str) -> None:
    """And a line of history."""
    with sessions.begin() as session:
        whose = session.get(m.Professional, UUID(professional_id))
        if whose is None:
            return
        whose.points += POINTS
        session.add(m.Grant(source_ref=f"job:{job_id}", professional_id=whose.id, points=POINTS))


def main() -> None:
    """Listens until it is ended."""
    url = make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    sessions = sessionmaker(create_engine(url))
    with Redis.from_url(os.environ["PEER_REDIS_URL"]) as redis, redis.pubsub() as bus:
        bus.subscribe(RELEASED)
        for message in bus.listen():
            if message["type"] == "subscribe":
                print("working", flush=True)
            else:
                award_points(sessions, **json.loads(message["data"])["data"])


if __name__ == "__main__":
    main()
