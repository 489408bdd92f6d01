"""What only the wire can refuse, before anything reaches the core."""

import re

from conectar.domain.kernel.errors import DomainError, Kind

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`")
_NAMED = re.compile(r"field `(?P<name>[^`]*)`")


class Malformed(DomainError):
    """The request can't be understood. `field` says where."""

    kind = Kind.MALFORMED

    @classmethod
    def field(cls, name: str) -> "Malformed":
        """That field."""
        return cls(field=name)

    @classmethod
    def because(cls, told: str) -> "Malformed":
        """From the decoder's own words, of which only the field's name is kept."""
        named, path = _NAMED.search(told), _PATH.search(told)
        where = ".".join(p for p in (path and path["path"], named and named["name"]) if p)
        return cls(field=where) if where else cls()


class UnsupportedMediaType(DomainError):
    """Another kind of content is expected."""

    kind = Kind.UNSUPPORTED


class BadSignature(DomainError):
    """A notice that the gateway did not sign."""

    kind = Kind.UNAUTHENTICATED


class TooManyRequests(DomainError):
    """The limit is used up for now."""

    kind = Kind.LIMITED


class BodyTooLarge(DomainError):
    """More bytes than this route takes."""

    kind = Kind.TOO_LARGE


class NoSuchRoute(DomainError):
    """Nothing is served here."""

    kind = Kind.NOT_FOUND


class NoSuchVersion(DomainError):
    """There is no such version of the interface."""

    kind = Kind.NOT_FOUND
