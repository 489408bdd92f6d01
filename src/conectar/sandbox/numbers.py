"""Numeric ids, which a second world on the same database must not give out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from conectar.sandbox.records import Counters
from conectar.sandbox.state import Table

_IDS_A_SECOND = 1000


class Numbers:
    """One counter for everything that has an id, so that no refund is called like a payment; it
    starts at the (simulated) second of its first use. Lists that only count begin at 1."""

    def __init__(self, table: Table[Counters], now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def next_id(self) -> int:
        """The next id, e.g. 1764000000001."""
        counters = self._counters()
        if not counters.base:
            counters.base = int(self._now().timestamp()) * _IDS_A_SECOND
            self._table.put("counters", counters)
        return counters.base + self.count("id")

    def count(self, series: str) -> int:
        """1, 2, 3… a series."""
        counters = self._counters()
        counters.given[series] = counters.given.get(series, 0) + 1
        self._table.put("counters", counters)
        return counters.given[series]

    @property
    def clock_offset_s(self) -> int:
        """By how many seconds the clock was moved since the world began."""
        return self._counters().clock_offset_s

    def move_clock(self, seconds: int) -> None:
        """Remember a move of the clock."""
        counters = self._counters()
        counters.clock_offset_s += seconds
        self._table.put("counters", counters)

    def _counters(self) -> Counters:
        return self._table.get("counters") or Counters()
