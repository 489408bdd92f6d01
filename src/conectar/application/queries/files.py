"""Private files, behind links that live ten minutes."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.message import Saga
from conectar.application.ports.outside import Storage, Stored
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.domain.people.files import evidence_type


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile(Saga[Stored]):
    """The file a signed link shows. Each opening is one line of the log."""

    token: str


class OpenFileHandler:
    """Reads it. A saga only because the storage is outside."""

    def __init__(self, clock: Clock, tokens: Tokens, storage: Storage) -> None:
        self._clock = clock
        self._tokens = tokens
        self._storage = storage

    async def __call__(self, saga: OpenFile, door: Door) -> Stored:
        """Raises NotFound for a link that is forged, old, or of a file that is gone."""
        key = existing(self._tokens.read_file(saga.token, self._clock.now()))
        content = existing(await self._storage.get(key))
        return Stored(content, evidence_type(content))
