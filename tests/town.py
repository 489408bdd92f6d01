"""The production profile as people run it: API processes, workers and the sandbox, each a program
of its own, over a PostgreSQL and a Redis of their own.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_string
from email.policy import default
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from dishka import AsyncContainer
from sqlalchemy import func, select

from conectar.adapters.outbound.sql.connection import READING, Database
from conectar.adapters.outbound.sql.tables import DELIVERIES, OUTBOX
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.application.core import Core
from conectar.application.sweeps.sweep import Due, FindDue
from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.servers.clock import SharedClock, shared_clock
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgresql import Databases, clocked_databases, databases
from tests.servers.redis import Redis
from tests.servers.running import free_port
from tests.within import Insides, Within

CONECTAR = [sys.executable, "-m", "conectar.bootstrap.main"]
PROMPT = {
    "CONECTAR_INTERVAL_RELAY": "PT0.2S",
    "CONECTAR_INTERVAL_SWEEP": "PT0.5S",
    "CONECTAR_INTERVAL_DRAIN": "PT0.3S",
}
"""What the clock brings is looked for often; when it is due is said elsewhere."""
HURRY = {
    **PROMPT,
    "CONECTAR_INTERVAL_REDELIVERY": "PT2S",
    "CONECTAR_INTERVAL_REFUND_RESEND": "PT0.3S,PT0.5S,PT1S",
    "CONECTAR_INTERVAL_REFUND_READ_BACK": "PT0.5S,PT1S,PT1S,PT1S",
    "CONECTAR_INTERVAL_CHECKOUT_POLL": "PT1S,PT2S",
}
SETTLED_S = 0.3
"""Nothing due and nothing new for so long: whoever was asked outside has answered."""
ROOT = Path(__file__).parents[1]


class Program:
    """One `conectar …` process; its words are in a file."""

    called: Sequence[str] = CONECTAR

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command = [*self.called, *command]
        self._environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and does not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self._environment, cwd=ROOT, stdout=log, stderr=log
            )

    def says(self, words: str, seconds: float = 30) -> None:
        """Waits until it said so."""
        until = monotonic() + seconds
        while words not in self.log.read_text():
            assert self.running, self.log.read_text()[-3000:]
            assert monotonic() < until, self.log.read_text()[-3000:]
            sleep(0.05)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process is not None and self.process.poll() is None

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int:
        """Ends it; how it ended."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(how)
        return self.process.wait(seconds)


class Letterbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.begun, self.takes_s = 0, 0.0
        self.port = free_port()
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """One letter."""
        self.begun += 1
        await asyncio.sleep(self.takes_s)
        self.mails.append(envelope)
        return "250 OK"

    def letters(self, to: str) -> list[dict[str, Any]]:
        """What somebody got, oldest first, as the sandbox's mailbox shows it."""
        mails = [message_from_string(text, policy=default) for text in self.to(to)]
        return [
            {"asunto": mail["Subject"], "texto": mail.get_body(("plain",)).get_content()}
            for mail in mails
        ]

    def to(self, address: str) -> list[str]:
        """What somebody got."""
        found = [mail for mail in self.mails if address in mail.rcpt_tos]
        return [mail.content.decode() for mail in found]

    def close(self) -> None:
        """No more mail."""
        self._server.stop()


@dataclass
class Town(Insides):
    """All of them."""

    folder: Path
    redis: Redis
    letterbox: Letterbox
    environment: dict[str, str]
    url: str
    sandbox_url: str
    clock: SharedClock | None
    api: Program = field(init=False)
    workers: list[Program] = field(default_factory=list)
    programs: list[Program] = field(default_factory=list)

    @cached_property
    def within(self) -> Within:
        """The same house from inside."""
        made = Within(self.environment)
        if self.clock:
            ahead = timedelta(seconds=self.clock.ahead)
            made.run(made.container.get(SystemClock)).advance(ahead)
        return made

    @cached_property
    def container(self) -> AsyncContainer:
        """That of a program beside the others."""
        return self.within.container

    def run(self, coroutine: Any) -> Any:
        """Runs something in that program and waits for it."""
        return self.within.run(coroutine)

    @property
    def webhook_secret(self) -> str:
        """What notices are signed with."""
        return self.environment["CONECTAR_MERCADOPAGO_WEBHOOK_SECRETS"]

    def letters(self, to: str) -> list[dict[str, Any]]:
        """What somebody was sent."""
        return self.letterbox.letters(to)

    def move_clock(self, seconds: int) -> None:
        """Of every program; what fell due has happened after."""
        assert self.clock is not None
        ours = self.run(self.container.get(SystemClock))
        self.clock.advance(seconds)
        ours.advance(timedelta(seconds=seconds))
        until, before = monotonic() + 30, None
        while (left := self.run(self._left())) != before or left[0]:
            assert monotonic() < until, left
            before = left
            sleep(SETTLED_S)

    async def _left(self) -> tuple[list[Any], int]:
        """What the workers should do now, and how much has happened."""
        core = await self.container.get(Core)
        due = [message for one in Due for message in await core.execute(FindDue(due=one))]
        async with (await self.container.get(Database)).connected(READING) as connection:
            moment = (await self.container.get(SystemClock)).now()
            late = select(DELIVERIES).where(DELIVERIES.c.next_at <= moment)
            due += list(await connection.rows(late))
            return due, await connection.cell(select(func.count()).select_from(OUTBOX))

    def worker(self) -> Program:
        """One more worker, started."""
        log = self.folder / f"worker-{len(self.workers)}.log"
        made = Program(["worker"], self.environment, log)
        self.workers.append(made)
        self.programs.append(made)
        made.start()
        made.says("Conectar: worker")
        return made

    def open(self, processes: int) -> None:
        """The API's processes on their socket."""
        port = self.url.rpartition(":")[2]
        command = ["serve", "--port", port, "--workers", str(processes)]
        self.api = Program(command, self.environment, self.folder / "api.log")
        self.programs.append(self.api)
        self.api.start()
        self.await_api()

    def serving(self) -> set[int]:
        """The ids of the API's processes."""
        assert self.api.process is not None
        pid = self.api.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def await_api(self) -> None:
        """Until somebody there is ready."""
        until = monotonic() + 90
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200:
                    return
            assert self.api.running, self.api.log.read_text()[-3000:]
            assert monotonic() < until, self.api.log.read_text()[-3000:]
            sleep(0.1)


