"""Identifiers and chance."""

import secrets
from uuid import UUID

from uuid_utils import compat

SECRET_BYTES = 32


class UuidIds:
    """Implements Ids. Ids of one process sort as they were made, within a millisecond too."""

    def new(self) -> UUID:
        """A UUIDv7 (RFC 9562), by the machine's own clock."""
        return compat.uuid7()

    def secret(self) -> str:
        """256 bits from the operating system: 43 characters of A-Z, a-z, 0-9, `-` and `_`."""
        return secrets.token_urlsafe(SECRET_BYTES)
