"""Rows of the first version go on living in the next."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

from conectar.adapters.outbound.sql import migrations
from conectar.adapters.outbound.sql.engine import make_engine
from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import migrate
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.ids import JobId, UserId
from tests.backends import house

ANA, BETO, OFFER, JOB = (UUID(int=n) for n in range(1, 5))
NOW = "2026-03-02 15:00:00.000000"


def row(connection: sqlite3.Connection, table: str, **given: Any) -> None:
    """A row with something in every column that needs it."""
    values = dict(given)
    for _, name, kind, needed, *_ in connection.execute(f"PRAGMA table_info({table})"):
        if needed and name not in values:
            values[name] = NOW if "DATE" in kind else 0 if "INT" in kind else "x"
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def old_rows(file: Path) -> None:
    """A job that was released, and its professional, whose identity was approved."""
    with sqlite3.connect(file) as connection:
        for id, role in ((ANA, "CLIENTE"), (BETO, "PROFESIONAL")):
            row(connection, "usuarios", id=id.bytes, rol=role, email=f"{role}@x.test", is_active=1)
        row(
            connection,
            "profesionales",
            id=BETO.bytes,
            estado_verificacion="APROBADO",
            oficios="[]",
        )
        shown = {"profesional_id": BETO.bytes, "documentos": "[]"}
        row(connection, "kyc_envios", **shown, cuit="20111111112", enviado_at="2026-01-01 00:00:00")
        row(connection, "kyc_envios", **shown, cuit="20123456786", enviado_at="2026-02-01 00:00:00")
        parties = {"cliente_id": ANA.bytes, "profesional_id": BETO.bytes}
        agreed = {"propuesta_por": "CLIENTE", "estado": "ACEPTADA"}
        row(connection, "ofertas", id=OFFER.bytes, **parties, **agreed)
        states = {
            "estado": "APROBADO",
            "escrow_estado": "LIBERADO",
            "disputa_estado": "NINGUNA",
            "congelado_por": "NINGUNO",
        }
        row(connection, "trabajos", id=JOB.bytes, oferta_id=OFFER.bytes, **parties, **states)
    connection.close()


async def test_what_the_first_version_kept_is_read_by_the_next(tmp_path: Path) -> None:
    place = find_place(Settings(data_dir=tmp_path), "http://127.0.0.1:9")
    first = migrations.commands(make_engine(place.database_url))
    await asyncio.to_thread(first.upgrade, "0001")
    old_rows(tmp_path / "conectar.db")
    await migrate(place)
    async with house("sqlite", tmp_path) as home, home.store.unit() as uow:
        job = await uow.jobs.find(JobId(JOB))
        professional = await uow.professionals.find(UserId(BETO))
    assert job and professional
    assert job.released_as is EscrowStatus.RELEASED
    assert (job.client_disputed, job.professional_disputed, job.to_client) == (False, False, None)
    assert job.terms == Terms(), "what every job was accepted under"
    assert professional.cuit == "20123456786"
