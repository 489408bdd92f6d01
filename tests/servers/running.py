"""One server process of a test."""

import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.servers import docker

UNPRIVILEGED = "postgres"
"""Who runs PostgreSQL and PgBouncer, which refuse to be root."""


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex(("127.0.0.1", port)) == 0


def as_nobody(folder: Path, program: Path) -> dict[str, Any]:
    """How a program is started by whom may run a server; `folder` becomes his."""
    if os.geteuid() != 0:
        return {}
    if docker.wraps(program):
        os.chown(folder, docker.NOBODY, docker.NOBODY)
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Process:
    """A program that is started, waited for, and ended by its id."""

    def __init__(self, command: Sequence[object], ready: Callable[[], bool], **how: Any) -> None:
        self._command = [str(part) for part in command]
        self._ready = ready
        self._how = how
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(self._command, **quiet, **self._how)
        until = monotonic() + 30
        while not self._ready():
            if self._process.poll() is not None or monotonic() > until:
                raise RuntimeError(f"{self._command[0]} did not start")
            sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it and waits for its end."""
        if self._process is not None:
            self.signal(how)
            self._process.wait(30)
            self._process = None

    def signal(self, how: signal.Signals) -> None:
        """To it alone."""
        if not docker.tell(Path(self._command[0]), self.pid, how):
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    @property
    def pid(self) -> int:
        """Its id."""
        assert self._process is not None
        return self._process.pid
