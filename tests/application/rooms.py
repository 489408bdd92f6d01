"""Houses whose clock, chance and gateway obey the test, on any storage."""

import shutil
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from dishka import Provider, Scope, decorate, provide

from conectar.adapters.outbound.memory.outside import FakeGateway, FakeMailer
from conectar.adapters.outbound.sql.connection import Database
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.application.core import Core
from conectar.application.ports.outside import Mailer
from conectar.application.ports.readers import Readers
from conectar.application.ports.security import Passwords
from conectar.application.ports.system import Clock, Ids, Telemetry
from conectar.application.ports.unit_of_work import LostRace, Store, UnitOfWork
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import EVERYWHERE, make_container
from conectar.bootstrap.providers.in_process import InProcessProvider
from conectar.bootstrap.providers.outside import FakeOutsideProvider
from conectar.bootstrap.settings import Settings
from conectar.bootstrap.start import make_background, migrate, prepare
from conectar.domain.kernel.ids import CheckoutId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact
from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD, STORAGES, House, kept
from tests.lock_order import Watch

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SECRET = "a secret that only these tests know, long enough"


class StillClock(SystemClock):
    """Stands still until it is advanced."""

    _at = START

    def now(self) -> datetime:
        return self._at

    def advance(self, delta: timedelta) -> None:
        super().advance(delta)
        self._at = START + self.offset


class CountedIds:
    """The same ids in every house: UUIDv7 of a counter, and secrets that anybody could guess."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> UUID:
        return UUID(int=(0x0190 << 112) | (7 << 76) | (2 << 62) | next(self._numbers))

    def secret(self) -> str:
        return f"secret-{next(self._numbers):036d}"


class QuickPasswords:
    """Not slow, and no secret."""

    async def hash(self, password: str) -> str:
        return f"quick:{password}"

    async def verify(self, password: str, hashed: str | None) -> bool:
        return hashed in (f"quick:{password}", f"weak:{password}")

    def outdated(self, hashed: str) -> bool:
        return hashed.startswith("weak:")

    def common(self, password: str) -> bool:
        return password == "contraseña1"


class Still(Provider):
    """Time stands still."""

    scope = Scope.APP

    @provide(override=True)
    def clock(self) -> SystemClock:
        return StillClock()


class Counted(Provider):
    """Chance is counted."""

    scope = Scope.APP
    ids = provide(CountedIds, provides=Ids, override=True)


class Quick(Provider):
    """Passwords cost nothing."""

    scope = Scope.APP
    passwords = provide(QuickPasswords, provides=Passwords, override=True)


class ScriptedGateway(FakeGateway):
    """A gateway that fails where the script says: before it does something, or after it did.
    `meanwhile` is what happens before it does it, `on_the_way` before its answer arrives."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.calls: list[tuple[str, object]] = []
        self.before: dict[str, deque[BaseException | None]] = {}
        self.after: dict[str, deque[BaseException | None]] = {}
        self.meanwhile: dict[str, Callable[[], Any]] = {}
        self.on_the_way: dict[str, Callable[[Any], Any]] = {}

    def fail(self, what: str, *errors: BaseException | None, after: bool = False) -> None:
        """The next calls of `what` end like this, in order; None is no failure."""
        script = self.after if after else self.before
        script.setdefault(what, deque()).extend(errors)

    def sent(self, what: str) -> list[object]:
        """With which ids it was called."""
        return [id for name, id in self.calls if name == what]

    async def open_preference(self, request: Any) -> Any:
        call = super().open_preference
        return await self._play("open", request.checkout_id, lambda: call(request))

    async def payment(self, id: PaymentId) -> Fact | None:
        call = super().payment
        return await self._play("payment", id, lambda: call(id))

    async def payments_of(self, checkout: CheckoutId) -> Sequence[Fact]:
        call = super().payments_of
        return await self._play("payments_of", checkout, lambda: call(checkout))

    async def refund(self, key: RefundKey, payment: PaymentId, amount: Money | None) -> str:
        call = super().refund
        return await self._play("refund", key, lambda: call(key, payment, amount))

    async def _play(self, what: str, id: object, call: Callable[[], Any]) -> Any:
        self.calls.append((what, id))
        if act := self.meanwhile.pop(what, None):
            await act()
        _raise(self.before.get(what))
        answer = await call()
        if act := self.on_the_way.pop(what, None):
            await act(answer)
        _raise(self.after.get(what))
        return answer


def _raise(script: deque[BaseException | None] | None) -> None:
    if script and (error := script.popleft()) is not None:
        raise error


