"""Steps that the tests of the sandbox share."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import uvicorn

TOKEN = "APP_USR-sandbox"
COLLECTOR = 307467332
SECRET = "webhook-secret"
AUTH = {"authorization": f"Bearer {TOKEN}"}


def preference_body(amount: Any = 100, **more: Any) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": "1",
                "title": "Trabajo",
                "quantity": 1,
                "currency_id": "ARS",
                "unit_price": amount,
            }
        ],
        "external_reference": "intent-1",
        **more,
    }


def payout_body(amount: Any, /, reference: str = "payout-1", **account: Any) -> dict[str, Any]:
    target = {
        "type": "cbu",
        "amount": amount,
        "number": "2850590940090418135201",
        "owner": {"identification": {"type": "CUIT", "number": "20123456786"}},
        **account,
    }
    return {
        "external_reference": reference,
        "point_of_interaction": {"type": "PSP_TRANSFER"},
        "transaction": {
            "from": {"accounts": [{"amount": amount}]},
            "to": {"accounts": [target]},
            "total_amount": amount,
        },
    }


class Sandbox:
    """The sandbox's two faces over one HTTP client: the API and the controls."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def api(
        self,
        method: str,
        path: str,
        json: Any = None,
        key: str | None = None,
        token: str | None = TOKEN,
    ) -> httpx.Response:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        if key is not None:
            headers["x-idempotency-key"] = key
        return await self.client.request(method, f"/mercadopago{path}", json=json, headers=headers)

    async def control(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(path, json=body)

    async def preference(self, amount: Any = 100, **more: Any) -> str:
        answer = await self.api("POST", "/checkout/preferences", preference_body(amount, **more))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def paid(self, amount: Any = 100, result: str = "approved", **more: Any) -> str:
        preference_id = await self.preference(amount, **more)
        answer = await self.control(f"/checkout/{preference_id}", resultado=result)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["payment_id"])

    async def payment(self, payment_id: str) -> dict[str, Any]:
        answer = await self.api("GET", f"/v1/payments/{payment_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refund(
        self, payment_id: str, amount: Any = None, key: str | None = None
    ) -> httpx.Response:
        body = None if amount is None else {"amount": amount}
        return await self.api(
            "POST", f"/v1/payments/{payment_id}/refunds", body, key or str(uuid4())
        )

    async def move(self, payment_id: str, action: str, **more: Any) -> httpx.Response:
        return await self.control(f"/payments/{payment_id}", accion=action, **more)

    async def moved(self, payment_id: str, *actions: str) -> dict[str, Any]:
        for action in actions:
            answer = await self.move(payment_id, action)
            assert answer.status_code == 200, answer.text
        return await self.payment(payment_id)

    async def payout(
        self, amount: Any, key: str | None = None, /, **account: Any
    ) -> httpx.Response:
        return await self.api(
            "POST",
            "/v1/transaction-intents/process",
            payout_body(amount, **account),
            key or str(uuid4()),
        )

    async def oracle(self) -> dict[str, Any]:
        report = dict((await self.client.get("/oracle")).json())
        assert report["cuadra"] is True, report["problemas"]
        return report

    async def account(self) -> tuple[str, str, str]:
        account = (await self.oracle())["cuenta"]
        return account["saldo_por_liberar"], account["saldo_disponible"], account["saldo_total"]


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """A real server on a free loopback port; its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to become true."""
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")
