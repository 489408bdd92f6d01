"""MercadoPago's REST API, as far as a marketplace uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from conectar.sandbox.amounts import cents_from_number
from conectar.sandbox.documents import Document
from conectar.sandbox.errors import bad_request
from conectar.sandbox.gate import AnyRequest, answer
from conectar.sandbox.records import Payment, Preference
from conectar.sandbox.views import (
    chargeback_view,
    page_view,
    payment_view,
    payout_view,
    preference_view,
    refund_view,
)
from conectar.sandbox.world import World

_LIMIT_DEFAULT = 30
_LIMIT_MAX = 1_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_SORTS: dict[str, Callable[[Payment], Any]] = {
    "id": lambda payment: payment.id,
    "date_created": lambda payment: (payment.created_at, payment.id),
    "date_approved": lambda payment: (payment.approved_at or _NEVER, payment.id),
    "date_last_updated": lambda payment: (payment.updated_at, payment.id),
    "money_release_date": lambda payment: (payment.release_at or _NEVER, payment.id),
}


class PreferencesApi(Controller):
    """``/checkout/preferences``: what can be paid."""

    path = "/mercadopago/checkout/preferences"

    @post()
    async def create(self, request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
        """201 with the preference and its ``init_point``."""
        return await answer(
            world,
            request,
            lambda body: (201, _preference(world, world.preferences.create(body))),
            operation="preference",
        )

    @get("/{preference_id:str}")
    async def read(
        self, request: AnyRequest, world: NamedDependency[World], preference_id: FromPath[str]
    ) -> Response[bytes]:
        """The preference."""
        return await answer(
            world,
            request,
            lambda _: (200, _preference(world, world.preferences.get(preference_id))),
        )

    @put("/{preference_id:str}")
    async def update(
        self, request: AnyRequest, world: NamedDependency[World], preference_id: FromPath[str]
    ) -> Response[bytes]:
        """Replace top-level fields, for instance to let it expire now."""

        def perform(body: Document) -> tuple[int, Any]:
            return 200, _preference(world, world.preferences.update(preference_id, body))

        return await answer(world, request, perform, operation="preference")


class PaymentsApi(Controller):
    """``/v1/payments`` and the refunds below it."""

    path = "/mercadopago/v1/payments"

    @get("/search")
    async def search(self, request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
        """A page of payments: external_reference, status, sort, criteria, offset, limit."""
        return await answer(
            world, request, lambda _: (200, _search(world, request)), operation="payment_get"
        )

    @get("/{payment_id:str}")
    async def read(
        self, request: AnyRequest, world: NamedDependency[World], payment_id: FromPath[str]
    ) -> Response[bytes]:
        """The payment as it is now."""
        return await answer(
            world,
            request,
            lambda _: (200, _payment(world, world.payments.get(payment_id))),
            operation="payment_get",
        )

    @put("/{payment_id:str}")
    async def update(
        self, request: AnyRequest, world: NamedDependency[World], payment_id: FromPath[str]
    ) -> Response[bytes]:
        """``{"status": "cancelled"}`` while it is pending."""

        def perform(body: Document) -> tuple[int, Any]:
            payment = world.payments.get(payment_id)
            if body != {"status": "cancelled"}:
                raise bad_request("bad_request", "Only status cancelled can be set")
            world.payments.cancel(payment)
            return 200, _payment(world, payment)

        return await answer(world, request, perform)

    @post("/{payment_id:str}/refunds")
    async def refund(
        self, request: AnyRequest, world: NamedDependency[World], payment_id: FromPath[str]
    ) -> Response[bytes]:
        """201 with the refund; no ``amount`` means all that is left. Needs a key."""

        def perform(body: Document) -> tuple[int, Any]:
            payment = world.payments.get(payment_id)
            given = body.get("amount")
            amount = None if given is None else cents_from_number(given, "amount")
            return 201, refund_view(world.refunds.make(payment, amount))

        return await answer(world, request, perform, operation="refund", needs_key=True)

    @get("/{payment_id:str}/refunds")
    async def refunds(
        self, request: AnyRequest, world: NamedDependency[World], payment_id: FromPath[str]
    ) -> Response[bytes]:
        """All refunds of the payment, oldest first."""

        def perform(_: Document) -> tuple[int, Any]:
            refunds = world.refunds.of(world.payments.get(payment_id))
            return 200, [refund_view(refund) for refund in refunds]

        return await answer(world, request, perform)

    @get("/{payment_id:str}/refunds/{refund_id:str}")
    async def one_refund(
        self,
        request: AnyRequest,
        world: NamedDependency[World],
        payment_id: FromPath[str],
        refund_id: FromPath[str],
    ) -> Response[bytes]:
        """One refund of the payment."""

        def perform(_: Document) -> tuple[int, Any]:
            payment = world.payments.get(payment_id)
            return 200, refund_view(world.refunds.get(payment, refund_id))

        return await answer(world, request, perform)


class ChargebacksApi(Controller):
    """``/v1/chargebacks``."""

    path = "/mercadopago/v1/chargebacks"

    @get("/search")
    async def search(self, request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
        """A page of the chargebacks of one payment."""

        def perform(_: Document) -> tuple[int, Any]:
            found = world.chargebacks.of(_required(request, "payment_id"))
            return 200, page_view([chargeback_view(each) for each in found], *_window(request))

        return await answer(world, request, perform)

    @get("/{chargeback_id:str}")
    async def read(
        self, request: AnyRequest, world: NamedDependency[World], chargeback_id: FromPath[str]
    ) -> Response[bytes]:
        """One chargeback."""
        return await answer(
            world, request, lambda _: (200, chargeback_view(world.chargebacks.get(chargeback_id)))
        )


class PayoutsApi(Controller):
    """``/v1/transaction-intents``: money out."""

    path = "/mercadopago/v1/transaction-intents"

    @post("/process")
    async def send(self, request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
        """202 with the payout. Needs a key."""
        return await answer(
            world,
            request,
            lambda body: (202, payout_view(world.payouts.send(body))),
            operation="payout",
            needs_key=True,
        )

    @get("/search")
    async def search(self, request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
        """A page of the payouts with one external reference."""

        def perform(_: Document) -> tuple[int, Any]:
            found = world.payouts.find(_required(request, "external_reference"))
            return 200, page_view([payout_view(each) for each in found], *_window(request))

        return await answer(world, request, perform)

    @get("/{payout_id:str}")
    async def read(
        self, request: AnyRequest, world: NamedDependency[World], payout_id: FromPath[str]
    ) -> Response[bytes]:
        """One payout."""
        return await answer(
            world, request, lambda _: (200, payout_view(world.payouts.get(payout_id)))
        )


@get("/mercadopago/users/me")
async def who_am_i(request: AnyRequest, world: NamedDependency[World]) -> Response[bytes]:
    """The account of the token; also good as a health probe."""
    collector_id = world.settings.collector_id
    me = {
        "id": collector_id,
        "nickname": f"SANDBOX{collector_id}",
        "country_id": "AR",
        "site_id": "MLA",
        "status": {"site_status": "active"},
    }
    return await answer(world, request, lambda _: (200, me))


def _preference(world: World, preference: Preference) -> dict[str, Any]:
    settings = world.settings
    return preference_view(preference, settings.collector_id, settings.public_url)


def _payment(world: World, payment: Payment) -> dict[str, Any]:
    return payment_view(payment, world.refunds.of(payment))


def _search(world: World, request: AnyRequest) -> dict[str, Any]:
    query = request.query_params
    unknown = set(query) - {"external_reference", "status", "sort", "criteria", "offset", "limit"}
    if unknown:  # ignoring a filter would answer another question than was asked
        raise bad_request("bad_request", f"Filters not served here: {sorted(unknown)}")
    reference = query.get("external_reference")
    found = world.payments.all() if reference is None else world.payments.find(reference)
    if "status" in query:
        found = [payment for payment in found if payment.status == query["status"]]
    sort, criteria = query.get("sort", "date_created"), query.get("criteria", "desc")
    if sort not in _SORTS or criteria not in ("asc", "desc"):
        raise bad_request("bad_request", "Invalid sort or criteria")
    found.sort(key=_SORTS[sort], reverse=criteria == "desc")
    return page_view([_payment(world, payment) for payment in found], *_window(request))


def _window(request: AnyRequest) -> tuple[int, int]:
    """Offset and limit of a search."""
    offset = request.query_params.get("offset", "0")
    limit = request.query_params.get("limit", str(_LIMIT_DEFAULT))
    if not (offset.isascii() and offset.isdecimal() and limit.isascii() and limit.isdecimal()):
        raise bad_request("bad_request", "offset and limit must be numbers")
    if len(offset) > 9 or len(limit) > 9 or int(limit) > _LIMIT_MAX:
        raise bad_request("bad_request", "Number of rows exceeded the limits", 1000)
    return int(offset), int(limit)


def _required(request: AnyRequest, name: str) -> str:
    value: str | None = request.query_params.get(name)
    if not value:
        raise bad_request("bad_request", f"{name} is required")
    return value
