"""What a database's refusals mean."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from conectar.adapters.outbound.sql.tables import METADATA, REFUSALS
from conectar.application.ports.outside import Unavailable
from conectar.application.ports.unit_of_work import LostRace
from conectar.domain.kernel.errors import DomainError

_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")
_CHECK = re.compile(r"CHECK constraint failed: (\w+)")


@contextmanager
def translated() -> Iterator[None]:
    """Turns a driver's error into the rule it stands for, a lost race, or Unavailable."""
    try:
        yield
    except IntegrityError as error:
        if refusal := _refusal(error):
            raise refusal from error
        raise
    except OperationalError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise LostRace from error
        raise Unavailable() from error
    except PoolTimeout as error:
        raise Unavailable() from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable() from error
        raise


def _refusal(error: IntegrityError) -> DomainError | None:
    text = str(error.orig)
    if found := _CHECK.search(text):
        return _named(found[1])
    if found := _UNIQUE.search(text):
        table, columns = _columns(found[1])
        for index in METADATA.tables[table].indexes:
            if index.unique and [c.name for c in index.columns] == columns:
                return _named(str(index.name))
    return None


def _named(constraint: str) -> DomainError | None:
    return REFUSALS[constraint]() if constraint in REFUSALS else None


def _columns(failed: str) -> tuple[str, list[str]]:
    pairs = [part.strip().split(".") for part in failed.split(",")]
    return pairs[0][0], [column for _, column in pairs]
