"""What older versions kept in PostgreSQL lives on in this one."""

import asyncio
import json
import math
from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tools.seed import fill

from conectar.adapters.outbound.sql import migrations
from conectar.adapters.outbound.sql.bounds import around
from conectar.adapters.outbound.sql.engine import make_engine, migrating_engine
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.ports.search import SearchOrder
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.application.views.work import JobView
from conectar.bootstrap.place import Place, find_place
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import migrate
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import EARTH_RADIUS_M, Point
from tests import actors
from tests.application.rooms import room
from tests.backends import House, kept
from tests.contract.test_search import ANYBODY
from tests.postgresql.raw import cells, owners, refusal, superusers
from tests.postgresql.test_what_must_never_be import CHECK, DENIED, LEG, UNBALANCED

Rows = Mapping[str, list[dict[str, Any]]]
"""Of every table, in an order of their own."""
STARTS = {"the first": "0001", "before what must never be": "0004", "before finer bands": "0008"}
UNKNOWN = {
    "eventos": {"sujeto_id", "version", "traza"},
    "ofertas": {"recordar_at"},
    "trabajos": {"recordar_at"},
}
"""What came later and nobody can say of rows that were there."""
CROWD = 60
STEPS = 4
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"trade": TRADES[0].id},
    {"rating_min": 4.5, "order": SearchOrder.RATING},
    {"price_max": Money(1_000_000), "order": SearchOrder.PRICE},
)
GRADES = (3, 3.5, 4, 4.3, 4.5, 4.6, 4.7, 4.8, 4.9, 5)
NO_PRICE = 32_767
COLUMNS = f"""
SELECT table_name::text, array_agg(column_name::text ORDER BY ordinal_position)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
        AND table_name NOT IN ('spatial_ref_sys', '{migrations.VERSION_TABLE}')
    GROUP BY 1 ORDER BY 1
"""


class Story(NamedTuple):
    """What people did, and how it is kept now."""

    client: Actor
    released: JobView
    finished: JobView
    unpaid: JobView
    rows: Rows


@pytest.fixture
async def story(guarded: House, engine: AsyncEngine) -> Story:
    """Jobs of all ages, an offer, and a crowd that can be found."""
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    released, _ = await actors.approved_job(guarded, ana, beto)
    finished, _ = await actors.finished_job(guarded, ana, beto)
    unpaid = await actors.unpaid_job(guarded, ana, beto)
    await actors.offer(guarded, ana, beto)
    async with owners(engine) as owner:
        await fill(owner, CROWD)
    return Story(ana, released, finished, unpaid, await rows(engine))


@pytest.fixture(params=list(STARTS.values()), ids=list(STARTS))
def start(request: pytest.FixtureRequest) -> str:
    """The revision of an older version."""
    return str(request.param)


@pytest.fixture
async def place(start: str, story: Story, tmp_path: Path) -> AsyncIterator[Place]:
    """A database of that version, which kept the same story."""
    async with kept("postgresql", "empty") as where:
        made = find_place(Settings(data_dir=tmp_path, **where), "http://127.0.0.1:9")
        await command(made, "upgrade", start)
        async with superusers(make_engine(made.database_url)) as superuser:
            await restore(superuser, story.rows)
        yield made


@pytest.fixture
async def owner(place: Place) -> AsyncIterator[AsyncEngine]:
    """Whose tables they are."""
    opened = migrating_engine(place.migrations_url)
    yield opened
    await opened.dispose()


async def command(place: Place, name: str, revision: str) -> None:
    """One of Alembic's, in a thread as it wants it."""
    alembic = migrations.commands(migrating_engine(place.migrations_url))
    await asyncio.to_thread(getattr(alembic, name), revision)


async def restore(superuser: AsyncEngine, story: Rows) -> None:
    """Puts in what the tables have columns for, as a dump is restored: no trigger looks."""
    columns = await cells(superuser, COLUMNS)
    async with superuser.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, names in columns:
            if table != "transiciones":  # the history's own
                listed = ", ".join(names)
                recordset = f"jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
                statement = f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {recordset}"
                await connection.execute(text(statement), {"rows": json.dumps(story[table])})


async def rows(engine: AsyncEngine) -> Rows:
    """All there are, but what is worked out from them."""
    found = {}
    async with engine.connect() as connection:
        for table, names in await connection.execute(text(COLUMNS)):
            read = f"SELECT to_jsonb(r)::text FROM (SELECT {', '.join(names)} FROM {table}) r"
            told = await connection.execute(text(read))
            found[table] = in_order([json.loads(row) for (row,) in told])
    return found


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One that does not depend on who wrote first."""
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def remembered(story: Rows, before: Rows) -> Rows:
    """What an older version's rows say now."""
    told: dict[str, list[dict[str, Any]]] = {}
    for table, now in story.items():
        there = {name for row in before.get(table, []) for name in row}
        lost = UNKNOWN.get(table, set()) - there
        read = [row | dict.fromkeys(lost) for row in now]
        told[table] = in_order(read) if table in before else []
    return told | {"transiciones": story["transiciones"]}


async def test_what_was_kept_reads_the_same(
    guarded: House, story: Story, place: Place, owner: AsyncEngine, tmp_path: Path
) -> None:
    before = await rows(owner)
    await migrate(place)
    assert await rows(owner) == remembered(story.rows, before)
    await expect_worked_out(owner)
    async with moved_in(place, tmp_path) as home:
        assert await seen(home, story) == await seen(guarded, story)


