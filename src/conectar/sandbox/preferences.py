"""Checkout preferences: what a buyer can pay.

Fields follow MercadoPago's SDK for Node (`preference/commonTypes.ts`); the refusals are those that
an integration meets first: items, amounts, currency, dates, and ``auto_return`` without a success
address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from conectar.sandbox.amounts import CURRENCIES, cents_from_number
from conectar.sandbox.clock import later_than, parse_moment, to_milliseconds
from conectar.sandbox.documents import Document, dump, load
from conectar.sandbox.errors import bad_request, not_found
from conectar.sandbox.records import Preference
from conectar.sandbox.state import Table

_ITEMS_MAX = 100


class Preferences:
    """Creates, reads and changes preferences."""

    def __init__(
        self, table: Table[Preference], now: Callable[[], datetime], collector_id: int
    ) -> None:
        self._table = table
        self._now = now
        self._collector_id = collector_id

    def create(self, document: Document) -> Preference:
        """Store a preference, or refuse it with a 400."""
        now = to_milliseconds(self._now())
        preference = _read(document, f"{self._collector_id}-{uuid4()}", now)
        self._table.put(preference.id, preference)
        return preference

    def get(self, preference_id: str) -> Preference:
        """The preference, or a 404."""
        preference = self._table.get(preference_id)
        if preference is None:
            raise not_found(f"The preference with id {preference_id} was not found")
        return preference

    def update(self, preference_id: str, changes: Document) -> Preference:
        """Replace the top-level fields that came; the result must be valid as a whole."""
        old = self.get(preference_id)
        new = _read({**load(old.document), **changes}, old.id, old.created_at)
        new.updated_at = later_than(old.updated_at, self._now())
        self._table.put(new.id, new)
        return new

    def closed_because(self, preference: Preference) -> str | None:
        """Why it can't be paid now, in Spanish; None when it can."""
        now = self._now()
        if preference.payable_until is not None and now >= preference.payable_until:
            return "Esta preferencia de pago venció."
        if preference.payable_from is not None and now < preference.payable_from:
            return "Esta preferencia de pago todavía no está vigente."
        return None


def _read(document: Document, preference_id: str, created_at: datetime) -> Preference:
    amount, currency, title = _total(document.get("items"))
    payable_from, payable_until = _validity(document)
    _check_return(document)
    return Preference(
        id=preference_id,
        document=dump(document),
        amount=amount,
        currency=currency,
        title=title,
        external_reference=_text(document, "external_reference", 256),
        notification_url=_address(document, "notification_url"),
        payable_from=payable_from,
        payable_until=payable_until,
        created_at=created_at,
        updated_at=created_at,
    )


def _total(items: Any) -> tuple[int, str, str]:
    """Total in cents, the one currency and the first title of the items."""
    if not isinstance(items, list) or not items:
        raise bad_request("invalid_items", "items needed")
    if len(items) > _ITEMS_MAX or not all(isinstance(item, dict) for item in items):
        raise bad_request("invalid_items", "items is invalid")
    total = 0
    for item in items:
        quantity = item.get("quantity")
        if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
            raise bad_request("invalid_items", "quantity must be a positive integer")
        total += quantity * cents_from_number(item.get("unit_price"), "unit_price")
    currencies = {item.get("currency_id") for item in items if _hashable(item.get("currency_id"))}
    if len(currencies) != 1 or not currencies <= CURRENCIES:
        raise bad_request("invalid_items", "currency_id invalid")
    title = items[0].get("title")
    if not isinstance(title, str) or not title.strip():
        raise bad_request("invalid_items", "title needed")
    return total, str(items[0]["currency_id"]), title


def _hashable(value: Any) -> bool:
    if not isinstance(value, str):
        raise bad_request("invalid_items", "currency_id invalid")
    return True


def _validity(document: Document) -> tuple[datetime | None, datetime | None]:
    """From when until when it can be paid; dates only count while ``expires`` is true."""
    expires = document.get("expires", False)
    if not isinstance(expires, bool):
        raise bad_request("invalid_expires", "expires must be a boolean")
    start = _moment(document, "expiration_date_from")
    end = _moment(document, "expiration_date_to")
    if start is not None and end is not None and end <= start:
        raise bad_request(
            "invalid_expiration_date", "expiration_date_to must be after expiration_date_from"
        )
    return (start, end) if expires else (None, None)


def _moment(document: Document, field: str) -> datetime | None:
    value = document.get(field)
    if value is None:
        return None
    moment = parse_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise bad_request("invalid_expiration_date", f"{field} must be ISO 8601 with an offset")
    return moment


def _check_return(document: Document) -> None:
    back_urls = document.get("back_urls")
    if back_urls is not None and not isinstance(back_urls, dict):
        raise bad_request("invalid_back_urls", "back_urls is invalid")
    for name in ("success", "pending", "failure"):
        _address(back_urls or {}, name)
    if document.get("auto_return") and not (back_urls or {}).get("success"):
        raise bad_request("invalid_auto_return", "auto_return invalid. back_url.success needed")


def _text(document: Document, field: str, length_max: int) -> str | None:
    value = document.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > length_max:
        raise bad_request(f"invalid_{field}", f"{field} is invalid")
    return value


def _address(document: Document, field: str) -> str | None:
    value = _text(document, field, 500)
    if value and not value.startswith(("http://", "https://")):
        raise bad_request(f"invalid_{field}", f"{field} must be a valid url")
    return value or None
