"""The history of the tables: up, down, up; nothing forgotten; nothing newer touched."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, make_url, text

from conectar.adapters.outbound.sql import migrations, roles
from conectar.adapters.outbound.sql.engine import make_engine, migrating_engine
from conectar.adapters.outbound.sql.tables import METADATA
from conectar.adapters.vocabulary.tables import POSTGRESQL_ONLY
from conectar.bootstrap.place import Place, find_place
from conectar.bootstrap.settings import BadSetting, Settings
from conectar.bootstrap.start import migrate
from tests import actors
from tests.backends import house, kept
from tests.servers.programs import postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """Where a database may be."""
    async with kept(request.param, "empty") as where:
        yield find_place(Settings(data_dir=tmp_path, **where), "http://127.0.0.1:9")


async def command(place: Place, do: Callable[[Any], Any]) -> Any:
    """An Alembic command, in a thread as it wants it."""
    return await asyncio.to_thread(do, migrations.commands(migrating_engine(place.migrations_url)))


async def revisions(place: Place) -> migrations.Revisions:
    """Where the database is."""
    engine = migrating_engine(place.migrations_url)
    try:
        return await migrations.revisions(engine)
    finally:
        await engine.dispose()


async def do(place: Place, statement: str) -> Any:
    """Says something to the database, beside the application."""
    engine = migrating_engine(place.migrations_url)
    try:
        async with engine.begin() as connection:
            done = await connection.execute(text(statement))
            return done.all() if done.returns_rows else None
    finally:
        await engine.dispose()


async def schema(place: Place) -> set[str]:
    """Everything the database says of itself. A table copied by a migration may list its
    constraints in another order, so the parts are sorted."""
    if place.database_url.startswith("postgresql"):
        return set(await asyncio.to_thread(dumped, place.migrations_url))
    rows = await do(place, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{name}: {', '.join(sorted(_parts(sql)))}" for name, sql in rows}


def dumped(url: str) -> list[str]:
    """The schema as PostgreSQL itself writes it, without remarks."""
    address = make_url(url)
    told = (f"--host={address.host}", f"--port={address.port}", f"--username={address.username}")
    command = [postgresql() / "pg_dump", "--schema-only", *told, address.database]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = text.splitlines()
    return [line for line in lines if line and not line.startswith(("--", "\\"))]


def _parts(sql: str) -> list[str]:
    head, _, body = " ".join(sql.split()).partition("(")
    return [part.strip() for part in (head, *body.removesuffix(")").split(","))]


async def tables(place: Place) -> set[str]:
    """Those there are, but Alembic's own and the extensions'."""
    engine = migrating_engine(place.migrations_url)
    async with engine.connect() as connection:
        made = await connection.run_sync(lambda c: inspect(c).get_table_names())
    await engine.dispose()
    return set(made) - {migrations.VERSION_TABLE} - POSTGRESQL_ONLY


async def test_up_down_up(place: Place) -> None:
    assert await revisions(place) == (None, (await revisions(place)).head, False)
    await migrate(place)
    up = await schema(place)
    assert await tables(place) == set(METADATA.tables)
    assert (await revisions(place)).current == (await revisions(place)).head
    await command(place, lambda c: c.downgrade("base"))
    assert await tables(place) == set()
    assert (await revisions(place)).current is None
    await migrate(place)
    assert await schema(place) == up


async def test_nothing_drifts(place: Place) -> None:
    """What the tables in the code say is what the history makes."""
    await migrate(place)
    await command(place, lambda c: c.check())


async def test_no_primary_key_drifts(place: Place) -> None:
    """Many are an "at most one", and the check above does not look at them."""
    await migrate(place)
    engine = migrating_engine(place.migrations_url)
    try:
        async with engine.connect() as connection:
            keys = await connection.run_sync(lambda c: inspect(c).get_multi_pk_constraint())
    finally:
        await engine.dispose()
    found = {table: key["constrained_columns"] for (_, table), key in keys.items() if key}
    wanted = {table.name: [c.name for c in table.primary_key] for table in METADATA.sorted_tables}
    assert {table: found[table] for table in wanted} == wanted


async def test_drift_would_be_seen(place: Place) -> None:
    await migrate(place)
    await do(place, "DROP INDEX uq_usuarios_email")
    with pytest.raises(Exception, match="uq_usuarios_email"):
        await command(place, lambda c: c.check())


async def test_every_uniqueness_and_floor_is_the_databases_own(place: Place) -> None:
    from conectar.adapters.outbound.sql.tables import REFUSALS

    await migrate(place)
    said = " ".join(await schema(place))
    assert [name for name in REFUSALS if name not in said] == []


async def test_a_second_start_changes_nothing(place: Place) -> None:
    await migrate(place)
    before = await schema(place)
    await migrate(place)
    assert await schema(place) == before


async def test_a_newer_database_is_refused_and_not_touched(place: Place) -> None:
    await migrate(place)
    await do(place, "UPDATE alembic_version SET version_num = '9999'")
    before = await schema(place)
    assert (await revisions(place)).ahead
    with pytest.raises(BadSetting, match="newer"):
        await migrate(place)
    assert await schema(place) == before
    assert (await revisions(place)).current == "9999"


async def test_two_programs_that_start_at_once_agree(tmp_path: Path) -> None:
    async with kept("postgresql", "empty") as where:
        named = {f"CONECTAR_{name.upper()}": value for name, value in where.items()}
        environment = os.environ | named | {"CONECTAR_DATA_DIR": str(tmp_path)}
        command = ("-m", "conectar.bootstrap.main", "migrate")
        both = [
            await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
            for _ in range(2)
        ]
        assert [await one.wait() for one in both] == [0, 0]
        place = find_place(Settings(data_dir=tmp_path, **where), "http://127.0.0.1:9")
        assert (await revisions(place)).current == (await revisions(place)).head


async def test_what_the_role_may_do_is_said_by_many_at_once(tmp_path: Path) -> None:
    async with kept("postgresql", "empty") as where:
        place = find_place(Settings(data_dir=tmp_path, **where), "http://127.0.0.1:9")
        await migrate(place)
        owner, role = migrating_engine(place.migrations_url), make_url(place.database_url).username
        user = make_engine(place.database_url, pooled_outside=True)
        try:
            await asyncio.gather(*(roles.grant(owner, role or "") for _ in range(8)))
            await asyncio.gather(*(roles.settle(user) for _ in range(8)))
        finally:
            await owner.dispose()
            await user.dispose()


async def test_what_people_did_survives_another_start(tmp_path: Path) -> None:
    async with house("sqlite", tmp_path) as home:
        ana, beto = await actors.client(home), await actors.professional(home)
        job, _ = await actors.approved_job(home, ana, beto)
    async with house("sqlite", tmp_path) as home:
        async with home.store.reading() as read:
            row = await read.job(job.id)
            sums = await read.account_sums()
        assert row is not None and row.job.status is job.status
        assert any(line.debits for line in sums)
        assert all(line.stored in (None, line.debits - line.credits) for line in sums)
