"""Instant services: kept by professionals, found by everybody, hired by clients."""

from typing import Any

import pytest

from tests.http.api import Api
from tests.http.person import Person, good, refused
from tests.http.stored import quiet, unchanged


@pytest.fixture
def pro(api: Api) -> Person:
    """A professional who takes instant work."""
    return api.professional(acepta_instant=True)


def body(api: Api, **more: Any) -> dict[str, Any]:
    fixed = {"nombre": "Destapar", "precio_fijo": "900.50", "oficio_id": api.trades()["Plomería"]}
    return fixed | more


def found(api: Api, pro: Person, **params: Any) -> list[dict[str, Any]]:
    rows = api.nobody.seen("/servicios", limit=100, **params)
    return [row for row in rows if row["profesional_id"] == pro.id]


def hire(who: Person, service: dict[str, Any]) -> Any:
    return who.post(f"/cliente/servicios/{service['id']}/contratar")


def test_a_service_is_added_changed_and_taken_away(api: Api, pro: Person) -> None:
    made = good(pro.post("/profesional/servicios", body(api, descripcion="Cañerías y desagües")))
    assert (made["nombre"], made["precio_fijo"]) == ("Destapar", 900.5)
    assert pro.seen("/profesional/servicios") == found(api, pro) == [made]
    for word in ("Plomería", "plomeria", "Plomero"):
        assert found(api, pro, oficio=word) == [made]
    assert found(api, pro, oficio="Pintura") == found(api, pro, oficio="nada") == []
    path = f"/profesional/servicios/{made['id']}"
    changed = good(pro.put(path, {"precio_fijo": 1000}))
    assert changed == made | {"precio_fijo": 1000}
    other = api.professional()
    with unchanged(api.server):
        for who, method in ((other, "PUT"), (other, "DELETE")):
            refused(who.call(method, path, **({"json": {}} if method == "PUT" else {})), 404)
        refused(pro.put(path, {"precio_fijo": "99.99"}), 400, "MONTO_MINIMO")
        refused(pro.put(path, {"precio_fijo": 0}), 400, "MONTO_MINIMO")
        refused(pro.put(path, {"precio_fijo": "1.001"}), 422)
        refused(pro.put(path, {"descripcion": "Cañerías"}), 422)
        refused(pro.post("/profesional/servicios", body(api, precio_fijo="99.99")), 400)
        refused(pro.post("/profesional/servicios", body(api, oficio_id=pro.id)), 404)
        refused(pro.post("/profesional/servicios", body(api, nombre=" ")), 422)
    assert pro.delete(path).status_code == 204
    refused(pro.delete(path), 404)
    assert pro.seen("/profesional/servicios") == found(api, pro) == []


def test_hiring_makes_a_job_at_once(api: Api, ana: Person, pro: Person) -> None:
    service = good(pro.post("/profesional/servicios", body(api)))
    answer = hire(ana, service)
    assert answer.status_code == 201
    job = answer.json()
    assert (job["estado"], job["monto"], job["comision_tasa"]) == ("PENDIENTE_PAGO", 900.5, 15)
    assert (job["cliente_id"], job["profesional_id"]) == (ana.id, pro.id)
    assert "Destapar" in job["descripcion"]
    offer = pro.seen(f"/ofertas/{job['oferta_id']}")
    assert (offer["estado"], offer["propuesta_por"]) == ("ACEPTADA", "PROFESIONAL")
    good(pro.put(f"/profesional/servicios/{service['id']}", {"precio_fijo": 2000}))
    assert ana.seen(f"/trabajos/{job['id']}")["monto"] == 900.5
    api.pay(api.preference(ana, job))
    api.until(ana, job, estado="EN_CURSO")


def test_who_may_not_be_hired_is_not(api: Api, ana: Person, pro: Person) -> None:
    service = good(pro.post("/profesional/servicios", body(api)))
    good(pro.put("/professional/me", {"acepta_instant": False}))
    quiet(api.server)
    assert found(api, pro) == []
    with unchanged(api.server):
        refused(hire(ana, service), 400, "NO_DISPONIBLE")
        for who in (pro, api.admin):
            refused(hire(who, service), 403, "ROL_NO_PERMITIDO")
        refused(hire(ana, {"id": ana.id}), 404)
    good(pro.put("/professional/me", {"acepta_instant": True}))
    good(api.admin.put(f"/admin/kyc/{pro.id}/revoke", {"motivo": "Venció"}))
    refused(hire(ana, service), 400, "NO_DISPONIBLE")
    assert found(api, pro) == []
