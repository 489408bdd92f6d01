"""What was captured, as scripts for pgbench: the same statements with the same parameters, each
prepared, between the same beginning and end. pgbench is the limit: a client in C that does nothing
else.

A parameter that differs from one piece of work to the next becomes an expression over pgbench's
variables; one that doesn't is handed over as it was.
"""

import os
import re
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.production.capture import Said, Transaction
from bench.production.load import CONNECTIONS, THREADS
from bench.production.places import Point
from bench.production.servers import Ground
from conectar.adapters.outbound.sql.engine import PLANS

MARK = re.compile(r"\$(\d+)(?![0-9])")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
PROCESSED = re.compile(r"actually processed: (\d+)")
JITTER_DEGREES = 0.02
"""Searches are asked within so much of a captured point."""


class Scripted:
    """A script and the constants it is started with."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, str] = {}

    def constant(self, value: Any) -> str:
        """A variable that holds a value as it was; nothing for none."""
        if value is None:
            return "NULL"
        text = _text(value)
        name = next((n for n, known in self.constants.items() if known == text), None)
        if name is None:
            name = f"c{len(self.constants)}"
            self.constants[name] = text
        return f":{name}"

    def say(self, said: Said, spelled: Callable[[int, Any], str]) -> None:
        """One statement, each of its parameters as it is spelled."""
        given = said.parameters

        def parameter(found: re.Match[str]) -> str:
            position = int(found.group(1)) - 1
            return spelled(position, given[position])

        self.lines.append(" ".join(MARK.sub(parameter, said.text).split()) + ";")

    def write(self, file: Path) -> None:
        """The script."""
        file.write_text("\n".join(self.lines) + "\n")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def run(on: Ground, url: str, scripted: Scripted, seconds: int) -> tuple[float, int]:
    """Transactions a second, and how many there were. Raises if one failed."""
    told = _pgbench(on, url, scripted, seconds)
    rate, done = TPS.search(told), PROCESSED.search(told)
    if not rate or not done:
        raise RuntimeError(f"pgbench: {told[-1000:]}")
    return float(rate.group(1)), int(done.group(1))


def at_rate(on: Ground, url: str, scripted: Scripted, rate: float, seconds: int) -> float:
    """The p99 of transactions that begin at so many random moments a second, in milliseconds; who
    has to wait for a free connection waits, too."""
    log = on.folder / "transactions"
    _pgbench(on, url, scripted, seconds, "-R", f"{rate:.1f}", "-l", f"--log-prefix={log}")
    files = list(on.folder.glob(f"{log.name}.*"))
    waits = [int(one.split()[2]) / 1000 for file in files for one in file.open()]
    for file in files:
        file.unlink()
    return statistics.quantiles(waits, n=100)[-1]


def _pgbench(on: Ground, url: str, scripted: Scripted, seconds: int, *more: str) -> str:
    """What it tells."""
    file = on.folder / "script.sql"
    scripted.write(file)
    plans = " ".join(f"-c {name}={value}" for name, value in PLANS.items())
    constants = [part for item in scripted.constants.items() for part in ("-D", "=".join(item))]
    clients = ("-c", str(CONNECTIONS), "-j", str(THREADS), "-T", str(seconds), *more)
    command = [on.program("pgbench"), "-n", "-M", "prepared", *clients, "-f", str(file)]
    told = subprocess.run(
        [*command, *constants, *on.libpq(url)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": plans},
        timeout=seconds + 60,
    )
    if told.returncode:
        raise RuntimeError(f"pgbench: {told.stdout[-1000:]}{told.stderr[-2000:]}")
    return told.stdout


# -- searches: the same statements, from other points ------------------------------------------


def moved(point: Point, north: float = 0.0, east: float = 0.0) -> Point:
    """A little aside."""
    return Point(point.latitude + north * JITTER_DEGREES, point.longitude + east * JITTER_DEGREES)


def stream(searches: Sequence[tuple[Transaction, Transaction, Transaction]]) -> Scripted:
    """Each search was captured from a point, from a step north of it and from a step east. Every
    parameter that depends on the point is followed between them in a straight line, so that
    pgbench asks from points that never repeat."""
    first = searches[0][0]
    texts = [said.text for said in first.said]
    same = [one for one in searches if all([s.text for s in t.said] == texts for t in one)]
    scripted = Scripted()
    scripted.lines += [
        f"\\set n random(1, {len(same)})",
        "\\set u random(-1000000, 1000000) / 1000000.0",
        "\\set v random(-1000000, 1000000) / 1000000.0",
        *([f"{first.begin};"] if first.begin else []),
    ]
    variables: dict[tuple[Any, ...], str] = {}
    for number, said in enumerate(first.said):

        def spelled(position: int, value: Any, number: int = number) -> str:
            values = [tuple(t.said[number].parameters[position] for t in three) for three in same]
            if not isinstance(value, float) or len({v for three in values for v in three}) == 1:
                return scripted.constant(value)
            return f":{variables.setdefault(tuple(values), f'p{len(variables)}')}"

        scripted.say(said, spelled)
    if first.begin:
        scripted.lines.append("ROLLBACK;")
    scripted.lines[3:3] = [_line(name, values) for values, name in variables.items()]
    return scripted


def _line(name: str, values: Sequence[tuple[float, float, float]]) -> str:
    """`\\set` of a value between the points that were captured."""
    base = _chosen([here for here, _, _ in values])
    north = _chosen([there - here for here, there, _ in values])
    east = _chosen([there - here for here, _, there in values])
    return f"\\set {name} ({base}) + :u * ({north}) + :v * ({east})"


def _chosen(values: Sequence[float], start: int = 1) -> str:
    """The n-th of some numbers, by halves."""
    if len(set(values)) == 1:
        return f"({values[0]!r})"
    half = len(values) // 2
    low, high = _chosen(values[:half], start), _chosen(values[half:], start + half)
    return f"case when :n < {start + half} then {low} else {high} end"


# -- commands: the same statements, each time about another thing --------------------------------


def renewed(
    one: Sequence[Transaction],
    other: Sequence[Transaction],
    named: Mapping[str, str],
    prelude: Sequence[str],
) -> Scripted:
    """Two captures of the same work about two things. What is the same in both stays; what is
    `named` in the first is the expression given for it; any other id is a new one, made from `:n`;
    the rest (moments, answers) stays as it was. All statements in one transaction."""
    said, others = ([s for t in ts for s in t.said] for ts in (one, other))
    assert [s.text for s in said] == [s.text for s in others], "the same work says the same"
    scripted = Scripted()
    fresh: dict[str, str] = {}
    scripted.lines += [*prelude, "BEGIN;"]
    for here, there in zip(said, others, strict=True):

        def spelled(position: int, value: Any, there: Said = there) -> str:
            word = str(value)
            if word in named:
                return named[word]
            if ID.fullmatch(word) and word != str(there.parameters[position]):
                return fresh.setdefault(word, made_id(f"0190b0c1e000700080{len(fresh):02d}"))
            return scripted.constant(value)

        scripted.say(here, spelled)
    scripted.lines.append("COMMIT;")
    return scripted


def made_id(prefix: str, number: str = ":n") -> str:
    """An id in SQL: as `filling.numbered` makes it."""
    return f"('{prefix}' || lpad({number}::text, 12, '0'))::uuid"
