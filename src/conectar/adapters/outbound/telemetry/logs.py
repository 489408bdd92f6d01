"""Log lines on standard error: JSON for machines, or aligned for a person at a terminal.

Our own lines go straight out, those of libraries come through `logging`; both pass the same chain,
whose list of fields is in `fields.py`. One of ours is said with every request, and `logging` would
make it three times as dear.
"""

import logging
import sys
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from time import time_ns
from typing import Literal

import msgspec
import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.types import EventDict, Processor

from conectar.adapters.outbound.telemetry.fields import (
    foreign_line,
    keep_allowed,
    tell_exception,
)
from conectar.application.ports.telemetry_context import correlation_id

QUIET = (
    "alembic",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "aiosqlite",
    "urllib3",
    "saq",
)
"""They tell of every call, with its address: only their warnings are wanted."""
_NO_SPAN = nullcontext()
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "litestar", "sqlalchemy")
_UNHEARD = "uvicorn.access"
"""It tells of every request what our own line tells; without a handler it isn't even asked."""


def configure_logging(format: Literal["json", "console"], level: str) -> None:
    """Sends every log line of the program through one chain; may be called again. `level` is a
    name of `logging`, in any case; raises ValueError for another word."""
    least = logging.getLevelNamesMapping().get(level.upper())
    if least is None:
        raise ValueError(f"unknown level {level.upper()}")
    structlog.configure(
        processors=[
            *_shared(),
            tell_exception,
            keep_allowed,
            _renderer(format),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=False,
    )
    logging.raiseExceptions = False  # a line that can't be written would be printed with its values
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(format))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    unheard = logging.getLogger(_UNHEARD)
    unheard.handlers, unheard.propagate = [], False
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_through_logging() -> None:
    """Hands our own lines to `logging`, which decides what becomes of them: inside another
    program nothing is printed unless that program wants it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )


class LogTelemetry:
    """Implements Telemetry: one line a message. `queries` are the names of messages that change
    nothing: they are told at debug, failures at error, the rest at info."""

    def __init__(self, queries: Collection[str] = ()) -> None:
        self._queries = frozenset(queries)
        self._log = structlog.stdlib.get_logger("conectar").bind()

    def span(self, name: str, parent: str | None = None) -> AbstractContextManager[object]:
        """Nothing: a line tells what is over."""
        return _NO_SPAN

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Nothing: the line of a request is written where it is answered."""

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """`outcome` is `ok`, the code of a refusal, or `failed`."""
        level = logging.DEBUG if message in self._queries else logging.INFO
        if outcome == "failed":
            level = logging.ERROR
        self._log.log(
            level,
            "message finished",
            name=message,
            outcome=outcome,
            milliseconds=round(seconds * 1000, 3),
        )


class NullTelemetry:
    """Implements Telemetry for whoever doesn't want to know."""

    def span(self, name: str, parent: str | None = None) -> AbstractContextManager[object]:
        """Nothing."""
        return _NO_SPAN

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Nothing."""

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        """Nothing."""


def _json(_: object, __: str, event: EventDict) -> str:
    """Everything in it is plain by now."""
    return msgspec.json.encode(event).decode()


def _stamp(_: object, __: str, event: EventDict) -> EventDict:
    seconds, microseconds = divmod(time_ns() // 1000, 1_000_000)
    event["timestamp"] = f"{_second(seconds)}.{microseconds:06d}Z"
    return event


@lru_cache(1)
def _second(since_1970: int) -> str:
    """Most lines are of the same second as the one before."""
    return datetime.fromtimestamp(since_1970, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        _stamp,
        _add_correlation_id,
    ]


def _renderer(format: Literal["json", "console"]) -> Processor:
    if format == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return _json


def _formatter(format: Literal["json", "console"]) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[*_shared(), foreign_line],
        processors=[tell_exception, keep_allowed, _renderer(format)],
        pass_foreign_args=True,
        use_get_message=False,
    )


def _add_correlation_id(_: object, __: str, event: EventDict) -> EventDict:
    if (id := correlation_id()) is not None:
        event["correlation_id"] = id
    return event