def environment(
    folder: Path,
    database: str,
    owners: str,
    redis: str,
    port: int,
    hurry: Mapping[str, str] = HURRY,
    **more: str,
) -> dict[str, str]:
    """The settings of the production profile, for a town on this machine."""
    sandbox = free_port()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CONECTAR_")},
        **hurry,
        "CONECTAR_PROFILE": "production",
        "CONECTAR_DATA_DIR": str(folder),
        "CONECTAR_DATABASE_URL": database,
        "CONECTAR_MIGRATIONS_URL": owners,
        "CONECTAR_REDIS_URL": redis,
        "CONECTAR_SECRET_KEY": "una-clave-de-mas-de-32-bytes-para-probar",
        "CONECTAR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CONECTAR_ADMIN_EMAIL": ADMIN_EMAIL,
        "CONECTAR_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "CONECTAR_MERCADOPAGO_ACCESS_TOKEN": "APP_USR-de-prueba",
        "CONECTAR_MERCADOPAGO_WEBHOOK_SECRETS": "secreto-de-los-avisos",
        "CONECTAR_MERCADOPAGO_COLLECTOR_ID": "100000001",
        "CONECTAR_MERCADOPAGO_BASE_URL": f"http://127.0.0.1:{sandbox}/sandbox/mercadopago",
        "CONECTAR_ALLOW_LOOPBACK_GATEWAY": "1",
        "CONECTAR_MAIL_FROM": "casa@conectar.test",
        "CONECTAR_RATE_LIMIT": "off",
        "CONECTAR_RATE_LIMIT_LOGIN": "off",
        "CONECTAR_LOG_FORMAT": "json",
        **more,
    }


@contextmanager
def town(
    folder: Path,
    *,
    processes: int = 2,
    workers: int = 2,
    server: Databases | None = None,
    hurry: Mapping[str, str] = HURRY,
    movable: bool = False,
    pooled: bool = False,
    **more: str,
) -> Iterator[Town]:
    """A whole town, until the block ends; its database on a server of its own if one is given,
    behind a PgBouncer if it is asked for; its clock, and that server's, one that can be moved if it
    is asked for."""
    clock = shared_clock() if movable else None
    kept = server or (clocked_databases() if movable else databases())
    with ExitStack() as stack:
        if clock:
            stack.enter_context(clock.lent())
        database = kept.new("whole")
        stack.callback(kept.drop, database)
        redis = Redis()
        stack.callback(redis.end)
        letterbox = Letterbox()
        stack.callback(letterbox.close)
        smtp = {"CONECTAR_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}?starttls=off"}
        port = free_port()
        owners = kept.owners(database)
        more = smtp | (clock.environment if clock else {}) | more
        if pooled:
            between = PgBouncer(database)
            stack.callback(between.end)
            database, more = between.url, {"CONECTAR_DATABASE_POOLED": "1"} | more
        told = environment(folder, database, owners, redis.url, port, hurry, **more)
        if pooled:
            subprocess.run([*CONECTAR, "migrate"], env=told, cwd=ROOT, check=True)
            between.reconnect()
        gateway = told["CONECTAR_MERCADOPAGO_BASE_URL"]
        sandbox_url = gateway.removesuffix("/sandbox/mercadopago")
        sandbox_port = sandbox_url.rpartition(":")[2]
        sandbox = Program(["sandbox", "--port", sandbox_port], told, folder / "sandbox.log")
        sandbox.start()
        stack.callback(sandbox.end)
        made = Town(folder, redis, letterbox, told, told["CONECTAR_PUBLIC_URL"], sandbox_url, clock)
        stack.callback(_end_all, made)
        made.open(processes)
        for _ in range(workers):
            made.worker()
        yield made


def _end_all(made: Town) -> None:
    if "within" in vars(made):
        made.within.close()
    for program in made.programs:
        if program.running:
            program.end()
