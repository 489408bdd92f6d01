"""The same house behind a PgBouncer in transaction mode."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from conectar.adapters.outbound.sql.connection import LOOKING, Database
from conectar.adapters.outbound.sql.engine import SESSION
from conectar.application.queries.jobs import GetJob
from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import migrate
from conectar.domain.jobs.lifecycle import JobStatus
from tests import actors
from tests.application.rooms import room
from tests.backends import House, kept
from tests.servers.pgbouncer import PgBouncer


@pytest.fixture
async def pooled(tmp_path: Path) -> AsyncIterator[House]:
    """A house that reaches its database through it, migrated as one installs it."""
    async with kept("postgresql") as where:
        between = await asyncio.to_thread(PgBouncer, where["database_url"])
        try:
            given = where | {"database_url": between.url, "database_pooled": True}
            settings = Settings(data_dir=tmp_path, **given)
            await migrate(find_place(settings, "http://127.0.0.1:9"))
            await asyncio.to_thread(between.reconnect)
            async with room("postgresql", tmp_path, **given) as opened:
                yield opened
        finally:
            await asyncio.to_thread(between.end)


async def test_many_lives_at_once(pooled: House) -> None:
    """More tasks than sessions, so that each session serves many."""

    async def life() -> None:
        ana, beto = await actors.client(pooled), await actors.professional(pooled)
        job, _ = await actors.approved_job(pooled, ana, beto)
        seen = await pooled.core.execute(GetJob(job_id=job.id, actor=ana))
        assert seen.status is JobStatus.APPROVED

    for _ in range(2):
        await asyncio.gather(*(life() for _ in range(8)))


async def test_no_wait_is_without_an_end_and_plans_are_as_elsewhere(pooled: House) -> None:
    async with (await pooled.container.get(Database)).connected(LOOKING) as connection:
        said = [await connection.cell(text(f"SHOW {name}")) for name in SESSION]
    assert said == list(SESSION.values())
