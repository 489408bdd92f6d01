"""What a database's refusals mean."""

import re
from contextlib import AbstractContextManager
from typing import Any

from asyncpg import InterfaceError, InternalClientError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from conectar.adapters.outbound.sql.tables import METADATA, REFUSALS
from conectar.application.ports.outside import Unavailable
from conectar.application.ports.unit_of_work import LockTimeout, LostRace
from conectar.domain.kernel.errors import DomainError

_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_CHECK = re.compile(r"CHECK constraint failed: (\w+)")

LOST = {"40001", "40P01"}
"""PostgreSQL: a serialization failure, a deadlock."""
LOCKED = "55P03"
TWICE = "23505"
REFUSED = "23"
DEAD = ("08", "57P")
GONE = ("08", "25006", "25P03", "28", "3D", "53", "57", "58")
"""PostgreSQL's beginnings of: no connection, one that may only read (another server is the primary
now), a transaction that slept too long, who we are or which database is not known, no resources, an
operator stepped in (or a statement took too long), its system failed."""


class _Translation:
    """A class and not a generator: it stands around every statement."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and (meaning := _meaning(error)):
            raise meaning from error


_TRANSLATION = _Translation()


def translated() -> AbstractContextManager[None]:
    """Turns a driver's error into the rule it stands for, a lost race, a lock held for too long,
    or Unavailable."""
    return _TRANSLATION


def dead(error: Exception) -> bool:
    """Whether an error of asyncpg says that the connection is none any more. One that says nothing
    for too long is Unavailable, too, but another would say as little."""
    if isinstance(error, InterfaceError):  # most of them are mistakes of ours
        return any(word in str(error) for word in ("closed", "closing", "released"))
    state = getattr(error, "sqlstate", None) or ""
    lost = isinstance(error, OSError) and not isinstance(error, TimeoutError)
    return lost or state.startswith(DEAD) or isinstance(error, InternalClientError)


def _meaning(error: Exception) -> Exception | None:
    if isinstance(error, PoolTimeout | TimeoutError) or dead(error):
        return Unavailable()
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    if state in LOST:
        return LostRace()
    if state == LOCKED:
        return LockTimeout()
    if state.startswith(GONE):
        return Unavailable()
    if state.startswith(REFUSED):
        # two who found nothing made the same row: the second finds it when he looks again
        return _named(cause.constraint_name) or (LostRace() if state == TWICE else None)
    if isinstance(error, IntegrityError):
        return _refusal(str(cause))
    if isinstance(error, OperationalError) and not state:
        busy = any(word in str(cause) for word in ("locked", "busy"))
        return LostRace() if busy else Unavailable()
    return None


def _refusal(text: str) -> DomainError | None:
    """SQLite says which in words only."""
    if found := _CHECK.search(text):
        return _named(found[1])
    if found := _UNIQUE.search(text):
        table, columns = _columns(found[1])
        for index in METADATA.tables[table].indexes:
            if index.unique and [c.name for c in index.columns] == columns:
                return _named(str(index.name))
    return None


def _named(constraint: str | None) -> DomainError | None:
    return REFUSALS[constraint]() if constraint in REFUSALS else None


def _columns(failed: str) -> tuple[str, list[str]]:
    pairs = [part.strip().split(".") for part in failed.split(",")]
    return pairs[0][0], [column for _, column in pairs]
