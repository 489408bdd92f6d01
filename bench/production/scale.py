"""How does the page of a search grow with the country? Ten thousand, a hundred thousand, a million
professionals; once as dense as a million are (the cities drawn together), once on the same ground
(so that fewer live farther apart). Plots go to `bench/production/plots/`.

What is measured is our adapter's statements, asked one after the other from points spread as people
of the capital are, for elsewhere the smallest country has no full page to find; the median of each.
The sizes take turns.
"""

import asyncio
import statistics
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import NamedTuple

from bench.measure import line
from bench.production.capture import Heard, heard
from bench.production.filling import fill
from bench.production.places import asked_from, shrunk
from bench.production.report import PLOTS, is_whole, options
from bench.production.search import FILTERS, POINTS, said
from bench.production.servers import Ground, ground
from conectar.domain.people.professional import Point

STEPS = (100, 10, 1)
"""So many times fewer than the most."""
FLAT = 1.5
SHOWN = ("none", "common trade", "rating 4.8", "500 km")
DENSITY, AREA = "constant density", "constant area"


class Country(NamedTuple):
    """One database, who asks it, and from where."""

    kind: str
    people: int
    by: Heard
    points: list[Point]


Found = dict[tuple[str, str], dict[int, float]]
"""Of each kind and filter, the milliseconds at each size."""


async def countries(on: Ground, most: int, stack: AsyncExitStack) -> list[Country]:
    """All of them; the largest is the same in both kinds if it is a million."""
    made: dict[tuple[int, float], tuple[Heard, list[Point]]] = {}
    found = []
    for kind in (DENSITY, AREA):
        for people in (most // step for step in STEPS):
            factor = shrunk(people) if kind is DENSITY else 1.0
            if (people, factor) not in made:
                url = await on.databases.made("whole")
                await fill(on, url, people, factor)
                on.vacuum(url)
                by = await stack.enter_async_context(heard(on, url))
                made[people, factor] = by, asked_from(POINTS, factor, 1.0)
            found.append(Country(kind, people, *made[people, factor]))
    return found


async def measured(everywhere: list[Country], rounds: int) -> Found:
    """Rounds that take turns, after one that does not count."""
    times: dict[tuple[str, str, int], list[float]] = {}
    for number in range(rounds + 1):
        for one in everywhere:
            for name in SHOWN:
                taken = [await said(one.by, near, **FILTERS[name]) for near in one.points]
                key = (one.kind, name, one.people)
                if number:
                    times.setdefault(key, []).extend(each.seconds * 1000 for each in taken)
    found: Found = {}
    for (kind, name, people), taken_ms in times.items():
        found.setdefault((kind, name), {})[people] = statistics.median(taken_ms)
    return found


def told(found: Found) -> None:
    """Lines; what must be flat is the page without a filter."""
    for (kind, name), sizes in found.items():
        for people, taken in sizes.items():
            print(line(f"{kind}, {name}, {people}", taken, "ms"))
        grown = max(sizes.values()) / min(sizes.values())
        limit = FLAT if name == SHOWN[0] else None
        print(line(f"{kind}, {name}: the most over the least", grown, "x", limit))


def plot(found: Found) -> None:
    """One picture a kind."""
    from matplotlib.figure import Figure

    for kind in (DENSITY, AREA):
        figure = Figure(figsize=(7, 4.2), dpi=110, layout="constrained")
        axes = figure.subplots()
        mine: Mapping[str, dict[int, float]] = {
            name: sizes for (of, name), sizes in found.items() if of == kind
        }
        for name, sizes in mine.items():
            axes.plot(list(sizes), list(sizes.values()), marker="o", label=f"filter: {name}")
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("professionals")
        axes.set_ylabel("median ms of the page's statements")
        axes.set_title(f"Search at {kind}")
        axes.legend()
        axes.grid(alpha=0.3)
        figure.savefig(PLOTS / f"search_{kind.replace(' ', '_')}.png")


async def main() -> None:
    """Everything."""
    chosen = options(__doc__ or "")
    asked = chosen.parse_args()
    with ground() as on:
        async with AsyncExitStack() as stack:
            everywhere = await countries(on, asked.people, stack)
            found = await measured(everywhere, asked.rounds)
    told(found)
    if is_whole(chosen, asked):
        plot(found)


if __name__ == "__main__":
    asyncio.run(main())
