"""Signed notifications, checked by hand; the receiver is a real server on a real socket."""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import pytest

from conectar.sandbox import SandboxSettings, World
from conectar.sandbox.webhooks import is_loopback

from .conftest import Clock
from .support import COLLECTOR, SECRET, Sandbox, eventually, payout_body, served

pytestmark = pytest.mark.anyio


class Receiver:
    """Takes notifications, and answers what it was told (200 when nothing is left)."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        self.got.append({"headers": headers, "query": query, "body": json.loads(body)})
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def counts(self, number: int) -> list[dict[str, Any]]:
        await eventually(lambda: len(self.got) >= number)
        return self.got


@pytest.fixture
async def receiver(world: World) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with served(receiver) as address, world.running():
        receiver.url = f"{address}/webhook?source_news=webhooks"
        yield receiver


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conectar.sandbox.webhooks.RETRY_WAITS_S", (0.02, 0.02, 0.02, 0.02))
    monkeypatch.setattr("conectar.sandbox.webhooks.SLOW_S", 0.1)


async def test_a_webhook_is_signed_over_the_query_id(sandbox: Sandbox, receiver: Receiver) -> None:
    payment_id = await sandbox.paid(notification_url=receiver.url)
    (got,) = await receiver.counts(1)
    assert got["query"] == {"source_news": "webhooks", "data.id": payment_id, "type": "payment"}
    assert got["body"] == {
        "id": got["body"]["id"],
        "live_mode": True,
        "type": "payment",
        "user_id": COLLECTOR,
        "date_created": "2026-03-02T08:00:00.000-04:00",
        "api_version": "v1",
        "action": "payment.created",
        "data": {"id": payment_id},
    }
    signature = re.fullmatch(r"ts=(\d{13}),v1=([0-9a-f]{64})", got["headers"]["x-signature"])
    assert signature is not None
    assert int(signature[1]) == 1772452800000, "ts is the simulated clock, in milliseconds"
    request_id = got["headers"]["x-request-id"]
    manifest = f"id:{payment_id};request-id:{request_id};ts:{signature[1]};"
    assert signature[2] == hmac.new(SECRET.encode(), manifest.encode(), sha256).hexdigest()


async def test_each_change_is_its_own_notification(sandbox: Sandbox, receiver: Receiver) -> None:
    payment_id = await sandbox.paid(notification_url=receiver.url, result="pending")
    await sandbox.moved(payment_id, "approve", "release", "mediate", "approve")
    await sandbox.refund(payment_id, 1)
    await receiver.counts(6)
    assert len({got["body"]["id"] for got in receiver.got}) == 6
    actions = sorted(got["body"]["action"] for got in receiver.got)
    assert actions == ["payment.created"] + ["payment.updated"] * 5


async def test_what_is_not_taken_is_sent_again_signed_afresh(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.answers = [500, 302, 201]
    await sandbox.paid(notification_url=receiver.url)
    await receiver.counts(3)
    assert len({got["body"]["id"] for got in receiver.got}) == 1
    assert len({got["headers"]["x-request-id"] for got in receiver.got}) == 3


async def test_it_gives_up_in_the_end(sandbox: Sandbox, receiver: Receiver, world: World) -> None:
    receiver.answers = [500] * 9
    await sandbox.paid(notification_url=receiver.url)
    await eventually(lambda: world.webhooks.all()[0].status == "failed")
    assert len(receiver.got) == 5
    assert (await sandbox.oracle())["webhooks"][0]["last_answer"] == "500"


async def test_nobody_home_does_not_disturb_the_api(
    sandbox: Sandbox, receiver: Receiver, world: World
) -> None:
    await sandbox.paid(notification_url="http://127.0.0.1:9/webhook")
    await eventually(lambda: world.webhooks.all()[0].status == "failed")
    assert world.webhooks.all()[0].last_answer == "ConnectError"


@pytest.mark.parametrize(("fault", "numbers"), [("drop", 0), ("duplicate", 3), ("slow", 1)])
async def test_webhook_faults(
    sandbox: Sandbox, receiver: Receiver, world: World, fault: str, numbers: int
) -> None:
    await sandbox.control("/faults", operacion="webhook", fallo=fault)
    await sandbox.paid(notification_url=receiver.url)
    await eventually(lambda: world.webhooks.all()[0].status in ("delivered", "dropped"))
    assert len(receiver.got) == numbers
    assert len({got["body"]["id"] for got in receiver.got}) == min(1, numbers)
    await sandbox.paid(notification_url=receiver.url)
    await receiver.counts(numbers + 1)


async def test_reorder_holds_one_back_until_the_next_went_out(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    await sandbox.control("/faults", operacion="webhook", fallo="reorder")
    payment_id = await sandbox.paid(notification_url=receiver.url)
    assert (await sandbox.oracle())["webhooks"][0]["status"] == "held"
    await sandbox.moved(payment_id, "mediate")
    await receiver.counts(2)
    assert [got["body"]["action"] for got in receiver.got] == ["payment.updated", "payment.created"]


async def test_clearing_the_faults_lets_go_what_is_held(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    await sandbox.control("/faults", operacion="webhook", fallo="reorder", veces=5)
    await sandbox.paid(notification_url=receiver.url)
    assert (await sandbox.client.delete("/faults")).status_code == 204
    await receiver.counts(1)
    assert (await sandbox.client.get("/faults")).json() == []


async def test_a_payout_is_announced_too(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.moved(await sandbox.paid(), "release")
    body = payout_body(5)
    body["seller_configuration"] = {"notification_info": {"notification_url": receiver.url}}
    sent = await sandbox.api("POST", "/v1/transaction-intents/process", body, "k")
    (got,) = await receiver.counts(1)
    assert got["query"]["type"] == "transaction_intent" and got["body"]["status"] == "approved"
    assert got["body"]["data"]["id"] == got["query"]["data.id"] == sent.json()["id"]


async def test_only_this_machine_is_notified(
    sandbox: Sandbox, receiver: Receiver, world: World
) -> None:
    await sandbox.paid(notification_url="https://example.com/webhook")
    assert world.webhooks.all()[0].status == "refused"
    for url in ("http://localhost:1/", "http://127.1.2.3/", "http://[::1]:80/x"):
        assert is_loopback(url)
    for url in (
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "http://10.0.0.1/",
        "http://[::ffff:8.8.8.8]/",
        "http:///x",
        "http://0.0.0.0/",
    ):
        assert not is_loopback(url)


async def test_what_was_waiting_is_sent_after_a_restart(
    settings: SandboxSettings, clock: Clock, sandbox: Sandbox, world: World
) -> None:
    receiver = Receiver()
    async with served(receiver) as address:
        await sandbox.paid(notification_url=f"{address}/w")  # the world isn't running yet
        again = World(settings, now=clock.now, advance=clock.advance)
        async with again.running():
            await receiver.counts(1)
            await eventually(lambda: again.webhooks.all()[0].status == "delivered")


async def test_stopping_does_not_wait_for_retries(
    sandbox: Sandbox, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conectar.sandbox.webhooks.RETRY_WAITS_S", (30.0,))
    started = time.monotonic()
    async with world.running():
        await sandbox.paid(notification_url="http://127.0.0.1:9/w")
        await eventually(lambda: world.webhooks.all()[0].attempts == 1)
    assert time.monotonic() - started < 3
    assert world.webhooks.all()[0].status == "pending"
