"""Traces: a request with everything it brings about, sent to a collector over OTLP.

Spans have names of few, outcomes, statements with their placeholders, and ids: never a value that
somebody gave, nor the words of an exception, in which databases repeat such values. The ready-made
instrumentation of SQLAlchemy writes those words into its spans, so the statements are watched here.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from conectar.application.ports.system import Telemetry
from conectar.application.ports.telemetry_context import TRACE_PARENT, correlation_id
from conectar.domain.kernel.errors import DomainError

EXPORT_TIMEOUT_S = 3.0
"""How long a batch may take, and therefore how long a collector that is gone delays the end."""
KINDS = {
    "gateway": SpanKind.CLIENT,
    "delivery": SpanKind.CONSUMER,
    **dict.fromkeys(
        ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"), SpanKind.SERVER
    ),
}
"""By a name's first word; everything else happens inside."""
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+(\w+)")
_CARRIER = TraceContextTextMapPropagator()


class Statement(Protocol):
    """What is said to a database."""

    @property
    def database(self) -> str: ...
    @property
    def text(self) -> str: ...


class WithoutOrphans(Sampler):
    """Begins no trace with a call to the outside: a statement that nobody's message asked for,
    such as a look whether a connection still lives, is no story."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *rest: Any,
        **more: Any,
    ) -> SamplingResult:
        """Everything else is told."""
        orphan = kind is SpanKind.CLIENT
        return SamplingResult(Decision.DROP if orphan else Decision.RECORD_AND_SAMPLE)

    def get_description(self) -> str:
        """Its name."""
        return type(self).__name__


class OtelTelemetry:
    """Implements Telemetry around another: spans to the collector at `endpoint`, the rest to both.

    `idle` are names of messages that come by the clock and mostly find nothing: they begin no
    trace. Needs `close`, which sends what is left.
    """

    def __init__(self, inner: Telemetry, endpoint: str, idle: Collection[str] = ()) -> None:
        self._inner = inner
        self._idle = frozenset(idle)
        self._provider = TracerProvider(
            sampler=ParentBased(WithoutOrphans()),
            resource=Resource.create({"service.name": "conectar"}),
            span_limits=SpanLimits(max_events=0),  # an event would be an exception's words
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("conectar")
        self._redis: Any = None

    @contextmanager
    def span(self, name: str, parent: str | None = None) -> Iterator[None]:
        """A span; later work finds it in TRACE_PARENT. A parent that is none begins a trace."""
        if parent is None and name in self._idle and not _here().is_valid:
            yield
            return
        context = _CARRIER.extract({"traceparent": parent}) if parent else None
        kind = KINDS.get(name.partition(" ")[0], SpanKind.INTERNAL)
        started = self._tracer.start_as_current_span(
            name, context, kind, record_exception=False, set_status_on_exception=False
        )
        with started as span:
            token = TRACE_PARENT.set(_traceparent())
            try:
                yield
            except Exception as error:
                if not isinstance(error, DomainError):
                    span.set_status(_wrong(error))
                raise
            finally:
                TRACE_PARENT.reset(token)

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """Told to both."""
        span = trace.get_current_span()
        span.set_attributes({"conectar.message": message, "conectar.outcome": outcome, **_cause()})
        self._inner.finished(message, outcome, seconds)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Told to both; only now it is known where the path led."""
        span = trace.get_current_span()
        span.update_name(f"{method} {route}")
        span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                **_cause(),
            }
        )
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        self._inner.requested(method, route, status, seconds)

    @contextmanager
    def statement(self, said: Statement) -> Iterator[None]:
        """A span, without its parameters. What the database says of a failure may repeat a row:
        only its kind is told."""
        text = said.text
        verb, table = text.split(None, 1)[0].upper(), _TABLE.search(text)
        attributes = {
            "db.system.name": said.database,
            "db.operation.name": verb,
            "db.query.text": text,
        }
        name = f"{verb} {table[1]}" if table else verb
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        try:
            yield
        except Exception as error:
            span.set_status(_wrong(error))
            raise
        finally:
            span.end()

    def watch_redis(self) -> None:
        """Every command to any Redis is a span, without its keys and values."""
        from opentelemetry.instrumentation.redis import RedisInstrumentor

        self._redis = RedisInstrumentor()
        self._redis.instrument(tracer_provider=self._provider)

    def close(self) -> None:
        """Sends what is left; waits no longer than it must for a collector that is gone."""
        if self._redis is not None:
            self._redis.uninstrument()
        self._provider.shutdown()


def _wrong(error: BaseException) -> Status:
    return Status(StatusCode.ERROR, type(error).__name__)


def _cause() -> dict[str, str]:
    id = correlation_id()
    return {} if id is None else {"conectar.correlation_id": id}


def _here() -> trace.SpanContext:
    return trace.get_current_span().get_span_context()


def _traceparent() -> str:
    """Of the current span."""
    here = _here()
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"
