"""Which request or task the current work belongs to, wherever it goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CORRELATION_ID: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""Set by whoever lets work in: an HTTP request, a delivery, a command."""
TRACE_PARENT: ContextVar[str | None] = ContextVar("trace_parent", default=None)
"""The traceparent (W3C) of the span around the current work. Set by whoever makes spans."""


def correlation_id() -> str | None:
    """The id that log lines and calls to the outside carry; None outside of any work."""
    return CORRELATION_ID.get()


def trace_parent() -> str | None:
    """What later work says that it came of; None where nothing is traced."""
    return TRACE_PARENT.get()


@contextmanager
def belonging_to(correlation: str | None) -> Iterator[None]:
    """What is done inside belongs to that request or task."""
    token = CORRELATION_ID.set(correlation)
    try:
        yield
    finally:
        CORRELATION_ID.reset(token)