async def test_each_step_down_and_up_again_keeps_it(
    start: str, place: Place, owner: AsyncEngine
) -> None:
    below = await rows(owner)
    for revision in since(start):
        await command(place, "upgrade", revision)
        there = await rows(owner)
        await command(place, "downgrade", "-1")
        assert await rows(owner) == below, revision
        await command(place, "upgrade", revision)
        assert await rows(owner) == there, revision
        below = there
    await expect_worked_out(owner)


async def test_it_is_guarded_from_now_on(story: Story, place: Place, owner: AsyncEngine) -> None:
    """Even from the owner of the tables."""
    await migrate(place)
    before = await rows(owner)
    late = LEG.format(step=9, cents=5).replace(":id", f"'{before['asientos'][0]['id']}'")
    step, of = (
        "UPDATE trabajos SET version = version + 1, estado",
        f"WHERE id = '{story.unpaid.id}'",
    )
    again = "UPDATE ofertas SET estado = 'PENDIENTE' WHERE estado = 'ACEPTADA'"
    refused = (
        *((statements, CHECK, "ck_asientos_cuadra") for statements in UNBALANCED.values()),
        ((late,), CHECK, "ck_asientos_completo"),
        ((f"{step} = 'APROBADO' {of}",), CHECK, "ck_trabajos_avanza"),
        ((f"{step} = estado, congelado_por = 'MEDIACION' {of}",), CHECK, "ck_trabajos_avanza"),
        ((f"{step} = 'CANCELADO', vence_at = NULL {of}",), CHECK, "ck_trabajos_cuenta"),
        ((again,), CHECK, "ck_ofertas_respondida"),
        (("UPDATE saldos SET saldo = saldo - 100000000",), CHECK, "ck_saldos_floor"),
        (("UPDATE asientos SET trabajo_id = NULL",), DENIED, None),
        (("DELETE FROM asiento_lineas",), DENIED, None),
        (("DELETE FROM historial",), DENIED, None),
        (("UPDATE eventos SET nombre = 'x'",), DENIED, None),
    )
    for statements, *why in refused:
        found = await refusal(owner, *statements, id=uuid4(), fact="x")
        assert found == tuple(why), statements
    assert await rows(owner) == before


async def test_it_goes_on_from_there(story: Story, place: Place, tmp_path: Path) -> None:
    await migrate(place)
    async with moved_in(place, tmp_path) as home:
        approve = ApproveJob(job_id=story.finished.id, actor=story.client)
        approved = await home.core.execute(approve)
        assert approved.status is JobStatus.APPROVED
        await home.background.run_due()
        told = await home.core.execute(GetJobTimeline(job_id=approved.id, actor=story.client))
        assert len(told) == STEPS
        assert (await home.core.execute(GetTrialBalance(actor=home.admin))).balanced


def moved_in(place: Place, folder: Path) -> AbstractAsyncContextManager[House]:
    """This version in that database."""
    where = {"database_url": place.database_url, "migrations_url": place.migrations_url}
    return room("postgresql", folder, **where)


async def seen(home: House, story: Story) -> list[Any]:
    """What people are shown of it."""
    found: list[Any] = [await home.core.execute(GetTrialBalance(actor=home.admin))]
    for job in (story.released, story.finished, story.unpaid):
        found.append(await home.core.execute(GetJob(job_id=job.id, actor=story.client)))
        found.append(await home.core.execute(GetJobTimeline(job_id=job.id, actor=story.client)))
    async with home.store.reading() as read:
        found += [await read.search(replace(ANYBODY, **asked)) for asked in ASKED]
    return found


async def expect_worked_out(owner: AsyncEngine) -> None:
    """Each row's place on the map, grade and band are what its facts say, and its box reaches a
    little farther than its professional travels."""
    read = (
        "SELECT latitude, longitude, rating_promedio, tarifa_por_hora,"
        " ST_X(plano), ST_Y(plano), radio_cobertura_km, ST_XMax(cobertura) - ST_X(plano),"
        " ST_Y(plano) - ST_YMin(cobertura), nota, franja FROM busqueda"
    )
    found = await cells(owner, read)
    assert len(found) > CROWD
    for latitude, longitude, rating, rate, x, y, km, east, south, grade, band in found:
        up = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
        narrow = math.cos(math.radians(latitude))
        here = EARTH_RADIUS_M * math.radians(longitude), EARTH_RADIUS_M * up
        assert (x, y) == pytest.approx(here, abs=0.001)
        reach = around(Point(latitude, longitude), km * 1000)
        assert 0 < EARTH_RADIUS_M * math.radians(reach.east - longitude) < east < km * 1100 / narrow
        lowest = math.log(math.tan(math.pi / 4 + math.radians(reach.south) / 2))
        assert 0 < EARTH_RADIUS_M * (up - lowest) < south < km * 1100 / narrow
        assert grade == bisect_right(GRADES, rating or 0)
        assert band == (NO_PRICE if rate is None else math.floor(12 * math.log2(rate)))
    grades, bands = ({row[at] for row in found} for at in (-2, -1))
    assert len(grades) > 5 and len(bands - {NO_PRICE}) > 5, "of many kinds"


def since(start: str) -> list[str]:
    """The revisions after this one, in their order."""
    script = ScriptDirectory(str(migrations.history()))
    known = [revision.revision for revision in script.walk_revisions()]
    return sorted(revision for revision in known if revision > start)
