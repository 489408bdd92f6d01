"""Loops: a piece of work done again and again, until they are told to stop."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

AFTER_FAILURE_S = 1.0

_log = structlog.stdlib.get_logger("conectar.background")


async def keep_doing(
    work: Callable[[], Awaitable[object]],
    rest: Callable[[], Awaitable[object]],
    stop: asyncio.Event,
) -> None:
    """Work, rest, work: whoever stops it waits for the piece of work under way, not for the rest.
    A failure is logged, and the next round comes as always."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            try:
                await work()
            except Exception:
                _log.exception("background work failed")
                await _unless(stopping, asyncio.sleep(AFTER_FAILURE_S))
            else:
                await _unless(stopping, rest())
    finally:
        stopping.cancel()


async def _unless(stopping: asyncio.Task[object], resting: Awaitable[object]) -> None:
    task = asyncio.ensure_future(resting)
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        task.cancel()
