"""What is said when PostgreSQL keeps somebody waiting, or is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql.connection import LOOKING, READING, WRITING, Database, Way
from conectar.adapters.outbound.sql.engine import LIMITS
from conectar.adapters.outbound.sql.postgresql import PostgresConnection
from conectar.application.core import Contended
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.once import KeyInProgress, Once
from conectar.application.ports.outside import Unavailable
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.bootstrap.place import Place
from conectar.domain.jobs.lifecycle import JobStatus
from tests import actors
from tests.application.rooms import room
from tests.backends import House
from tests.postgresql.raw import cells, owners, program, superusers
from tests.servers.cut import Cut, Wire
from tests.servers.postgresql import Cluster, Databases

ISOLATION = "default_transaction_isolation", "transaction_isolation"
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname"


@asynccontextmanager
async def held(engine: AsyncEngine, statement: str, **values: object) -> AsyncIterator[None]:
    """Somebody else does this, and does not end."""
    async with engine.connect() as other:
        await other.execute(text(statement), values)
        yield
        await other.rollback()


async def test_who_waits_too_long_for_a_row_is_told_so(guarded: House, engine: AsyncEngine) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job, _ = await actors.finished_job(guarded, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    async with held(engine, "SELECT id FROM trabajos FOR UPDATE"):
        started = monotonic()
        with pytest.raises(Contended):
            await guarded.core.execute(approve, once=Once("llave-0001"))
        assert 1.5 < monotonic() - started < 4, "once, and not again and again"
        seen = await guarded.core.execute(GetJob(job_id=job.id, actor=ana))
        assert seen.status is JobStatus.COMPLETED, "reading waits for nobody"
    assert (await guarded.core.execute(approve, once=Once("llave-0001"))).approved_at


async def test_a_unit_reads_what_is_committed_whatever_sessions_do_by_themselves(
    guarded: House,
) -> None:
    database = await guarded.container.get(Database)
    async with database.connected(LOOKING) as connection:
        assert isinstance(connection, PostgresConnection)
        own = "SET default_transaction_isolation = 'serializable'"
        await connection.driver.execute(own)
    async with database.connected(WRITING) as connection:
        told = [await connection.cell(text(f"SHOW {name}")) for name in ISOLATION]
    assert told == ["serializable", "read committed"], "the session that was told, and the unit"


async def test_who_comes_while_his_key_is_being_used_is_told_so(
    guarded: House, engine: AsyncEngine
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job, _ = await actors.finished_job(guarded, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    taken = (
        "INSERT INTO claves_idempotencia"
        " (titular_id, clave, huella, created_at, turno, rechazo, contexto)"
        " VALUES (:owner, 'llave-0001', '', now(), 1, false, '')"
    )
    async with held(engine, taken, owner=ana.user_id):
        with pytest.raises(KeyInProgress):
            await guarded.core.execute(approve, once=Once("llave-0001"))
    assert (await guarded.core.execute(approve, once=Once("llave-0001"))).approved_at


async def test_whoever_is_chosen_to_end_a_deadlock_begins_again(
    guarded: House, engine: AsyncEngine
) -> None:
    """Somebody locks the other way round and is not the one who looks; the command that is thrown
    out is done all the same."""
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job, _ = await actors.finished_job(guarded, ana, beto)
    async with superusers(engine) as superuser, superuser.connect() as other:
        await other.execute(text("SET deadlock_timeout = '1min'"))
        await other.execute(text("SELECT id FROM trabajos FOR UPDATE"))
        approved = asyncio.create_task(guarded.core.execute(ApproveJob(job_id=job.id, actor=ana)))
        await somebody_waits(engine)
        mine = text("SELECT id FROM usuarios WHERE id = :id FOR UPDATE")
        await other.execute(mine, {"id": ana.user_id})
        await other.rollback()
    assert (await approved).approved_at
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    while await cells(engine, deadlocks) == [(0,)]:  # noqa: ASYNC110  (told a moment later)
        await asyncio.sleep(0.1)
    books = await guarded.core.execute(GetTrialBalance(actor=guarded.admin))
    assert books.balanced


async def test_whoever_could_not_be_put_in_order_begins_again(
    guarded: House, engine: AsyncEngine
) -> None:
    """A serialization failure takes back the whole unit, and the unit is done again: five times."""
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    first, _ = await actors.finished_job(guarded, ana, beto)
    second, _ = await actors.finished_job(guarded, ana, beto)
    await put_out_of_order(engine, until=5)
    assert (await guarded.core.execute(ApproveJob(job_id=first.id, actor=ana))).approved_at
    assert await cells(engine, "SELECT last_value FROM intentos") == [(5,)]
    await put_out_of_order(engine, until=11)
    approve = ApproveJob(job_id=second.id, actor=ana)
    with pytest.raises(Contended):
        await guarded.core.execute(approve, once=Once("llave-0001"))
    assert await cells(engine, "SELECT last_value FROM intentos") == [(10,)]
    seen = await guarded.core.execute(GetJob(job_id=second.id, actor=ana))
    assert seen.status is JobStatus.COMPLETED
    assert (await guarded.core.execute(approve, once=Once("llave-0001"))).approved_at
    assert (await guarded.core.execute(GetTrialBalance(actor=guarded.admin))).balanced


async def put_out_of_order(engine: AsyncEngine, until: int) -> None:
    """Until so many tries were counted, no job changes: counting is not taken back."""
    async with owners(engine) as owner, owner.begin() as connection:
        for statement in (
            "CREATE SEQUENCE IF NOT EXISTS intentos",
            "GRANT USAGE, SELECT ON SEQUENCE intentos TO PUBLIC",
            f"""CREATE OR REPLACE FUNCTION desordena() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('intentos') < {until} THEN
                    RAISE EXCEPTION 'otra vez' USING ERRCODE = 'serialization_failure';
                END IF;
                RETURN NEW;
            END $$""",
            "CREATE OR REPLACE TRIGGER tg_desordena BEFORE UPDATE ON trabajos"
            " FOR EACH ROW EXECUTE FUNCTION desordena()",
        ):
            await connection.execute(text(statement))


async def test_every_session_has_its_limits(guarded: House) -> None:
    """So that nobody waits for long, and whose program died lets go of what he held."""
    database = await guarded.container.get(Database)
    async with database.connected(LOOKING) as connection:
        said = [await connection.cell(select(func.current_setting(n)), {}) for n in LIMITS]
    assert said == list(LIMITS.values())


async def somebody_waits(engine: AsyncEngine) -> None:
    """Until a session of this database waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while await cells(engine, waiting) == [(0,)]:  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.02)


