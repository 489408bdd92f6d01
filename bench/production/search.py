"""Search over a million professionals, the total included, nothing cached: how do our server
processes stand beside pgbench running the statements that our adapter says, and beside the peers?
How long does one take at half the load? Which filters are the worst?

Everybody gets as many processes as ours has. Each request and each transaction asks from a point
that does not come again, spread as people are; filters are asked again from outside the capital.
"""

import asyncio
import statistics
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.measure import line
from bench.peers import filling as peers
from bench.production import replay
from bench.production.capture import Heard, Transaction, heard
from bench.production.filling import filled
from bench.production.load import Load, Script, at_rate, full
from bench.production.peer_statements import peers_ms
from bench.production.places import asked_from, outside
from bench.production.report import NAMES, Report, at_least, is_whole, named, options, turns
from bench.production.servers import PROCESSES, Ground, ground, ours_served, peer_served
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.search import SearchOrder
from conectar.application.queries.search import Search
from conectar.domain.kernel.money import Money
from conectar.domain.people.professional import Point

POINTS, WARM, TIMES = 64, 5, 11
TRIES, QUIET = 4, 0.005
"""So often the rounds are tried until as many had less than this part stolen."""
OF_THE_LIMIT, P99_MS, WORST_MS = 0.4, 25, 15
COMMON, RARE = TRADES[0].name, TRADES[-1].name
Filter = Mapping[str, Any]
FILTERS: Mapping[str, Filter] = {
    "none": {},
    "common trade": {"trade": COMMON},
    "rare trade": {"trade": RARE},
    "available": {"available": True},
    "rating 4.8": {"rating_min": 4.8},
    "cheap": {"price_max": Money(2_500_00)},
    "dear": {"price_min": Money(19_500_00)},
    "narrow price": {"price_min": Money(9_900_00), "price_max": Money(10_000_00)},
    "common trade, rating 5, 500 km": {
        "trade": COMMON,
        "rating_min": 5.0,
        "radius_km": 500.0,
    },
    "common trade, cheap, 500 km": {
        "trade": COMMON,
        "price_max": Money(2_500_00),
        "radius_km": 500.0,
    },
    "common trade, narrow price, 500 km": {
        "trade": COMMON,
        "price_min": Money(9_900_00),
        "price_max": Money(10_000_00),
        "radius_km": 500.0,
    },
    "500 km": {"radius_km": 500.0},
    "500 km beyond reach": {"radius_km": 500.0, "beyond_reach": True},
    "by rating": {"order": SearchOrder.RATING},
    "by price": {"order": SearchOrder.PRICE},
    "by price, 500 km, rare trade": {
        "order": SearchOrder.PRICE,
        "radius_km": 500.0,
        "trade": RARE,
    },
    "common trade, 4.8, cheap, available": {
        "trade": COMMON,
        "rating_min": 4.8,
        "price_max": Money(4_000_00),
        "available": True,
    },
    "rare trade, 5, dear, 500 km": {
        "trade": RARE,
        "rating_min": 5.0,
        "price_min": Money(19_000_00),
        "radius_km": 500.0,
    },
    "page of 100 from 100": {"page": Page(100, 100)},
}
BASE = Search(
    near=Point(0.0, 0.0),
    radius_km=10.0,
    trade=None,
    rating_min=None,
    price_min=None,
    price_max=None,
    available=None,
    beyond_reach=False,
    order=SearchOrder.DISTANCE,
    page=Page(0, 20),
)


async def said(by: Heard, near: Point, **asked: Any) -> Transaction:
    """What one search says to the database."""
    by.recorder.take()
    await by.core.execute(replace(BASE, near=near, **asked))
    return by.recorder.take()[-1]


async def captured(on: Ground) -> replay.Scripted:
    """Searches from some points and from beside them, as one script."""
    async with heard(on) as by:
        searches = [
            (
                await said(by, near),
                await said(by, replay.moved(near, north=1)),
                await said(by, replay.moved(near, east=1)),
            )
            for near in asked_from(POINTS)
        ]
    return replay.stream(searches)


async def statement_ms(by: Heard, points: list[Point], asked: Filter) -> float:
    """The median time of a search's statements from these points, some of them asked before."""
    for near in points[:WARM]:
        await said(by, near, **asked)
    taken = [(await said(by, near, **asked)).seconds * 1000 for near in points]
    return statistics.median(taken)


async def worst(on: Ground, report: Report) -> None:
    """A line for each filter; the slowest counts, and is that of the peers' lines."""
    points = asked_from(POINTS)
    async with heard(on) as by:
        ours = {name: await statement_ms(by, points, asked) for name, asked in FILTERS.items()}
    theirs = {name: await peers_ms(on.peers, asked, points) for name, asked in FILTERS.items()}
    slowest = dict(sorted(ours.items(), key=lambda one: one[1], reverse=True))
    for name, taken in slowest.items():
        peers = ", ".join(f"{NAMES[peer]} {ms:.1f}" for peer, ms in theirs[name].items())
        report.say(line(f"statement, {name}", taken, f"ms  {peers}"))
    name, taken = next(iter(slowest.items()))
    report.say(line(f"the worst filter, {name}", taken, "ms", WORST_MS))
    report.show("Statements of one search, by filter", "median ms", slowest, {"limit": WORST_MS})
    both = named({"ours": taken, **theirs[name]})
    report.show(f"The worst of them, {name}", "median ms", both, {"limit": WORST_MS})


