"""Each move of a job, in each state it can be in, by each caller: what the written order of
refusals answers, and that nothing changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from conectar.adapters.vocabulary.codes import code
from conectar.domain.jobs.lifecycle import LIFECYCLE, DisputeStatus, EscrowStatus
from tests.http.api import Api, Person
from tests.http.books import books
from tests.http.conftest import LONG
from tests.http.incidents import incident
from tests.http.person import refused
from tests.http.refusal_moves import CALLERS, MOVES, NEVER, admitted, erasure, expected, regret
from tests.http.refusal_states import APART, PATIENT, STATES, Made, State, make_all
from tests.http.stored import quiet, unchanged
from tests.server import running_server

pytestmark = pytest.mark.xdist_group("refusal_table")
HURRY = {"interval_relay": timedelta(milliseconds=50)}
JOBS = {
    "AP": "PENDIENTE_PAGO", "IP": "EN_CURSO", "CO": "COMPLETADO", "DI": "EN_DISPUTA",
    "AD": "APROBADO", "CA": "CANCELADO",
}  # fmt: skip
NOTHING_THERE = State("AP EMPTY", "")
EVERYTHING_THERE = State("AD SPLIT", "pay dispute down divide unanswered")
"""The dispute, the payment and the intent that a path may name."""


class House(NamedTuple):
    """One server, and one job in each state."""

    api: Api
    strangers: dict[str, Person]
    made: dict[State, Made]

    def people(self, state: State) -> dict[str, Person]:
        """By their part in that job."""
        made = self.made[state]
        return self.strangers | {"client": made.client, "pro": made.pro}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_server(tmp_path_factory.mktemp("table"), **LONG, **PATIENT, **HURRY) as running:
        api = Api(running)
        made = make_all(api)
        strangers = {"nobody": api.nobody, "admin": api.admin}
        strangers |= {"other_client": api.client(), "other_pro": api.professional()}
        quiet(running)
        yield House(api, strangers, made)


def test_every_state_of_the_joint_table_is_here(house: House) -> None:
    def seen(state: State, made: Made) -> tuple[Any, ...]:
        job, dispute = made.client.seen(f"/trabajos/{made.job}"), code(DisputeStatus.NONE)
        if state.opener:
            dispute = made.client.seen(f"/disputas/{made.dispute}")["estado"]
        row = incident(house.api, made.payment)
        frozen = row is not None and row["congelado_por"] is not None
        return job["estado"], job["escrow_estado"], dispute, frozen

    found = {state: seen(state, made) for state, made in house.made.items()}
    for state, told in found.items():
        job, place = state.where.split()
        kind, n = (DisputeStatus, 2) if job == "DI" else (EscrowStatus, 1)
        assert (told[0], told[n]) == (JOBS[job], code(kind[place])), state
    nodes = {(LIFECYCLE.start, False)} | {(s.after, s.frozen_after) for s in LIFECYCLE.steps}
    assert set(found.values()) == {(*map(code, state), frozen) for state, frozen in nodes}


@pytest.mark.parametrize("state", STATES, ids=str)
def test_the_written_order_answers(house: House, state: State) -> None:
    people, made = house.people(state), house.made[state]
    told: dict[tuple[str, str], tuple[int, str]] = {}
    rules = {
        (name, caller): refusal
        for name, move in MOVES.items()
        for caller in CALLERS
        if (refusal := expected(move, state, caller))
    }
    with unchanged(house.api.server):
        for name, caller in rules:
            path, body = MOVES[name].at(made)
            answer = people[caller].call(MOVES[name].method, path, json=body)
            told[name, caller] = answer.status_code, answer.json().get("error")
        assert told == rules


@pytest.mark.parametrize("state", [NOTHING_THERE, EVERYTHING_THERE], ids=str)
@pytest.mark.parametrize("name", MOVES)
def test_the_shape_comes_before_the_thing(house: House, name: str, state: State) -> None:
    move, people = MOVES[name], house.people(state)
    path, body = move.at(house.made[state])
    with unchanged(house.api.server):
        for caller in CALLERS:
            answer = people[caller].call(move.method, path, json=(body or {}) | {"sorpresa": 1})
            refused(answer, *(admitted(move, state, caller) or (422, "DATOS_INVALIDOS")))


def test_the_table_has_moves_that_are_possible() -> None:
    """Each move is possible for somebody somewhere, and refused by state somewhere."""
    for name, move in MOVES.items():
        answers = {expected(move, state, who) for state in STATES for who in CALLERS}
        assert (None in answers) == (name not in NEVER), name
        assert 400 in {answer[0] for answer in answers if answer}, name


STAY = [(s, who) for s in STATES if s in APART for who in ("client", "pro") if erasure(s, who)]


@pytest.mark.parametrize(("state", "caller"), STAY, ids=str)
def test_nobody_leaves_what_is_open(house: House, state: State, caller: str) -> None:
    with unchanged(house.api.server):
        refused(house.people(state)[caller].delete("/users/me"), 400, "SALDO_PENDIENTE")


OUTSIDE = {"nobody": (401, "NO_AUTENTICADO"), "admin": (403, "ROL_NO_PERMITIDO")}


@pytest.mark.parametrize(("who", "refusal"), OUTSIDE.items())
def test_who_is_nobody_and_who_keeps_the_house_leave_nothing(
    house: House, who: str, refusal: tuple[int, str]
) -> None:
    with unchanged(house.api.server):
        refused(house.strangers[who].delete("/users/me"), *refusal)


def test_the_button_of_regret_refuses_nobody(house: House) -> None:
    """Where the rules let nothing be undone, job, timeline, dispute and books stay as they are."""
    api, rules, codes = house.api, {}, {}
    for state, made in house.made.items():
        before = standing(api, state, made)
        for caller, who in house.people(state).items():
            if outcome := regret(state, caller):
                told = {"email": who.email or "nadie@conectar.test", "trabajo_id": made.job}
                answer = api.nobody.post("/arrepentimiento", told)
                assert answer.status_code == 202
                codes[answer.json()["codigo_gestion"]] = state, caller
                rules[state, caller] = outcome
        assert standing(api, state, made) == before, state
    rows = [
        row
        for skip in range(0, len(codes), 100)
        for row in api.admin.seen("/admin/arrepentimientos", limit=100, skip=skip)
    ]
    assert {codes[row["codigo_gestion"]]: row["desenlace"] for row in rows} == rules


def standing(api: Api, state: State, made: Made) -> tuple[Any, ...]:
    """The job, how it came there, its dispute, and everybody's money."""
    job = f"/trabajos/{made.job}"
    paths = [job, f"{job}/timeline"] + [f"/disputas/{made.dispute}"] * bool(state.opener)
    return *map(made.client.seen, paths), books(api)


def test_who_has_nothing_open_leaves(house: House) -> None:
    """From the same states, so that it was not the state alone that kept the others."""
    for state in APART:
        for caller in ("client", "pro"):
            if (state, caller) not in STAY:
                left = house.people(state)[caller].delete("/users/me")
                assert left.status_code == 204, (state, caller)
