"""Events told one after the other at a steady rate, whatever became of those before."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import TypeVar

Event = TypeVar("Event")
LEAD_S = 1.0


async def at_pace(
    events: Mapping[str, Event], rate: int, tell: Callable[[Event], Awaitable[object]]
) -> dict[str, datetime]:
    """Tells so many a second; when each began to be told, by its name."""
    began: dict[str, datetime] = {}

    async def told(name: str, event: Event, at: float) -> None:
        await asyncio.sleep(at - perf_counter())
        began[name] = datetime.now(UTC)
        await tell(event)

    start = perf_counter() + LEAD_S
    each = enumerate(events.items())
    await asyncio.gather(*(told(*event, start + n / rate) for n, event in each))
    return began