class Scripted(Provider):
    """The gateway obeys."""

    scope = Scope.APP

    @provide(override=True)
    def gateway(self, clock: Clock) -> FakeGateway:
        return ScriptedGateway(clock)


@dataclass
class RacingStore:
    """Loses the next `lost` races at commit, or what came of it: `after_commit` has the end of each
    of the next ones, the last first."""

    store: Store
    lost: int = 0
    units: int = 0
    after_commit: list[BaseException | None] = field(default_factory=list)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        self.units += 1
        async with self.store.unit() as uow:
            yield Racing(uow, self)  # type: ignore[misc]

    def reading(self, *, snapshot: bool = True) -> AbstractAsyncContextManager[Readers]:
        return self.store.reading(snapshot=snapshot)


class Racing:
    """A unit whose commit may fail."""

    def __init__(self, uow: UnitOfWork, store: RacingStore) -> None:
        self._uow, self._store = uow, store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        if self._store.lost:
            self._store.lost -= 1
            raise LostRace
        await self._uow.commit()
        if self._store.after_commit and (lost := self._store.after_commit.pop()):
            raise lost


class Races(Provider):
    """Somebody else is sometimes first."""

    scope = Scope.APP

    @decorate
    def store(self, store: Store) -> Store:
        return RacingStore(store)


class Heard:
    """Telemetry that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def span(self, name: str, parent: str | None = None) -> AbstractContextManager[object]:
        return nullcontext()

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        raise AssertionError("nobody asks over HTTP here")

    def finished(self, message: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.lines.append((message, outcome))


class Listening(Provider):
    """What Core tells is kept."""

    scope = Scope.APP

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard

    @provide(override=True)
    def telemetry(self) -> Telemetry:
        return self._heard


@asynccontextmanager
async def room(
    backend: str, folder: Path, *providers: Provider, kind: str = "whole", **settings: Any
) -> AsyncIterator[House]:
    """As `tests.backends.house`, with quick passwords, a still clock, a scripted gateway and
    whatever else is given. `kind` is that of a database on PostgreSQL."""
    async with AsyncExitStack() as stack:
        where: dict[str, Any] = {}
        if "database_url" not in settings:
            where = await stack.enter_async_context(kept(backend, kind))
        opened = _opened(backend, folder, kind, *providers, **where, **settings)
        yield await stack.enter_async_context(opened)


@asynccontextmanager
async def _opened(
    backend: str, folder: Path, kind: str, *providers: Provider, **settings: Any
) -> AsyncIterator[House]:
    given = {"secret_key": (SECRET,), "admin_email": ADMIN_EMAIL} | settings
    chosen = Settings(data_dir=folder, admin_password=ADMIN_PASSWORD, **given)
    place = find_place(chosen, "http://127.0.0.1:9")
    if backend == "sqlite":
        await migrated(folder)
    parts = (*EVERYWHERE, InProcessProvider, STORAGES[backend], FakeOutsideProvider)
    container = make_container(chosen, place, Quick(), Still(), Scripted(), *providers, parts=parts)
    try:
        watch = Watch()
        if backend != "memory":
            (await container.get(Database)).listeners.append(watch)
        core: Core = await prepare(container, chosen)
        store = await container.get(Store)
        async with store.reading() as read:
            admin = await read.user_by_email(ADMIN_EMAIL)
        mailer, gateway = await container.get(Mailer), await container.get(FakeGateway)
        assert admin is not None
        assert isinstance(mailer, FakeMailer) and isinstance(gateway, ScriptedGateway)
        background = await make_background(container, chosen)
        clock = await container.get(SystemClock)
        yield House(core, store, clock, gateway, mailer, background, container, admin.actor)
        if kind == "whole":
            watch.expect_order()
    finally:
        await container.close()


_empty: list[Path] = []


async def migrated(folder: Path) -> None:
    """An empty database at the newest revision, copied from the first one made."""
    file = folder / "conectar.db"
    if file.exists():
        return
    if not _empty:
        made = Path(mkdtemp())
        chosen = Settings(data_dir=made, secret_key=(SECRET,))
        await migrate(find_place(chosen, "http://127.0.0.1:9"))
        _empty.append(made / "conectar.db")
    with suppress(FileNotFoundError):
        shutil.copy(_empty[0], file)


def script(home: House) -> ScriptedGateway:
    """The gateway of a room."""
    assert isinstance(home.gateway, ScriptedGateway)
    return home.gateway


def days(number: float) -> timedelta:
    """So many."""
    return timedelta(days=number)
