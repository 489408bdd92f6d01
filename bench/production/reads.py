"""The reads people make most: a list of twenty jobs, and a public profile that is cached. How do
they stand beside a bare ASGI application on the same server, and beside the peers?

Everything is on: the token and the account behind the list, the envelope, the log. The profiles are
those of two hundred professionals, so that all but the first reads find them in the cache.

Ours keeps what it made of a job's row and makes it again when the row says something else. So the
list is asked twice: by a hundred clients who look again and again, and by a thousand, of whose jobs
a process keeps a fifth.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator

from bench.measure import line
from bench.peers import filling as peers
from bench.production.filling import LISTERS, filled, party, tokens
from bench.production.load import Script, full, lua_list, same
from bench.production.report import at_least, options, turns
from bench.production.servers import Ground, ground, ours_served, peer_served, processes
from conectar.domain.kernel.actor import Role

SHOWN, REGULARS = 200, 100
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


def compare(on: Ground, told: Namespace) -> Iterator[str]:
    """Turns between all of them, route by route."""
    workers = processes()
    with (
        ours_served(on, workers) as ours,
        peer_served(on, "bare", workers) as bare,
        peer_served(on, "seed_way", workers) as seed,
        peer_served(on, "async_peer", workers) as other,
    ):
        urls = {"ours": ours, "async": other, "seed": seed}
        again = _rates(urls, jobs(on, REGULARS), told, {"bare": (bare, same("GET", "/"))})
        anybody = _rates(urls, jobs(on, LISTERS), told, {"bare": (bare, same("GET", "/"))})
        shown = _rates(urls, profiles(), told, {"bare": (bare, same("GET", "/"))})
    yield line(f"bare ASGI, processes: {workers}", shown["bare"], "/s")
    for whose, listed in ((f"{REGULARS} clients", again), (f"{LISTERS} clients", anybody)):
        yield from _lines(f"a list of 20 jobs, {whose}", listed)
        of_peer = listed["ours"] / listed["async"]
        yield at_least(f"the list, {whose}, of the async peer", of_peer, "x", LIST_OF_THE_PEER)
    yield from _lines("a cached profile", shown)
    of_bare, of_peer = shown["ours"] / shown["bare"], shown["ours"] / shown["async"]
    yield at_least("the profile, of bare ASGI", of_bare, "x", PROFILE_OF_BARE, PROFILE_AIM)
    yield at_least("the profile, of the async peer", of_peer, "x", PROFILE_OF_THE_PEER)


def _rates(
    urls: dict[str, str], script: Script, told: Namespace, more: dict[str, tuple[str, Script]]
) -> dict[str, float]:
    def work(url: str, asked: Script) -> Callable[[], float]:
        return lambda: full(url, asked, told.seconds).rate

    asks = {name: (url, script) for name, url in urls.items()} | more
    return turns({name: work(*ask) for name, ask in asks.items()}, told.rounds)


def _lines(what: str, rates: dict[str, float]) -> Iterator[str]:
    names = {"ours": "ours", "async": "async peer", "seed": "the seed's way"}
    for key, name in names.items():
        told = f"/s  {rates[key] / rates['bare']:.3f} of bare"
        yield line(f"{what}, {name}", rates[key], told)


def main() -> None:
    """Everything."""
    told = options(__doc__ or "").parse_args()
    with ground() as on:
        filled(on, told.people)
        peers.fill(on)
        for said in compare(on, told):
            print(said)


if __name__ == "__main__":
    main()
