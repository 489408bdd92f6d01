"""The reads people make most: a list of twenty jobs, and a public profile that is cached. How do
they stand beside a bare ASGI application on the same server, and beside the peers?

Everything is on: the token and the account behind the list, the envelope, the log. The profiles are
those of two hundred professionals, so that all but the first reads find them in the cache.

Ours keeps what it made of a job's row and makes it again when the row says something else. So the
list is asked twice: by a hundred clients and by a thousand, who look at twenty thousand jobs, some
two thirds of what a process keeps.
"""

from argparse import Namespace
from collections.abc import Callable, Mapping

from bench.measure import line
from bench.peers import filling as peers
from bench.production.filling import LISTERS, filled, party, tokens
from bench.production.load import Script, full, lua_list, same
from bench.production.report import Report, at_least, is_whole, named, options, turns
from bench.production.servers import PROCESSES, Ground, ground, ours_served, peer_served
from conectar.domain.kernel.actor import Role

SHOWN, REGULARS = 200, 100
SECONDS, ROUNDS = 2, 15
"""Short turns, for an hour's noise falls on everybody alike, and each begins with new connections,
which two processes share by luck: thirteen of sixteen with one of them cost a fifth."""
LIST_OF_THE_PEER = 5.0
PROFILE_OF_BARE, PROFILE_AIM, PROFILE_OF_THE_PEER = 0.3, 0.5, 3.0


def jobs(on: Ground, listers: int) -> Script:
    """Twenty jobs of one client after the other, of so many."""
    bearers = tokens(on, Role.CLIENT)[:listers]
    start = f"""  bearers = {lua_list(bearers)}
  asked = {{}}
  for i, bearer in ipairs(bearers) do
    local headers = {{["Authorization"] = "Bearer " .. bearer}}
    asked[i] = wrk.format("GET", "/api/v1/trabajos?limit=20", headers)
  end"""
    return Script(start, "  return asked[math.random(#asked)]")


def profiles() -> Script:
    """A public profile after the other."""
    ids = [str(party(Role.PROFESSIONAL, number)) for number in range(SHOWN)]
    start = f"""  asked = {{}}
  for i, one in ipairs({lua_list(ids)}) do
    asked[i] = wrk.format("GET", "/api/v1/public/professional/" .. one)
  end"""
    return Script(start, "  return asked[math.random(#asked)]")


def compare(on: Ground, told: Namespace, report: Report) -> None:
    """Turns between all of them, route by route."""
    with (
        ours_served(on, PROCESSES) as ours,
        peer_served(on, "bare", PROCESSES) as bare,
        peer_served(on, "seed_way", PROCESSES) as seed,
        peer_served(on, "async_peer", PROCESSES) as other,
    ):
        urls = {"ours": ours, "async": other, "seed": seed}
        lists = {
            many: _rates({name: (url, jobs(on, many)) for name, url in urls.items()}, told)
            for many in (REGULARS, LISTERS)
        }
        asks = {name: (url, profiles()) for name, url in urls.items()}
        shown = _rates(asks | {"bare": (bare, same("GET", "/"))}, told)
    for many, rates in lists.items():
        _tell(f"A list of 20 jobs, {many} clients", rates, LIST_OF_THE_PEER, {}, report)
    of_bare = {f"{part:g} of bare": part * shown["bare"] for part in (PROFILE_OF_BARE, PROFILE_AIM)}
    _tell("A cached profile", shown, PROFILE_OF_THE_PEER, of_bare, report)
    reached = shown["ours"] / shown["bare"]
    report.say(at_least("of bare ASGI", reached, "x", PROFILE_OF_BARE, PROFILE_AIM))


def _rates(asks: dict[str, tuple[str, Script]], told: Namespace) -> dict[str, float]:
    def work(url: str, asked: Script) -> Callable[[], float]:
        return lambda: full(url, asked, told.seconds).rate

    return turns({name: work(*ask) for name, ask in asks.items()}, told.rounds)


def _tell(
    what: str,
    rates: dict[str, float],
    of_the_peer: float,
    more: Mapping[str, float],
    report: Report,
) -> None:
    report.say(*(line(f"{what}, {name}", rate, "/s") for name, rate in named(rates).items()))
    report.say(at_least("of the async peer", rates["ours"] / rates["async"], "x", of_the_peer))
    limits = {f"{of_the_peer:g} times the async peer": of_the_peer * rates["async"]}
    report.show(what, "a second", named(rates), limits | more)


def main() -> None:
    """Everything."""
    told = options(__doc__ or "", people=100_000, seconds=SECONDS, rounds=ROUNDS)
    given = told.parse_args()
    with ground() as on, Report("reads", is_whole(told, given)) as report:
        filled(on, given.people)
        peers.fill(on)
        compare(on, given, report)


if __name__ == "__main__":
    main()
