"""Figures for Prometheus, of one process or of several that serve together.

Where PROMETHEUS_MULTIPROC_DIR names a folder before this file is imported, each process counts into
a file of its own there and any of them tells the sums of all, also of those that have ended.
"""

import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from conectar.adapters.vocabulary.metrics import (
    DURATIONS,
    GAUGES,
    LABELS,
    REQUESTS,
    STORE_UP,
    Named,
)
from conectar.application.ports.gauges import Gauges

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class PrometheusMetrics:
    """Implements Metrics. One a process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._folder = os.environ.get(FOLDER)
        self._registry = CollectorRegistry()
        # each combination of labels is looked up once: there are few
        self._requests = cache(Counter(*REQUESTS, LABELS, registry=self._registry).labels)
        self._durations = cache(Histogram(*DURATIONS, LABELS[:2], registry=self._registry).labels)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request."""
        self._requests(method, route, status).inc()
        self._durations(method, route).observe(seconds)

    def page(self, gauges: Gauges | None) -> bytes:
        """In the text format 0.0.4."""
        return generate_latest(self._counted()) + generate_latest(_Figures(gauges))

    def _counted(self) -> CollectorRegistry:
        if not self._folder:
            return self._registry
        everybodys = CollectorRegistry()
        MultiProcessCollector(everybodys, self._folder)  # type: ignore[no-untyped-call]
        return everybodys


class _Figures:
    """What the store says, as something to collect."""

    def __init__(self, gauges: Gauges | None) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One by one."""
        yield _gauge(STORE_UP, float(self._gauges is not None))
        for field, value in asdict(self._gauges).items() if self._gauges else ():
            yield _gauge(GAUGES[field], value)


def _gauge(named: Named, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(named.name, named.told, value=value)
