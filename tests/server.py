"""The embedded program in a thread of its own, as people run it: one socket, a real sandbox."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from dishka import AsyncContainer

from conectar.bootstrap.http import address, embedded, listen
from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import Settings
from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.within import Insides


@dataclass(frozen=True, slots=True)
class Server(Insides):
    """Where it listens, and the way into its loop for what HTTP doesn't show."""

    url: str
    loop: asyncio.AbstractEventLoop
    container: AsyncContainer
    folder: Path

    @property
    def sandbox_url(self) -> str:
        """Where the world outside is: beside the API."""
        return self.url

    def run(self, coroutine: Any) -> Any:
        """Runs something in the program's own loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def move_clock(self, seconds: int) -> None:
        """Its clock; what fell due has happened after."""
        body = {"avanzar_segundos": seconds}
        moved = httpx.post(f"{self.url}/sandbox/clock", json=body, timeout=60, trust_env=False)
        moved.raise_for_status()

    @property
    def webhook_secret(self) -> str:
        """What notices are signed with."""
        return find_place(Settings(data_dir=self.folder), self.url).webhook_secrets[0]

    def letters(self, to: str) -> list[dict[str, Any]]:
        """What somebody was sent: the sandbox keeps it."""
        found = httpx.get(f"{self.url}/sandbox/mailbox", params={"para": to}, trust_env=False)
        return list(found.raise_for_status().json())


@contextmanager
def running_server(folder: Path, **settings: Any) -> Iterator[Server]:
    """The program, until the block ends. Limits are off unless given."""
    given = {"rate_limit": "off", "rate_limit_login": "off"} | settings
    chosen = Settings(
        data_dir=folder, admin_email=ADMIN_EMAIL, admin_password=ADMIN_PASSWORD, **given
    )
    bound = listen("127.0.0.1", 0)
    ready, stop, found = threading.Event(), asyncio.Event(), {}

    async def main() -> None:
        async with embedded(chosen, bound) as container:
            found["container"], found["loop"] = container, asyncio.get_running_loop()
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            found["error"] = error
            ready.set()
            raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(30) and "error" not in found, found.get("error")
    try:
        yield Server(address(bound), found["loop"], found["container"], folder)
    finally:
        found["loop"].call_soon_threadsafe(stop.set)
        thread.join(20)
