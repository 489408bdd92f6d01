"""Telemetry that counts requests, too."""

from contextlib import AbstractContextManager

from conectar.application.ports.metrics import Metrics
from conectar.application.ports.system import Telemetry


class CountedTelemetry:
    """Implements Telemetry around another."""

    def __init__(self, inner: Telemetry, metrics: Metrics) -> None:
        self._metrics = metrics
        self._inner = inner

    def span(self, name: str, parent: str | None = None) -> AbstractContextManager[object]:
        """The other's."""
        return self._inner.span(name, parent)

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """Told to the other."""
        self._inner.finished(message, outcome, seconds)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counted, and told to the other."""
        self._metrics.requested(method, route, status, seconds)
        self._inner.requested(method, route, status, seconds)
