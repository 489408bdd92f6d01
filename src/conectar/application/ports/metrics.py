"""Where requests are counted, and what tells of them."""

from typing import Protocol

from conectar.application.ports.gauges import Gauges


class Metrics(Protocol):
    """Counts, and writes the page for whoever collects."""

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request."""
        ...

    def page(self, gauges: Gauges | None) -> bytes:
        """All that was counted, by every process of this program, and the figures of the house;
        None where those can't be had."""
        ...
