"""Above the house's limit, money moves only when two administrators agree."""

from collections.abc import Iterator
from typing import Any

import pytest

from conectar.adapters.inbound.http.app import create_app
from conectar.adapters.inbound.http.openapi import operations
from conectar.application.house.confirm_proposal import SECONDED
from conectar.domain.kernel.money import Money
from tests.http.admins import another_admin
from tests.http.api import Api
from tests.http.books import books
from tests.http.person import Person, good, refused, together
from tests.http.quarrel import disputed, resolve
from tests.http.shape import strays
from tests.http.stored import quiet, unchanged
from tests.server import running_server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A house where one administrator moves at most 1000.00."""
    folder = tmp_path_factory.mktemp("two")
    with running_server(folder, second_admin_above=Money(1000_00)) as running:
        yield Api(running)


@pytest.fixture(scope="module")
def second(house: Api) -> Person:
    return another_admin(house)


@pytest.fixture(scope="module")
def eva(house: Api) -> Person:
    return house.client()


@pytest.fixture(scope="module")
def fede(house: Api) -> Person:
    return house.professional()


@pytest.fixture(scope="module")
def document(house: Api) -> dict[str, Any]:
    return dict(house.http.get("/openapi.json").json())


def test_every_move_that_may_wait_declares_both_answers(
    house: Api, document: dict[str, Any]
) -> None:
    app = create_app(house.server.core, house.server.container)
    seen = set()
    for path, method, _, spec in operations(app):
        answers = document["paths"][path][method.lower()]["responses"]
        shown = {
            code: told["content"]["application/json"]["schema"]
            for code, told in answers.items()
            if code in ("200", "201", "202") and "application/json" in told.get("content", {})
        }
        proposed = {"$ref": "#/components/schemas/Proposed"}
        if spec.message in SECONDED.values():
            assert shown["202"] == proposed and len(shown) == 2, path
            seen.add(spec.message)
        assert [code for code, schema in shown.items() if schema == proposed] == ["202"] * (
            spec.message in SECONDED.values()
        )
    assert seen == set(SECONDED.values())
    fields = document["components"]["schemas"]["Proposed"]["properties"]
    assert fields == {"propuesta": {"$ref": "#/components/schemas/Proposal"}}


def test_the_second_confirms_what_the_first_proposed(
    house: Api, second: Person, eva: Person, fede: Person
) -> None:
    one = disputed(house, eva, fede, "1000.01")
    asked = resolve(house.admin, one.id, "DIVIDIR", porcentaje_cliente=50)
    assert asked.status_code == 202
    told = asked.json()["propuesta"]
    assert (told["monto"], told["propuesta_por"]) == (1000.01, house.admin.id)
    assert told["confirmada_por"] is None
    assert eva.seen(f"/trabajos/{one.job}")["estado"] == "EN_DISPUTA"
    assert told["id"] in [row["id"] for row in second.seen("/admin/propuestas")]
    path = f"/admin/disputas/{one.id}/confirmar"
    quiet(house.server)
    with unchanged(house.server):
        refused(house.admin.post(path), 400, "OTRO_ADMINISTRADOR")
        refused(eva.post(path), 403, "ROL_NO_PERMITIDO")
    done = good(second.post(path))
    assert (done["estado"], done["monto_reembolso"]) == ("RESUELTA", 500)  # half to even
    assert eva.seen(f"/trabajos/{one.job}")["escrow_estado"] == "DIVIDIDO"
    assert told["id"] not in [row["id"] for row in second.seen("/admin/propuestas")]
    refused(second.post(path), 404)


def test_up_to_the_limit_one_is_enough(house: Api, eva: Person, fede: Person) -> None:
    one = disputed(house, eva, fede, "1000")
    assert resolve(house.admin, one.id, "LIBERAR").status_code == 200


def test_a_later_proposal_takes_the_place_of_the_first(
    house: Api, second: Person, eva: Person, fede: Person
) -> None:
    one = disputed(house, eva, fede, "5000")
    first = resolve(house.admin, one.id, "LIBERAR").json()["propuesta"]
    later = resolve(second, one.id, "REEMBOLSAR").json()["propuesta"]
    standing = [row["id"] for row in house.admin.seen("/admin/propuestas")]
    assert later["id"] in standing and first["id"] not in standing
    spent = second.post(f"/admin/propuestas/{first['id']}/confirmar")
    refused(spent, 400, "PROPUESTA_NO_VIGENTE")
    refused(second.post(f"/admin/disputas/{one.id}/confirmar"), 400, "OTRO_ADMINISTRADOR")
    good(house.admin.post(f"/admin/propuestas/{later['id']}/confirmar"))
    assert eva.seen(f"/disputas/{one.id}")["decision"] == "REEMBOLSAR"


def test_six_confirmations_at_once_do_it_once(
    house: Api, second: Person, eva: Person, fede: Person
) -> None:
    one = disputed(house, eva, fede, "5000")
    proposal = resolve(house.admin, one.id, "LIBERAR").json()["propuesta"]["id"]
    path = f"/admin/propuestas/{proposal}/confirmar"
    answers = together(*[lambda: second.post(path)] * 6)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    steps = eva.seen(f"/trabajos/{one.job}/timeline")
    assert [step["estado"] for step in steps].count("APROBADO") == 1


def test_what_was_overtaken_is_refused_and_stays(
    house: Api, second: Person, eva: Person, fede: Person
) -> None:
    one = disputed(house, eva, fede, "5000")
    proposal = resolve(house.admin, one.id, "LIBERAR").json()["propuesta"]["id"]
    good(eva.post(f"/disputas/{one.id}/cancelar"))
    quiet(house.server)
    with unchanged(house.server):
        path = f"/admin/propuestas/{proposal}/confirmar"
        refused(second.post(path), 400, "TRANSICION_INVALIDA")


def test_every_move_of_much_money_needs_two(
    house: Api, document: dict[str, Any], second: Person, eva: Person, fede: Person
) -> None:
    _, payment = house.approved(eva, fede, "5000")
    why = {"motivo": "Lo pidió", "comprobante": "acta-1"}
    treasury = {"direccion": "a_banco", "monto": "1000.01"}
    asked = [
        house.admin.post(f"/admin/payments/{payment}/refund", {"motivo": "Lo pidió"}),
        house.admin.post("/admin/tesoreria", why | treasury),
    ]
    assert [answer.status_code for answer in asked] == [202, 202]
    paths = ("/api/v1/admin/payments/{payment_id}/refund", "/api/v1/admin/tesoreria")
    for path, answer in zip(paths, asked, strict=True):
        assert strays(document, document["paths"][path]["post"], answer) == []
    proposals = [answer.json()["propuesta"]["id"] for answer in asked]
    for id in proposals:
        path = f"/admin/propuestas/{id}/confirmar"
        quiet(house.server)
        so_far = books(house)
        refused(house.admin.post(path), 400, "OTRO_ADMINISTRADOR")
        assert books(house) == so_far
        assert good(second.post(path))["confirmada_por"] == second.id
        refused(second.post(path), 400)
    refused(second.post(f"/admin/propuestas/{eva.id}/confirmar"), 404)
