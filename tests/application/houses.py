"""Several who do things at the same moment, in one house or in two that keep things together."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from conectar.application.message import Message
from conectar.application.once import Once
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.domain.jobs.job import InvalidTransition
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.errors import DomainError
from tests.application.rooms import room
from tests.backends import House, kept

BAD_STATE = InvalidTransition.__name__
MANNERS = ("memory", "sqlite", "two on sqlite", "postgresql", "two on postgresql")


class Houses:
    """One house, or two on one file: whoever is next does it."""

    def __init__(self, homes: list[House]) -> None:
        self.first = homes[0]
        self.homes = homes
        self._turn = cycle(homes)

    async def at_once(self, *messages: Message[Any], once: Once | None = None) -> list[Any]:
        """All of them, in turn by each house; a refusal is an answer."""
        doors = [next(self._turn).core for _ in messages]
        return await asyncio.gather(
            *(d.execute(m, once=once) for d, m in zip(doors, messages, strict=True)),
            return_exceptions=True,
        )

    async def accounts(self) -> dict[str, int]:
        """What is not zero; the books balance."""
        trial = await self.first.core.execute(GetTrialBalance(actor=self.first.admin))
        assert trial.balanced
        return {a.account: a.balance.cents for a in trial.accounts if a.balance}

    async def job(self, id: Any) -> tuple[JobStatus, EscrowStatus, list[JobStatus]]:
        """Where it is, and each state it entered."""
        view = await self.first.core.execute(GetJob(job_id=id, actor=self.first.admin))
        timeline = GetJobTimeline(job_id=id, actor=self.first.admin)
        rows = await self.first.core.execute(timeline)
        return view.status, view.escrow, [r.status for r in rows]  # type: ignore[misc]


def split(answers: list[Any]) -> tuple[list[Any], Counter[str]]:
    """Winners, and how often each refusal was given; nothing else may happen."""
    won = [a for a in answers if not isinstance(a, BaseException)]
    lost = [a for a in answers if isinstance(a, BaseException)]
    assert all(isinstance(a, DomainError) for a in lost), lost
    return won, Counter(type(a).__name__ for a in lost)


@asynccontextmanager
async def opened(manner: str, folder: Path, **settings: Any) -> AsyncIterator[Houses]:
    """Houses in one of MANNERS."""
    backend, number = manner.split()[-1], 2 if manner.startswith("two") else 1
    async with AsyncExitStack() as stack:
        where = await stack.enter_async_context(kept(backend)) | settings
        homes = [
            await stack.enter_async_context(room(backend, folder, **where)) for _ in range(number)
        ]
        yield Houses(homes)
