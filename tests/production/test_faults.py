"""What the production profile does when something it stands on is gone."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any, cast

import httpx
import pytest
import redis

from tests.backends import ADMIN_PASSWORD
from tests.http.api import Api
from tests.http.feed import listening
from tests.http.notices import notify
from tests.http.person import Person, eventually, good, refused, together
from tests.servers.postgresql import Cluster, Databases
from tests.servers.running import free_port
from tests.town import Program, Town, town

GOING_ON = "Redis does not answer (ConnectionError); going on without it"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that may be crashed, and keeps what it said it has."""
    made = Cluster("synchronous_commit=on")
    yield made
    made.end()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Api]:
    """A town on it."""
    folder = tmp_path_factory.mktemp("faults")
    with town(folder, workers=1, server=Databases(cluster.url)) as opened:
        yield Api(opened)


@pytest.fixture
def place(api: Api) -> Town:
    """The town itself."""
    return cast("Town", api.server)


def cpu_seconds(pid: int) -> float:
    """What a process has used so far."""
    with open(f"/proc/{pid}/stat") as told:
        fields = told.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def heard(who: Person) -> set[str]:
    """What somebody was told of."""
    return {row["tipo"] for row in who.seen("/notifications/history", limit="100")}


def test_without_postgresql_it_is_503_and_comes_back_by_itself(api: Api, cluster: Cluster) -> None:
    ana, beto = api.client(), api.professional()
    job = api.job(ana, beto)
    preference = api.preference(ana, job)
    cluster.crash()
    try:
        for answer in (
            ana.get("/users/me"),
            ana.post("/ofertas", {"profesional_id": beto.id, "descripcion": "x" * 10, "monto": 9}),
            api.nobody.get("/health/ready"),
        ):
            assert answer.status_code == 503, answer.text
        assert api.nobody.get("/health/live").status_code == 200
        payment = api.pay(preference)  # its notice finds nobody who can keep it
        for answer in (ana.get("/trabajos"), notify(api, payment)):
            assert refused(answer, 503, "SERVICIO_NO_DISPONIBLE")
            assert int(answer.headers["retry-after"]) >= 1
    finally:
        cluster.start()
    api.until(ana, job, estado="EN_CURSO")
    told = good(ana.get(f"/payments/{payment}/status"))
    assert told["trabajo_id"] == job["id"]
    eventually(lambda: api.nobody.get("/health/ready").status_code == 200)


def test_a_postgresql_that_stands_still_is_503_until_it_goes_on(api: Api, cluster: Cluster) -> None:
    """Worse than one that is gone: its sockets are open and nobody answers."""
    ana, beto = api.client(), api.professional()
    job, _ = api.done(ana, beto)
    approve = f"/trabajos/{job['id']}/aprobar"
    cluster.signal(signal.SIGSTOP)
    try:
        started = monotonic()
        answers = together(
            *[lambda: ana.get("/trabajos", timeout=30)] * 4,
            *[lambda: ana.post(approve, key="llave-quieta", timeout=30)] * 4,
        )
        assert {answer.status_code for answer in answers} == {503}
        assert monotonic() - started < 12
        assert api.nobody.get("/health/live").status_code == 200
        assert api.nobody.get("/health/ready", timeout=30).status_code == 503
    finally:
        cluster.signal(signal.SIGCONT)
    eventually(lambda: ana.get("/trabajos", timeout=30).status_code == 200)
    approved = eventually(lambda: good(ana.post(approve, key="llave-quieta")))
    assert approved["escrow_estado"] == "LIBERADO"
    assert api.admin.seen("/admin/ledger/trial-balance")["cuadra"]


def test_a_redis_that_stands_still_delays_nobody_for_long(api: Api, place: Town) -> None:
    ana, beto = api.client(), api.professional()
    place.redis.signal(signal.SIGSTOP)
    try:
        started = monotonic()
        job, _ = api.done(ana, beto)
        good(ana.post(f"/trabajos/{job['id']}/aprobar"))
        assert good(beto.get(f"/public/professional/{beto.id}"))["id"] == beto.id
        assert monotonic() - started < 10
    finally:
        place.redis.signal(signal.SIGCONT)
    eventually(lambda: "trabajo.approved" in heard(beto), 30)


