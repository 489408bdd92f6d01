"""What is stored, read past the program, and that it did not change."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

from tests.server import Server

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


def dump(server: Server) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that only a request changes."""
    file = server.folder / "conectar.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as found:
        names = [n for (n,) in found.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        rows = {}
        for name in sorted(names):
            skipped = RESTLESS.get(name, ())
            if skipped is None:
                continue
            columns = [c[1] for c in found.execute(f'PRAGMA table_info("{name}")')]
            kept = ", ".join(f'"{c}"' for c in columns if c not in skipped)
            made = found.execute(f'SELECT {kept} FROM "{name}"')
            rows[name] = sorted((row for row in made if row[1:2] not in _LATER), key=repr)
    found.close()
    return rows


@contextmanager
def unchanged(server: Server) -> Iterator[None]:
    """Nothing that is stored changes inside."""
    before = dump(server)
    yield
    after = dump(server)
    changed = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
    assert not changed, {n: set(after[n]) ^ set(before[n]) for n in changed}


def quiet(server: Server, seconds: float = 0.4) -> None:
    """Waits until the background has nothing left to store."""
    before = dump(server)
    while (sleep(seconds), after := dump(server))[1] != before:
        before = after
