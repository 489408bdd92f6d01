"""A dump can be restored, by the program for it and nothing else."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from conectar.application.queries.money import GetTrialBalance
from tests import actors
from tests.backends import House
from tests.postgresql.raw import cells, program
from tests.servers.postgresql import databases

COUNTED = """
SELECT (SELECT count(*) FROM trabajos), (SELECT count(*) FROM busqueda),
    (SELECT count(*) FROM asiento_lineas), (SELECT count(*) FROM pg_trigger),
    (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public')
"""


async def test_a_dump_is_restored_whole(
    guarded: House, engine: AsyncEngine, tmp_path: Path
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    await actors.finished_job(guarded, ana, beto)
    assert (await guarded.core.execute(GetTrialBalance(actor=guarded.admin))).balanced
    dump = tmp_path / "conectar.dump"
    program("pg_dump", "--format=custom", f"--file={dump}", engine.url.database or "")
    restored = databases().new("bare")
    try:
        name = make_url(restored).database
        program("pg_restore", "--exit-on-error", f"--dbname={name}", str(dump))
        there = create_async_engine(engine.url.set(database=name), poolclass=NullPool)
        assert await cells(there, COUNTED) == await cells(engine, COUNTED)
    finally:
        databases().drop(restored)
