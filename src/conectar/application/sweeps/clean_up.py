"""The nightly clean-up: what nobody needs any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from conectar.application.door import Door
from conectar.application.message import Command, Saga
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.jobs.terms import BUENOS_AIRES

BATCH = 1000
AT_HOUR = 2


class Old(Enum):
    """What grows old."""

    KEYS = "keys"
    SESSIONS = "sessions"
    DELIVERIES = "deliveries"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp(Saga[int]):
    """Drops idempotency keys, ended sessions and finished deliveries whose time is over, batch by
    batch, and answers how many. Running it twice, or two at once, drops nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOld(Command[int]):
    """One batch of one kind; answers how many."""

    what: Old


class CleanUpHandler:
    """Drops them."""

    async def __call__(self, saga: CleanUp, door: Door) -> int:
        """Refuses nothing."""
        dropped = 0
        for what in Old:
            while many := await door.execute(ForgetOld(what=what)):
                dropped += many
        return dropped


class ForgetOldHandler:
    """Drops a batch."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: ForgetOld, uow: UnitOfWork) -> int:
        """Refuses nothing."""
        now, policy = self._clock.now(), self._policy
        match command.what:
            case Old.KEYS:
                return await uow.keys.forget_older(now - policy.key_lives, BATCH)
            case Old.SESSIONS:
                return await uow.sessions.forget_ended(now - policy.session_kept, BATCH)
            case Old.DELIVERIES:
                return await uow.outbox.forget_settled(now - policy.delivery_kept, BATCH)


def next_night(after: datetime) -> datetime:
    """The next two o'clock in the morning in Buenos Aires."""
    local = after.astimezone(BUENOS_AIRES)
    night = local.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    return night if night > local else night + timedelta(days=1)
