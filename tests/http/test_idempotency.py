"""One key, one effect, one answer: byte for byte, for who sent it, whatever was answered."""

from typing import Any

import httpx
import pytest

from tests.http.api import Api, kyc_files, kyc_form, offer_body
from tests.http.person import Person, good, new_key, refused, together
from tests.http.stored import unchanged

REPLAYED = "idempotency-replayed"


def same(first: httpx.Response, again: httpx.Response) -> None:
    """The second is the first, told again."""
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]


def test_what_was_made_is_told_again(api: Api, ana: Person, beto: Person) -> None:
    key, body = new_key(), offer_body(beto)
    first = ana.post("/ofertas", body, key=key)
    assert first.status_code == 201
    good(ana.put(f"/ofertas/{first.json()['id']}", {"monto": 200}))
    with unchanged(api.server):
        same(first, ana.post("/ofertas", body, key=key))
        spaced = {name: body[name] for name in reversed(body)}
        same(first, ana.post("/ofertas", spaced, key=key))


def test_a_business_refusal_is_told_again(api: Api, ana: Person, beto: Person) -> None:
    key, job = new_key(), api.job(ana, beto)
    path = f"/trabajos/{job['id']}/aprobar"
    first = ana.post(path, key=key)
    refused(first, 400, "TRANSICION_INVALIDA")
    api.pay(api.preference(ana, job))
    api.until(ana, job, estado="EN_CURSO")
    good(beto.put(f"/trabajos/{job['id']}/marcar-completado"))
    with unchanged(api.server):
        same(first, ana.post(path, key=key))
        english = ana.post(path, key=key, headers={"Accept-Language": "en"})
        assert english.content == first.content
    good(ana.post(path, key=new_key()))


def test_the_key_of_another_request_is_inconsistent(api: Api, ana: Person, beto: Person) -> None:
    key = new_key()
    good(ana.post("/ofertas", offer_body(beto), key=key))
    job = api.job(ana, beto)
    with unchanged(api.server):
        for who, method, path, body in (
            (ana, "POST", "/ofertas", offer_body(beto, "999")),
            (ana, "PUT", "/users/me", {"nombre": "Otra"}),
            (ana, "POST", f"/trabajos/{job['id']}/cancelar", None),
            (ana, "POST", "/payments/preference", {"trabajo_id": job["id"]}),
            (ana, "DELETE", f"/ofertas/{job['oferta_id']}", None),
        ):
            again = who.call(method, path, json=body, key=key)
            told = refused(again, 422, "IDEMPOTENCIA_INCONSISTENTE")
            assert told["errors"][0]["campo"] == "Idempotency-Key"


def test_keys_belong_to_the_person(api: Api, ana: Person, beto: Person) -> None:
    key, other = new_key(), api.client()
    mine = good(ana.post("/ofertas", offer_body(beto), key=key))
    theirs = other.post("/ofertas", offer_body(beto), key=key)
    assert good(theirs)["id"] != mine["id"] and REPLAYED not in theirs.headers
    again = api.login(ana.email)  # another session of the same person
    assert again.post("/ofertas", offer_body(beto), key=key).headers[REPLAYED] == "true"


@pytest.mark.parametrize(
    ("length", "fine"), [(0, False), (7, False), (8, True), (255, True), (256, False)]
)
def test_a_key_has_eight_to_255_characters(
    api: Api, ana: Person, beto: Person, length: int, fine: bool
) -> None:
    key = (new_key() * 10)[:length]
    response = ana.post("/ofertas", offer_body(beto), key=key)
    assert response.status_code == (201 if fine else 422), response.text
    if not fine:
        assert response.json()["errors"][0]["campo"] == "Idempotency-Key"


