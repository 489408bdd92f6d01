"""What is stored, read past the program, and that it did not change."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import text

from conectar.adapters.outbound.sql.connection import READING, Database
from tests.server import Server
from tests.town import Town

RESTLESS = {
    "sesiones": ("last_used_at",),
    "entregas": None,
    "payment_intents": ("consultar_at", "consultas"),
    "pagos": ("consultar_liberacion_at",),
    "profesionales": ("puntos", "version"),
    "busqueda": ("puntos",),
    "puntos": None,
    "notifications": None,
    "turnos": None,
    "versiones": None,
}
"""What the background moves by itself; None: the whole table."""
AFTERWARDS = ("notification.written", "gamification.points_earned", "gamification.level_up")
"""Events that only the background makes."""
_LATER = [(name,) for name in AFTERWARDS]
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'spatial_ref_sys'
ORDER BY table_name, ordinal_position"""
Rows = dict[str, list[tuple[Any, ...]]]


def dump(server: Server | Town) -> Rows:
    """Every row of every table that only a request changes."""
    if isinstance(server, Server):
        return _of_sqlite(server.folder / "conectar.db")
    return server.run(_of_postgresql(server))


def _of_sqlite(file: Path) -> Rows:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as found:
        names = [n for (n,) in found.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        rows = {}
        for name in names:
            columns = [c[1] for c in found.execute(f'PRAGMA table_info("{name}")')]
            if said := _asked(name, columns):
                rows[name] = _lasting(found.execute(said))
    found.close()
    return rows


async def _of_postgresql(place: Town) -> Rows:
    database = await place.container.get(Database)
    tables: dict[str, list[str]] = {}
    async with database.connected(READING) as connection:
        for name, column in await connection.rows(text(COLUMNS)):
            tables.setdefault(name, []).append(column)
        said = {name: _asked(name, columns) for name, columns in tables.items()}
        return {
            name: _lasting(map(tuple, await connection.rows(text(asked))))
            for name, asked in said.items()
            if asked
        }


def _asked(table: str, columns: list[str]) -> str | None:
    skipped = RESTLESS.get(table, ())
    if skipped is None:
        return None
    kept = ", ".join(f'"{c}"' for c in columns if c not in skipped)
    return f'SELECT {kept} FROM "{table}"'


def _lasting(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((row for row in rows if row[1:2] not in _LATER), key=repr)


@contextmanager
def unchanged(server: Server | Town) -> Iterator[None]:
    """Nothing that is stored changes inside."""
    before = dump(server)
    yield
    after = dump(server)
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    assert not changed, {n: set(after[n]) ^ set(before[n]) for n in changed}


def quiet(server: Server | Town, seconds: float = 0.4) -> None:
    """Waits until the background has nothing left to store."""
    before = dump(server)
    while (sleep(seconds), after := dump(server))[1] != before:
        before = after
