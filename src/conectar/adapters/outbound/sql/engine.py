"""Engines of SQLAlchemy: SQLite's, through which everything is said there; and for PostgreSQL one
to look at a database with and to migrate it by. What the application says there, asyncpg says
(`postgresql`).

SQLite: WAL; a full sync at commit: what was answered survives a crash.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

BUSY_TIMEOUT_MS = 5000
READ_ONLY = "conectar_read_only"
LIMITS = {
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "client_connection_check_interval": "1s",
}
"""How long one waits for a row, for an answer, for the next statement of a transaction, and how
soon the server notices that a client is gone and lets go of what it held."""
PLANS = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
"""A statement is planned once: what its plan depends on stands in its text."""
SESSION = LIMITS | PLANS
"""Of every session of the application."""
JSON = {"json_deserializer": str}
"""JSON comes as its text: who knows what it is of reads it."""


def make_engine(url: str, *, pooled_outside: bool = False) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; `pooled_outside` if a
    PgBouncer in transaction mode stands between."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    if pooled_outside:
        return _postgresql(url, statement_cache_size=0, prepared_statement_cache_size=0)
    return _postgresql(url, server_settings=SESSION)


def migrating_engine(url: str) -> AsyncEngine:
    """An engine for the owner of the tables: a migration may take its time, but it does not stand
    long before a lock, for everybody who comes after waits behind it."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    settings = {**LIMITS, "statement_timeout": "0", "lock_timeout": "4s"}
    return _postgresql(url, server_settings=settings)


def _postgresql(url: str, **connecting: Any) -> AsyncEngine:
    return create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 5, **connecting})


def _sqlite(url: str) -> AsyncEngine:
    engine = create_async_engine(url, **JSON, pool_size=10, max_overflow=0, pool_timeout=10)
    # GeoAlchemy listens to each statement of every engine, to make tables of other databases
    engine.sync_engine._has_events = False
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
