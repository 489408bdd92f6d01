"""Each move of a job, in each state it can be in, by each caller: what the written order of
refusals answers, and that nothing changed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.http.api import Api, Person
from tests.http.incidents import does
from tests.http.person import good, refused
from tests.http.quarrel import WORDS, disputed, resolve
from tests.http.stored import quiet

NOBODYS = "01890000-0000-7000-8000-000000000000"


class Move(NamedTuple):
    """A trigger over HTTP: whose it is, and in which states it is possible for him."""

    method: str
    path: str
    whose: str
    possible: tuple[str, ...]
    body: dict[str, Any] | None = None
    frozen: bool = True
    """Whether a freeze of the gateway's stops it."""


RULING = {"decision": "LIBERAR", "resolucion": "Listo"}
COMPLAINT = {"motivo": "OTRO", "descripcion": WORDS}
IN_CARE = ("paid", "changed", "done", "withdrawn")
MOVES = {
    "cancelar": Move(
        "POST", "/trabajos/{job}/cancelar", "party", ("unpaid", "paid", "changed", "withdrawn")
    ),
    "marcar": Move(
        "PUT", "/trabajos/{job}/marcar-completado", "pro",
        ("paid", "changed", "withdrawn", "frozen"), frozen=False,
    ),
    "cambios": Move(
        "POST", "/trabajos/{job}/pedir-cambios", "client", ("done", "frozen_done"),
        {"motivo": "Gotea"}, frozen=False,
    ),
    "aprobar": Move("POST", "/trabajos/{job}/aprobar", "client", ("done",)),
    "disputar": Move("POST", "/trabajos/{job}/disputar", "party", IN_CARE, COMPLAINT),
    "tomar": Move(
        "POST", "/admin/disputas/{dispute}/tomar", "admin", ("disputed", "frozen_disputed"),
        frozen=False,
    ),
    "resolver": Move(
        "POST", "/admin/disputas/{dispute}/resolver", "admin", ("disputed", "review"), RULING
    ),
    "retirar": Move(
        "POST", "/disputas/{dispute}/cancelar", "opener", ("disputed", "review", "frozen_disputed"),
        frozen=False,
    ),
}  # fmt: skip
STATES = (
    "unpaid", "paid", "changed", "done", "withdrawn", "disputed", "review", "frozen",
    "frozen_done", "frozen_disputed", "approved", "released", "divided", "cancelled", "refunding",
    "refunded", "lost", "charged_back",
)  # fmt: skip
CALLERS = ("nobody", "client", "pro", "admin", "other_client", "other_pro")
FROZEN = ("frozen", "frozen_done", "frozen_disputed")
QUARRELS = (
    "withdrawn", "disputed", "review", "frozen_disputed", "released", "divided", "refunded"
)  # fmt: skip
SPENT = (("disputar", "withdrawn"), ("cancelar", "changed"))
Made = tuple[str, str]
"""(job, its dispute or an id that is nobody's)."""


class House(NamedTuple):
    """One server, its people, and one job in each state."""

    api: Api
    people: dict[str, Person]
    made: dict[str, Made]


def _held(api: Api, ana: Person, beto: Person) -> dict[str, Made]:
    made = {"unpaid": api.job(ana, beto)["id"], "paid": api.paid(ana, beto)[0]["id"]}
    made |= {"done": api.done(ana, beto)[0]["id"], "changed": api.done(ana, beto)[0]["id"]}
    good(ana.post(f"/trabajos/{made['changed']}/pedir-cambios", {"motivo": "Gotea"}))
    for state, make in (("frozen", api.paid), ("frozen_done", api.done)):
        job, payment = make(ana, beto)
        does(api, payment, "mediate")
        made[state] = job["id"]
    return {state: (job, NOBODYS) for state, job in made.items()}


def _quarrels(api: Api, ana: Person, beto: Person) -> dict[str, Made]:
    found = {state: disputed(api, ana, beto) for state in QUARRELS}
    good(ana.post(f"/disputas/{found['withdrawn'].id}/cancelar"))
    good(api.admin.post(f"/admin/disputas/{found['review'].id}/tomar"))
    does(api, found["frozen_disputed"].payment, "charge_back")
    good(resolve(api.admin, found["released"].id, "LIBERAR"))
    good(resolve(api.admin, found["divided"].id, "DIVIDIR", porcentaje_cliente=10))
    good(resolve(api.admin, found["refunded"].id, "REEMBOLSAR"))
    api.until(ana, {"id": found["refunded"].job}, escrow_estado="REEMBOLSADO")
    return {state: (one.job, one.id) for state, one in found.items()}


