"""Which request or task the current work belongs to, wherever it goes."""

from contextvars import ContextVar

CORRELATION_ID: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""Set by whoever lets work in: an HTTP request, a delivery, a command."""


def correlation_id() -> str | None:
    """The id that log lines and calls to the outside carry; None outside of any work."""
    return CORRELATION_ID.get()
