"""A PostgreSQL of our own, and databases in it that cost next to nothing."""

import asyncio
import atexit
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import migrate
from tests.servers.clock import shared_clock
from tests.servers.programs import postgresql
from tests.servers.running import Process, as_nobody, free_port

GIVEN = "CONECTAR_TEST_DATABASE_URL"
OWNER, APPLICATION = "conectar_owner", "conectar_app"
EXTENSIONS = ("postgis", "btree_gist")
LIFE = {
    "trabajos": ("tg_trabajos_avanza", "tg_trabajos_nace", "tg_trabajos_cuenta"),
    "ofertas": ("tg_ofertas_respondida",),
}
HURRIED = (
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off", "jit=off"),
    *("max_connections=200", "listen_addresses=127.0.0.1", "deadlock_timeout=700ms"),
)


class Cluster:
    """A whole server in a folder of its own."""

    def __init__(self, *options: str, environment: Mapping[str, str] | None = None) -> None:
        programs = postgresql()
        self.folder = Path(mkdtemp(prefix="conectar-pg-"))
        how = as_nobody(self.folder, programs / "postgres")
        data = self.folder / "data"
        told = ("--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "-U", "postgres")
        initdb = [programs / "initdb", "-D", data, *told]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **how)
        self.port = free_port()
        settings = [part for option in (*HURRIED, *options) for part in ("-c", option)]
        server = [programs / "postgres", "-D", data, "-k", self.folder, "-p", self.port, *settings]
        ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self._process = Process(
            server,
            lambda: subprocess.run(ready).returncode == 0,
            cwd="/",
            env={**os.environ, **(environment or {})},
            **how,
        )
        self._process.start()
        atexit.register(self.end)

    @property
    def url(self) -> str:
        """Of its superuser."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def crash(self) -> None:
        """As if somebody pulled the plug: no checkpoint, nobody told."""
        self._process.stop(signal.SIGQUIT)

    def start(self) -> None:
        """Again, after a crash."""
        self._process.start()

    def signal(self, how: signal.Signals) -> None:
        """To every process of it."""
        parent = self._process.pid
        told = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        self._process.signal(how)
        for pid in map(int, told.split()):
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def ask_first(self, *rules: str) -> None:
        """Who may come in, and how he shows that he may, before the rules there are (all may)."""
        file = self.folder / "data" / "pg_hba.conf"
        file.write_text("\n".join((*rules, file.read_text())))
        self._process.signal(signal.SIGHUP)

    def end(self) -> None:
        """For good."""
        atexit.unregister(self.end)
        self._process.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Databases:
    """Copies of a migrated database. The tables belong to one role, tests use the other."""

    def __init__(self, superuser: str) -> None:
        self._superuser = superuser
        self._numbers = count(1)
        self._prefix = f"conectar_{os.getpid()}_"
        self._ready: set[str] = set()

    def new(self, kind: str = "whole") -> str:
        """The application's address of a new one. `whole`: as people have it. `values`: without
        what watches over the life of jobs, for tests that keep values and tell no stories.
        `empty`: before the first migration. `bare`: without the extensions, too."""
        return str(_ran(self.made(kind)))

    async def made(self, kind: str) -> str:
        """As `new`, in a loop."""
        template = self._prefix + kind
        if template not in self._ready:
            await self._make_template(template, kind)
            self._ready.add(template)
        name = f"{self._prefix}{next(self._numbers)}"
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        return self.url(name, APPLICATION)

    def url(self, database: str, role: str | None = None) -> str:
        """An address on this server; of the superuser unless a role is named."""
        there = make_url(self._superuser).set(database=database)
        named = there.set(username=role) if role else there
        return named.render_as_string(hide_password=False)

    def owners(self, url: str) -> str:
        """The same database, as its owner."""
        return self.url(make_url(url).database or "", OWNER)

    def do(self, url: str, statement: str) -> None:
        """Says something in that database, as the superuser."""
        _ran(self._do(statement, make_url(url).database or ""))

    @contextmanager
    def held(self, url: str, statement: str) -> Iterator[None]:
        """As `do`, in a transaction that ends with the block."""
        engine = create_async_engine(self.url(make_url(url).database or ""), poolclass=NullPool)
        other = _ran(engine.connect().start())
        _ran(other.execute(text(statement)))
        try:
            yield
        finally:
            _ran(other.close())

    def drop(self, url: str) -> None:
        """At once, whoever is connected."""
        name = make_url(url).database
        _ran(self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    async def _make_template(self, name: str, kind: str) -> None:
        for role in (OWNER, APPLICATION):
            known = f"SELECT FROM pg_roles WHERE rolname = '{role}'"
            await self._do(
                f"DO $$BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {role} LOGIN; END IF; END$$"
            )
        await self._do(f"CREATE DATABASE {name} OWNER {OWNER}")
        if kind == "bare":
            return
        for extension in EXTENSIONS:
            await self._do(f"CREATE EXTENSION {extension}", name)
        if kind == "empty":
            return
        urls = {
            "database_url": self.url(name, APPLICATION),
            "migrations_url": self.url(name, OWNER),
        }
        folder = Path(mkdtemp())
        await migrate(find_place(Settings(data_dir=folder, **urls), "http://127.0.0.1:9"))
        shutil.rmtree(folder)
        if kind == "values":
            for table, triggers in LIFE.items():
                for trigger in triggers:
                    await self._do(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}", name)

    async def _do(self, statement: str, database: str = "postgres") -> None:
        engine = create_async_engine(self.url(database), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """A loop in a thread of its own: databases are made from any test, in a loop or not."""
    import threading

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def _ran(coroutine: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result(60)


@cache
def databases() -> Databases:
    """Those of this test process, on the server that is named or on one of our own."""
    # plans are asked for here: nobody counts rows at a moment of his own
    return Databases(os.environ.get(GIVEN) or Cluster("autovacuum=off").url)


@cache
def clocked_databases() -> Databases:
    """Those of this test process whose clock can be moved, on a server of our own."""
    told = shared_clock().environment
    return Databases(Cluster("autovacuum=off", environment=told).url)
