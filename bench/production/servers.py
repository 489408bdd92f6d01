"""Everything a benchmark of the production profile stands on, private and gone afterwards: one
PostgreSQL, one Redis, a migrated database of ours, a database of the peers, and the programs that
serve HTTP.

Durability is honest: the server syncs what it commits, for us, for the peers and for pgbench alike.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from sqlalchemy import make_url
from tests.servers.postgresql import Cluster, Databases
from tests.servers.programs import postgresql
from tests.servers.redis import Redis
from tests.servers.running import free_port

ROOT = Path(__file__).parent.parent.parent
OPTIONS = (
    *("fsync=on", "full_page_writes=on", "synchronous_commit=on"),
    *("shared_buffers=1GB", "effective_cache_size=4GB", "work_mem=16MB"),
    *("max_wal_size=8GB", "checkpoint_timeout=30min", "random_page_cost=1.1"),
)
CONECTAR = (sys.executable, "-m", "conectar.bootstrap.main")
READY_S, END_S = 120, 15
PROCESSES = 2
"""How many server processes everybody gets."""


@dataclass(frozen=True)
class Ground:
    """The servers below, and where things are."""

    cluster: Cluster
    databases: Databases
    redis: Redis
    folder: Path
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @cached_property
    def ours(self) -> str:
        """Our migrated database, as the application's role."""
        return self.databases.new("whole")

    @cached_property
    def peers(self) -> str:
        """The peers' database, with the extensions and nothing else."""
        return self.more_peers()

    def more_peers(self) -> str:
        """Another such database."""
        return self.owner(self.databases.new("empty"))

    def owner(self, url: str) -> str:
        """The same database, as the superuser."""
        return self.databases.url(make_url(url).database or "")

    def libpq(self, url: str) -> list[str]:
        """How a program of PostgreSQL is told of a database."""
        there = make_url(url)
        told = ("-h", there.host, "-p", there.port, "-U", there.username, there.database)
        return [str(part) for part in told]

    def program(self, name: str) -> str:
        """A program of PostgreSQL."""
        return str(postgresql() / name)

    def vacuum(self, url: str) -> None:
        """Statistics and visibility as after a quiet night, and a checkpoint behind us."""
        psql = [self.program("psql"), "-q", *self.libpq(self.owner(url))]
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            subprocess.run([*psql, "-c", statement], check=True)


@contextmanager
def ground() -> Iterator[Ground]:
    """Starts the servers below and ends them."""
    cluster, redis = Cluster(*OPTIONS), Redis()
    try:
        with TemporaryDirectory(prefix="conectar-bench-") as folder:
            yield Ground(cluster, Databases(cluster.url), redis, Path(folder))
    finally:
        redis.end()
        cluster.end()


def our_command(port: int, workers: int) -> list[str]:
    """The one place that says how ours is started."""
    return [*CONECTAR, "serve", "--port", str(port), "--workers", str(workers)]


def our_environment(on: Ground) -> dict[str, str]:
    """Ours: the production profile if it is there, the limiter off, nobody outside."""
    url = on.ours
    told = {
        "DATA_DIR": str(on.folder / "ours"),
        "DATABASE_URL": url,
        "MIGRATIONS_URL": on.databases.owners(url),
        "SECRET_KEY": on.secret,
        "RATE_LIMIT": "off",
        "RATE_LIMIT_LOGIN": "off",
        "LOG_LEVEL": "info",
        "LOG_FORMAT": "json",
        "PROFILE": "production",
        "REDIS_URL": on.redis.url,
        "MERCADOPAGO_ACCESS_TOKEN": secrets.token_hex(32),
        "MERCADOPAGO_WEBHOOK_SECRETS": secrets.token_hex(32),
        "MERCADOPAGO_BASE_URL": "http://127.0.0.1:9",
        "MERCADOPAGO_COLLECTOR_ID": "100000001",
        "ALLOW_LOOPBACK_GATEWAY": "1",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "x@y.test",
        "PUBLIC_URL": "http://127.0.0.1:9",
    }
    return {f"CONECTAR_{name}": value for name, value in told.items()}


def peer_command(application: str, port: int, workers: int) -> list[str]:
    """A peer, or the bare application, under the same server as ours."""
    told = ("--port", str(port), "--workers", str(workers), "--no-access-log")
    fast = ("--loop", "uvloop", "--http", "httptools", "--log-level", "warning")
    return [sys.executable, "-m", "uvicorn", application, *told, *fast]


def peer_environment(on: Ground) -> dict[str, str]:
    """Where the peers keep things."""
    return {"PEER_DATABASE_URL": on.peers, "PEER_REDIS_URL": on.redis.url, "PEER_SECRET": on.secret}


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[str]:
    """A program until the block ends; its address, once it answers `/health/live`."""
    with TemporaryFile("w+") as told:
        program = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=told, stderr=told
        )
        try:
            url = f"http://127.0.0.1:{port}"
            if not _answers(f"{url}/health/live", program):
                told.seek(0)
                raise RuntimeError(f"{' '.join(command)} did not start:\n{told.read()[-3000:]}")
            yield url
        finally:
            _end(program)


@contextmanager
def ours_served(on: Ground, workers: int) -> Iterator[str]:
    """Our server."""
    port = free_port()
    with running(our_command(port, workers), our_environment(on), port) as url:
        yield url


@contextmanager
def peer_served(on: Ground, application: str, workers: int) -> Iterator[str]:
    """`bench.peers.<application>:app`."""
    port = free_port()
    command = peer_command(f"bench.peers.{application}:app", port, workers)
    with running(command, peer_environment(on), port) as url:
        yield url


def _answers(url: str, program: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and program.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _end(program: subprocess.Popen[bytes]) -> None:
    """By its id; a server that doesn't go by itself is killed."""
    program.send_signal(signal.SIGTERM)
    try:
        program.wait(END_S)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
