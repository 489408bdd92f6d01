"""Lines of a report whose limits are to be reached, and medians of rounds that take turns."""

import argparse
import logging
import statistics
from collections.abc import Callable, Mapping

import structlog

from bench.measure import line

SECONDS, ROUNDS, PEOPLE = 10, 3, 1_000_000


def options(about: str) -> argparse.ArgumentParser:
    """What every benchmark can be told."""
    told = argparse.ArgumentParser(description=about)
    told.add_argument("--people", type=int, default=PEOPLE, help="professionals in the database")
    told.add_argument("--seconds", type=int, default=SECONDS, help="of one turn")
    told.add_argument("--rounds", type=int, default=ROUNDS)
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)  # what this process itself executes is not the report
    return told


def turns(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median rate of each work; they take turns, after one turn each that does not count."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            rate = work()
            if number:
                found[name].append(rate)
    return {name: statistics.median(rates) for name, rates in found.items()}


def at_least(what: str, value: float, unit: str, limit: float, aim: float | None = None) -> str:
    """One line of a report; the limit is what it must at least be."""
    aimed = "" if aim is None else f", aim {aim:g} {'ok' if value >= aim else 'not yet'}"
    verdict = "ok" if value >= limit else "MISSED"
    return f"{line(what, value, unit)}   limit at least {limit:g} {verdict}{aimed}"
