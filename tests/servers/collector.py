"""A collector of traces, as OTLP over HTTP wants one: it decodes what it is sent and keeps it."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from opentelemetry.proto.trace.v1.trace_pb2 import Status


@dataclass(frozen=True)
class Span:
    """One, as it came."""

    name: str
    trace: str
    id: str
    parent: str
    kind: str
    failed: bool
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What came, decoded and as bytes."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> None:
        """One request."""
        self.paths.add(path)
        self.bodies.append(body)
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {a.key: a.value.string_value for a in told.resource.attributes}
            self.services.add(about["service.name"])
            self.spans += [_read(span) for scope in told.scope_spans for span in scope.spans]

    def named(self, name: str, trace: str | None = None) -> list[Span]:
        """Those with this name."""
        return [s for s in self.spans if s.name == name and trace in (None, s.trace)]

    def above(self, span: Span) -> list[str]:
        """The names from its parent up to where the trace began, as far as they are ours."""
        known = {one.id: one for one in self.spans}
        parent = known.get(span.parent)
        return [parent.name, *self.above(parent)] if parent else []


def _read(span: Sent) -> Span:
    return Span(
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        kind=Sent.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes={a.key: _value(a.value) for a in span.attributes},
    )


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@contextmanager
def collector() -> Iterator[Collector]:
    """Listens on a free port of loopback until the block ends."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            found.take(self.path, body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
