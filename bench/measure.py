"""How anything here is measured: rounds that take turns, medians, ratios of one run."""

import gc
import statistics
from collections.abc import Awaitable, Callable
from time import perf_counter

ROUNDS = 7


async def in_turns(
    works: dict[str, Callable[[], Awaitable[object]]], times: int, rounds: int = ROUNDS
) -> dict[str, float]:
    """The median seconds of one call of each work. They take turns, round by round, so that
    whatever else the machine does falls on all of them."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            started = perf_counter()
            for _ in range(times):
                await work()
            found[name].append((perf_counter() - started) / times)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def line(what: str, value: float, unit: str, limit: float | None = None) -> str:
    """One line of a report; the limit is what it may at most be."""
    verdict = "" if limit is None else f"   limit {limit:g} {'ok' if value <= limit else 'MISSED'}"
    return f"{what:<52}{value:>12.2f} {unit}{verdict}"
