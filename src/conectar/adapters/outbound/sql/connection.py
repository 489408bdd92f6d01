"""A connection to a database as repositories and readers know it, and who listens to it.

The words are SQLAlchemy's, made from the tables. How they are said differs: on SQLite SQLAlchemy
says them (`sqlite`), on PostgreSQL asyncpg does (`postgresql`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol

from sqlalchemy import Dialect
from sqlalchemy.engine import Compiled
from sqlalchemy.sql.base import Executable

from conectar.adapters.outbound.sql.errors import translated

Way = Literal["writing", "reading", "looking"]
WRITING: Way = "writing"
READING: Way = "reading"
"""At one moment."""
LOOKING: Way = "looking"
"""Each statement at its own: on PostgreSQL without the ways to the server and back that begin and
end a transaction."""

Statement = Executable | Compiled
Row = Sequence[Any]
Values = Mapping[str, Any]
NONE: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One statement on its way, with the values of each row; or only words, for the beginning and
    the end of a transaction."""

    connection: "Connection"
    statement: Statement | str
    values: Sequence[Values] = (NONE,)

    @property
    def database(self) -> str:
        """`postgresql`, `sqlite`."""
        return self.connection.dialect.name

    @property
    def text(self) -> str:
        """The words as the driver gets them."""
        if isinstance(self.statement, str):
            return self.statement
        return self.connection.words(self.statement, self.values[0])[0]

    @property
    def parameters(self) -> Sequence[Sequence[Any]]:
        """Of each row, as the driver gets them."""
        if isinstance(self.statement, str):
            return [()]
        return [self.connection.words(self.statement, row)[1] for row in self.values]


Listener = Callable[[Said], AbstractContextManager[Any]]
"""Is asked for what stands around a statement until its answer is there."""


class Connection(ABC):
    """Lent for one transaction. Every method raises the rule that was broken, LostRace,
    LockTimeout, Unavailable."""

    def __init__(self, dialect: Dialect, listeners: Sequence[Listener]) -> None:
        self.dialect = dialect
        self._listeners = listeners

    async def rows(self, statement: Statement, values: Values = NONE) -> Sequence[Row]:
        """Every row; `values` are those that the statement leaves open."""
        with translated(), self.hearing(statement, (values,)):
            return await self._rows(statement, values)

    async def row(self, statement: Statement, values: Values = NONE) -> Row | None:
        """The first row."""
        found = await self.rows(statement, values)
        return found[0] if found else None

    async def cell(self, statement: Statement, values: Values = NONE) -> Any:
        """The first cell of the first row."""
        found = await self.rows(statement, values)
        return found[0][0] if found else None

    async def change(self, statement: Statement, values: Values = NONE) -> int:
        """How many rows it touched."""
        with translated(), self.hearing(statement, (values,)):
            return await self._change(statement, values)

    async def change_each(self, statement: Statement, rows: Sequence[Values]) -> None:
        """The same for each of the rows, of which there is one, in their order."""
        with translated(), self.hearing(statement, rows):
            await self._change_each(statement, rows)

    async def commit(self) -> None:
        """Makes it true. What is said afterwards is of another transaction, and taken back."""
        with translated(), self.hearing("COMMIT"):
            await self._commit()

    def hearing(
        self, statement: Statement | str, values: Sequence[Values] = (NONE,)
    ) -> AbstractContextManager[Any]:
        """What the listeners want to stand around it."""
        if not self._listeners:
            return QUIET
        said = Said(self, statement, values)
        with ExitStack() as stack:
            for listener in self._listeners:
                stack.enter_context(listener(said))
            return stack.pop_all()

    @abstractmethod
    async def _rows(self, statement: Statement, values: Values) -> Sequence[Row]: ...
    @abstractmethod
    async def _change(self, statement: Statement, values: Values) -> int: ...
    @abstractmethod
    async def _change_each(self, statement: Statement, rows: Sequence[Values]) -> None: ...
    @abstractmethod
    async def _commit(self) -> None: ...
    @abstractmethod
    def words(self, statement: Statement, values: Values) -> tuple[str, Sequence[Any]]:
        """As the driver gets it, and its parameters."""


class _Quiet:
    """Nobody listens: around every statement there is nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


QUIET = _Quiet()


class Database(Protocol):
    """Where connections come from. Who stands in `listeners` hears every statement."""

    dialect: Dialect
    listeners: list[Listener]

    def connected(self, way: Way) -> AbstractAsyncContextManager[Connection]: ...
    async def close(self) -> None: ...
