"""Offers, from the first terms to the last word: whose turn, which version, how long."""

from datetime import datetime
from typing import Any

import pytest

from tests.http.api import Api, Person, offer_body
from tests.http.person import good, new_key, refused, together
from tests.http.stored import unchanged

PROPOSER, OTHER = ["rechazar", "editar", "retirar"], ["aceptar", "rechazar", "contraofertar"]


def actions(who: Person, offer: dict[str, Any]) -> list[str]:
    return list(who.seen(f"/ofertas/{offer['id']}")["acciones"])


def days(offer: dict[str, Any], since: str = "created_at") -> float:
    """How long it stands."""
    start, end = (datetime.fromisoformat(offer[name]) for name in (since, "vence_at"))
    return (end - start).total_seconds() / 86_400


def steps(who: Person, offer: dict[str, Any]) -> list[tuple[str | None, str, str, str | None]]:
    rows = who.seen(f"/ofertas/{offer['id']}/timeline")
    return [(r["estado_anterior"], r["estado"], r["actor_rol"], r["motivo"]) for r in rows]


def test_an_offer_is_shown_whole(ana: Person, beto: Person) -> None:
    told = good(ana.post("/ofertas", offer_body(beto, "1500.5")))
    assert set(told) == {
        "id", "cliente_id", "profesional_id", "cliente", "profesional", "propuesta_por",
        "descripcion", "monto", "estado", "version", "vence_at", "created_at", "updated_at",
        "acciones",
    }  # fmt: skip
    assert (told["cliente_id"], told["profesional_id"]) == (ana.id, beto.id)
    assert set(told["cliente"]) == {"id", "nombre", "apellido", "avatar_url"}
    assert set(told["profesional"]) == set(told["cliente"]) | {"rating_promedio"}
    assert (told["propuesta_por"], told["estado"], told["version"]) == ("CLIENTE", "PENDIENTE", 1)
    assert told["acciones"] == actions(ana, told) == PROPOSER
    assert actions(beto, told) == OTHER
    assert days(told) == 15
    for days_asked in (1, 60):
        longer = good(ana.post("/ofertas", offer_body(beto, vence_en_dias=days_asked)))
        assert days(longer) == days_asked


def test_haggling_changes_turns_and_versions(api: Api, ana: Person, beto: Person) -> None:
    body = {"cliente_id": ana.id, "descripcion": "Pintar el frente", "monto": 900}
    offer = good(beto.post("/professional/ofertas", body | {"vence_en_dias": 3}))
    assert (offer["propuesta_por"], days(offer)) == ("PROFESIONAL", 3)
    path = f"/ofertas/{offer['id']}"
    edited = good(beto.put(path, {"monto": "850.10"}))
    assert (edited["monto"], edited["version"], edited["vence_at"]) == (850.1, 2, offer["vence_at"])
    assert edited["descripcion"] == offer["descripcion"]
    again = good(beto.put(path, {"descripcion": "Pintar frente y fondo", "vence_en_dias": 9}))
    assert (again["monto"], again["version"]) == (850.1, 3)
    assert days(again, "updated_at") == 9
    counter = good(ana.post(f"{path}/contraoferta", {"monto": "700"}))
    assert (counter["monto"], counter["version"], counter["propuesta_por"]) == (700, 4, "CLIENTE")
    assert counter["descripcion"] == "Pintar frente y fondo"
    assert days(counter, "updated_at") == 9  # renewed
    assert (counter["acciones"], actions(beto, offer)) == (PROPOSER, OTHER)
    refused(ana.post(f"{path}/accept"), 403, "LADO_EQUIVOCADO")
    refused(beto.put(path, {"monto": 1000}), 403, "LADO_EQUIVOCADO")
    with unchanged(api.server):
        for seen in (1, 3, 5):
            told = refused(beto.post(f"{path}/accept", {"version": seen}), 409, "OFERTA_CAMBIADA")
            assert "4" in told["detail"]
    job = good(beto.post(f"{path}/accept", {"version": 4}))
    assert (job["monto"], job["descripcion"]) == (700, "Pintar frente y fondo")
    assert job["oferta_id"] == offer["id"]
    rows = steps(ana, offer)
    assert [(was, now, by) for was, now, by, _ in rows] == [
        (None, "PENDIENTE", "PROFESIONAL"),
        ("PENDIENTE", "PENDIENTE", "PROFESIONAL"),
        ("PENDIENTE", "PENDIENTE", "PROFESIONAL"),
        ("PENDIENTE", "PENDIENTE", "CLIENTE"),
        ("PENDIENTE", "ACEPTADA", "PROFESIONAL"),
    ]
    assert actions(ana, offer) == actions(beto, offer) == []


def test_an_empty_edit_is_still_a_new_version(ana: Person, beto: Person, api: Api) -> None:
    offer = api.offer(ana, beto)
    told = good(ana.put(f"/ofertas/{offer['id']}", {}))
    assert (told["monto"], told["descripcion"]) == (offer["monto"], offer["descripcion"])
    assert told["version"] == 2
    refused(beto.post(f"/ofertas/{offer['id']}/accept", {"version": 1}), 409)


