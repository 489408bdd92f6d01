"""Tables in memory: dictionaries of frozen values, with a journal that undoes.

Every write notes what was there before, so a unit of work takes back exactly what it did.
Uniqueness is a dictionary beside the table and is undone with it.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from operator import attrgetter
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
        """Writes, and notes what was there."""
        self._undo.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    def add(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Writes where nothing was."""
        self._undo.append((table, key, _ABSENT))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        """Removes, and notes what was there."""
        self._undo.append((table, key, table.pop(key, _ABSENT)))

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


Of = str | Callable[[Any], Any]
"""What a table looks at in a value: a field by its name, or what a function says. None: nothing."""


def _getter(of: Of) -> Callable[[Any], Any]:
    return attrgetter(of) if isinstance(of, str) else of


class Unique(NamedTuple):
    """At most one value of the table answers the same; None is not counted."""

    of: Of
    error: type[DomainError]


class _Uniqueness(NamedTuple):
    of: Callable[[Any], Hashable | None]
    error: type[DomainError]
    taken: dict[Hashable, Any]


class Table(Generic[T, K]):
    """Frozen values by key."""

    def __init__(
        self,
        journal: Journal,
        key: Of,
        uniques: Iterable[Unique] = (),
        **indexes: Of,
    ) -> None:
        self.rows: dict[K, T] = {}
        self._journal = journal
        self._key = _getter(key)
        self._uniques = [_Uniqueness(_getter(u.of), u.error, {}) for u in uniques]
        self._buckets: dict[str, dict[Hashable, dict[K, None]]] = {name: {} for name in indexes}
        self._indexes = [(_getter(of), self._buckets[name]) for name, of in indexes.items()]

    def by(self, index: str, value: Hashable) -> list[T]:
        """The values for which an index says so."""
        return list(map(self.rows.__getitem__, self._buckets[index].get(value, ())))

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows.values())

    async def find(self, key: K) -> T | None:
        """The value under a key."""
        return self.rows.get(key)

    async def peek(self, key: K) -> T | None:
        """The same: nothing changes meanwhile."""
        return self.rows.get(key)

    async def add(self, item: T) -> None:
        """A new value. Raises the error of a uniqueness it breaks."""
        key = self._key(item)
        assert key not in self.rows, "a primary key is used once"
        self._put(key, None, item)

    async def save(self, item: T) -> None:
        """Replaces a value that is there."""
        key = self._key(item)
        old = self.rows.get(key)
        assert old is not None, "only what was found is saved"
        self._put(key, old, item)

    async def put(self, item: T) -> None:
        """Adds or replaces."""
        key = self._key(item)
        self._put(key, self.rows.get(key), item)

    def drop(self, key: K) -> None:
        """Removes the value under a key, if there is one."""
        if (old := self.rows.get(key)) is not None:
            for of, _, index in self._uniques:
                if (value := of(old)) is not None:
                    self._journal.drop(index, value)
            self._index(key, old, None)
            self._journal.drop(self.rows, key)

    def the(self, value: Hashable) -> T | None:
        """The value that the first uniqueness knows by this."""
        key = self._uniques[0].taken.get(value)
        return None if key is None else self.rows[key]

    def _index(self, key: K, old: T | None, new: T | None) -> None:
        for of, buckets in self._indexes:
            before = None if old is None else of(old)
            after = None if new is None else of(new)
            if before is after or before == after:
                continue
            if before is not None:
                self._journal.drop(buckets[before], key)
            if after is not None:
                self._journal.add(buckets.setdefault(after, {}), key, None)

    def _put(self, key: K, old: T | None, item: T) -> None:
        changed = []
        for of, error, index in self._uniques:
            before = None if old is None else of(old)
            value = of(item)
            if value is before or value == before:
                continue
            if value is not None and value in index:
                raise error()
            changed.append((index, before, value))
        for index, before, value in changed:
            if before is not None:
                self._journal.drop(index, before)
            if value is not None:
                self._journal.add(index, value, key)
        self._index(key, old, item)
        if old is None:
            self._journal.add(self.rows, key, item)
        else:
            self._journal.put(self.rows, key, item)


def waits(field: str) -> Callable[[Any], bool | None]:
    """An index of those for which a field says something."""
    return lambda item: getattr(item, field) is not None or None
