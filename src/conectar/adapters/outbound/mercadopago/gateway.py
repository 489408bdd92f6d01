"""MercadoPago as the payment gateway: Checkout Pro into the platform's own account.

Only two kinds of bad news leave this file. `GatewayRefused`: it understood, and nothing happened.
`GatewaySilent`: everything else, from a timeout to a page of HTML, because then nobody knows. A
refused refund is looked at twice, since an earlier call of the same refund may have gone through
without its answer: only a payment that shows no such refund proves that nothing happened.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from urllib3.exceptions import HTTPError

from conectar.adapters.outbound.mercadopago import payloads
from conectar.adapters.outbound.mercadopago.client import PooledClient, Unreadable
from conectar.adapters.outbound.mercadopago.payloads import Malformed
from conectar.adapters.outbound.mercadopago.sdk import SDK, PreferenceResource, RequestOptions
from conectar.application.ports.outside import (
    GatewayRefused,
    GatewaySilent,
    Preference,
    PreferenceRequest,
)
from conectar.application.ports.telemetry_context import correlation_id
from conectar.application.ports.unit_of_work import outside_only
from conectar.domain.kernel.ids import CheckoutId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact, PaymentStatus

T = TypeVar("T")

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 10.0
GRACE_S = 3.0
"""How much longer than both timeouts a caller waits, for a free thread or a trickling answer."""
CALLS = {
    "preference": "POST /checkout/preferences",
    "payment": "GET /v1/payments/{id}",
    "search": "GET /v1/payments/search",
    "chargebacks": "GET /v1/chargebacks/search",
    "refund": "POST /v1/payments/{id}/refunds",
    "health": "GET /users/me",
}
"""What each operation asks, for whoever follows a trace."""
PAGE = 100
PAGES_MAX = 20
NOT_FOUND = 404
CONFLICT = 409
TRY_AGAIN = frozenset({401, 408, 423, 424, 425, 429})
"""4xx that say nothing about what was asked: our token, their load, a lock."""


class Answer(NamedTuple):
    """What came back: a status and a JSON value, None for an empty body."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        """Whether it says that it did it."""
        return 200 <= self.status < 300

    @property
    def definitive(self) -> bool:
        """Whether MercadoPago itself understood and said no: an error object of its API."""
        refused = 400 <= self.status < 500 and self.status not in TRY_AGAIN
        return refused and isinstance(self.body, dict) and not self._in_progress

    @property
    def _in_progress(self) -> bool:
        return self.status == CONFLICT and "progress" in payloads.message_of(self.body).lower()


class MercadoPagoGateway:
    """Implements PaymentGateway on the official, synchronous SDK, in threads of its own.

    `notification_url` is where notices go, `back_url` where the payer returns to; each call happens
    inside a `span`. May be shared by all tasks of one event loop. Every method raises RuntimeError
    inside a unit of work.
    """

    def __init__(
        self,
        access_token: str,
        base_url: str,
        collector_id: str,
        notification_url: str,
        back_url: str,
        threads: int = 8,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
        span: Callable[[str], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._span = span
        self._client = PooledClient(base_url, threads, connect_timeout_s, read_timeout_s)
        self._sdk = SDK(access_token, http_client=self._client)
        self._preferences = _Preferences(self._sdk.request_options, self._client)
        self._access_token = access_token
        self._collector_id = collector_id
        self._notification_url = notification_url
        self._back_url = back_url
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mercadopago")
        self._patience_s = connect_timeout_s + read_timeout_s + GRACE_S

    @property
    def collector_id(self) -> str:
        """Our account number, digits."""
        return self._collector_id

    async def open_preference(self, request: PreferenceRequest) -> Preference:
        """`POST /checkout/preferences`, with the checkout's id as idempotency key. Raises
        GatewaySilent, GatewayRefused."""
        outside_only("open_preference")
        body = payloads.preference_body(request, self._notification_url, self._back_url)
        key = str(request.checkout_id)
        answer = await self._ask("preference", key, lambda o: self._preferences.open(body, o))
        if answer.definitive:
            raise _refusal(answer)
        return self._read("preference", answer, payloads.preference_of)

    async def payment(self, id: PaymentId) -> Fact | None:
        """`GET /v1/payments/{id}`; None for a 404 and for what can't be an id. Raises
        GatewaySilent."""
        outside_only("payment")
        answer = await self._payment(id)
        if answer is None:
            return None
        fact = self._read("payment", answer, payloads.fact_of)
        if fact.id != id:
            raise GatewaySilent(operation="payment", reason="another payment's answer")
        return await self._with_taken(fact)

    async def payments_of(self, checkout: CheckoutId) -> Sequence[Fact]:
        """`GET /v1/payments/search`, all pages, oldest first. Raises GatewaySilent."""
        outside_only("payments_of")
        facts: dict[PaymentId, Fact] = {}
        seen = 0
        for _ in range(PAGES_MAX):
            results, total = await self._page(str(checkout), seen)
            found = [fact for fact in results if fact.external_reference == str(checkout)]
            facts.update({fact.id: fact for fact in found})
            seen += len(results)
            if not results or seen >= total:
                return [await self._with_taken(fact) for fact in facts.values()]
        raise GatewaySilent(operation="search", reason="no end of pages")

    async def refund(self, key: RefundKey, payment: PaymentId, amount: Money | None) -> str:
        """`POST /v1/payments/{id}/refunds`, with the key as idempotency key and an empty
        body for the whole; the refund's number at MercadoPago. Raises GatewaySilent,
        GatewayRefused; the latter only if this refund never happened."""
        outside_only("refund")
        if not payloads.is_payment_id(payment):
            raise GatewayRefused(status=NOT_FOUND, message="not a payment's id")
        body = None if amount is None else {"amount": payloads.number_of(amount)}
        answer = await self._ask(
            "refund", key, lambda o: self._sdk.refund().create(payment, body, o)
        )
        if answer.definitive:
            await self._prove_absence(answer, payment, amount)
            raise _refusal(answer)
        number, status = self._read("refund", answer, payloads.refund_of)
        if status == "rejected":
            raise GatewayRefused(status=answer.status, message="the refund was rejected")
        if status != "approved":
            raise GatewaySilent(operation="refund", reason=status[:40])
        return number

    async def health(self) -> bool:
        """Whether `GET /users/me` answers for our own account."""
        outside_only("health")
        try:
            answer = await self._ask("health", _fresh(), lambda o: self._sdk.user().get(o))
        except GatewaySilent:
            return False
        ours = isinstance(answer.body, dict) and str(answer.body.get("id")) == self._collector_id
        return answer.done and ours

    def close(self) -> None:
        """Lets threads and connections end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def _payment(self, id: PaymentId) -> Answer | None:
        if not payloads.is_payment_id(id):
            return None
        answer = await self._ask("payment", _fresh(), lambda o: self._sdk.payment().get(id, o))
        unknown = answer.status == NOT_FOUND and answer.definitive
        return None if unknown else answer

    async def _with_taken(self, fact: Fact) -> Fact:
        """`GET /v1/chargebacks/search` for a payment that was charged back: only there stands how
        much those that were lost took."""
        if fact.status is not PaymentStatus.CHARGED_BACK:
            return fact
        filters = {"payment_id": fact.id, "limit": PAGE, "offset": 0}
        answer = await self._ask(
            "chargebacks", _fresh(), lambda o: self._sdk.chargeback().search(filters, o)
        )
        found, total = self._read("chargebacks", answer, payloads.page_of)
        if total > len(found):
            raise GatewaySilent(operation="chargebacks", reason="more than a page")
        taken = fact.taken
        read = partial(payloads.taken_of, payment=fact.id, currency=taken.currency)
        for each in found:
            taken += self._read("chargebacks", Answer(200, each), read)
        return replace(fact, taken=taken)

    async def _page(self, reference: str, offset: int) -> tuple[list[Fact], int]:
        filters = {
            "external_reference": reference,
            "sort": "date_created",
            "criteria": "asc",
            "limit": PAGE,
            "offset": offset,
        }
        answer = await self._ask(
            "search", _fresh(), lambda o: self._sdk.payment().search(filters, o)
        )
        results, total = self._read("search", answer, payloads.page_of)
        facts = [self._read("search", Answer(200, each), payloads.fact_of) for each in results]
        return facts, total

    async def _prove_absence(
        self, refused: Answer, payment: PaymentId, amount: Money | None
    ) -> None:
        """Raises GatewaySilent unless the payment itself shows that this refund never happened.
        A key that was used before with another body tells that something happened."""
        if refused.status == CONFLICT:
            raise GatewaySilent(operation="refund", status=refused.status)
        answer = await self._payment(payment)
        if answer is None:
            return
        fact = self._read("payment", answer, payloads.fact_of)
        refunds = self._read("payment", answer, payloads.refunds_of)
        if amount is None:
            happened = fact.refunded == fact.amount
        elif refunds is None:
            happened = bool(fact.refunded)
        else:
            happened = amount.decimal in refunds
        if happened:
            raise GatewaySilent(operation="refund", status=refused.status, reason="may be done")

    async def _ask(
        self, operation: str, key: str, call: Callable[[RequestOptions], dict[str, Any]]
    ) -> Answer:
        """One call in a thread. Raises GatewaySilent if no answer came that can be read."""
        options = self._options(key)
        loop = asyncio.get_running_loop()
        try:
            with self._span(f"gateway {CALLS[operation]}"):
                async with asyncio.timeout(self._patience_s):
                    answer = await loop.run_in_executor(self._pool, call, options)
        except Unreadable as error:
            raise GatewaySilent(
                operation=operation, status=error.status, reason="unreadable"
            ) from error
        except (OSError, HTTPError) as error:  # requests' and timeouts are OSErrors
            raise GatewaySilent(operation=operation, reason=type(error).__name__) from error
        return Answer(answer["status"], answer["response"])

    def _options(self, key: str) -> RequestOptions:
        """New for every call: the SDK changes those it is given."""
        headers = {"x-idempotency-key": key}
        if correlation := correlation_id():
            headers["x-correlation-id"] = correlation
        return RequestOptions(
            access_token=self._access_token, max_retries=0, custom_headers=headers
        )

    def _read(self, operation: str, answer: Answer, read: Callable[[Any], T]) -> T:
        if not answer.done:
            raise GatewaySilent(operation=operation, status=answer.status)
        try:
            return read(answer.body)
        except Malformed as error:
            raise GatewaySilent(operation=operation, reason=f"malformed {error}") from error


class _Preferences(PreferenceResource):  # type: ignore[misc]
    """`create` without its warning: the address in a preference beats the dashboard's, and each
    installation has one of its own."""

    def open(self, body: dict[str, Any], options: RequestOptions) -> dict[str, Any]:
        """The SDK's answer."""
        answer: dict[str, Any] = self._post(
            uri="/checkout/preferences", data=body, request_options=options
        )
        return answer


def _refusal(answer: Answer) -> GatewayRefused:
    return GatewayRefused(status=answer.status, message=payloads.message_of(answer.body))


def _fresh() -> str:
    """A key nobody used, so that no stored answer comes back for a question."""
    return str(uuid4())
