"""What outlives the process, the letters, the clock, and the program of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from conectar.sandbox import SandboxSettings, World, create_app
from conectar.sandbox.records import Counters
from conectar.sandbox.standalone import OffsetClock, build, run
from conectar.sandbox.state import Store

from .conftest import Clock
from .support import AUTH, Sandbox, served

pytestmark = pytest.mark.anyio


@pytest.fixture
def restarted(settings: SandboxSettings, clock: Clock) -> Callable[[], Sandbox]:
    """A new process on the same file: the old one was killed, not closed."""

    def restart() -> Sandbox:
        world = World(settings, now=clock.now, advance=clock.advance)
        transport = httpx.ASGITransport(app=create_app(world))  # type: ignore[arg-type]
        return Sandbox(httpx.AsyncClient(transport=transport, base_url="http://sandbox"))

    return restart


async def test_a_killed_world_remembers_every_answer(
    sandbox: Sandbox, restarted: Callable[[], Sandbox]
) -> None:
    refunded = await sandbox.paid(100)
    refund = await sandbox.refund(refunded, 10, "key")
    waiting = await sandbox.paid(50, external_reference="other")
    frozen = await sandbox.paid(20, external_reference="frozen")
    await sandbox.moved(frozen, "charge_back")
    await sandbox.control("/mailbox", id="1", para="a@x.ar", asunto="A", texto="T")
    before, payment = await sandbox.oracle(), await sandbox.payment(refunded)

    again = restarted()
    assert await again.payment(refunded) == payment
    assert (await again.refund(refunded, 10, "key")).content == refund.content
    assert (await again.refund(refunded, 11, "key")).status_code == 409
    after = await again.oracle()
    assert {k: after[k] for k in ("cuenta", "pagos")} == {k: before[k] for k in ("cuenta", "pagos")}
    assert len((await again.client.get("/mailbox")).json()) == 1
    found = await again.api("GET", "/v1/payments/search?external_reference=other")
    assert [row["id"] for row in found.json()["results"]] == [int(waiting)]
    assert (await again.moved(frozen, "settle"))["status_detail"] == "settled"
    new = await again.paid(1)
    assert int(new) > int(frozen)
    await again.control("/clock", avanzar_segundos=18 * 86_400)
    assert (await restarted().payment(waiting))["money_release_status"] == "released"


def test_a_torn_line_is_forgotten_and_a_broken_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "state.json"

    def load() -> Counters | None:
        store = Store(path)
        table = store.table("counters", Counters)
        store.open()
        return table.get("one")

    store = Store(path)
    table = store.table("counters", Counters)
    store.open()
    table.put("one", Counters(base=1))
    store.commit()
    with open(tmp_path / "state.json.journal", "ab") as file:
        file.write(b'\n[["counters","one",{"ba')
    table.put("one", Counters(base=2))
    store.commit()
    assert load() == Counters(base=2), "what came after the torn line counts"
    assert load() == Counters(base=2), "the journal was folded into the snapshot"
    path.write_text("{")
    with pytest.raises(msgspec.DecodeError):
        load()


def test_the_journal_is_folded_in_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conectar.sandbox.state._COMPACT_EVERY_LINES", 10)
    store = Store(tmp_path / "state.json")
    table = store.table("counters", Counters)
    store.open()
    for number in range(25):
        table.put(number, Counters(base=number))
        store.commit()
    table.drop_oldest(5)
    store.commit()
    assert (tmp_path / "state.json.journal").read_bytes().count(b"\n") == 6
    again = Store(tmp_path / "state.json")
    loaded = again.table("counters", Counters)
    again.open()
    assert [key for key, _ in loaded.items()] == ["20", "21", "22", "23", "24"]


async def test_letters_and_pushes_are_kept_once(sandbox: Sandbox) -> None:
    letter = {"id": "m1", "para": "Ana@x.ar", "asunto": "Hola", "texto": "T", "html": "<b>T</b>"}
    for text in ("T", "changed"):
        answer = await sandbox.client.post("/mailbox", json={**letter, "texto": text})
        assert answer.status_code == 201
    await sandbox.control("/mailbox", id="m2", para="b@x.ar", asunto="A", texto="T")
    mails = (await sandbox.client.get("/mailbox", params={"para": "ana@X.ar"})).json()
    assert mails == [{**letter, "enviado_at": "2026-03-02T12:00:00.000Z"}]
    assert len((await sandbox.client.get("/mailbox")).json()) == 2
    for _ in range(2):
        await sandbox.control("/pushes", id="p", para="u", titulo="T", texto="X", datos={"a": 1})
    pushes = (await sandbox.client.get("/pushes?para=u")).json()
    assert [push["datos"] for push in pushes] == [{"a": 1}]
    assert (await sandbox.control("/mailbox", id="m3", para="b")).status_code == 422


@pytest.mark.parametrize("seconds", [-1, 1.5, "1", True, None, 10**12])
async def test_the_clock_only_goes_forward(sandbox: Sandbox, seconds: object) -> None:
    answer = await sandbox.control("/clock", avanzar_segundos=seconds)
    assert answer.status_code == 422
    assert (await sandbox.client.get("/clock")).json() == {"ahora": "2026-03-02T12:00:00.000Z"}


async def test_how_far_the_clock_moved_is_kept(
    sandbox: Sandbox, restarted: Callable[[], Sandbox], settings: SandboxSettings, clock: Clock
) -> None:
    await sandbox.control("/clock", avanzar_segundos=60)
    await sandbox.control("/clock", avanzar_segundos=5)
    world = World(settings, now=clock.now, advance=clock.advance)
    assert world.clock_offset == timedelta(seconds=65)


async def test_the_program_serves_under_sandbox_and_keeps_its_clock(
    settings: SandboxSettings,
) -> None:
    async with served(build(settings)) as address, httpx.AsyncClient(base_url=address) as client:
        me = await client.get("/sandbox/mercadopago/users/me", headers=AUTH)
        assert me.status_code == 200
        await client.post("/sandbox/clock", json={"avanzar_segundos": 86_400})
        calls = (await client.get("/sandbox/oracle")).json()["llamadas"]
        assert [call["ruta"] for call in calls] == ["/users/me"]
        missing = await client.get("/sandbox/mercadopago/nothing", headers=AUTH)
        assert missing.status_code == 404 and missing.json()["error"] == "not_found"
        assert (await client.get("/sandbox/nothing")).json()["error"] == "PEDIDO_INVALIDO"
        assert (await client.get("/mercadopago/users/me", headers=AUTH)).status_code == 404
    async with served(build(settings)) as address, httpx.AsyncClient(base_url=address) as client:
        told = datetime.fromisoformat((await client.get("/sandbox/clock")).json()["ahora"])
    assert timedelta(hours=23) < told - datetime.now(UTC) < timedelta(hours=25)


def test_the_program_only_listens_on_loopback(settings: SandboxSettings) -> None:
    with pytest.raises(ValueError, match="loopback"):
        run("0.0.0.0", 8001, settings)


async def test_a_world_without_a_file_forgets() -> None:
    clock = OffsetClock()
    world = World(
        SandboxSettings("t", 1, "s", "http://127.0.0.1/sandbox"),
        now=clock.now,
        advance=clock.advance,
    )
    async with world.running():
        await world.move_clock(10)
        await asyncio.sleep(0)
    assert clock.offset == timedelta(seconds=10)
