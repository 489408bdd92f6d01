"""Accepting an offer over HTTP: the token and the account behind it, the idempotency key, the lock,
the job, the timeline, the outbox with its deliveries, under every trigger and with every commit
synced. How does it stand beside pgbench saying the statements of one such request in one
transaction, and beside the peers?

Every request and every transaction accepts an offer of its own, between a client and a professional
whom nobody else touches at that moment. Afterwards the jobs are counted.
"""

import asyncio
import subprocess
from argparse import Namespace

from bench.measure import line
from bench.peers import filling as peers
from bench.production import replay
from bench.production.capture import Heard, Transaction, heard
from bench.production.filling import (
    KINDS,
    PARTIES,
    filled,
    numbered,
    party,
    session,
    tokens,
)
from bench.production.load import CONNECTIONS, THREADS, Script, full, lua_list
from bench.production.report import Report, at_least, is_whole, named, options, turns
from bench.production.servers import PROCESSES, Ground, ground, ours_served, peer_served
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.once import Once
from conectar.application.queries.people import Authenticate
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import OfferId

OF_THE_LIMIT, AIM, OF_THE_PEER = 0.25, 0.35, 2.0
APART = 62
"""Clients of one turn begin with offers of different parties."""
CAPTURES = 2 * PARTIES
"""The first offers are left to be captured."""
A_SECOND = {"pgbench": 3000, "http": 1500}
"""More than anybody can accept on two cores."""
NEXT = ("\\set i :i + 1", "\\set n :first + :client_id * :each + :i")
"""How a client of pgbench comes to the number of its next offer."""


