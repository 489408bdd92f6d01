"""A store that remembers every event that was committed."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from dishka import Provider, Scope, decorate

from conectar.application.ports.readers import Readers
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.kernel.events import Event


class Overhearing(Provider):
    """`events` are those of units that committed, in their order."""

    scope = Scope.APP

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    @decorate
    def store(self, store: Store) -> Store:
        return _Store(store, self.events)

    def count(self, kind: type[Event]) -> int:
        """How many of one type."""
        return sum(type(event) is kind for event in self.events)


class _Store:
    def __init__(self, store: Store, events: list[Event]) -> None:
        self._store, self._events = store, events

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        async with self._store.unit() as uow:
            yield _Unit(uow, self._events)  # type: ignore[misc]

    def reading(self, *, snapshot: bool = True) -> AbstractAsyncContextManager[Readers]:
        return self._store.reading(snapshot=snapshot)


class _Unit:
    def __init__(self, uow: UnitOfWork, events: list[Event]) -> None:
        self._uow, self._events = uow, events
        self.outbox = _Outbox(uow.outbox)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        await self._uow.commit()
        self._events += self.outbox.heard


class _Outbox:
    def __init__(self, outbox: Any) -> None:
        self._outbox = outbox
        self.heard: list[Event] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    async def record(self, *events: Event) -> None:
        await self._outbox.record(*events)
        self.heard += events