@pytest.mark.parametrize("rejecter", ["ana", "beto"])
def test_either_side_rejects(api: Api, ana: Person, beto: Person, rejecter: str) -> None:
    offer, who = api.offer(ana, beto), {"ana": ana, "beto": beto}[rejecter]
    told = good(who.post(f"/ofertas/{offer['id']}/reject", {"motivo": " Caro "}))
    assert (told["estado"], told["acciones"]) == ("RECHAZADA", [])
    rol = {"ana": "CLIENTE", "beto": "PROFESIONAL"}[rejecter]
    assert steps(beto, offer)[-1] == ("PENDIENTE", "RECHAZADA", rol, "Caro")
    assert api.admin.seen(f"/ofertas/{offer['id']}")["acciones"] == []


ENDS = {
    "RECHAZADA": lambda ana, beto, path: beto.post(f"{path}/reject"),
    "RETIRADA": lambda ana, beto, path: ana.delete(path),
    "ACEPTADA": lambda ana, beto, path: beto.post(f"{path}/accept"),
}


@pytest.mark.parametrize("state", ENDS)
def test_an_answered_offer_takes_nothing_more(
    api: Api, ana: Person, beto: Person, state: str
) -> None:
    offer = api.offer(ana, beto)
    path = f"/ofertas/{offer['id']}"
    good(ENDS[state](ana, beto, path))
    assert ana.seen(path)["estado"] == state
    with unchanged(api.server):
        for response in (
            ana.put(path, {"monto": 200}),
            beto.post(f"{path}/contraoferta", {"monto": 200}),
            beto.post(f"{path}/accept"),
            beto.put(f"{path}/accept"),
            beto.post(f"{path}/reject"),
            ana.post(f"{path}/reject"),
            ana.delete(path),
        ):
            refused(response, 400, "OFERTA_NO_PENDIENTE")


def test_offers_are_listed_by_state_to_their_parties(api: Api, beto: Person) -> None:
    who = api.client()
    kept, gone, taken = (api.offer(who, beto) for _ in range(3))
    good(who.delete(f"/ofertas/{gone['id']}"))
    good(beto.post(f"/ofertas/{taken['id']}/accept"))
    for state, one in (("PENDIENTE", kept), ("RETIRADA", gone), ("ACEPTADA", taken)):
        assert [o["id"] for o in who.seen("/ofertas", estado=state)] == [one["id"]]
        assert one["id"] in [o["id"] for o in beto.seen("/professional/ofertas", estado=state)]
        assert one["id"] in [o["id"] for o in api.admin.seen("/ofertas", estado=state)]
    assert who.seen("/ofertas", estado="VENCIDA") == []
    assert api.client().seen("/ofertas") == []


def test_eight_acceptances_at_once_make_one_job(api: Api, beto: Person) -> None:
    who = api.client()
    offer = api.offer(who, beto)
    path = f"/ofertas/{offer['id']}/accept"
    answers = together(*[lambda: beto.post(path, key=new_key())] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 7
    for answer in answers:
        if answer.status_code == 400:
            refused(answer, 400, "OFERTA_NO_PENDIENTE")
    assert [job["oferta_id"] for job in who.seen("/trabajos")] == [offer["id"]]
    assert len(steps(who, offer)) == 2


def test_accepting_and_editing_at_once_agree_on_one_price(api: Api, beto: Person) -> None:
    who = api.client()
    for _ in range(5):
        offer = api.offer(who, beto, "500")
        path = f"/ofertas/{offer['id']}"
        edit, accept = together(
            lambda path=path: who.put(path, {"monto": 400}),
            lambda path=path: beto.post(f"{path}/accept", {"version": 1}),
        )
        assert (edit.status_code, accept.status_code) in {(200, 409), (400, 201)}
        if accept.status_code == 201:
            assert accept.json()["monto"] == who.seen(path)["monto"] == 500


def test_an_offer_expires_by_the_clock(timed: Api, carla: Person, dario: Person) -> None:
    short = good(carla.post("/ofertas", offer_body(dario, vence_en_dias=1)))
    renewed = good(carla.post("/ofertas", offer_body(dario, vence_en_dias=1)))
    timed.clock(hours=23)
    good(dario.post(f"/ofertas/{renewed['id']}/contraoferta", {"monto": 300}))
    timed.clock(hours=2)
    path = f"/ofertas/{short['id']}"
    told = carla.seen(path)
    assert (told["estado"], told["acciones"]) == ("VENCIDA", [])
    assert steps(carla, short)[-1][:3] == ("PENDIENTE", "VENCIDA", "RELOJ")
    for response in (
        dario.post(f"{path}/accept"),
        dario.post(f"{path}/contraoferta", {"monto": 300}),
        dario.post(f"{path}/reject"),
        carla.put(path, {"monto": 300}),
        carla.delete(path),
    ):
        refused(response, 400, "OFERTA_VENCIDA")
    assert carla.seen(f"/ofertas/{renewed['id']}")["estado"] == "PENDIENTE"
    timed.clock(hours=23)
    assert carla.seen(f"/ofertas/{renewed['id']}")["estado"] == "VENCIDA"
