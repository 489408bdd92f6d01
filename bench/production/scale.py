"""How does the page of a search grow with the country? Ten thousand, a hundred thousand, a million
professionals; once as dense as a million are (the cities drawn together), once on the same ground
(so that fewer live farther apart). Plots go to `bench/production/plots/`.

What is measured is our adapter's statements, asked one after the other from points spread as people
of the capital are, for elsewhere the smallest country has no full page to find; the median of each.
The sizes take turns. So are the peers' statements, without a filter and from a few of those points,
in copies of the same countries.
"""

import asyncio
import statistics
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import NamedTuple

from bench.measure import line
from bench.peers import filling as peers
from bench.production.capture import Heard, heard
from bench.production.filling import fill
from bench.production.peer_statements import peers_ms
from bench.production.places import asked_from, shrunk
from bench.production.report import NAMES, PLOTS, is_whole, options
from bench.production.search import FILTERS, POINTS, said
from bench.production.servers import Ground, ground
from conectar.domain.people.professional import Point

STEPS = (100, 10, 1)
"""So many times fewer than the most."""
FLAT = 1.5
TURNS = 5
"""A round: short turns, for an hour's noise falls on all sizes alike."""
PEERS = (NAMES["async"], NAMES["seed"])
SHOWN = ("none", "common trade", "rating 4.8", "500 km")
DENSITY, AREA = "constant density", "constant area"


class Country(NamedTuple):
    """One database, who asks it, and from where."""

    kind: str
    people: int
    by: Heard
    peers: str
    points: list[Point]


Found = dict[tuple[str, str], dict[int, float]]
"""Of each kind, and of each filter or peer, the milliseconds at each size."""


async def countries(on: Ground, most: int, stack: AsyncExitStack) -> list[Country]:
    """All of them; the largest is the same in both kinds if it is a million."""
    made: dict[tuple[int, float], tuple[Heard, str, list[Point]]] = {}
    found = []
    for kind in (DENSITY, AREA):
        for people in (most // step for step in STEPS):
            factor = shrunk(people) if kind is DENSITY else 1.0
            if (people, factor) not in made:
                url = await on.databases.made("whole")
                await fill(on, url, people, factor)
                on.vacuum(url)
                by = await stack.enter_async_context(heard(on, url))
                others = await asyncio.to_thread(copied, on, url)
                made[people, factor] = by, others, asked_from(POINTS, factor, 1.0)
            found.append(Country(kind, people, *made[people, factor]))
    return found


def copied(on: Ground, url: str) -> str:
    """The peers' database of the same country."""
    target = on.more_peers()
    peers.fill(on, url, target)
    return target


async def measured(everywhere: list[Country], rounds: int) -> Found:
    """Rounds that take turns, after one that does not count."""
    times: dict[tuple[str, str, int], list[float]] = {}
    for number in range(rounds * TURNS + 1):
        for one in everywhere:
            for name in SHOWN:
                taken = [await said(one.by, near, **FILTERS[name]) for near in one.points]
                key = (one.kind, name, one.people)
                if number:
                    times.setdefault(key, []).extend(each.seconds * 1000 for each in taken)
    for _ in range(rounds):  # apart: the peers' many pages push ours out of the server's memory
        for one in everywhere:
            for name, taken_ms in (await peers_ms(one.peers, {}, one.points)).items():
                times.setdefault((one.kind, NAMES[name], one.people), []).append(taken_ms)
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
        figure = Figure(figsize=(11, 4.2), dpi=110, layout="constrained")
        ours, beside = figure.subplots(1, 2)
        mine: Mapping[str, dict[int, float]] = {
            name: sizes for (of, name), sizes in found.items() if of == kind
        }
        flat = FLAT * min(mine[SHOWN[0]].values())
        for axes, names in ((ours, SHOWN), (beside, (SHOWN[0], *PEERS))):
            for name in names:
                label = name if name in PEERS else f"ours, filter: {name}"
                axes.plot(list(mine[name]), list(mine[name].values()), marker="o", label=label)
            axes.axhline(flat, color="tab:red", label="limit without a filter")
            axes.set_xscale("log")
            axes.set_xlabel("professionals")
            axes.grid(alpha=0.3)
            axes.legend(fontsize="small")
        ours.set_ylim(bottom=0)
        beside.set_yscale("log")
        ours.set_ylabel("median ms of the page's statements")
        figure.suptitle(f"Search at {kind}")
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
