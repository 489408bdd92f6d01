"""One key, one effect, one answer: what a key is, what was answered under it, and whose it is."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, Self

from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.errors import DomainError, Kind, OutOfRange

KEY_LENGTH = range(8, 256)
LEASE = timedelta(seconds=30)
"""How long a saga's key is its worker's."""


class KeyReused(DomainError):
    """The key was used before, for something else."""

    kind = Kind.MALFORMED


class KeyInProgress(DomainError):
    """The first request with this key is still being worked on."""

    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Once:
    """Do it once under this key. `context` comes back with a replay, for whoever shows it."""

    key: str
    context: str = ""

    def __post_init__(self) -> None:
        if len(self.key) not in KEY_LENGTH:
            raise OutOfRange(field="idempotency_key", minimum=8, maximum=255)


class Outcome(NamedTuple):
    """An answer, or the refusal that was it, and whether it was given before."""

    value: Any
    refusal: DomainError | None
    replayed: bool
    context: str

    def unwrap(self) -> Any:
        """The answer; raises the refusal."""
        if self.refusal:
            raise self.refusal
        return self.value

    @classmethod
    def given(cls, value: Any, once: Once) -> Self:
        """Of what was answered just now."""
        return cls(value, None, False, once.context)

    @classmethod
    def refused(cls, refusal: DomainError, once: Once) -> Self:
        """A refusal that a rule gave is an outcome; any other is raised."""
        if refusal.kind is not Kind.REFUSED:
            raise refusal
        return cls(None, refusal, False, once.context)

    @classmethod
    async def of(cls, work: Awaitable[Any], once: Once) -> Self:
        """Of what comes of it."""
        try:
            return cls.given(await work, once)
        except DomainError as refusal:
            return cls.refused(refusal, once)


async def fill(answered: StoredAnswer, uow: UnitOfWork) -> None:
    """Keeps an answer. Raises KeyInProgress."""
    await expect_held(answered, uow)
    await uow.keys.save(answered)


async def let_go(entry: StoredAnswer, uow: UnitOfWork) -> None:
    """Opens the key to whoever comes next, unless it is another's by now, or has an answer."""
    if await _held(entry, uow):
        await uow.keys.forget(entry.owner, entry.key)


async def expect_held(entry: StoredAnswer, uow: UnitOfWork) -> None:
    """Raises KeyInProgress for whoever's lease ran out and whose key the next worker has, or had:
    that one's answer counts."""
    if not await _held(entry, uow):
        raise KeyInProgress()


async def _held(entry: StoredAnswer, uow: UnitOfWork) -> bool:
    stored = await uow.keys.find(entry.owner, entry.key)
    if stored is None or stored.answer is not None:
        return False
    return (stored.created_at, stored.lease) == (entry.created_at, entry.lease)
