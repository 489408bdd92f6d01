"""Whether this installation can be started, and what is in the way."""

import os
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError

from conectar.adapters.outbound.redis.connection import FAILURES, Refused, answers, quick
from conectar.adapters.outbound.sql import fitness, migrations
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.bootstrap.place import Place, find_place
from conectar.bootstrap.settings import Settings


class Finding(NamedTuple):
    """One thing that was looked at."""

    name: str
    good: bool
    told: str


async def examine(settings: Settings) -> list[Finding]:
    """Looks at the data folder, the database and, where one is set, Redis; makes the folder and
    changes nothing else."""
    try:
        place = find_place(settings, "http://127.0.0.1")
    except OSError as error:
        return [Finding("data folder", False, error.strerror or "can't be used")]
    writable = os.access(place.data_dir, os.W_OK)
    folder = Finding("data folder", writable, str(place.data_dir))
    found = [folder, await _database(place, production=settings.profile == "production")]
    if settings.redis_url:
        found.append(await _redis(settings.redis_url))
    return found


async def _database(place: Place, *, production: bool) -> Finding:
    engine = make_engine(place.database_url, pooled_outside=place.database_pooled)
    try:
        await fitness.expect_fit(engine, SystemClock())
        found = await migrations.revisions(engine)
    except fitness.Unfit as error:
        return Finding("database", False, str(error))
    except DatabaseError:
        return Finding("database", False, "is no database of ours")
    finally:
        await engine.dispose()
    if found.ahead:
        return Finding("database", False, "newer than this version of Conectar")
    if found.current is None and not production:
        return Finding("database", True, "empty; the first start fills it")
    if found.current == found.head:
        return Finding("database", True, f"at {found.current}")
    if production:
        told = f"at {found.current or 'nothing'}; `conectar migrate` brings it to {found.head}"
        return Finding("database", False, told)
    return Finding(
        "database", True, f"at {found.current}; the next start brings it to {found.head}"
    )


async def _redis(url: str) -> Finding:
    redis = quick(url)
    try:
        await answers(redis)
    except Refused as error:
        return Finding("redis", False, str(error).removeprefix("Redis "))
    except FAILURES as error:
        told = f"does not answer ({type(error).__name__}); mails and notices would wait"
        return Finding("redis", False, told)
    finally:
        await redis.aclose()
    return Finding("redis", True, "answers")
