"""The history of the tables: up, down, up; nothing forgotten; nothing newer touched."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conectar.adapters.outbound.sql import migrations
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.sql.tables import METADATA
from conectar.bootstrap.place import Place, find_place
from conectar.bootstrap.settings import BadSetting, Settings
from conectar.bootstrap.start import migrate
from tests import actors
from tests.backends import house


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where a database may be."""
    return find_place(Settings(data_dir=tmp_path), "http://127.0.0.1:9")


async def command(place: Place, do: Callable[[Any], Any]) -> Any:
    """An Alembic command, in a thread as it wants it."""
    return await asyncio.to_thread(do, migrations.commands(make_engine(place.database_url)))


async def revisions(place: Place) -> migrations.Revisions:
    """Where the database is."""
    engine = make_engine(place.database_url)
    try:
        return await migrations.revisions(engine)
    finally:
        await engine.dispose()


def schema(place: Place) -> dict[str, str]:
    """Everything SQLite says of itself; a table copied by a migration may list its constraints in
    another order, so the parts of each are sorted."""
    with sqlite3.connect(place.data_dir / "conectar.db") as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        found = {name: ", ".join(sorted(_parts(sql))) for name, sql in rows}
    connection.close()
    return found


def _parts(sql: str) -> list[str]:
    head, _, body = " ".join(sql.split()).partition("(")
    return [part.strip() for part in (head, *body.removesuffix(")").split(","))]


def tables(place: Place) -> set[str]:
    """Those there are, but Alembic's own."""
    made = {name for name, sql in schema(place).items() if "CREATE TABLE" in sql}
    return made - {migrations.VERSION_TABLE}


async def test_up_down_up(place: Place) -> None:
    assert await revisions(place) == (None, (await revisions(place)).head, False)
    await migrate(place)
    up = schema(place)
    assert tables(place) == set(METADATA.tables)
    assert (await revisions(place)).current == (await revisions(place)).head
    await command(place, lambda c: c.downgrade("base"))
    assert tables(place) == set()
    assert (await revisions(place)).current is None
    await migrate(place)
    assert schema(place) == up


async def test_nothing_drifts(place: Place) -> None:
    """What the tables in the code say is what the history makes."""
    await migrate(place)
    await command(place, lambda c: c.check())


async def test_drift_would_be_seen(place: Place) -> None:
    await migrate(place)
    with sqlite3.connect(place.data_dir / "conectar.db") as connection:
        connection.execute("DROP INDEX uq_usuarios_email")
    connection.close()
    with pytest.raises(Exception, match="uq_usuarios_email"):
        await command(place, lambda c: c.check())


async def test_every_uniqueness_and_floor_is_the_databases_own(place: Place) -> None:
    from conectar.adapters.outbound.sql.tables import REFUSALS

    await migrate(place)
    said = " ".join([*schema(place), *schema(place).values()])
    assert [name for name in REFUSALS if name not in said] == []


async def test_a_second_start_changes_nothing(place: Place) -> None:
    await migrate(place)
    before = schema(place)
    await migrate(place)
    assert schema(place) == before


async def test_a_newer_database_is_refused_and_not_touched(place: Place) -> None:
    await migrate(place)
    with sqlite3.connect(place.data_dir / "conectar.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = schema(place)
    assert (await revisions(place)).ahead
    with pytest.raises(BadSetting, match="newer"):
        await migrate(place)
    assert schema(place) == before
    assert (await revisions(place)).current == "9999"


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
