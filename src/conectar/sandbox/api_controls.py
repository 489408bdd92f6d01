"""What people and tests use: the checkout page, events, faults, clock, letters, the oracle."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from conectar.sandbox import controls
from conectar.sandbox.amounts import cents_from_control
from conectar.sandbox.checkout_page import (
    SECURITY_HEADERS,
    checkout_page,
    refusal_page,
    result_page,
)
from conectar.sandbox.clock import as_utc
from conectar.sandbox.errors import MercadoPagoError, Refusal, malformed
from conectar.sandbox.gate import AnyRequest
from conectar.sandbox.records import Mail, Payment, Push
from conectar.sandbox.world import World

_FORM = "application/x-www-form-urlencoded"


@get("/checkout/{preference_id:str}", media_type=MediaType.HTML)
async def show_checkout(
    world: NamedDependency[World], preference_id: FromPath[str]
) -> Response[str]:
    """The page of a preference; a page that says so (404) when there is none."""
    world.catch_up()
    try:
        preference = world.preferences.get(preference_id)
    except MercadoPagoError:
        return _html(refusal_page("No existe esa preferencia de pago."), 404)
    return _html(checkout_page(preference, world.preferences.closed_because(preference)), 200)


@post("/checkout/{preference_id:str}")
async def pay(
    request: AnyRequest, world: NamedDependency[World], preference_id: FromPath[str]
) -> Response[Any]:
    """201 ``{payment_id}``, or a page when a browser's form asked."""
    raw = await request.body()
    by_form = _is_form(request, raw)
    body = controls.read(controls.read_form(raw) if by_form else raw, controls.CheckoutBody)
    world.catch_up()
    try:
        payment = _pay(world, preference_id, body)
    except Refusal as refusal:
        if by_form:
            return _html(refusal_page(refusal.detail), refusal.status)
        raise
    world.commit()
    if by_form:
        return _html(result_page(world.preferences.get(preference_id), payment), 201)
    return Response({"payment_id": str(payment.id)}, status_code=201)


@post("/payments/{payment_id:str}", status_code=200)
async def move_payment(
    request: AnyRequest, world: NamedDependency[World], payment_id: FromPath[str]
) -> dict[str, Any]:
    """Make something happen to a payment; its new state."""
    body = controls.read(await request.body(), controls.PaymentBody)
    amount = cents_from_control(bytes(body.monto))
    world.catch_up()
    payment = world.payments.get(payment_id)
    world.moves.make(payment, body.accion, amount)
    world.commit()
    return {
        "payment_id": str(payment.id),
        "estado": payment.status,
        "estado_detalle": payment.status_detail,
        "liberado": payment.released,
    }


@post("/payouts/{payout_id:str}", status_code=200)
async def move_payout(
    request: AnyRequest, world: NamedDependency[World], payout_id: FromPath[str]
) -> dict[str, Any]:
    """Decide a pending payout, or let an approved one come back."""
    body = controls.read(await request.body(), controls.PayoutBody)
    payout = world.payouts.get(payout_id)
    world.payouts.decide(payout, body.accion)
    world.commit()
    return {"payout_id": payout.id, "estado": payout.status, "estado_detalle": payout.status_detail}


@post("/payouts", status_code=200)
async def decide_next_payouts(request: AnyRequest, world: NamedDependency[World]) -> dict[str, Any]:
    """Say what the bank will answer to the next payouts; not kept over a restart."""
    body = controls.read(await request.body(), controls.NextPayoutsBody)
    world.payouts.next_results.extend([body.proximo] * body.veces)
    return {"proximos": list(world.payouts.next_results)}


@post("/withdrawals")
async def withdraw(request: AnyRequest, world: NamedDependency[World]) -> dict[str, Any]:
    """The owner of the account sends available money to his bank."""
    body = controls.read(await request.body(), controls.WithdrawBody)
    amount = cents_from_control(bytes(body.monto))
    if amount is None:
        raise malformed("monto: hace falta.")
    world.catch_up()
    payout = world.payouts.withdraw(amount)
    world.commit()
    return {"payout_id": payout.id, "estado": payout.status}


@post("/faults")
async def add_fault(request: AnyRequest, world: NamedDependency[World]) -> list[dict[str, Any]]:
    """Queue a fault; all that are waiting."""
    body = controls.read(await request.body(), controls.FaultBody)
    world.faults.add(body.operacion, body.fallo, body.veces)
    return _faults(world)


