"""Load from a compiled client, `wrk`; its requests are made by Lua scripts written here."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple, Self

THREADS, CONNECTIONS = 2, 16
SELDOM_S, SILENT_MS = 0.3, 4000
NO_WRK = "wrk is missing; run: apt-get update && apt-get install --yes wrk"
SETUP = """
local counter = 0
function setup(thread)
  thread:set("id", counter)
  counter = counter + 1
end
"""
DONE = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests":%d,"us":%d,"bad":%d,"lost":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""
PACED = """
function delay()
  return math.floor(math.min({longest}, -{mean} * math.log(1 - math.random())))
end
"""


class Load(NamedTuple):
    """What came of it: answers a second, how long one took, in milliseconds, and which part of the
    processors' work somebody else's machine took away meanwhile."""

    rate: float
    p50: float
    p99: float
    stolen: float


class Ticks(NamedTuple):
    """Of all processors, as Linux counts them: not idle, and given to other machines."""

    busy: int
    stolen: int

    @classmethod
    def now(cls) -> Self:
        """Since the start of this machine (proc(5), the first line of /proc/stat)."""
        user, nice, system, _, _, irq, softirq, stolen, *_ = map(
            int, Path("/proc/stat").read_text().split()[1:11]
        )
        return cls(user + nice + system + irq + softirq + stolen, stolen)

    def stolen_since(self, then: Self) -> float:
        """Of what was busy."""
        return (self.stolen - then.stolen) / max(1, self.busy - then.busy)


@dataclass(frozen=True)
class Script:
    """What is asked. `start` runs once a thread, where `id` is its number; `request` is the body of
    the function that makes each request."""

    start: str
    request: str

    def text(self, mean_delay_ms: float | None = None) -> str:
        """As wrk reads it; with a mean delay it asks at random moments."""
        paced = "" if mean_delay_ms is None else PACED.format(mean=mean_delay_ms, longest=SILENT_MS)
        seeded = "  math.randomseed(os.time() * 8 + id)\n"
        begin = f"function init(args)\n{seeded}{self.start}\nend\n"
        ask = f"function request()\n{self.request}\nend\n"
        return SETUP + begin + ask + paced + DONE


def lua(text: str) -> str:
    """A string as Lua writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def lua_list(items: Sequence[str]) -> str:
    """Strings as a Lua table."""
    return "{" + ",".join(map(lua, items)) + "}"


def same(method: str, path: str, headers: dict[str, str] | None = None) -> Script:
    """The same request each time."""
    told = "".join(f"[{lua(k)}]={lua(v)}," for k, v in (headers or {}).items())
    start = f"  made = wrk.format({lua(method)}, {lua(path)}, {{{told}}})"
    return Script(start, "  return made")


def full(url: str, script: Script, seconds: int) -> Load:
    """As much as it bears. Raises if anything but a success came back."""
    return _run(url, script.text(), seconds, CONNECTIONS)


def at_rate(url: str, script: Script, rate: float, seconds: int) -> Load:
    """About so many requests a second, at random moments that hardly depend on the answers: each of
    many connections asks so seldom that a late answer holds back next to nothing. None is silent
    for so long that a server would close it."""
    connections = max(2 * THREADS, round(rate * SELDOM_S))
    return _run(url, script.text(connections / rate * 1000), seconds, connections)


def _run(url: str, text: str, seconds: int, connections: int) -> Load:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit(NO_WRK)
    with NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(text)
        file.flush()
        how = (f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s")
        command, then = [wrk, *how, "-s", str(Path(file.name)), url], Ticks.now()
        told = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=seconds + 60
        )
    results = [one for one in told.stdout.splitlines() if one.startswith("RESULT ")]
    if not results:
        raise RuntimeError(f"wrk: {told.stdout}{told.stderr}")
    found = json.loads(results[0].removeprefix("RESULT "))
    if found["bad"] or found["lost"] or not found["requests"]:
        raise RuntimeError(f"wrk {url}: not every request succeeded: {found}")
    rate = found["requests"] / found["us"] * 1e6
    stolen = Ticks.now().stolen_since(then)
    return Load(rate, found["p50"] / 1000, found["p99"] / 1000, stolen)
