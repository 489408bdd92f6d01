"""The town of a campaign: servers that can be pulled from the wall, and programs that die."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import httpx
import redis

from tests.campaign.armed import ARMED, FIRED
from tests.campaign.faults import LYING
from tests.servers.postgresql import Cluster, Databases
from tests.servers.redis import Redis
from tests.servers.running import free_port
from tests.town import ROOT, Letterbox, environment

APIS, WORKERS = ("api-1", "api-2"), ("worker-1", "worker-2")
POLL_S = 3.0
"""The longest of the shortened polls."""
POLL = f"PT{POLL_S:.0f}S"
HURRY = {
    "CONECTAR_INTERVAL_RELAY": "PT0.5S",
    "CONECTAR_INTERVAL_SWEEP": "PT0.5S",
    "CONECTAR_INTERVAL_REDELIVERY": POLL,
    "CONECTAR_INTERVAL_DRAIN": "PT0.2S",
    "CONECTAR_INTERVAL_REFUND_RESEND": "PT0.3S,PT0.5S,PT1S,PT1S,PT1S,PT1S",
    "CONECTAR_INTERVAL_REFUND_READ_BACK": "PT1S,PT1S",
    "CONECTAR_INTERVAL_CHECKOUT_POLL": f"PT1S,{POLL}",
    "CONECTAR_INTERVAL_RELEASE_POLL": POLL,
    "CONECTAR_INTERVAL_PENDING_POLL": POLL,
    "CONECTAR_DEADLINE_APPROVAL": "PT8S",
    "CONECTAR_ACCESS_TOKEN_TTL": "PT12H",
    "CONECTAR_LOG_LEVEL": "warning",
}


@dataclass
class Place:
    """All of it. What tests.http calls a server."""

    folder: Path
    cluster: Cluster
    database: str
    redis: Redis
    letterbox: Letterbox
    urls: tuple[str, ...]
    sandbox_url: str
    nursery: subprocess.Popen[str]
    told: dict[str, str]
    armed: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """One of the API's."""
        return self.urls[0]

    def start(self, name: str, *command: str, **more: str) -> None:
        """A program, which is started again whenever it ends."""
        self._order(name=name, command=command, environment={**self.told, **more})

    def stop(self, name: str) -> None:
        """For good."""
        self._order(name=name, command=[], environment={})

    def _order(self, **order: object) -> None:
        assert self.nursery.stdin
        self.nursery.stdin.write(json.dumps(order) + "\n")
        self.nursery.stdin.flush()

    def ready(self, seconds: float = 90) -> None:
        """Waits until every API process is."""
        until = monotonic() + seconds
        for url in self.urls:
            while not answers(f"{url}/health/ready"):
                assert monotonic() < until, self.words("api-1")
                sleep(0.1)

    def words(self, name: str) -> str:
        """What a program said in the end."""
        file = self.folder / f"{name}.log"
        return file.read_text()[-3000:] if file.exists() else ""

    def arm(self, point: str, number: str, last: int) -> None:
        """Whoever passes there the last time dies."""
        draft = self.folder / f"draft-{number}"
        draft.write_text(f"{number} {last}")
        draft.rename(self.folder / ARMED / point)
        self.armed[number] = point

    def lie(self) -> None:
        """From now on the gateway does."""
        (self.folder / LYING).touch()

    def disarm(self) -> None:
        """Nobody dies any more, and nobody lies."""
        (self.folder / LYING).unlink(missing_ok=True)
        for file in (self.folder / ARMED).iterdir():
            file.unlink(missing_ok=True)

    def fired(self, number: str) -> bool:
        """Whether somebody died of it."""
        return (self.folder / FIRED / number).exists()

    def ask_to_stop(self, name: str) -> None:
        """As an operator would; it is started again."""
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int((self.folder / "pids" / name).read_text()), signal.SIGTERM)

    def flush(self) -> bool:
        """Redis forgets everything."""
        with suppress(redis.RedisError):
            redis.Redis.from_url(self.redis.url, socket_timeout=2).flushall()
            return True
        return False

    def deaths(self) -> int:
        """How many were killed."""
        file = self.folder / "lives"
        return file.read_text().count(" -9\n") if file.exists() else 0


def answers(url: str) -> bool:
    """Whether somebody says 200 there."""
    with suppress(httpx.TransportError):
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    return False


@contextmanager
def place(folder: Path, *, workers: bool = True, **more: str) -> Iterator[Place]:
    """A town, until the block ends."""
    with ExitStack() as stack:
        # what was committed is on disk, as far as a killed server is concerned
        cluster = Cluster("synchronous_commit=on")
        stack.callback(cluster.end)
        databases = Databases(cluster.url)
        database = databases.new("whole")
        served = Redis()
        stack.callback(served.end)
        letterbox = Letterbox()
        stack.callback(letterbox.close)
        smtp = {"CONECTAR_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}?starttls=off"}
        ports = tuple(free_port() for _ in APIS)
        owners = databases.owners(database)
        told = environment(
            folder, database, owners, served.url, ports[0], **smtp, **{**HURRY, **more}
        )
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.campaign.armed", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            text=True,
        )
        stack.callback(_leave, nursery)
        sandbox = told["CONECTAR_MERCADOPAGO_BASE_URL"].removesuffix("/sandbox/mercadopago")
        urls = tuple(f"http://127.0.0.1:{port}" for port in ports)
        made = Place(folder, cluster, database, served, letterbox, urls, sandbox, nursery, told)
        made.start("sandbox", "sandbox", "--port", sandbox.rpartition(":")[2])
        for name, port in zip(APIS, ports, strict=True):
            made.start(name, "serve", "--port", str(port))
        for name in WORKERS if workers else ():
            made.start(name, "worker")
        made.ready()
        yield made


def _leave(nursery: subprocess.Popen[str]) -> None:
    assert nursery.stdin
    nursery.stdin.close()
    nursery.wait(30)
