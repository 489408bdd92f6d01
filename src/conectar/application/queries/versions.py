"""How new something is that the public reads."""

from dataclasses import dataclass

from conectar.application.message import Query
from conectar.application.ports.readers import Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVersions(Query[dict[str, int]]):
    """The versions of these topics: each grows whenever what it is about changes."""

    snapshot = False

    topics: tuple[str, ...]


class GetVersionsHandler:
    """Reads them."""

    async def __call__(self, query: GetVersions, read: Readers) -> dict[str, int]:
        """What never changed is not in it."""
        return dict(await read.versions(query.topics))
