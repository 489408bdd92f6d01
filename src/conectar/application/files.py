"""Files that were stored before anybody knew whether they count."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from conectar.application.ports.outside import Storage
from conectar.domain.kernel.errors import DomainError, Kind


@asynccontextmanager
async def drop_unless_kept(storage: Storage, keys: Sequence[str]) -> AsyncIterator[None]:
    """Takes them away again if what happens inside is refused; an uncertain end keeps them, for
    they may count after all."""
    try:
        yield
    except DomainError as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            for key in keys:
                await storage.delete(key)
        raise