def test_without_redis_nothing_fails_and_nothing_is_lost(api: Api, place: Town) -> None:
    ana, beto = api.client(), api.professional()
    place.redis.crash()
    try:
        worker = place.workers[0].process
        assert worker is not None
        before, started = cpu_seconds(worker.pid), monotonic()
        job, _ = api.done(ana, beto)
        good(ana.post(f"/trabajos/{job['id']}/aprobar"))
        eventually(lambda: beto.seen("/professional/me")["puntos"] == 100)
        good(beto.put("/professional/me", {"biografia": "sin redis"}))
        shown = good(beto.get(f"/public/professional/{beto.id}"))
        assert shown["biografia"] == "sin redis"
        good(beto.put("/professional/me", {"biografia": "otra vez"}))
        sleep(1)
        assert {seen_by_anybody(api, beto) for _ in range(20)} == {"otra vez"}
        carla = api.client()
        assert not place.letterbox.to(carla.email)
        told = api.nobody.get("/health").json()
        assert told["status"] == "degraded"
        assert (told["checks"]["redis"]["status"], told["checks"]["database"]["status"]) == (
            "error",
            "ok",
        )
        assert api.nobody.get("/health/ready").status_code == 200
        token = {"Authorization": f"Bearer {api.admin.token}"}
        page = httpx.get(f"{place.url}/admin/tareas/api/queues", headers=token)
        assert page.status_code == 503 and int(page.headers["retry-after"]) >= 1
        sleep(max(0.0, 3 - (monotonic() - started)))
        quiet, at = cpu_seconds(worker.pid), monotonic()
        sleep(5)
        used = (cpu_seconds(worker.pid) - quiet) / (monotonic() - at)
        assert used < 0.1, f"{used:.0%} of a core while idle"
        assert quiet >= before
    finally:
        place.redis.start()
    eventually(lambda: place.letterbox.to(carla.email), 30)
    eventually(lambda: "trabajo.approved" in heard(beto), 30)
    eventually(lambda: api.nobody.get("/health").json()["status"] == "healthy", 40)


def test_without_redis_everything_is_started(api: Api, place: Town) -> None:
    place.redis.crash()
    url = f"http://127.0.0.1:{free_port()}"
    command = ["serve", "--port", url.rpartition(":")[2]]
    second = Program(command, place.environment, place.folder / "second.log")
    try:
        place.programs.append(second)
        second.start()
        second.says(GOING_ON)
        (only,) = place.workers
        assert only.end() == 0
        place.worker().says(GOING_ON)
        place.workers.remove(only)
        eventually(lambda: answers(url), 30)
        assert httpx.get(f"{url}/health").json()["status"] == "degraded"
        login = {"username": api.admin.email, "password": ADMIN_PASSWORD}
        assert httpx.post(f"{url}/api/v1/auth/login", data=login).status_code == 200
    finally:
        place.redis.start()
    ana = api.client()
    eventually(lambda: place.letterbox.to(ana.email), 30)
    eventually(lambda: httpx.get(f"{url}/health").json()["status"] == "healthy", 40)
    assert second.end() in (0, -signal.SIGTERM)