@get("/faults")
async def list_faults(world: NamedDependency[World]) -> list[dict[str, Any]]:
    """The faults that are waiting."""
    return _faults(world)


@delete("/faults", status_code=204)
async def clear_faults(world: NamedDependency[World]) -> None:
    """No more faults; webhooks that were held back go out."""
    world.faults.clear()
    world.webhooks.let_go()
    world.commit()


@get("/clock")
async def read_clock(world: NamedDependency[World]) -> dict[str, str]:
    """What time it is."""
    return {"ahora": as_utc(world.now())}


@post("/clock", status_code=200)
async def move_clock(request: AnyRequest, world: NamedDependency[World]) -> dict[str, str]:
    """Move the clock forward; what fell due has happened when this answers."""
    body = controls.read(await request.body(), controls.ClockBody)
    return {"ahora": as_utc(await world.move_clock(body.avanzar_segundos))}


@get("/mailbox")
async def read_mailbox(
    world: NamedDependency[World], para: FromQuery[str | None] = None
) -> list[dict[str, Any]]:
    """The letters to an address, or all, oldest first."""
    return [_mail(mail) for mail in world.mailbox.mails(para)]


@post("/mailbox")
async def deliver_mail(request: AnyRequest, world: NamedDependency[World]) -> dict[str, Any]:
    """Deliver a letter."""
    body = controls.read(await request.body(), controls.MailBody)
    mail = world.mailbox.deliver(body.id, body.para, body.asunto, body.texto, body.html)
    world.commit()
    return _mail(mail)


@get("/pushes")
async def read_pushes(
    world: NamedDependency[World], para: FromQuery[str | None] = None
) -> list[dict[str, Any]]:
    """The push notifications to somebody, or all, oldest first."""
    return [_push(push) for push in world.mailbox.pushes(para)]


@post("/pushes")
async def deliver_push(request: AnyRequest, world: NamedDependency[World]) -> dict[str, Any]:
    """Deliver a push notification."""
    body = controls.read(await request.body(), controls.PushBody)
    push = world.mailbox.push(body.id, body.para, body.titulo, body.texto, body.datos)
    world.commit()
    return _push(push)


@get("/oracle")
async def ask_oracle(world: NamedDependency[World]) -> dict[str, Any]:
    """Every call, and what money really moved."""
    world.catch_up()
    world.commit()
    return world.oracle.report()


HANDLERS = (
    show_checkout,
    pay,
    move_payment,
    move_payout,
    decide_next_payouts,
    withdraw,
    add_fault,
    list_faults,
    clear_faults,
    read_clock,
    move_clock,
    read_mailbox,
    deliver_mail,
    read_pushes,
    deliver_push,
    ask_oracle,
)


def _is_form(request: AnyRequest, raw: bytes) -> bool:
    """Whether a browser sent it; ``curl -d '{...}'`` claims to be a form, but is JSON."""
    claims = request.headers.get("content-type", "").startswith(_FORM)
    return claims and not raw.lstrip().startswith(b"{")


def _pay(world: World, preference_id: str, body: controls.CheckoutBody) -> Payment:
    return world.pay(
        preference_id,
        body.resultado,
        amount=cents_from_control(bytes(body.monto)),
        currency=body.moneda,
        reference=body.referencia,
        collector_id=body.collector_id,
        force=body.forzar,
    )


def _html(page: str, status: int) -> Response[str]:
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=SECURITY_HEADERS)


def _faults(world: World) -> list[dict[str, Any]]:
    return [
        {"operacion": fault.operation, "fallo": fault.kind, "veces": fault.left}
        for fault in world.faults.waiting()
    ]


def _mail(mail: Mail) -> dict[str, Any]:
    shown = {
        "id": mail.id,
        "para": mail.para,
        "asunto": mail.asunto,
        "texto": mail.texto,
        "enviado_at": as_utc(mail.enviado_at),
    }
    return shown if mail.html is None else {**shown, "html": mail.html}


def _push(push: Push) -> dict[str, Any]:
    return {
        "id": push.id,
        "para": push.para,
        "titulo": push.titulo,
        "texto": push.texto,
        "datos": push.datos,
        "enviado_at": as_utc(push.enviado_at),
    }