async def worst_outside(on: Ground, report: Report) -> None:
    """A line for each filter, as wide as can be asked, from the worst point outside the capital."""
    async with heard(on) as by:
        taken = {
            name: max(
                [
                    await statement_ms(by, [near] * TIMES, {**asked, "radius_km": 500.0})
                    for near in outside()
                ]
            )
            for name, asked in FILTERS.items()
        }
    slowest = dict(sorted(taken.items(), key=lambda one: one[1], reverse=True))
    for name, ms in slowest.items():
        report.say(line(f"outside the capital, {name}", ms, "ms"))
    name, ms = next(iter(slowest.items()))
    report.say(line(f"the worst from outside, {name}", ms, "ms", WORST_MS))
    title = "As wide as can be, from the worst point outside the capital"
    report.show(title, "median ms", slowest, {"limit": WORST_MS})


def script() -> Script:
    """A search from a point that does not come again."""
    points = ",".join(f"{{{p.latitude!r},{p.longitude!r}}}" for p in asked_from(POINTS))
    start = f"  points = {{{points}}}\n"
    start += '  headers = {["Content-Type"] = "application/json"}'
    aside = f"(math.random() * 2 - 1) * {replay.JITTER_DEGREES}"
    request = f"""  local near = points[math.random(#points)]
  local body = string.format('{{"latitude":%.7f,"longitude":%.7f}}',
    near[1] + {aside}, near[2] + {aside})
  return wrk.format("POST", "/api/v1/search", headers, body)"""
    return Script(start, request)


def compare(on: Ground, told: Namespace, report: Report) -> None:
    """Turns between all of them, then ours at half its rate."""
    limit, asked = asyncio.run(captured(on)), script()
    with (
        ours_served(on, PROCESSES) as ours,
        peer_served(on, "seed_way", PROCESSES) as seed,
        peer_served(on, "async_peer", PROCESSES) as other,
    ):
        rates = turns(
            {
                "pgbench": lambda: replay.run(on, on.ours, limit, told.seconds)[0],
                "ours": lambda: full(ours, asked, told.seconds).rate,
                "seed": lambda: full(seed, asked, told.seconds).rate,
                "async": lambda: full(other, asked, told.seconds).rate,
            },
            told.rounds,
        )
        report.say(
            line("pgbench, the same statements", rates["pgbench"], "/s"),
            line(f"ours, processes: {PROCESSES}", rates["ours"], "/s"),
            at_least("ours of pgbench", rates["ours"] / rates["pgbench"], "x", OF_THE_LIMIT),
            line("async peer", rates["async"], f"/s  ours {rates['ours'] / rates['async']:.2f} x"),
            line(
                "the seed's way", rates["seed"], f"/s  ours {rates['ours'] / rates['seed']:.2f} x"
            ),
        )
        waits = {
            name: halved(NAMES[name], url, asked, rates[name] / 2, told, report)
            for name, url in {"ours": ours, "async": other, "seed": seed}.items()
        }
    rate = rates["ours"] / 2
    limits = [replay.at_rate(on, on.ours, limit, rate, told.seconds) for _ in range(told.rounds)]
    waits["pgbench"] = statistics.median(limits)
    report.say(
        line("pgbench at the rate of ours, p99", waits["pgbench"], "ms"),
        line("p99 at half the rate", waits["ours"], "ms", P99_MS),
    )
    needed = {"0.4 of pgbench": OF_THE_LIMIT * rates["pgbench"]}
    report.show("Searches of a million, nothing cached", "a second", named(rates), needed)
    report.show("p99 at half of one's own rate", "ms", named(waits), {"limit": P99_MS})


def halved(
    name: str, url: str, asked: Script, rate: float, told: Namespace, report: Report
) -> float:
    """The p99 of somebody who is asked so many times a second: the median of the rounds in which
    least was stolen. The first one does not count: before it he had nothing to do for a while."""
    at_rate(url, asked, rate, told.seconds)
    rounds: list[Load] = []
    while len(rounds) < told.rounds * TRIES and len(quiet(rounds)) < told.rounds:
        rounds.append(at_rate(url, asked, rate, told.seconds))
    for one in rounds:
        told_of = f"ms at {one.rate:.1f}/s, {one.stolen:.1%} stolen"
        report.say(line(f"{name}, p99 of a round", one.p99, told_of))
    counted = sorted(rounds, key=lambda one: one.stolen)[: told.rounds]
    middle = Load(*map(statistics.median, zip(*counted, strict=True)))
    report.say(line(f"{name} at half its rate, p50", middle.p50, f"ms, {middle.stolen:.1%} stolen"))
    return middle.p99


def quiet(rounds: list[Load]) -> list[Load]:
    """Those in which next to nothing was stolen."""
    return [one for one in rounds if one.stolen < QUIET]


def main() -> None:
    """Everything."""
    told = options(__doc__ or "")
    given = told.parse_args()
    with ground() as on, Report("search", is_whole(told, given)) as report:
        filled(on, given.people)
        peers.fill(on)
        compare(on, given, report)
        asyncio.run(worst(on, report))
        asyncio.run(worst_outside(on, report))


if __name__ == "__main__":
    main()
