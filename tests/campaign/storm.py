"""A campaign: people at work, a storm around them, and then the calm."""

import random
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from time import monotonic, sleep
from typing import Any

import httpx

from tests.campaign.customers import Customer, Story, Weather
from tests.campaign.place import APIS, POLL_S, WORKERS, Place, answers
from tests.campaign.points import DRAINS, OFTEN, POINTS
from tests.http.api import Api
from tests.http.person import Person, eventually, good
from tests.http.wallet import CBU

CLIENTS, PROFESSIONALS, HANDS = 3, 3, 6
AT_ONCE, OFTEN_AT_ONCE = 12, 3
"""So many points are armed at a time, and so many of those where somebody passes at once."""
FLUSH_S, REDIS_S, POSTGRESQL_S = 4.0, (20.0, 40.0), (25.0, 50.0)
NUDGE_S = 12.0
OUTSTANDING = ("CREADO", "ENVIADO", "DESCONOCIDO", "MANUAL")
"""Refunds that have not arrived."""
QUIET_S = 2 * POLL_S
"""So long after the last person did his last thing everything has come to rest; what only waits for
the clock to approve it has until that, and then as long again."""


@dataclass
class Campaign:
    """What happened, and what was seen afterwards."""

    seed: int
    planned: int
    stories: list[Story] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    never: list[str] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    """Calls of the gateway that went wrong while it lied, by how."""
    calls: int = 0
    """All that it had meanwhile."""
    dropped: int = 0
    """Notices that it never sent."""
    gave_up: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    last: str = ""
    """What was waited for in the end."""

    def note(self, seen: Any) -> None:
        """What the gateway did, by its own account."""
        self.calls = len(seen["llamadas"])
        self.struck.update(call["fallo"] for call in seen["llamadas"] if call["fallo"])
        self.dropped = sum(each["status"] == "dropped" for each in seen["webhooks"])

    def told(self) -> str:
        """For whoever reads the output."""
        kinds = Counter(story.kind for story in self.stories)
        took = {name: round(value, 1) for name, value in self.seconds.items()}
        lines = (
            f"seed {self.seed}: {self.fired.total()} of {self.planned} points fired, "
            f"{len(self.fired)} names; never: {self.never or 'none'}",
            f"jobs: {dict(kinds)}; overtaken {sum(s.overtaken for s in self.stories)}",
            f"storm: {dict(self.events)}",
            f"seen by clients: {dict(self.asked)}",
            f"at the gateway {self.struck.total()} of {self.calls} calls went wrong: "
            f"{dict(self.struck)}; {self.dropped} notices were never sent",
            f"seconds: {took}; waited for {self.last}",
            *(f"GAVE UP {each}" for each in self.gave_up),
            *(f"PROBLEM {each}" for each in self.problems),
        )
        return "\n".join(lines)


def plan(chance: random.Random, points: int, names: tuple[str, ...] = POINTS) -> list[str]:
    """So many points, each name as often as any other."""
    planned: list[str] = []
    while len(planned) < points:
        some = list(names)
        chance.shuffle(some)
        planned += some
    return planned[:points]


class Storm:
    """Everything that breaks, one after the other."""

    def __init__(self, place: Place, chance: random.Random, planned: list[str]) -> None:
        self._place = place
        self._chance = chance
        self._left = deque(planned)
        self._armed: dict[str, str] = {}
        self._numbers = 0
        self._next = {what: monotonic() + 3 for what in ("flush", "redis", "postgresql", "nudge")}
        self.fired: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    @property
    def over(self) -> bool:
        """Whether every point fired."""
        return not self._left and not self._armed

    @property
    def waiting(self) -> list[str]:
        """Those that did not."""
        return [*self._armed.values(), *self._left]

    def blow(self) -> None:
        """One look."""
        self._points()
        for what, every in (
            ("flush", (FLUSH_S, FLUSH_S)),
            ("redis", REDIS_S),
            ("postgresql", POSTGRESQL_S),
            ("nudge", (NUDGE_S, NUDGE_S)),
        ):
            if monotonic() > self._next[what]:
                self._next[what] = monotonic() + self._chance.uniform(*every)
                getattr(self, f"_{what}")()

    def _points(self) -> None:
        for number in [n for n in self._armed if self._place.fired(n)]:
            self.fired[self._armed.pop(number)] += 1
        for _ in range(len(self._left)):
            if len(self._armed) >= AT_ONCE:
                return
            point, armed = self._left.popleft(), self._armed.values()
            crowded = point in OFTEN and len(OFTEN.keys() & armed) >= OFTEN_AT_ONCE
            if point in armed or crowded:
                self._left.append(point)
                continue
            self._numbers += 1
            last = 1 if point in DRAINS else self._chance.randint(1, OFTEN.get(point, 2))
            self._place.arm(point, str(self._numbers), last)
            self._armed[str(self._numbers)] = point
            self._stop(point)

    def _stop(self, point: str) -> None:
        """Who is to die on his way out is told to go."""
        if kind := DRAINS.get(point):
            number = self._chance.randrange(2)
            if kind == "api" and not answers(f"{self._place.urls[number]}/health/ready"):
                return  # whoever is still coming up would go without a drain
            self._place.ask_to_stop((APIS if kind == "api" else WORKERS)[number])
            self.events["sigterm"] += 1

    def _nudge(self) -> None:
        for point in self._armed.values():
            self._stop(point)

    def _flush(self) -> None:
        self.events["flushall"] += self._place.flush()

    def _redis(self) -> None:
        self._place.redis.crash()
        sleep(self._chance.uniform(0, 1))
        self._place.redis.start()
        self.events["redis"] += 1

    def _postgresql(self) -> None:
        self._place.cluster.crash()
        sleep(self._chance.uniform(0, 0.5))
        self._place.cluster.start()
        self.events["postgresql"] += 1


