"""The engine of one database, and how it begins a transaction.

SQLite: WAL; `BEGIN IMMEDIATE` for writers, so that nobody reads what he will have to take back;
plain `BEGIN` for readers; and a full sync at commit: what was answered survives a crash.

PostgreSQL: READ COMMITTED for writers, who lock the rows they decide by; one snapshot for readers.
Every wait has an end (`LIMITS`). Behind PgBouncer in transaction mode a session is lent for one
transaction only, so that nothing may be kept in it: no prepared statement, and the limits are those
of the role (`roles.limit`).
"""

from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

BUSY_TIMEOUT_MS = 5000
READ_ONLY = "conectar_read_only"
Way = Literal["writing", "reading", "looking"]
WRITING: Way = "writing"
READING: Way = "reading"
"""At one moment."""
LOOKING: Way = "looking"
"""Each statement at its own: on PostgreSQL without the two ways to the server and back that begin
and end a transaction."""
SQLITE: dict[Way, dict[str, Any]] = {
    WRITING: {READ_ONLY: False},
    READING: {READ_ONLY: True},
    LOOKING: {READ_ONLY: True},
}
POSTGRESQL: dict[Way, dict[str, Any]] = {
    WRITING: {},
    READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    LOOKING: {"isolation_level": "AUTOCOMMIT"},
}
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
JSON = {"json_deserializer": str}
"""JSON comes as its text: who knows what it is of reads it."""
POOL = {"pool_size": 10, "max_overflow": 0, "pool_recycle": 1800}


def make_engine(url: str, *, pooled_outside: bool = False) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; `pooled_outside` if a
    PgBouncer in transaction mode stands between."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    if pooled_outside:
        return _postgresql(url, statement_cache_size=0, prepared_statement_cache_size=0)
    return _postgresql(url, server_settings=LIMITS | PLANS)


def migrating_engine(url: str) -> AsyncEngine:
    """An engine for the owner of the tables: a migration may take its time, but it does not stand
    long before a lock, for everybody who comes after waits behind it."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    settings = {**LIMITS, "statement_timeout": "0", "lock_timeout": "4s"}
    return create_async_engine(
        url, poolclass=NullPool, connect_args={"server_settings": settings, "timeout": 5}
    )


def ways(engine: AsyncEngine) -> dict[Way, AsyncEngine]:
    """The same engine, its connections and all, for each kind of transaction."""
    kinds = SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL
    return {way: engine.execution_options(**options) for way, options in kinds.items()}


def _postgresql(url: str, **connecting: Any) -> AsyncEngine:
    engine = create_async_engine(
        url,
        **POOL,
        **JSON,
        pool_timeout=1,
        pool_pre_ping=True,
        connect_args={"timeout": 5, **connecting},
    )
    engine.sync_engine.dialect.do_ping = _ping  # type: ignore[assignment]
    _hear_nobody(engine)
    return engine


def _ping(connection: Any) -> bool:
    """Whether it lives, in one way to the server and back: the dialect's own begins a transaction
    for a prepared statement and takes it back. Each connection that is lent is asked this."""
    try:
        await_only(connection.driver_connection.execute("SELECT 1"))
    except Exception as error:  # the dialect says what it means
        connection._handle_exception(error)
    return True


def _hear_nobody(engine: AsyncEngine) -> None:
    """GeoAlchemy listens to each statement of every engine there is, to make tables of other
    databases than ours. Who listens to this engine from now on is heard."""
    engine.sync_engine._has_events = False


def _sqlite(url: str) -> AsyncEngine:
    engine = create_async_engine(url, **JSON, pool_size=10, max_overflow=0, pool_timeout=10)
    _hear_nobody(engine)
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
