"""The server dies after the commit and before the answer; whoever asks again is told."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import OfferId
from tests import actors
from tests.backends import House, house
from tests.crashes.served import DEADLY

ROOT = Path(__file__).parents[2]
TIMES = 5


class Servers:
    """The program that forks them, and the address of the one that lives."""

    def __init__(self, folder: Path) -> None:
        self._where = folder / "address"
        self._log = (folder / "server.log").open("ab")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.served", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._pid = 0

    def start(self) -> str:
        """A new one on the same folder; where its API is."""
        assert self._program.stdin and self._program.stdout
        self._where.unlink(missing_ok=True)
        self._program.stdin.write("\n")
        self._program.stdin.flush()
        self._pid = int(self._program.stdout.readline())
        deadline = time.monotonic() + 30
        while not self._where.exists():
            assert time.monotonic() < deadline, Path(self._log.name).read_text()[-2000:]
            time.sleep(0.02)
        return self._where.read_text() + "/api/v1"

    def ended(self) -> int:
        """How it ended, by itself."""
        assert self._program.stdout
        while not (line := self._program.stdout.readline().strip()).lstrip("-").isdigit():
            assert line, "the program is gone"
        self._pid = 0
        return int(line)

    def kill(self) -> None:
        """From outside."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self.ended()

    def close(self) -> None:
        """No more of them."""
        self.kill()
        assert self._program.stdin and self._program.stdout
        self._program.stdin.close()
        self._program.stdout.close()
        self._program.wait(10)
        self._log.close()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """On the test's folder."""
    forked = Servers(tmp_path)
    yield forked
    forked.close()


async def email(home: House, who: Actor) -> str:
    """His address."""
    async with home.store.reading() as read:
        user = await read.user(who.user_id)  # type: ignore[arg-type]
    assert user is not None
    return user.email


def sign_in(url: str, address: str) -> dict[str, str]:
    """The header that lets somebody in."""
    form = {"username": address, "password": actors.PASSWORD}
    answer = httpx.post(f"{url}/auth/login", data=form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def five_offers(folder: Path) -> tuple[list[OfferId], str]:
    """To a professional, and his address."""
    async with house("sqlite", folder) as home:
        ana, beto = await actors.client(home), await actors.professional(home)
        offers = [(await actors.offer(home, ana, beto)).id for _ in range(TIMES)]
        return offers, await email(home, beto)


def test_five_servers_die_after_the_commit(tmp_path: Path, servers: Servers) -> None:
    offers, address = asyncio.run(five_offers(tmp_path))
    header: dict[str, str] = {}
    for offer in offers:
        path, keyed = f"/ofertas/{offer}/accept", {"Idempotency-Key": f"{DEADLY}{offer}"}
        url = servers.start()
        header = header or sign_in(url, address)
        (tmp_path / "armed").touch()
        with pytest.raises(httpx.TransportError):
            httpx.post(url + path, headers=header | keyed, json={})
        assert servers.ended() == -signal.SIGKILL
        url = servers.start()
        again = httpx.post(url + path, headers=header | keyed, json={})
        assert again.status_code == 201, again.text
        assert again.headers["Idempotency-Replayed"] == "true"
        third = httpx.post(url + path, headers=header | keyed, json={})
        assert third.content == again.content
        jobs = httpx.get(f"{url}/trabajos?limit=100", headers=header).json()
        made = [job for job in jobs if job["oferta_id"] == str(offer)]
        assert [job["id"] for job in made] == [again.json()["id"]]
        timeline = httpx.get(f"{url}/trabajos/{made[0]['id']}/timeline", headers=header)
        assert len(timeline.json()) == 1
        servers.kill()
