"""Tables in memory: dictionaries of frozen values, with a journal that undoes.

Every write notes what was there before, so a unit of work or a savepoint takes back exactly what it
did. Uniqueness is a dictionary beside the table and is undone with it.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Generic, NamedTuple, TypeVar

from conectar.domain.kernel.errors import DomainError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_ABSENT: Any = object()


class Journal:
    """What to put back, newest last."""

    def __init__(self) -> None:
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []

    def put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Writes, or removes with the absent value, and notes the old one."""
        self._undo.append((table, key, table.get(key, _ABSENT)))
        if value is _ABSENT:
            table.pop(key, None)
        else:
            table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        """Removes."""
        self.put(table, key, _ABSENT)

    def commit(self) -> None:
        """There is no way back."""
        self._undo.clear()

    def mark(self) -> int:
        """A place to go back to."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Undoes everything since the mark."""
        while len(self._undo) > mark:
            table, key, old = self._undo.pop()
            if old is _ABSENT:
                table.pop(key, None)
            else:
                table[key] = old


class Unique(NamedTuple):
    """At most one value of the table answers the same; None is not counted."""

    of: Callable[[Any], Hashable | None]
    error: type[DomainError]


class Table(Generic[T, K]):
    """Frozen values by key."""

    def __init__(
        self, journal: Journal, key: Callable[[T], K], uniques: Iterable[Unique] = ()
    ) -> None:
        self.rows: dict[K, T] = {}
        self._journal = journal
        self._key = key
        self._uniques: list[tuple[Unique, dict[Hashable, K]]] = [(u, {}) for u in uniques]

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows.values())

    async def find(self, key: K) -> T | None:
        """The value under a key."""
        return self.rows.get(key)

    async def add(self, item: T) -> None:
        """A new value. Raises the error of a uniqueness it breaks."""
        assert self._key(item) not in self.rows, "a primary key is used once"
        self._put(item)

    async def save(self, item: T) -> None:
        """Replaces a value that is there."""
        assert self._key(item) in self.rows, "only what was found is saved"
        self._put(item)

    async def put(self, item: T) -> None:
        """Adds or replaces."""
        self._put(item)

    def drop(self, key: K) -> None:
        """Removes the value under a key, if there is one."""
        if (old := self.rows.get(key)) is not None:
            for unique, index in self._uniques:
                if (value := unique.of(old)) is not None:
                    self._journal.drop(index, value)
            self._journal.drop(self.rows, key)

    def _put(self, item: T) -> None:
        key = self._key(item)
        for unique, index in self._uniques:
            value = unique.of(item)
            if value is not None and index.get(value, key) != key:
                raise unique.error()
        old = self.rows.get(key)
        for unique, index in self._uniques:
            if old is not None and (before := unique.of(old)) is not None:
                self._journal.drop(index, before)
            if (value := unique.of(item)) is not None:
                self._journal.put(index, value, key)
        self._journal.put(self.rows, key, item)


@asynccontextmanager
async def savepoint(journal: Journal) -> Any:
    """Undoes what happens inside if it raises."""
    mark = journal.mark()
    try:
        yield
    except BaseException:
        journal.back_to(mark)
        raise
