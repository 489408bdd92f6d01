"""What our adapter says to the database, as it says it: every statement of a piece of work, with
its parameters and how long its answer took. Nothing here is written by hand."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from bench.production.servers import Ground
from conectar.adapters.outbound.sql import connection
from conectar.application.core import Core
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import Settings


class Said(NamedTuple):
    """One statement, `$1` and so on standing for its parameters."""

    text: str
    parameters: tuple[Any, ...]


class Transaction:
    """What was said over a connection that was lent; `begin` is empty if each statement is one."""

    def __init__(self, begin: str) -> None:
        self.begin = begin
        self.said: list[Said] = []
        self.seconds = 0.0


class Recorder:
    """A listener of a database."""

    def __init__(self) -> None:
        self.transactions: list[Transaction] = []
        self._now: object = None

    def take(self) -> list[Transaction]:
        """What was said since the last time, without transactions that said nothing."""
        taken, self.transactions = self.transactions, []
        self._now = None
        return [one for one in taken if one.said]

    @contextmanager
    def __call__(self, heard: connection.Said) -> Iterator[None]:
        """One connection at a time is lent to whom it records."""
        if self._now is not heard.connection:
            self._now = heard.connection
            self.transactions.append(
                Transaction(heard.statement if isinstance(heard.statement, str) else "")
            )
        since = perf_counter()
        yield
        if not isinstance(heard.statement, str):
            now = self.transactions[-1]
            now.said += [Said(heard.text, tuple(row)) for row in heard.parameters]
            now.seconds += perf_counter() - since


@dataclass(frozen=True)
class Heard:
    """Our core on our database, and who listens."""

    core: Core
    recorder: Recorder


@asynccontextmanager
async def heard(on: Ground, url: str | None = None) -> AsyncIterator[Heard]:
    """The core on our adapter, in this process, with no cache in front and nobody asked outside."""
    chosen = Settings(
        data_dir=on.folder / "heard",
        database_url=url or on.ours,
        migrations_url=on.databases.owners(url or on.ours),
        secret_key=(on.secret,),
    )
    place = find_place(chosen, "http://127.0.0.1:9")
    container = make_container(chosen, place)
    try:
        recorder = Recorder()
        (await container.get(connection.Database)).listeners.append(recorder)
        yield Heard(await container.get(Core), recorder)
    finally:
        await container.close()