def people(api: Api) -> tuple[list[Person], list[Person], Person]:
    """Registered while the weather is good."""
    clients = [api.client(nombre=f"Ana {n}") for n in range(CLIENTS)]
    professionals = [api.professional(nombre=f"Beto {n}") for n in range(PROFESSIONALS)]
    for each in professionals:
        good(each.put("/professional/me", {"payout_account": CBU}))
    return clients, professionals, api.admin


@contextmanager
def working(hands: list[Customer], stop: Event) -> Iterator[list[Future[None]]]:
    """While the block lasts; then what was begun is not waited for."""
    pool = ThreadPoolExecutor(len(hands))
    try:
        yield [pool.submit(each.work, stop) for each in hands]
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def campaign(place: Place, seed: int, planned: list[str], limit_s: float) -> tuple[Campaign, Api]:
    """Lets it blow until every point fired (or so many seconds passed), heals, waits for quiet."""
    chance, api, weather = random.Random(seed), Api(place), Weather()  # type: ignore[arg-type]
    known = people(api)
    eventually(lambda: pending(api) == 0, 60)
    place.lie()
    made = Campaign(seed, len(planned))
    hands = [Customer(place, known, weather, f"{seed}/{n}") for n in range(HANDS)]
    storm, stop, began = Storm(place, chance, planned), Event(), monotonic()
    with working(hands, stop) as working_hands:
        while not storm.over and monotonic() - began < limit_s:
            storm.blow()
            if all(hand.done() for hand in working_hands):
                break
            sleep(0.05)
        made.never = storm.waiting
        made.seconds["storm"] = monotonic() - began
        stop.set()
        weather.bad = False
        made.note(oracle(api))
        heal(place)
        healed = monotonic()
        made.gave_up += [str(e) for hand in working_hands if (e := _failure(hand))]
        made.seconds["last jobs"] = monotonic() - healed
    storm.events["refunds a person tried again"] = try_again(api)
    made.seconds["quiet"] = quiet(api, made)
    eventually(lambda: not api.admin.seen("/trabajos", estado="COMPLETADO"), 60)
    made.seconds["quiet after the clock"] = quiet(api, made)
    made.stories = [story for hand in hands for story in hand.stories]
    made.fired, made.events, made.asked = storm.fired, storm.events, weather.asked
    made.events["deaths"] = place.deaths()
    return made, api


def quiet(api: Api, made: Campaign) -> float:
    """How long it took until everything was at rest; what was not is a problem."""
    began = monotonic()

    def at_rest() -> bool:
        if left := still(api):
            made.last = str(left[:2])
        return not left

    try:
        eventually(at_rest, QUIET_S)
    except AssertionError:
        made.problems.append(f"not quiet: {made.last}")
    return monotonic() - began


def _failure(hand: "Future[None]") -> BaseException | None:
    try:
        return hand.exception(180)
    except TimeoutError as error:
        return error


def heal(place: Place) -> None:
    """Nothing is armed, nobody lies, notices that were held back go out, everybody is up."""
    place.disarm()
    httpx.delete(f"{place.sandbox_url}/sandbox/faults", timeout=30).raise_for_status()
    place.ready()


def pending(api: Api) -> int:
    """Reactions that have not happened."""
    return len(api.admin.seen("/admin/events/pending", limit="100"))


def still(api: Api) -> list[Any]:
    """What has not come to rest: reactions on their way, refunds that have not arrived, notices
    that the gateway has not delivered."""
    told: list[Any] = list(api.admin.seen("/admin/events/pending", limit="100"))
    for status in OUTSTANDING:
        told += api.admin.seen("/admin/intents", limit="100", estado=status)
    told += [each for each in oracle(api)["webhooks"] if each["status"] in ("pending", "held")]
    return told


def oracle(api: Api) -> Any:
    """What the sandbox knows."""
    return api.sandbox("GET", "/oracle", timeout=60)


def try_again(api: Api) -> int:
    """What an administrator does with refunds that gave up; how many there were."""
    given_up = api.admin.seen("/admin/intents", limit="100", estado="MANUAL")
    for one in given_up:
        again = {"resultado": "reintentar", "motivo": "el proveedor volvió"}
        good(api.admin.post(f"/admin/intents/{one['id']}/resolver", again))
    return len(given_up)