def share(of: str, among: int, seconds: int) -> int:
    """How many offers each client of a turn gets."""
    return -(-A_SECOND[of] * seconds // among // PARTIES) * PARTIES + APART


class Offers:
    """Hands out numbers of offers that nobody has accepted yet."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def first(self, database: str, count: int) -> int:
        """The first of so many in a database."""
        start = self._next.get(database, CAPTURES)
        self._next[database] = start + count
        return start


def enough(told: Namespace) -> int:
    """How many offers all turns can take in the database where pgbench and we take ours."""
    turn = CONNECTIONS * share("pgbench", CONNECTIONS, told.seconds)
    turn += 2 * THREADS * share("http", THREADS, told.seconds)
    return CAPTURES + turn * (told.rounds + 1)


# -- pgbench -----------------------------------------------------------------------------------


async def one(by: Heard, number: int, token: str) -> list[Transaction]:
    """What one request says to the database."""
    by.recorder.take()
    caller = await by.core.execute(Authenticate(access_token=token))
    command = AcceptOffer(
        offer_id=OfferId(numbered("offer", number)), version=None, actor=caller.actor
    )
    await by.core.execute_once(command, Once(f"bench-{number:012d}", '{"language":"es"}'))
    return by.recorder.take()


async def captured(on: Ground) -> replay.Scripted:
    """One request as a script, which accepts the next offer of its client each time."""
    bearers = tokens(on, Role.PROFESSIONAL)
    async with heard(on) as by:
        for number in range(10, 20):  # statements of the first connections are not those of all
            await one(by, number, bearers[number])
        first, second = [await one(by, number, bearers[number]) for number in (20, 21)]
    number = 20
    id, whose = replay.made_id, f"(:n % {PARTIES})"
    known = {
        numbered("offer", number): id(KINDS["offer"]),
        party(Role.CLIENT, number): id(KINDS["client"], whose),
        party(Role.PROFESSIONAL, number): id(KINDS["professional"], whose),
        session(Role.PROFESSIONAL, number): id(KINDS["session"], whose),
        f"bench-{number:012d}": "('bench-' || lpad(:n::text, 12, '0'))",
    }
    named = {str(word): said for word, said in known.items()}
    return replay.renewed(first, second, named, NEXT)


def accepted_by_pgbench(on: Ground, script: replay.Scripted, offers: Offers, seconds: int) -> float:
    """Transactions a second. Raises unless each left a job; what was under way when the time was up
    may be done and not counted."""
    each = share("pgbench", CONNECTIONS, seconds)
    start, before = offers.first("ours", each * CONNECTIONS), jobs(on, on.ours, "trabajos")
    script.constants |= {"i": "-1", "first": str(start), "each": str(each)}
    rate, done = replay.run(on, on.ours, script, seconds)
    made = jobs(on, on.ours, "trabajos") - before
    if not done <= made <= done + CONNECTIONS:
        raise RuntimeError(f"pgbench: {done} transactions left {made} jobs")
    return rate


def jobs(on: Ground, url: str, table: str) -> int:
    """How many there are."""
    psql = [on.program("psql"), "-qAt", *on.libpq(on.owner(url))]
    told = subprocess.run(
        [*psql, "-c", f"SELECT count(*) FROM {table}"], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


# -- HTTP --------------------------------------------------------------------------------------


def script(bearers: list[str], start: int, each: int) -> Script:
    """Accepts one offer after the other; each thread has its own."""
    begin = f"""  bearers = {lua_list(bearers)}
  number = {start} + id * {each}"""
    prefix = str(numbered("offer", 0))[:-12]
    request = f"""  local headers = {{
    ["Authorization"] = "Bearer " .. bearers[number % {PARTIES} + 1],
    ["Idempotency-Key"] = string.format("bench-%012d", number),
    ["Content-Type"] = "application/json"}}
  local path = string.format("/api/v1/ofertas/{prefix}%012d/accept", number)
  number = number + 1
  return wrk.format("POST", path, headers, "{{}}")"""
    return Script(begin, request)


def accepted(url: str, bearers: list[str], offers: Offers, whose: str, seconds: int) -> float:
    """Accepted offers a second."""
    each = share("http", THREADS, seconds)
    start = offers.first(whose, each * THREADS)
    return full(url, script(bearers, start, each), seconds).rate


def compare(on: Ground, told: Namespace, report: Report) -> None:
    """Turns between pgbench and all our processes; then between one process of ours and one of each
    peer. The peers share a database and take offers of their own."""
    limit, bearers = asyncio.run(captured(on)), tokens(on, Role.PROFESSIONAL)
    offers, seconds = Offers(), told.seconds
    with ours_served(on, PROCESSES) as ours:
        rates = turns(
            {
                "pgbench": lambda: accepted_by_pgbench(on, limit, offers, seconds),
                "ours": lambda: accepted(ours, bearers, offers, "ours", seconds),
            },
            told.rounds,
        )
    statements = sum(one.endswith(";") for one in limit.lines)
    report.say(
        line(f"pgbench, {statements} statements", rates["pgbench"], "/s"),
        line(f"ours, processes: {PROCESSES}", rates["ours"], "/s"),
        at_least("ours of pgbench", rates["ours"] / rates["pgbench"], "x", OF_THE_LIMIT, AIM),
    )
    needed = {f"{part:g} of pgbench": part * rates["pgbench"] for part in (OF_THE_LIMIT, AIM)}
    report.show(f"Accepted offers, processes: {PROCESSES}", "a second", named(rates), needed)
    with (
        ours_served(on, 1) as ours,
        peer_served(on, "async_peer", 1) as other,
        peer_served(on, "seed_way", 1) as seed,
    ):
        rates = turns(
            {
                "ours": lambda: accepted(ours, bearers, offers, "ours", seconds),
                "async": lambda: accepted(other, bearers, offers, "peers", seconds),
                "seed": lambda: accepted(seed, bearers, offers, "peers", seconds),
            },
            told.rounds,
        )
    times = {name: rates["ours"] / rates[name] for name in ("async", "seed")}
    report.say(
        line("one process of ours", rates["ours"], "/s"),
        line("one of the async peer", rates["async"], "/s"),
        at_least("ours of the async peer", times["async"], "x", OF_THE_PEER),
        line("one of the seed's way", rates["seed"], f"/s  ours {times['seed']:.2f} x"),
    )
    needed = {"twice the async peer": OF_THE_PEER * rates["async"]}
    report.show("Accepted offers, one process", "a second", named(rates), needed)


def main() -> None:
    """Everything."""
    told = options(__doc__ or "", people=100_000)
    given = told.parse_args()
    with ground() as on, Report("accept", is_whole(told, given)) as report:
        filled(on, given.people, enough(given))
        peers.fill(on)
        compare(on, given, report)


if __name__ == "__main__":
    main()
