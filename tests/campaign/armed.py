"""Conectar's programs with bombs in them: `python -m tests.campaign.armed FOLDER`.

Everything is imported once, and each life of a program costs a fork. An order is a line of JSON:
`{"name", "command", "environment"}` starts `conectar COMMAND` and starts it again whenever it ends;
`{"name", "command": []}` ends it for good. Who lives is in FOLDER/pids, how each ended in
FOLDER/lives. When the orders end, so does everybody.
"""

import asyncio
import gc
import json
import os
import selectors
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, NoReturn

from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.application import core
from conectar.application.reactions import relay
from conectar.bootstrap import main as command_line
from conectar.bootstrap.http import openapi
from conectar.bootstrap.settings import Settings
from conectar.domain.payments.refund import RetryPlan
from conectar.sandbox import gate, oracle, webhooks
from tests.campaign import faults, sabotage
from tests.campaign.bombs import ARMED, FIRED, Bombs, put_in

EARLY = (
    *("uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on"),
    *("asyncpg", "prometheus_client", "conectar.adapters.outbound.telemetry.metrics"),
    *("conectar.bootstrap.providers.redis", "conectar.sandbox.standalone"),
)
"""What a program imports when it starts."""
LOOK_S = 0.02
AGAIN_S = 0.3
"""Who ended by itself is not started at once: what it needs may be away."""
LEASE = timedelta(seconds=5)
CALLS_KEPT = 1_000_000
"""All of them: whether a refund had two keys is asked of every one."""
WAITS = tuple(timedelta(seconds=s) for s in (0.3, 0.5, 1, 1, 2, 2, 2, 2))


@dataclass
class Life:
    """A program that is to live."""

    command: list[str]
    environment: dict[str, str]
    pid: int = 0
    not_before: float = 0.0


def hurry() -> None:
    """Waits that are no settings, shortened as the settings are."""
    core.LEASE = LEASE
    RetryPlan.__init__.__kwdefaults__["lease"] = LEASE
    relay.WAITS = WAITS
    begin = MercadoPagoGateway.__init__

    def hasty(self: Any, **told: Any) -> None:
        begin(self, **told, connect_timeout_s=1.0, read_timeout_s=1.5)

    MercadoPagoGateway.__init__ = hasty  # type: ignore[method-assign]
    gate.HANG_S, gate.SLOW_S, webhooks.SLOW_S = 3.0, 0.4, 0.4
    webhooks.RETRY_WAITS_S = (0.2, 0.5, 1.0, 2.0)
    oracle.CALLS_KEPT_MAX = CALLS_KEPT


def live(life: Life, folder: Path, name: str) -> None:
    """One life, in a process of its own."""
    log = os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(life.environment)
    hurry()
    put_in(Bombs(folder))
    faults.put_in(folder)
    sabotage.commit(life.environment.get(sabotage.VARIABLE))
    sys.argv = ["conectar", *life.command]
    command_line.main()


class Nursery:
    """Forks them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lives: dict[str, Life] = {}
        for part in (ARMED, FIRED, "pids"):
            (folder / part).mkdir(exist_ok=True)

    def run(self) -> None:
        """Until nobody orders any more."""
        unfinished = b""
        with selectors.DefaultSelector() as orders:
            orders.register(sys.stdin, selectors.EVENT_READ)
            while True:
                if orders.select(LOOK_S):
                    told = os.read(sys.stdin.fileno(), 65_536)
                    if not told:
                        break
                    *lines, unfinished = (unfinished + told).split(b"\n")
                    for line in lines:
                        self._obey(json.loads(line))
                self._bury()
                self._bear()
        for life in self._lives.values():
            if life.pid:
                os.kill(life.pid, signal.SIGKILL)

    def _obey(self, order: dict[str, Any]) -> None:
        name = order["name"]
        if order["command"]:
            self._lives[name] = Life(order["command"], order["environment"])
        elif life := self._lives.pop(name, None):
            if life.pid:
                os.kill(life.pid, signal.SIGKILL)
                os.waitpid(life.pid, 0)
            (self._folder / "pids" / name).unlink(missing_ok=True)

    def _bury(self) -> None:
        for name, life in self._lives.items():
            if not life.pid:
                continue
            pid, status = os.waitpid(life.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                with (self._folder / "lives").open("a") as lives:
                    lives.write(f"{name} {pid} {code}\n")
                life.pid = 0
                life.not_before = 0.0 if code == -signal.SIGKILL else monotonic() + AGAIN_S

    def _bear(self) -> None:
        for name, life in self._lives.items():
            if life.pid or monotonic() < life.not_before:
                continue
            life.pid = os.fork()
            if life.pid == 0:
                self._leave(name, life)
            (self._folder / "pids" / name).write_text(str(life.pid))

    def _leave(self, name: str, life: Life) -> NoReturn:
        """In the child: never comes back."""
        try:
            live(life, self._folder, name)
        except SystemExit as ended:
            if isinstance(ended.code, str):
                sys.stderr.write(f"{ended.code}\n")
            os._exit(ended.code if isinstance(ended.code, int) else bool(ended.code))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)


def main() -> None:
    """Imports everything, then forks."""
    with TemporaryDirectory() as folder:
        asyncio.run(openapi(Settings(data_dir=Path(folder))))
    for module in EARLY:
        import_module(module)
    assert threading.active_count() == 1, "who forks has one thread"
    gc.collect()
    gc.freeze()
    Nursery(Path(sys.argv[1])).run()


if __name__ == "__main__":
    main()
