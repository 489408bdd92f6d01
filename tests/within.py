"""A server seen from inside, for what HTTP doesn't show."""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dishka import AsyncContainer

from conectar.application.core import Core
from conectar.application.ports.unit_of_work import Store
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import load


class Insides(ABC):
    """Of a server: its core and its store."""

    container: AsyncContainer

    @abstractmethod
    def run(self, coroutine: Any) -> Any:
        """Runs something in the container's loop and waits for it."""

    @property
    def core(self) -> Core:
        """Its core."""
        return self.run(self.container.get(Core))

    @property
    def store(self) -> Store:
        """Its store."""
        return self.run(self.container.get(Store))


class Within:
    """A program of the test's own over the database and the queue of others: its container, and its
    loop in a thread."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        settings = load(environment, dotenv=Path("no.env")).settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        place = find_place(settings, settings.public_url or "")
        self.container: AsyncContainer = make_container(settings, place)

    def run(self, coroutine: Any) -> Any:
        """Runs something in that loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def close(self) -> None:
        """Lets go of the servers."""
        self.run(self.container.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
