"""Refusals. One class a rule, declared beside the concept it protects.

The class name is the stable code; `facts` are what the person needs to read about it. Which HTTP
status a kind becomes is known to one adapter only, and so is the sentence people read.
"""

from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal it is."""

    MALFORMED = "malformed"
    REFUSED = "refused"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A rule said no. Nothing was changed."""

    kind: ClassVar[Kind] = Kind.REFUSED

    def __init__(self, **facts: str | int) -> None:
        super().__init__(type(self).__name__, facts)
        self.facts = facts

    @property
    def code(self) -> str:
        """The stable name of the rule."""
        return type(self).__name__


class NotFound(DomainError):
    """There is no such thing, or it belongs to somebody else: the two answer alike."""

    kind = Kind.NOT_FOUND


class WrongSide(DomainError):
    """A party of the thing, but this move belongs to the other side."""

    kind = Kind.FORBIDDEN


class WrongRole(DomainError):
    """The room belongs to another role."""

    kind = Kind.FORBIDDEN


class OutOfRange(DomainError):
    """A value is outside what its field allows."""

    kind = Kind.MALFORMED
