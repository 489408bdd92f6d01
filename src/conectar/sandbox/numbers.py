"""Numeric ids, which a second world on the same database must not give out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from conectar.sandbox.records import Counters
from conectar.sandbox.state import Table


class Numbers:
    """Counters that start at the (simulated) second of their first use."""

    def __init__(self, table: Table[Counters], now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now

    def next(self, series: str) -> int:
        """The next number of a series, e.g. 176400000001."""
        counters = self._counters()
        if not counters.base:
            counters.base = int(self._now().timestamp()) * 100
        given = counters.given.get(series, 0) + 1
        counters.given[series] = given
        self._table.put("counters", counters)
        return counters.base + given

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
