"""Values to bytes and back, by stable names."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from conectar.application.message import Message
from conectar.domain.kernel.errors import DomainError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it is stored under a key."""

    code: str
    facts: dict[str, str | int]


class Codec(Protocol):
    """Encodes messages' answers and events. Decoding what was encoded gives an equal value."""

    def encode(self, value: Any) -> bytes: ...
    def decode(self, data: bytes, type: type[T]) -> T: ...
    def fingerprint(self, message: Message[Any]) -> bytes: ...
    def refusal(self, stored: Refusal) -> DomainError: ...
