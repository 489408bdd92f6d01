"""The usual people of the walk over every route, and how a row says what its route needs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tests.http.api import Api, Person, submit_kyc
from tests.http.person import good


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that goes well if the right person sends it. `by` is that person if he is not the
    usual one, `signed` what only he can add."""

    params: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    by: Person | None = None
    signed: dict[str, Any] = field(default_factory=dict)
    instead: tuple[Person, ...] = ()
    """Others than the usual three, whom the call may cost dear."""


class Scene(NamedTuple):
    """The usual people: a client and a professional who deal with each other, and two who don't."""

    api: Api
    ana: Person
    beto: Person
    other_client: Person
    other_pro: Person

    def offer(self) -> Sent:
        return Sent({"offer_id": self.api.offer(self.ana, self.beto)["id"]})

    def job(self, state: str) -> Sent:
        """`job`, `paid` or `done`."""
        made = getattr(self.api, state)(self.ana, self.beto)
        return Sent({"job_id": (made if state == "job" else made[0])["id"]})

    def applied(self) -> Sent:
        """Somebody whose documents wait."""
        who = self.api.applicant()
        good(submit_kyc(who))
        return Sent({"professional_id": who.id})


Make = Callable[[Scene], Sent]


class Row(NamedTuple):
    """Whose route it is, and the answers to nobody, a stranger of the right role, a stranger of
    the wrong role, and the right person."""

    whose: str
    expected: tuple[int, int, int, int]
    make: Make = lambda _: Sent()
    fresh: bool = False
    """Callers with a session of their own, which the call may end."""


def body(**fields: Any) -> Make:
    return lambda _: Sent(more={"json": fields})


def with_body(made: Sent, **fields: Any) -> Sent:
    return replace(made, more={"json": fields})


def offer(**fields: Any) -> Make:
    return lambda s: with_body(s.offer(), **fields)


def job(state: str, **fields: Any) -> Make:
    return lambda s: with_body(s.job(state), **fields)


ALL_WELL = (200, 200, 200, 200)
SIGNED_IN = (401, 200, 200, 200)
ROOM = (401, 200, 403, 200)
"""A professional's own room: another professional finds his own there."""
PARTY = (401, 404, 404, 200)
HOUSE = (401, 403, 403, 200)
"""An administrator's: two strangers of other roles."""
