"""MercadoPago's JSON, from and to the domain's words.

Field names are those of MercadoPago's SDK for Node (`payment/commonTypes.ts`,
`preference/commonTypes.ts`, `paymentRefund/commonTypes.ts`); a chargeback's are those of its guide
(`chargebacks/how-to-manage`). Numbers come in as `int` or `Decimal`; what isn't as documented
raises Malformed, and nothing is guessed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from conectar.application.ports.outside import Preference, PreferenceRequest
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact, PaymentStatus

Document = Mapping[str, Any]

TITLE_LENGTH_MAX = 250
BUENOS_AIRES = timezone(timedelta(hours=-3))
_PAYMENT_ID = re.compile(r"[0-9]{1,20}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DIGITS_MAX = 15
_WORDS = {status.value: status for status in PaymentStatus}


class Malformed(Exception):
    """A field is missing, or not of its documented kind."""


def is_payment_id(text: str) -> bool:
    """Whether it may stand in a path: 1 to 20 ASCII digits."""
    return _PAYMENT_ID.fullmatch(text) is not None


def fact_of(document: Any) -> Fact:
    """A payment as it was answered, which doesn't tell what chargebacks took. Raises Malformed."""
    payment = _mapping(document)
    currency = _currency(payment)
    try:
        return Fact(
            id=PaymentId(_id(payment.get("id"))),
            status=_WORDS.get(_text(payment, "status"), PaymentStatus.UNKNOWN),
            detail=_text_or_nothing(payment, "status_detail"),
            amount=Money.of(_number(payment.get("transaction_amount")), currency),
            refunded=Money.of(_number(payment.get("transaction_amount_refunded") or 0), currency),
            taken=Money(0, currency),
            fee=_fee(payment, currency),
            taxes=_taxes(payment, currency),
            collector_id=_collector(payment),
            external_reference=_text_or_nothing(payment, "external_reference"),
            approved_at=_moment_or_none(payment, "date_approved"),
            releases_at=_moment_or_none(payment, "money_release_date"),
            released=payment.get("money_release_status") == "released",
            updated_at=_moment(payment, "date_last_updated"),
        )
    except DomainError as error:
        raise Malformed(error.code) from error


def refunds_of(document: Any) -> list[Decimal] | None:
    """The amount of each refund of a payment; None if it doesn't list them. Raises Malformed."""
    refunds = _mapping(document).get("refunds")
    if refunds is None:
        return None
    return [_number(_mapping(refund).get("amount")) for refund in _list(refunds)]


def taken_of(chargeback: Any, payment: PaymentId, currency: str) -> Money:
    """What a chargeback took of a payment: nothing before it is decided, or if it was covered.
    Raises Malformed."""
    fields = _mapping(chargeback)
    if payment not in map(_id, _list(fields.get("payments"))):
        raise Malformed("payments")
    if fields.get("coverage_applied") is not False:
        return Money(0, currency)
    if fields.get("currency") != currency:
        raise Malformed("currency")
    try:
        return Money.of(_number(fields.get("amount")), currency)
    except DomainError as error:
        raise Malformed(error.code) from error


def refund_of(document: Any) -> tuple[str, str]:
    """(id, status) of a refund as it was answered. Raises Malformed."""
    refund = _mapping(document)
    return _id(refund.get("id")), _text(refund, "status")


def page_of(document: Any) -> tuple[list[Any], int]:
    """(results, how many there are in all) of a search. Raises Malformed."""
    page = _mapping(document)
    total = _mapping(page.get("paging")).get("total")
    if type(total) is not int:
        raise Malformed("paging")
    return _list(page.get("results")), total


def preference_of(document: Any) -> Preference:
    """A preference as it was answered. `init_point` always: MercadoPago gave its sandbox up.
    Raises Malformed."""
    preference = _mapping(document)
    id, init_point = _text(preference, "id"), _text(preference, "init_point")
    if not id or not init_point.startswith(("https://", "http://")):
        raise Malformed("preference")
    return Preference(id, init_point)


