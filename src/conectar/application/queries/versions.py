"""How new something is that the public reads."""

from dataclasses import dataclass

from conectar.application.message import Query
from conectar.application.ports.readers import Readers


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVersion(Query[int]):
    """The version of these topics together: it grows whenever one of them changes."""

    snapshot = False

    topics: tuple[str, ...]


class GetVersionHandler:
    """Adds them up."""

    async def __call__(self, query: GetVersion, read: Readers) -> int:
        """0 for what never changed."""
        return await read.version(query.topics)
