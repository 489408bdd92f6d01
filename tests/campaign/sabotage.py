"""Parts that may be taken out of a program, to see what the others make of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from conectar.adapters.outbound.redis.queue import PatientJobs
from conectar.adapters.outbound.sql.outbox import Outbox
from conectar.application.payments import run_refund
from conectar.domain.kernel.ids import RefundKey

VARIABLE = "CAMPAIGN_SABOTAGE"


def _happens_again() -> None:
    """Whoever carries a delivery out locks nothing and does not look whether it happened. It takes
    longer than a lease, so that another one has it, too."""

    async def pending(*_: Any) -> bool:
        await asyncio.sleep(1)
        return True

    Outbox.pending = pending  # type: ignore[method-assign]


def _claimed_for_ever() -> None:
    """A delivery whose worker died stays his."""
    claim = Outbox.claim

    async def greedy(self: Any, at: Any, until: Any, *args: Any) -> Any:
        return await claim(self, at, until + timedelta(days=365), *args)

    Outbox.claim = greedy  # type: ignore[method-assign]


def _another_key() -> None:
    """Each call of a refund is a new one for the gateway, and nobody reads back first."""

    async def gateway_id(self: Any, refund: Any) -> str:
        amount = None if refund.whole else refund.amount
        return str(await self._gateway.refund(RefundKey(str(uuid4())), refund.payment_id, amount))

    run_refund.RunRefundHandler._gateway_id = gateway_id  # type: ignore[method-assign]


def _takes_no_jobs() -> None:
    """A worker that puts jobs into the queue, and takes none."""

    async def dequeue(*_: Any, **__: Any) -> None:
        await asyncio.sleep(0.5)

    PatientJobs.dequeue = dequeue  # type: ignore[assignment,method-assign]


WAYS: dict[str, Callable[[], None]] = {
    "happens_again": _happens_again,
    "claimed_for_ever": _claimed_for_ever,
    "another_key": _another_key,
    "takes_no_jobs": _takes_no_jobs,
}


def commit(name: str | None) -> None:
    """Takes one out, if one is named."""
    if name:
        WAYS[name]()
