"""A Redis of our own."""

import atexit
import os
import shutil
import signal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.servers.programs import redis
from tests.servers.running import Process, answers, free_port

GIVEN = "CONECTAR_TEST_REDIS_URL"


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(mkdtemp(prefix="conectar-redis-"))
        told = ("--bind", "127.0.0.1", "--port", self.port, "--save", "", "--appendonly", "no")
        command = [redis(), *told, "--dir", self.folder]
        self._process = Process(command, lambda: answers(self.port))
        self._process.start()
        atexit.register(self.end)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def signal(self, how: signal.Signals) -> None:
        """To stop it where it is, and let it go on."""
        self._process.signal(how)

    def crash(self) -> None:
        """Everything it knew is gone."""
        self._process.stop(signal.SIGKILL)

    def start(self) -> None:
        """Again, empty."""
        self._process.start()

    def end(self) -> None:
        """For good."""
        atexit.unregister(self.end)
        self._process.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def redis_url() -> str:
    """Of the server that is named, or of one of our own for this test process."""
    return os.environ.get(GIVEN) or Redis().url
