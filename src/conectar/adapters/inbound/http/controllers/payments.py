"""`/payments` and the webhook: money comes in and is told of."""

import json
import re

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.fields import money
from conectar.adapters.inbound.http.notices import NoticeGate
from conectar.adapters.inbound.http.reading import amount, identifier, moment, page, read, word
from conectar.adapters.inbound.http.refusals import BadSignature, Malformed
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.queries.money import (
    GetBalance,
    GetPaymentStatus,
    ListMovements,
    QuoteCommission,
)
from conectar.application.queries.payouts import ListWithdrawals
from conectar.application.views.money import (
    BalanceView,
    CheckoutView,
    MovementView,
    PaymentStatusView,
    QuoteView,
    WithdrawalView,
)
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import JobId, PaymentId, UserId
from conectar.domain.payments.movement import MovementKind, MovementStatus

PAYMENT_ID = re.compile(r"\d{1,20}", re.ASCII)
MOMENT = {"type": "string", "format": "date-time"}
KIND, STATUS, SINCE, UNTIL = map(spanish, ("kind", "status", "since", "until"))
AMOUNT, WHOSE = spanish("amount"), spanish("professional_id")
HISTORY = {
    KIND: coded(MovementKind),
    STATUS: coded(MovementStatus),
    SINCE: MOMENT,
    UNTIL: MOMENT,
    "user_id": {"type": "string", "format": "uuid"},
    **PAGE,
}
QUOTE = {
    AMOUNT: {"type": "string", "required": True},
    WHOSE: {"type": "string", "format": "uuid", "required": True},
}


class PaymentsController(Controller):
    """Money of whoever asks."""

    path = "/payments"
    tags = (paths.PAYMENTS_TAG,)
    guards = (signed_in,)

    @post(
        "/preference",
        opt=about(
            OpenCheckout, CheckoutView, body=s.PreferenceIn, errors=(200, 400, 403, 404, 503)
        ),
    )
    async def preference(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Where to pay a job."""
        body = await read(request, s.PreferenceIn)
        message = OpenCheckout(job_id=JobId(body.job_id), actor=request.user)
        return await answer(request, core, message)

    @get("/history", opt=about(ListMovements, tuple[MovementView, ...], query=HISTORY, listed=True))
    async def history(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """The caller's movements."""
        user_id = identifier(request, "user_id")
        query = ListMovements(
            user_id=UserId(user_id) if user_id else None,
            kind=word(request, KIND, MovementKind),
            status=word(request, STATUS, MovementStatus),
            since=moment(request, SINCE),
            until=moment(request, UNTIL),
            page=page(request),
            actor=request.user,
        )
        return show(request, await core.execute(query))

    @get(
        "/{payment_id:str}/status",
        opt=about(GetPaymentStatus, PaymentStatusView, errors=(404, 503)),
    )
    async def status(
        self, request: Call, payment_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """How a payment is at the gateway."""
        if not PAYMENT_ID.fullmatch(payment_id):
            raise NotFound()
        query = GetPaymentStatus(payment_id=PaymentId(payment_id), actor=request.user)
        return show(request, await core.execute(query))

    @get("/commission/calculate", opt=about(QuoteCommission, QuoteView, query=QUOTE, errors=(404,)))
    async def commission(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What would be left of an amount."""
        professional = identifier(request, WHOSE)
        if professional is None:
            raise Malformed.field(WHOSE)
        query = QuoteCommission(
            amount=amount(request, AMOUNT),
            professional_id=UserId(professional),
            actor=request.user,
        )
        return show(request, await core.execute(query))

    @get(
        "/balance",
        guards=[role(Role.PROFESSIONAL)],
        opt=about(GetBalance, BalanceView, errors=(403,)),
    )
    async def balance(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What a professional can take."""
        return show(request, await core.execute(GetBalance(actor=request.user)))

    @get(
        "/withdrawals",
        guards=[role(Role.PROFESSIONAL)],
        opt=about(
            ListWithdrawals, tuple[WithdrawalView, ...], query=PAGE, listed=True, errors=(403,)
        ),
    )
    async def withdrawals(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What a professional asked to be sent."""
        query = ListWithdrawals(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        "/withdrawals",
        status_code=202,
        opt=about(AskPayout, WithdrawalView, body=s.WithdrawalIn, errors=(400, 403)),
    )
    async def withdraw(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Asks for money."""
        body = await read(request, s.WithdrawalIn)
        message = AskPayout(amount=money(body.amount), actor=request.user)
        return await answer(request, core, message)


class WebhookController(Controller):
    """Where the gateway announces changes."""

    path = "/webhook"
    tags = (paths.PAYMENTS_TAG,)

    @post(
        "/mercadopago",
        status_code=200,
        request_max_body_size=64 * 1024,
        opt=about(ReceiveNotice, dict, keyed=False, errors=(401, 413)),
    )
    async def notice(
        self, request: Call, core: FromDishka[Core], gate: FromDishka[NoticeGate]
    ) -> Response[bytes]:
        """Keeps a signed notice about a payment; any other kind is thanked for and forgotten."""
        body = await request.body()
        told = _object(body)
        data_id = request.query_params.get("data.id") or _text(told.get("data"), "id")
        signature = request.headers.get("x-signature", "")
        request_id = request.headers.get("x-request-id", "")
        if not gate.valid(signature, request_id, data_id):
            raise BadSignature()
        kind = request.query_params.get("type") or told.get("type")
        if kind == "payment" and PAYMENT_ID.fullmatch(data_id):
            notice_id = str(told.get("id") or request_id)[:64]
            await core.execute(ReceiveNotice(notice_id=notice_id, payment_id=PaymentId(data_id)))
        return Response(b"{}", status_code=200, media_type="application/json")


def _object(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: object, name: str) -> str:
    found = told.get(name) if isinstance(told, dict) else None
    return str(found) if isinstance(found, str | int) else ""
