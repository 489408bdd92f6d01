"""Idempotency keys: the first answer is the answer.

The same key with the same body gets the first answer again; with another body 409; while the
first call is still at work 423. Refusals of a rule (4xx) are answers too; failures of transport
and injected faults are not, so that a retry finds out what really happened.
"""

from __future__ import annotations

from conectar.sandbox.errors import MercadoPagoError
from conectar.sandbox.records import KeyUse
from conectar.sandbox.state import Table

KEY_LENGTH_MAX = 64


class Idempotency:
    """Keys that were used; those in flight die with the process, those answered don't."""

    def __init__(self, table: Table[KeyUse]) -> None:
        self._table = table
        self._in_flight: dict[str, str] = {}

    def claim(self, key: str, fingerprint: str) -> KeyUse | None:
        """The stored answer; or None, and the key is the caller's until ``release``."""
        if not 1 <= len(key) <= KEY_LENGTH_MAX:
            raise MercadoPagoError(
                400, "bad_request", "X-Idempotency-Key must have 1-64 characters"
            )
        known = self._table.get(key)
        first = known.fingerprint if known else self._in_flight.get(key)
        if first is not None and first != fingerprint:
            raise MercadoPagoError(
                409,
                "idempotency_key_already_used",
                "The X-Idempotency-Key has already been used with a different body",
            )
        if key in self._in_flight:
            raise MercadoPagoError(
                423, "resource_locked", "A request with this X-Idempotency-Key is in progress"
            )
        if known is None:
            self._in_flight[key] = fingerprint
        return known

    def store(self, key: str, status: int, body: bytes) -> None:
        """Keep the answer of a claimed key."""
        self._table.put(key, KeyUse(self._in_flight[key], status, body.decode()))

    def release(self, key: str) -> None:
        """The call is over, answered or not."""
        self._in_flight.pop(key, None)
