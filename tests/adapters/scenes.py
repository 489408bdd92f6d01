"""A gateway and everybody else: the fake, and MercadoPago's adapter on its sandbox over real
sockets. Only how a payer pays differs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Protocol
from uuid import uuid4

import httpx

from conectar.adapters.outbound.memory.outside import FakeGateway
from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.application.ports.outside import PaymentGateway
from conectar.domain.kernel.ids import CheckoutId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact
from conectar.sandbox import SandboxSettings, World, create_app

from .support import MovableClock, preference_request, served

COLLECTOR = 307467332
TOKEN = "APP_USR-contract"


class Payer(Protocol):
    """Everybody who isn't us: payer, bank, gateway."""

    async def pay(
        self, preference: str, result: str, money: Money | None, collector: int
    ) -> PaymentId: ...

    async def move(self, payment: PaymentId, action: str, money: Money | None = None) -> None: ...


class FakePayer:
    WORDS: ClassVar[dict[str, tuple[str, str | None]]] = {
        "mediate": ("in_mediation", "pending"),
        "charge_back": ("charged_back", "in_process"),
        "settle": ("charged_back", "settled"),
        "reimburse": ("charged_back", "reimbursed"),
        "approve": ("approved", None),
    }

    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway

    async def pay(
        self, preference: str, result: str, money: Money | None, collector: int
    ) -> PaymentId:
        id = self.gateway.pay(preference, money, status=result)
        if collector != COLLECTOR:
            self.gateway.change(id, result, collector_id=str(collector))
        return id

    async def move(self, payment: PaymentId, action: str, money: Money | None = None) -> None:
        if action == "release":
            self.gateway.release(payment)
        else:
            self.gateway.change(payment, *self.WORDS[action], disputed=money)


class SandboxPayer:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def pay(
        self, preference: str, result: str, money: Money | None, collector: int
    ) -> PaymentId:
        body: dict[str, object] = {"resultado": result, "collector_id": collector}
        if money is not None:
            body |= {"monto": str(money), "moneda": money.currency}
        answer = await self.client.post(f"/checkout/{preference}", json=body)
        assert answer.status_code == 201, answer.text
        return PaymentId(answer.json()["payment_id"])

    async def move(self, payment: PaymentId, action: str, money: Money | None = None) -> None:
        body = {"accion": action} | ({"monto": str(money)} if money else {})
        answer = await self.client.post(f"/payments/{payment}", json=body)
        assert answer.status_code == 200, answer.text


class Scene:
    """A gateway and the others."""

    def __init__(self, gateway: PaymentGateway, payer: Payer) -> None:
        self.gateway = gateway
        self.payer = payer
        self.checkout = CheckoutId(uuid4())

    async def paid(
        self,
        amount: str = "15000.50",
        result: str = "approved",
        money: Money | None = None,
        collector: int = COLLECTOR,
    ) -> PaymentId:
        self.checkout = CheckoutId(uuid4())
        preference = await self.gateway.open_preference(preference_request(amount, self.checkout))
        return await self.payer.pay(preference.id, result, money, collector)

    async def fact(self, id: PaymentId) -> Fact:
        fact = await self.gateway.payment(id)
        assert fact is not None
        return fact


@asynccontextmanager
async def fake_scene(clock: MovableClock) -> AsyncIterator[Scene]:
    fake = FakeGateway(clock, str(COLLECTOR))
    yield Scene(fake, FakePayer(fake))


@asynccontextmanager
async def mercadopago_scene(clock: MovableClock) -> AsyncIterator[Scene]:
    settings = SandboxSettings(TOKEN, COLLECTOR, "secret", "http://127.0.0.1:1/sandbox")
    world = World(settings, now=clock.now, advance=clock.advance)
    async with served(create_app(world)) as address, httpx.AsyncClient(base_url=address) as client:
        gateway = MercadoPagoGateway(
            TOKEN,
            f"{address}/mercadopago",
            str(COLLECTOR),
            "http://127.0.0.1:1/api/v1/webhook/mercadopago",
            "http://127.0.0.1:1/volver",
        )
        yield Scene(gateway, SandboxPayer(client))
        gateway.close()


SCENES = {"fake": fake_scene, "mercadopago": mercadopago_scene}
