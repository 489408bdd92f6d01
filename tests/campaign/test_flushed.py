"""Redis forgets a job between the relay that put it there and the worker that would take it."""

from pathlib import Path

import redis

from tests.campaign.place import POLL_S, Place, place
from tests.campaign.storm import pending
from tests.http.api import Api
from tests.http.person import Person, eventually

RELAY, WORKER = "worker-1", "worker-2"


def queued(town: Place) -> int:
    """Jobs that wait in Redis."""
    return int(redis.Redis.from_url(town.redis.url).llen("saq:conectar:queued"))


def registered(who: Person) -> list[str]:
    """What somebody heard."""
    return [row["tipo"] for row in who.seen("/notifications/history", limit="100")]


def test_a_reaction_that_redis_forgot_happens_once(tmp_path: Path) -> None:
    with place(tmp_path, workers=False) as town:
        api = Api(town)  # type: ignore[arg-type]
        ana = api.client()
        town.start(RELAY, "worker", CAMPAIGN_SABOTAGE="takes_no_jobs")
        eventually(lambda: queued(town) > 0, 60)
        eventually(lambda: pending(api) > 0, 60)
        town.stop(RELAY)
        forgotten = queued(town)
        assert forgotten > 0
        assert registered(ana) == []
        assert town.flush()
        assert queued(town) == 0
        town.start(WORKER, "worker")
        eventually(lambda: pending(api) == 0, 10 * POLL_S)
        assert registered(ana) == ["user.registered"]
        assert len(town.letterbox.to(ana.email)) == 1
