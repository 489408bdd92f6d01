"""What a benchmark says: lines whose limits are to be reached, medians of rounds that take turns,
and a picture of them beside their limits."""

import argparse
import logging
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import structlog

from bench.measure import line

SECONDS, ROUNDS, PEOPLE = 10, 3, 1_000_000
PLOTS = Path(__file__).parent / "plots"
LIMITS = ("tab:red", "tab:green", "tab:olive")
NAMES = {
    "ours": "ours",
    "async": "async peer",
    "seed": "the seed's way",
    "pgbench": "pgbench, the same statements",
    "bare": "bare ASGI, two bytes",
}


def options(about: str, **defaults: Any) -> argparse.ArgumentParser:
    """What every benchmark can be told."""
    told = argparse.ArgumentParser(description=about)
    told.add_argument("--people", type=int, default=PEOPLE, help="professionals in the database")
    told.add_argument("--seconds", type=int, default=SECONDS, help="of one turn")
    told.add_argument("--rounds", type=int, default=ROUNDS)
    told.set_defaults(**defaults)
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)  # what this process itself executes is not the report
    return told


def is_whole(told: argparse.ArgumentParser, given: argparse.Namespace) -> bool:
    """Whether nothing was shortened: only of such runs pictures are kept."""
    return given == told.parse_args([])


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


def named(rates: Mapping[str, float]) -> dict[str, float]:
    """Rates under the names people know their owners by, ours first."""
    return {name: rates[key] for key, name in NAMES.items() if key in rates}


class Panel(NamedTuple):
    """Bars of one question, and what the first of them is judged by, in words and in place."""

    title: str
    unit: str
    bars: Mapping[str, float]
    limits: Mapping[str, float]


class Report:
    """Says lines as they come and draws the panels at the end, if `kept`, as `plots/<name>.png`."""

    def __init__(self, name: str, kept: bool) -> None:
        self._name, self._kept = name, kept
        self._panels: list[Panel] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if raised is None and self._kept:
            draw(self._panels, self._name)

    def say(self, *lines: str) -> None:
        """What was found."""
        for one in lines:
            print(one, flush=True)

    def show(self, *panel: *tuple[str, str, Mapping[str, float], Mapping[str, float]]) -> None:
        """The same to look at."""
        self._panels.append(Panel(*panel))


def draw(panels: list[Panel], name: str) -> None:
    """One picture of them all, one under the other."""
    from matplotlib.figure import Figure

    heights = [len(panel.bars) + 2 for panel in panels]
    figure = Figure(figsize=(8, 0.36 * sum(heights)), dpi=110, layout="constrained")
    places = figure.subplots(len(panels), height_ratios=heights, squeeze=False)
    for (axes,), panel in zip(places, panels, strict=True):
        names, values = list(panel.bars), list(panel.bars.values())
        ours = [name == names[0] or name.startswith(NAMES["ours"]) for name in names]
        drawn = axes.barh(names, values, color=["tab:blue" if own else "silver" for own in ours])
        axes.bar_label(drawn, map(_number, values), padding=3)
        for (words, limit), colour in zip(panel.limits.items(), LIMITS, strict=False):
            axes.axvline(limit, color=colour, label=f"{words} ({_number(limit)})")
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_title(f"{panel.title}, {panel.unit}", loc="left", fontsize="medium", pad=18)
        above = {"loc": "lower left", "bbox_to_anchor": (0, 0.98), "ncols": len(panel.limits)}
        axes.legend(**above, frameon=False, fontsize="small")
    figure.savefig(PLOTS / f"{name}.png")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