def answers(url: str) -> bool:
    """Whether a process of the API is ready."""
    try:
        return httpx.get(f"{url}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def seen_by_anybody(api: Api, beto: Person) -> str:
    """What somebody sees of him who comes for the first time, to whichever process."""
    alone = {"Connection": "close"}
    shown = good(api.nobody.get(f"/public/professional/{beto.id}", headers=alone))
    return str(shown["biografia"])


def test_whoever_listens_is_still_there_when_redis_comes_back(api: Api, place: Town) -> None:
    ana, beto = api.client(), api.professional()
    with listening(beto) as heard:

        def offered() -> dict[str, Any]:
            """The next notice of an offer; others may come between."""
            while (told := heard.get(timeout=30)) and told[1]["tipo"] != "oferta.created":
                pass
            assert told, "the stream is open"
            return told[1]

        api.offer(ana, beto)
        first = offered()  # a worker wrote it, a process of the API tells it
        place.redis.crash()
        try:
            api.offer(ana, beto)
            sleep(2)
        finally:
            place.redis.start()
        assert offered()["id"] != first["id"]


def test_a_flushed_redis_loses_nothing(api: Api, place: Town) -> None:
    client = redis.Redis.from_url(place.redis.url)
    people = []
    for _ in range(6):
        people.append(api.client())
        client.flushall()
    for who in people:
        eventually(lambda who=who: place.letterbox.to(who.email), 30)  # type: ignore[misc]
    sleep(1)
    assert {len(place.letterbox.to(who.email)) for who in people} == {1}


def test_a_worker_that_is_killed_is_followed_by_the_next(api: Api, place: Town) -> None:
    ana, beto = api.client(), api.professional()
    job, _ = api.paid(ana, beto)
    place.workers[0].end(signal.SIGKILL)
    good(beto.post(f"/trabajos/{job['id']}/cancelar"))
    place.worker()
    api.until(ana, job, escrow_estado="REEMBOLSADO")
    assert api.admin.seen("/admin/ledger/trial-balance")["cuadra"]


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(api: Api, place: Town) -> None:
    eventually(lambda: not api.admin.seen("/admin/events/pending"), 30)
    before = place.letterbox.begun
    place.letterbox.takes_s = 2.0
    try:
        carla = api.client()
        eventually(lambda: place.letterbox.begun > before)
        assert not place.letterbox.to(carla.email)
        assert place.workers[-1].end() == 0
        assert len(place.letterbox.to(carla.email)) == 1
    finally:
        place.letterbox.takes_s = 0.0
    place.worker()
    eventually(lambda: not api.admin.seen("/admin/events/pending"), 30)
    assert len(place.letterbox.to(carla.email)) == 1, "and told that it was done"


def test_a_process_of_the_api_that_dies_is_replaced(api: Api, place: Town) -> None:
    before = place.serving()
    victim = max(before)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: victim not in place.serving() and place.serving() - before, 30)
    eventually(lambda: api.nobody.get("/health/ready").status_code == 200, 30)


def test_it_goes_without_letting_anything_fall(api: Api, place: Town) -> None:
    """Last of this file: nobody serves after it. Requests under way are answered, and whoever
    balances the load learns first."""
    login = {"username": api.admin.email, "password": ADMIN_PASSWORD}
    clients = [httpx.Client(base_url=place.url, timeout=30) for _ in range(8)]
    for client in clients:
        assert client.get("/health/live").status_code == 200
    ana, beto = api.client(), api.professional()
    job = api.job(ana, beto)
    api.fault("preference", "slow")
    unready = 0
    with ThreadPoolExecutor(9) as pool:
        slow = [pool.submit(one.post, "/api/v1/auth/login", data=login) for one in clients]
        longest = pool.submit(ana.post, "/payments/preference", {"trabajo_id": job["id"]})
        sleep(0.05)
        assert place.api.process is not None
        place.api.process.send_signal(signal.SIGTERM)
        while True:
            try:
                unready += httpx.get(f"{place.url}/health/ready", timeout=5).status_code == 503
            except httpx.TransportError:
                break
        answers = [one.result() for one in slow]
    assert unready, "it says that it is off duty before it refuses anybody"
    assert {answer.status_code for answer in answers} == {200}
    assert good(longest.result())["preference_id"], "longer than it says that it is off duty"
    assert place.api.process.wait(20) in (0, -signal.SIGTERM)
    worker = place.workers[-1]
    started = monotonic()
    assert worker.end() == 0
    assert monotonic() - started < 8