def preference_body(
    request: PreferenceRequest, notification_url: str, back_url: str
) -> dict[str, Any]:
    """What `POST /checkout/preferences` wants."""
    item = {
        "id": str(request.job_id),
        "title": request.title[:TITLE_LENGTH_MAX],
        "quantity": 1,
        "currency_id": request.amount.currency,
        "unit_price": number_of(request.amount),
    }
    mark = "&" if "?" in notification_url else "?"
    return {
        "items": [item],
        "payer": {"email": request.payer_email},
        "back_urls": {"success": back_url, "pending": back_url, "failure": back_url},
        "auto_return": "approved",
        "external_reference": str(request.checkout_id),
        # Without the mark the older, unsigned kind of notice comes too.
        "notification_url": f"{notification_url}{mark}source_news=webhooks",
        "expires": True,
        "expiration_date_to": _as_mercadopago(request.expires_at),
    }


def number_of(amount: Money) -> float:
    """The JSON number of an amount. The SDK can't write Decimal; a float with two decimals and
    fewer than sixteen digits is written with exactly those."""
    assert abs(amount.cents) < 10**_DIGITS_MAX, amount
    return float(amount.decimal)


def message_of(document: Any) -> str:
    """What an error body says, cut to what a log may hold."""
    body = document if isinstance(document, Mapping) else {}
    words = [str(body[name]) for name in ("error", "message") if body.get(name)]
    return ": ".join(words)[:200]


def _fee(payment: Document, currency: str) -> Money:
    """What MercadoPago keeps of ours: its fees, less what it gave back of them."""
    taken = sum(
        _number(fee.get("amount"))
        for fee in map(_mapping, _list(payment.get("fee_details") or []))
        if fee.get("fee_payer") == "collector"
    )
    returned = sum(amounts[1] for amounts in _charges(payment, "fee"))
    return Money.of(max(Decimal(taken - returned), Decimal(0)), currency)


def _taxes(payment: Document, currency: str) -> Money:
    """What was withheld from us, less what was given back."""
    kept = sum(original - returned for original, returned in _charges(payment, "tax"))
    return Money.of(max(Decimal(kept), Decimal(0)), currency)


def _charges(payment: Document, kind: str) -> list[tuple[Decimal, Decimal]]:
    """(original, refunded) of each charge of a kind that the collector bears."""
    charges = map(_mapping, _list(payment.get("charges_details") or []))
    amounts = [
        _mapping(charge.get("amounts"))
        for charge in charges
        if charge.get("type") == kind
        and _mapping(charge.get("accounts")).get("from") == "collector"
    ]
    return [(_number(each.get("original")), _number(each.get("refunded") or 0)) for each in amounts]


def _collector(payment: Document) -> str:
    """Whose payment it is; searches have called it `collector.id`."""
    found = payment.get("collector_id")
    if found is None:
        found = _mapping(payment.get("collector")).get("id")
    return _id(found)


def _id(value: Any) -> str:
    """Ids are numbers in one answer and text in the other."""
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
        return str(value)
    raise Malformed("id")


def _number(value: Any) -> Decimal:
    """Never negative, and never so long that reading it takes a while."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Malformed("number")
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if number < 0 or not isinstance(exponent, int):
        raise Malformed("number")
    if exponent < -_DIGITS_MAX or number.adjusted() > _DIGITS_MAX:
        raise Malformed("number")
    return number


def _currency(payment: Document) -> str:
    currency = _text(payment, "currency_id")
    if not _CURRENCY.fullmatch(currency):
        raise Malformed("currency_id")
    return currency


def _text(document: Document, name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise Malformed(name)
    return value


def _text_or_nothing(document: Document, name: str) -> str:
    return "" if document.get(name) is None else _text(document, name)


def _moment(document: Document, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(document, name))
    except ValueError as error:
        raise Malformed(name) from error
    if moment.tzinfo is None:
        raise Malformed(name)
    return moment.astimezone(UTC)


def _moment_or_none(document: Document, name: str) -> datetime | None:
    return None if document.get(name) is None else _moment(document, name)


def _as_mercadopago(moment: datetime) -> str:
    """`2026-01-01T00:00:00.000-03:00`: milliseconds and an offset, as MercadoPago demands."""
    return moment.astimezone(BUENOS_AIRES).isoformat(timespec="milliseconds")


def _mapping(value: Any) -> Document:
    if not isinstance(value, Mapping):
        raise Malformed("object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed("list")
    return value
