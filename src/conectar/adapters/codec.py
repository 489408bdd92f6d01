"""Messages' answers and events to bytes and back, by stable names.

What goes in comes out equal. Field names are the domain's own (English): these bytes never leave
the house. JSON by msgspec, which reads frozen dataclasses, enums, UUIDs and times as they are.
"""

import hmac
from typing import Any, TypeVar

import msgspec

from conectar.adapters.vocabulary.events import EVENT_TYPES, EVENTS
from conectar.application.message import Message
from conectar.application.ports.codec import Refusal
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.events import Event

T = TypeVar("T")


class JsonCodec:
    """Implements the Codec port. `secret` keys the fingerprints: a message may hold a password,
    and whoever reads the table of keys must not be able to guess it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._encoder = msgspec.json.Encoder(order="deterministic")
        self._refusals = {error.__name__: error for error in _descendants(DomainError)}

    def encode(self, value: Any) -> bytes:
        """JSON."""
        return self._encoder.encode(value)

    def decode(self, data: bytes, type: type[T]) -> T:
        """The value again."""
        return msgspec.json.decode(data, type=type)

    def fingerprint(self, message: Message[Any]) -> bytes:
        """HMAC-SHA256 of the message and its name: the same request, the same print."""
        named = (type(message).__name__, _plain(message))
        return hmac.digest(self._secret, self._encoder.encode(named), "sha256")

    def refusal(self, stored: Refusal) -> DomainError:
        """The refusal again, with its facts."""
        return self._refusals[stored.code](**stored.facts)

    def encode_event(self, event: Event) -> tuple[str, bytes]:
        """(stable name, JSON)."""
        return EVENTS[type(event)], self._encoder.encode(event)

    def decode_event(self, name: str, data: bytes) -> Event | None:
        """The event again; None if this version knows none of that name or shape."""
        try:
            return msgspec.json.decode(data, type=EVENT_TYPES[name])
        except (KeyError, msgspec.DecodeError):
            return None


def _plain(message: Message[Any]) -> Any:
    """Builtins; enum keys of mappings become their values."""
    return msgspec.to_builtins(message, str_keys=True)


def _descendants(error: type[DomainError]) -> list[type[DomainError]]:
    return [d for child in error.__subclasses__() for d in (child, *_descendants(child))]