def _ended(api: Api, ana: Person, beto: Person) -> dict[str, Made]:
    made = {"cancelled": api.job(ana, beto)["id"], "approved": api.approved(ana, beto)[0]["id"]}
    good(ana.post(f"/trabajos/{made['cancelled']}/cancelar"))
    for state, make in (("lost", api.paid), ("charged_back", api.approved)):
        job, payment = make(ana, beto)
        does(api, payment, "charge_back")
        does(api, payment, "settle")
        made[state] = api.until(ana, job, escrow_estado="CONTRACARGO")["id"]
    api.fault("refund", "error_500", 1000)  # the last: this server gives nothing back any more
    made["refunding"] = api.paid(ana, beto)[0]["id"]
    good(beto.post(f"/trabajos/{made['refunding']}/cancelar"))
    return {state: (job, NOBODYS) for state, job in made.items()}


@pytest.fixture(scope="module")
def house(timed: Api) -> House:
    api = timed
    ana, beto = api.client(), api.professional()
    people = {"nobody": api.nobody, "client": ana, "pro": beto, "admin": api.admin}
    people |= {"other_client": api.client(), "other_pro": api.professional()}
    makers: tuple[Callable[[Api, Person, Person], dict[str, Made]], ...] = (
        _held, _quarrels, _ended,
    )  # fmt: skip
    made = {state: one for make in makers for state, one in make(api, ana, beto).items()}
    assert set(made) == set(STATES)
    quiet(api.server)
    return House(api, people, made)


def expected(move: Move, name: str, state: str, caller: str) -> tuple[int, str] | None:
    """The refusal by the written order; None where the move is possible."""
    if caller == "nobody":
        return 401, "NO_AUTENTICADO"
    if move.whose == "admin" and caller != "admin":
        return 403, "ROL_NO_PERMITIDO"
    if caller.startswith("other") or ("{dispute}" in move.path and state not in QUARRELS):
        return 404, "NO_ENCONTRADO"
    right = {"party": ("client", "pro"), "opener": ("client",)}.get(move.whose, (move.whose,))
    if caller not in right:
        return 403, "LADO_EQUIVOCADO"
    if state in FROZEN and move.frozen and _but_for_the_freeze(move, state):
        return 400, "PAGO_CONGELADO"
    if state not in move.possible or _used_up(name, state, caller):
        return 400, "TRANSICION_INVALIDA"
    return None


def _used_up(name: str, state: str, caller: str) -> bool:
    """What the client may do no more: a second dispute, regretting what was done once."""
    return caller == "client" and (name, state) in SPENT


def _but_for_the_freeze(move: Move, state: str) -> bool:
    thawed = {"frozen": "paid", "frozen_done": "done", "frozen_disputed": "disputed"}[state]
    return thawed in move.possible


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_the_written_order_answers(house: House, state: str, name: str) -> None:
    move, (job, dispute) = MOVES[name], house.made[state]
    path = move.path.format(job=job, dispute=dispute)

    def seen() -> tuple[Any, ...]:
        ana = house.people["client"]
        quarrel = ana.get(f"/disputas/{dispute}").json() if state in QUARRELS else None
        return ana.seen(f"/trabajos/{job}"), ana.seen(f"/trabajos/{job}/timeline"), quarrel

    before = seen()
    for caller in CALLERS:
        who, refusal = house.people[caller], expected(move, name, state, caller)
        if caller != "nobody" and not (move.whose == "admin" and caller != "admin"):
            wrong = (move.body or {}) | {"sorpresa": 1}
            refused(who.call(move.method, path, json=wrong), 422, "DATOS_INVALIDOS")
        if refusal is not None:
            refused(who.call(move.method, path, json=move.body), *refusal)
    assert seen() == before


def test_the_table_has_moves_that_are_possible() -> None:
    """Each move is possible for somebody somewhere, and refused by state somewhere."""
    for name, move in MOVES.items():
        answers = {expected(move, name, state, who) for state in STATES for who in CALLERS}
        assert None in answers and (400, "TRANSICION_INVALIDA") in answers
