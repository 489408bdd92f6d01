"""What a log line may hold: a list, and nothing that isn't on it.

Passwords, tokens, addresses and documents get into logs by accident: in the text of an exception,
in the arguments of somebody else's log call, in a dictionary somebody passed along. So only named
fields pass, exceptions are told by type and place, and of a foreign line only its template.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any

ALLOWED = frozenset(
    {
        "timestamp",
        "level",
        "event",
        "correlation_id",
        "logger",
        "name",
        "outcome",
        "milliseconds",
        "exception",
        "at",
        "method",
        "route",
        "status",
        "profile",
        "version",
        "port",
        "count",
        "attempt",
        "reaction",
    }
)
TEMPLATES_OF = frozenset({"alembic", "asyncio", "conectar", "litestar", "sqlalchemy", "uvicorn"})
"""Whose templates are constant text; anybody else's line is told by its place only."""
WITHHELD = "text withheld"
TEXT_LENGTH_MAX = 200
_NUMBERS = frozenset({int, float})
_CAUSES_MAX = 5
_FRAMES_MAX = 5

EventDict = MutableMapping[str, Any]


def keep_allowed(_: object, __: str, event: EventDict) -> EventDict:
    """Drops every field that isn't on the list, and every value that isn't plain."""
    return {
        key: value
        if type(value) in _NUMBERS or (type(value) is str and len(value) <= TEXT_LENGTH_MAX)
        else _plain(value)
        for key, value in event.items()
        if key in ALLOWED
    }


def tell_exception(_: object, __: str, event: EventDict) -> EventDict:
    """`exc_info` becomes `exception`: types and places, never what was said or passed. True means
    the exception being handled right now."""
    info = event.pop("exc_info", None)
    if info is None:
        return event
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = " <- ".join(_told(each) for each in _causes(error))
    return event


def foreign_line(_: object, __: str, event: EventDict) -> EventDict:
    """The line of a library: its template's first line with numbers filled in, and its place."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        trusted = record.name.partition(".")[0] in TEMPLATES_OF
        told = _template(event["event"], event.get("positional_args"))
        event["event"] = told if trusted else WITHHELD
        event["logger"] = record.name
        event["at"] = f"{record.module}:{record.lineno}"
    return event


def _template(text: str, args: object) -> str:
    text = text.partition("\n")[0]
    if not args or not isinstance(args, tuple):
        return text
    try:
        return text % tuple(_masked(each) for each in args)
    except (TypeError, ValueError):
        return text


def _masked(value: object) -> object:
    return value if isinstance(value, int | float) else "…"


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value[:TEXT_LENGTH_MAX]) if isinstance(value, str) else type(value).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_CAUSES_MAX):
        if current is None:
            return
        yield current
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _told(error: BaseException) -> str:
    """`ValueError at conectar.domain.jobs.job:71`, with the frames that led there."""
    kind = type(error)
    places = " > ".join(_places(error.__traceback__))
    return f"{kind.__module__}.{kind.__qualname__} at {places or 'no place'}"


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        places.append(f"{module}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return places[-_FRAMES_MAX:]