def test_twenty_acceptances_under_one_key_make_one_job(api: Api, ana: Person, beto: Person) -> None:
    offer, key = api.offer(ana, beto), new_key()
    path = f"/ofertas/{offer['id']}/accept"
    answers = together(*[lambda: beto.post(path, key=key)] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(REPLAYED not in answer.headers for answer in answers) == 1
    jobs = [job for job in beto.seen("/trabajos", limit=100) if job["oferta_id"] == offer["id"]]
    assert len(jobs) == 1


def test_other_refusals_are_not_kept(api: Api, ana: Person, beto: Person) -> None:
    offer = api.offer(ana, beto)
    path = f"/ofertas/{offer['id']}"
    key = new_key()
    refused(ana.post(f"{path}/accept", key=key), 403)  # the wrong side
    refused(ana.post("/ofertas", offer_body(beto) | {"descripcion": "x"}, key=key), 422)
    refused(ana.post(f"/ofertas/{ana.id}/reject", key=key), 404)
    refused(ana.post(f"{path}/accept", {"version": 9}, key=key), 403)
    assert REPLAYED not in ana.put(path, {"monto": 300}, key=key).headers
    conflict = new_key()
    refused(beto.post(f"{path}/accept", {"version": 1}, key=conflict), 409, "OFERTA_CAMBIADA")
    assert beto.post(f"{path}/accept", {"version": 2}, key=conflict).status_code == 201


def test_put_and_delete_take_keys_too(api: Api, ana: Person, beto: Person) -> None:
    offer = api.offer(ana, beto)
    path = f"/ofertas/{offer['id']}"
    edit, accept, leave = new_key(), new_key(), new_key()
    first = ana.put(path, {"monto": 300}, key=edit)
    same(first, ana.put(path, {"monto": 300}, key=edit))
    assert ana.seen(path)["version"] == 2
    gone = ana.delete(path, key=leave)
    assert gone.status_code == 204
    same_204 = ana.delete(path, key=leave)
    assert (same_204.status_code, same_204.headers[REPLAYED]) == (204, "true")
    refused(ana.delete(path), 400, "OFERTA_NO_PENDIENTE")
    other = api.offer(ana, beto)
    told = beto.put(f"/ofertas/{other['id']}/accept", key=accept)
    assert told.status_code == 201
    same(told, beto.put(f"/ofertas/{other['id']}/accept", key=accept))
    name = new_key()
    same(
        ana.put("/users/me", {"nombre": "Ana"}, key=name),
        ana.put("/users/me", {"nombre": "Ana"}, key=name),
    )


def test_a_preference_is_made_once_under_a_key(api: Api, ana: Person, beto: Person) -> None:
    job, key = api.job(ana, beto), new_key()
    body = {"trabajo_id": job["id"]}
    first = ana.post("/payments/preference", body, key=key)
    assert first.status_code == 201
    same(first, ana.post("/payments/preference", body, key=key))
    assert ana.post("/payments/preference", body).status_code == 200


def test_preferences_asked_for_at_once_are_one(api: Api, ana: Person, beto: Person) -> None:
    job, key = api.job(ana, beto), new_key()
    body = {"trabajo_id": job["id"]}
    answers = together(*[lambda: ana.post("/payments/preference", body, key=key)] * 8)
    assert {answer.status_code for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "IDEMPOTENCIA_EN_CURSO")
    free = api.job(ana, beto)
    body = {"trabajo_id": free["id"]}
    answers = together(*[lambda: ana.post("/payments/preference", body)] * 8)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["preference_id"] for answer in answers}) == 1


def test_documents_and_admin_moves_take_keys(api: Api) -> None:
    who, key = api.applicant(), new_key()
    form: dict[str, Any] = {"data": kyc_form(), "files": kyc_files()}
    first = who.post("/professional/kyc/submit", key=key, **form)
    assert first.status_code == 202
    same(first, who.post("/professional/kyc/submit", key=key, **form))
    refused(who.post("/professional/kyc/submit", key=new_key(), **form), 400)
    mine = new_key()
    path = f"/admin/kyc/{who.id}/approve"
    same(api.admin.put(path, key=mine), api.admin.put(path, key=mine))
    trade, body = new_key(), {"oficio_id": api.trades()["Gas"]}
    same(
        who.post("/professional/oficios", body, key=trade),
        who.post("/professional/oficios", body, key=trade),
    )


def test_a_key_binds_a_password_too(api: Api) -> None:
    """Its fingerprint tells two passwords apart."""
    who, key = api.client(), new_key()
    body = {"current_password": "una-clave-7", "new_password": "otra-clave-8"}
    first = who.post("/users/me/change-password", body, key=key)
    assert first.status_code == 200
    same(first, who.post("/users/me/change-password", body, key=key))
    told = body | {"new_password": "otra-clave-9"}
    refused(who.post("/users/me/change-password", told, key=key), 422)


def test_auth_and_search_know_no_keys(api: Api) -> None:
    key = new_key()
    account = {"password": "una-clave-7", "nombre": "A", "apellido": "B", "rol": "CLIENTE"}
    for n in range(2):
        email = f"{key}-{n}@conectar.test"
        told = api.nobody.post("/auth/register", account | {"email": email}, key=key)
        assert told.status_code == 201 and REPLAYED not in told.headers
    for near in (1.0, 2.0):
        body = {"latitude": near, "longitude": 0}
        told = api.nobody.post("/search", body, key=key)
        assert told.status_code == 200 and REPLAYED not in told.headers
