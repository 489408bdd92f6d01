"""What our adapter says to the database, as it says it: every statement of a piece of work, with
its parameters and how long its answer took. Nothing here is written by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.production.servers import Ground
from conectar.application.core import Core
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import make_container
from conectar.bootstrap.settings import Settings

READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "BEGIN"


class Said(NamedTuple):
    """One statement, `$1` and so on standing for its parameters."""

    text: str
    parameters: tuple[Any, ...]


class Transaction:
    """The statements between one beginning and its end; `end` is COMMIT or ROLLBACK."""

    def __init__(self, begin: str) -> None:
        self.begin = begin
        self.said: list[Said] = []
        self.end = "ROLLBACK"
        self.seconds = 0.0


class Recorder:
    """Listens to an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.transactions: list[Transaction] = []
        self._since = 0.0
        listeners = {
            "begin": self._begin,
            "commit": self._commit,
            "before_cursor_execute": self._before,
            "after_cursor_execute": self._after,
        }
        for name, listener in listeners.items():
            event.listen(engine.sync_engine, name, listener)

    def take(self) -> list[Transaction]:
        """What was said since the last time, without transactions that said nothing."""
        taken, self.transactions = self.transactions, []
        return [one for one in taken if one.said]

    def _begin(self, connection: Any) -> None:
        read_only = connection.get_execution_options().get("postgresql_readonly")
        self.transactions.append(Transaction(READING if read_only else WRITING))

    def _commit(self, _: Any) -> None:
        self.transactions[-1].end = "COMMIT"

    def _before(
        self, _c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        rows = parameters if many else [parameters]
        self.transactions[-1].said += [Said(text, tuple(row or ())) for row in rows]
        self._since = perf_counter()

    def _after(self, *_: Any) -> None:
        self.transactions[-1].seconds += perf_counter() - self._since


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
        recorder = Recorder(await container.get(AsyncEngine))
        yield Heard(await container.get(Core), recorder)
    finally:
        await container.close()
