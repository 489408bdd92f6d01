"""The engine of one database, and how it begins a transaction.

SQLite: WAL; `BEGIN IMMEDIATE` for writers, so that nobody reads what he will have to take back;
plain `BEGIN` for readers; and a full sync at commit: what was answered survives a crash.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT_MS = 5000
READ_ONLY = "conectar_read_only"


def make_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…`."""
    engine = create_async_engine(url, pool_size=10, max_overflow=0, pool_timeout=10)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    # SQLite's own knows no letter beyond ASCII
    connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=wal",
        "foreign_keys=on",
        "synchronous=full",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