async def test_a_postgresql_that_is_gone_comes_back_by_itself(tmp_path: Path) -> None:
    cluster = await asyncio.to_thread(Cluster, "fsync=on", "synchronous_commit=on")
    url = await asyncio.to_thread(Databases(cluster.url).new)
    try:
        async with room("postgresql", tmp_path, database_url=url) as home:
            ana, beto = await actors.client(home), await actors.professional(home)
            job, _ = await actors.finished_job(home, ana, beto)
            look = GetJob(job_id=job.id, actor=ana)
            await asyncio.to_thread(cluster.crash)
            for message in (look, ApproveJob(job_id=job.id, actor=ana)):
                with pytest.raises(Unavailable):
                    await home.core.execute(message)
            await asyncio.to_thread(cluster.start)
            assert (await home.core.execute(look)).status is JobStatus.COMPLETED
            assert (await home.core.execute(ApproveJob(job_id=job.id, actor=ana))).approved_at
            books = await home.core.execute(GetTrialBalance(actor=home.admin))
            assert books.balanced
    finally:
        await asyncio.to_thread(cluster.end)


@pytest.mark.parametrize("cut", Cut)
async def test_a_commit_nobody_heard_of_is_found_out_under_the_same_key(
    guarded: House, tmp_path: Path, cut: Cut
) -> None:
    """The wire breaks at the commit: nobody knows whether it happened, but whoever asks again."""
    place = await guarded.container.get(Place)
    async with (
        Wire(place.database_url) as wire,
        room("postgresql", tmp_path, database_url=wire.url) as home,
    ):
        ana, beto = await actors.client(home), await actors.professional(home)
        job, _ = await actors.finished_job(home, ana, beto)
        approve, key = ApproveJob(job_id=job.id, actor=ana), Once("llave-0001")
        wire.cut = cut
        with pytest.raises(Unavailable):
            await home.core.execute_once(approve, key)
        assert wire.cut is None
        seen = await guarded.core.execute(GetJob(job_id=job.id, actor=ana))
        happened = cut is Cut.ANSWERING
        assert (seen.status is JobStatus.APPROVED) == happened
        again = await home.core.execute_once(approve, key)
        assert again.replayed == happened and again.value.approved_at
        steps = await home.core.execute(GetJobTimeline(job_id=job.id, actor=ana))
        assert [step.status for step in steps].count(JobStatus.APPROVED) == 1
        books = await home.core.execute(GetTrialBalance(actor=home.admin))
        assert books.balanced


