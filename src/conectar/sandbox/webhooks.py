"""Signed notifications, sent in the background and tried again when they aren't taken.

The signature is ``HMAC-SHA256(secret, "id:<data.id>;request-id:<x-request-id>;ts:<ts>;")`` with
``ts`` in milliseconds, as MercadoPago's documentation says (`mercadopago/webhook/validator.py`);
``data.id`` and ``type`` also travel in the query string. The receiver has 22 s, then 5 s a retry.
Retries come far sooner than MercadoPago's, so that a laptop sees them.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import httpx

from conectar.sandbox.clock import as_mercadopago, to_milliseconds
from conectar.sandbox.documents import encode
from conectar.sandbox.faults import DUPLICATES, SLOW_S, Faults
from conectar.sandbox.numbers import Numbers
from conectar.sandbox.records import Notification
from conectar.sandbox.state import Store, Table

RETRY_WAITS_S = (0.2, 1.0, 5.0, 30.0)
FIRST_TIMEOUT_S = 22.0
RETRY_TIMEOUT_S = 5.0
WAITING_MAX = 2_000
_CONCURRENT_MAX = 8


class Webhooks:
    """Every notification there ever was, and the tasks that deliver the waiting ones."""

    def __init__(
        self,
        store: Store,
        table: Table[Notification],
        faults: Faults,
        numbers: Numbers,
        now: Callable[[], datetime],
        secret: str,
    ) -> None:
        self._store = store
        self._table = table
        self._faults = faults
        self._numbers = numbers
        self._now = now
        self._secret = secret
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(_CONCURRENT_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Notification] = []

    def start(self) -> None:
        """Begin to send; what an earlier process left waiting goes first."""
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        self._slots = asyncio.Semaphore(_CONCURRENT_MAX)
        self._held.clear()
        for notification in self._table:
            if notification.status in ("pending", "held"):
                self._become(notification, "pending")
                self._schedule(notification, 0)

    async def stop(self) -> None:
        """Stop at once; what wasn't delivered waits for the next start."""
        client, self._client = self._client, None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if client is not None:
            await client.aclose()

    def announce(
        self,
        url: str | None,
        topic: str,
        action: str,
        user_id: int,
        data_id: str,
        data_status: str | None = None,
    ) -> None:
        """Send a notification to an address, if there is one; never waits."""
        if not url:
            return
        notification = Notification(
            id=self._numbers.next_id(),
            url=url,
            topic=topic,
            action=action,
            user_id=user_id,
            data_id=data_id,
            data_status=data_status,
            created_at=to_milliseconds(self._now()),
        )
        wait_s = self._strike(notification)
        self._table.put(notification.id, notification)
        if notification.status == "pending":
            self._schedule(notification, wait_s)

    def let_go(self) -> None:
        """Send what a ``reorder`` fault holds back."""
        held, self._held = self._held, []
        for notification in held:
            self._become(notification, "pending")
            self._schedule(notification, 0)

    def all(self) -> list[Notification]:
        """Every notification, oldest first."""
        return list(self._table)

    def _strike(self, notification: Notification) -> float:
        """Refuse foreign hosts, apply a fault; the seconds to wait before the first attempt."""
        if not is_loopback(notification.url):
            notification.status = "refused"
            notification.last_answer = "only loopback addresses are notified"
            return 0
        fault = self._faults.take("webhook")
        if len(self._tasks) >= WAITING_MAX:
            notification.status, notification.last_answer = "failed", "too many are waiting"
        elif fault == "drop":
            notification.status = "dropped"
        elif fault == "reorder":
            notification.status = "held"
            self._held.append(notification)
        elif fault == "duplicate":
            notification.copies = DUPLICATES
        return SLOW_S if fault == "slow" else 0

    def _schedule(self, notification: Notification, wait_s: float) -> None:
        if self._client is None:  # not running: ``start`` will pick it up
            return
        task = asyncio.get_running_loop().create_task(
            self._deliver(notification, self._client, wait_s)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, notification: Notification, client: httpx.AsyncClient, wait_s: float
    ) -> None:
        waits = (wait_s, *RETRY_WAITS_S)
        for attempt, wait in enumerate(waits):
            await asyncio.sleep(wait)
            timeout_s = FIRST_TIMEOUT_S if attempt == 0 else RETRY_TIMEOUT_S
            taken = await self._send(notification, client, timeout_s)
            if attempt == 0:
                self.let_go()
            if taken:
                break
        for _ in range(notification.copies - 1):
            await self._send(notification, client, RETRY_TIMEOUT_S)
        self._become(notification, "delivered" if taken else "failed")
        self._store.commit()

    async def _send(
        self, notification: Notification, client: httpx.AsyncClient, timeout_s: float
    ) -> bool:
        request_id = str(uuid4())
        url = httpx.URL(notification.url).copy_merge_params(
            {"data.id": notification.data_id, "type": notification.topic}
        )
        async with self._slots:
            try:
                answer = await client.post(
                    url,
                    content=encode(body_of(notification)),
                    timeout=timeout_s,
                    headers={
                        "content-type": "application/json",
                        "x-request-id": request_id,
                        "x-signature": self.sign(notification.data_id, request_id),
                    },
                )
                notification.last_answer = str(answer.status_code)
                taken = answer.status_code in (200, 201)
            except httpx.HTTPError as error:
                notification.last_answer = type(error).__name__
                taken = False
        notification.attempts += 1
        self._table.put(notification.id, notification)
        self._store.commit()
        return taken

    def sign(self, data_id: str, request_id: str) -> str:
        """The ``x-signature`` header, as of now."""
        ts = int(self._now().timestamp() * 1000)
        manifest = f"id:{data_id};request-id:{request_id};ts:{ts};"
        digest = hmac.new(self._secret.encode(), manifest.encode(), sha256).hexdigest()
        return f"ts={ts},v1={digest}"

    def _become(self, notification: Notification, status: str) -> None:
        notification.status = status
        self._table.put(notification.id, notification)


def body_of(notification: Notification) -> dict[str, Any]:
    """The JSON body, as MercadoPago's guide of webhooks shows it."""
    body: dict[str, Any] = {
        "id": notification.id,
        "live_mode": True,
        "type": notification.topic,
        "date_created": as_mercadopago(notification.created_at),
        "user_id": notification.user_id,
        "api_version": "v1",
        "action": notification.action,
        "data": {"id": notification.data_id},
    }
    if notification.data_status is not None:
        body["status"] = notification.data_status
    return body


def is_loopback(url: str) -> bool:
    """Whether a notification can only reach this machine."""
    try:
        host = httpx.URL(url).host
        return host == "localhost" or ip_address(host).is_loopback
    except (httpx.InvalidURL, ValueError):
        return False
