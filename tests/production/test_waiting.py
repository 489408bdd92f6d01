"""What people are told while somebody holds what they need, and after one who held it died."""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import asyncpg
import httpx
import pytest

from tests.http.api import Api
from tests.http.person import Person, eventually, good, refused, together
from tests.town import Town

JOB = "SELECT id FROM trabajos WHERE id = $1 FOR UPDATE"
USER = "SELECT id FROM usuarios WHERE id = $1 FOR UPDATE NOWAIT"
WAITING = """SELECT count(*) FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock'"""


class Other:
    """Somebody else at the database, who is not of the house."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._said = self._runner.run(asyncpg.connect(url.replace("+asyncpg", "")))

    def cell(self, query: str, *values: object) -> Any:
        """One value."""
        return self._runner.run(self._said.fetchval(query, *values))

    @contextmanager
    def holding(self, query: str, *values: object) -> Iterator[None]:
        """As long as the block lasts."""
        held = self._said.transaction()
        self._runner.run(held.start())
        self.cell(query, *values)
        try:
            yield
        finally:
            self._runner.run(held.rollback())

    def end(self) -> None:
        """He goes."""
        self._runner.run(self._said.close())
        self._runner.close()


@pytest.fixture
def others(place: Town) -> Iterator[tuple[Other, Other]]:
    """Two of them."""
    made = [Other(place.environment["CONECTAR_DATABASE_URL"]) for _ in range(2)]
    yield made[0], made[1]
    for one in made:
        one.end()


@pytest.fixture
def other(others: tuple[Other, Other]) -> Other:
    """One of them."""
    return others[0]


@pytest.fixture
def finished(api: Api) -> tuple[Person, str, str]:
    """A client, the path that approves what was done for him, and the job's id."""
    ana = api.client()
    job, _ = api.done(ana, api.professional())
    return ana, f"/trabajos/{job['id']}/aprobar", job["id"]


def test_who_waits_too_long_for_a_job_is_told_so_and_may_come_again(
    api: Api, finished: tuple[Person, str, str], other: Other
) -> None:
    ana, approve, job = finished
    with other.holding(JOB, job):
        answer = ana.post(approve, key="llave-0001", timeout=20)
        refused(answer, 409, "CONFLICTO")
        assert good(ana.get(f"/trabajos/{job}"))["estado"] == "COMPLETADO"
    assert good(ana.post(approve, key="llave-0001"))["escrow_estado"] == "LIBERADO"


def test_when_all_wait_the_rest_are_told_so_and_nothing_is_half_done(
    api: Api, finished: tuple[Person, str, str], other: Other
) -> None:
    """More than there are connections, for longer than anybody waits for one."""
    ana, approve, job = finished
    with other.holding(JOB, job):
        started = monotonic()
        answers = together(*[lambda: ana.post(approve, timeout=30)] * 60)
        assert monotonic() - started < 15
        assert {answer.status_code for answer in answers} <= {409, 503}
        assert api.nobody.get("/health/live").status_code == 200
    eventually(lambda: api.nobody.get("/health/ready").status_code == 200)
    assert good(ana.post(approve))["escrow_estado"] == "LIBERADO"
    assert api.admin.seen("/admin/ledger/trial-balance")["cuadra"]


def test_a_process_that_is_killed_while_it_waits_holds_nothing(
    api: Api, place: Town, finished: tuple[Person, str, str], others: tuple[Other, Other]
) -> None:
    """It holds its people's rows while it waits for the job's: the server lets go of them."""
    ana, approve, job = finished
    other, looks = others

    def free() -> bool:
        try:
            return bool(looks.cell(USER, ana.id))
        except asyncpg.LockNotAvailableError:
            return False

    with ThreadPoolExecutor(1) as pool, other.holding(JOB, job):
        lost = pool.submit(ana.post, approve, key="llave-0002", timeout=20)
        eventually(lambda: looks.cell(WAITING) and not free())
        for pid in place.serving():
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            lost.result()
        eventually(free, 4)
    place.await_api()
    assert good(ana.post(approve, key="llave-0002"))["escrow_estado"] == "LIBERADO"