async def test_a_server_that_may_only_read_is_no_primary(
    guarded: House, engine: AsyncEngine
) -> None:
    """As after a failover, when somebody still asks the old one."""
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job, _ = await actors.finished_job(guarded, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    only_reads = f"ALTER DATABASE {engine.url.database} SET default_transaction_read_only"
    async with superusers(engine) as superuser:
        for setting, what in (("on", pytest.raises(Unavailable)), ("off", nullcontext())):
            async with superuser.begin() as connection:
                await connection.execute(text("SET transaction_read_only = off"))
                await connection.execute(text(f"{only_reads} = {setting}"))
            await cut_all(engine)
            with what:
                await guarded.core.execute(approve, once=Once("llave-0001"))
    seen = await guarded.core.execute(GetJob(job_id=job.id, actor=ana))
    assert seen.status is JobStatus.APPROVED


async def test_a_server_that_vanishes_takes_nothing_back_that_was_answered(
    guarded: House, engine: AsyncEngine
) -> None:
    ana = await actors.client(guarded)
    async with guarded.store.reading() as read:
        seen = await read.user(ana.user_id)  # type: ignore[arg-type]
        await cut_all(engine)
    assert seen is not None
    async with guarded.store.reading() as read:
        assert await read.user(ana.user_id) == seen  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        async with guarded.store.unit():
            await cut_all(engine)
            raise ZeroDivisionError
    with pytest.raises(Unavailable):
        async with guarded.store.unit() as uow:
            await cut_all(engine)
            await uow.users.find(seen.id)
    database: Any = await guarded.container.get(Database)
    pool = database._pool
    assert pool.get_idle_size() == pool.get_size(), "everything was given back"


@pytest.mark.parametrize("snapshot", [True, False])
async def test_a_connection_that_died_unnoticed_is_found_out_before_it_matters(
    guarded: House, engine: AsyncEngine, snapshot: bool
) -> None:
    ana = await actors.client(guarded)
    for _ in range(2):
        async with AsyncExitStack() as lent:
            reads = [guarded.store.reading(snapshot=snapshot) for _ in range(5)]
            readers = [await lent.enter_async_context(read) for read in reads]
            assert all([await read.user(ana.user_id) for read in readers])  # type: ignore[arg-type]
        program("psql", "-c", f"{CUT} = '{engine.url.database}'", "postgres")
        async with guarded.store.reading(snapshot=snapshot) as read:
            assert await read.user(ana.user_id)  # type: ignore[arg-type]


async def test_who_leaves_in_the_middle_leaves_nothing_open(
    guarded: House, engine: AsyncEngine
) -> None:
    database: Any = await guarded.container.get(Database)

    async def sleeps(way: Way) -> None:
        async with database.connected(way) as connection:
            await connection.cell(text("SELECT pg_sleep(4)"))

    for _ in range(3):
        tasks = [asyncio.create_task(sleeps(way)) for way in (WRITING, READING, LOOKING) * 5]
        await asyncio.sleep(0.3)  # ten of them sleep, the others wait for a connection
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(each) for each in ended} == {asyncio.CancelledError}
    pool = database._pool
    assert pool.get_idle_size() == pool.get_size() <= 10
    open_ = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    assert await cells(engine, open_) == [(0,)]
    ana = await actors.client(guarded)
    async with guarded.store.reading() as read:
        assert await read.user(ana.user_id)  # type: ignore[arg-type]


async def cut_all(engine: AsyncEngine) -> None:
    """Every other session of this database ends."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
    own = "AND datname = current_database() AND pid <> pg_backend_pid()"
    async with engine.connect() as connection:
        await connection.execute(text(f"{others} {own}"))
