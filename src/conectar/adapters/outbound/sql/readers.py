"""The readers, in SQL: one statement a question, a total order in every list."""

from conectar.adapters.outbound.sql.readers_disputes import DisputeReader
from conectar.adapters.outbound.sql.readers_due import DueReader
from conectar.adapters.outbound.sql.readers_gauges import GaugeReader
from conectar.adapters.outbound.sql.readers_money import MoneyReader
from conectar.adapters.outbound.sql.readers_people import PeopleReader
from conectar.adapters.outbound.sql.readers_search import SearchReader
from conectar.adapters.outbound.sql.readers_work import WorkReader


class Readers(
    PeopleReader, WorkReader, DisputeReader, MoneyReader, SearchReader, DueReader, GaugeReader
):
    """All of them, over one connection."""
