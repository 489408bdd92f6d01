"""The readers, in memory."""

from collections.abc import Mapping, Sequence

from conectar.adapters.outbound.memory.readers_due import DueReader
from conectar.adapters.outbound.memory.readers_gauges import GaugeReader
from conectar.adapters.outbound.memory.readers_money import MoneyReader
from conectar.adapters.outbound.memory.readers_people import PeopleReader
from conectar.adapters.outbound.memory.readers_work import WorkReader
from conectar.application.message import Listed
from conectar.application.ports import search as port
from conectar.application.search_rows import rank
from conectar.domain.kernel.ids import TradeId


class Readers(PeopleReader, WorkReader, MoneyReader, DueReader, GaugeReader):
    """All of them, over the same tables."""

    async def trade_named(self, words: str) -> TradeId | None:
        """By word or id."""
        named = (t.id for t in self._r.trades if words in t.words or words == str(t.id))
        return min(named, default=None)

    async def versions(self, topics: Sequence[str]) -> Mapping[str, int]:
        """Of each."""
        return self._r.versions.of(topics)

    async def search(self, criteria: port.SearchCriteria) -> Listed[port.Hit]:
        """Ranked from all rows."""
        return rank((row for rows in self._r.search.table for row in rows), criteria)
