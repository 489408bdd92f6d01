"""What holds for every answer: problem documents, headers, languages, lists, versions."""

import re
from typing import Any

import httpx
import pytest

from tests.http.api import Api
from tests.http.person import Person, refused

MEMBERS = {"type", "title", "status", "detail", "instance", "error", "correlation_id"}
INSIDE = re.compile(
    r"traceback|litestar|msgspec|sqlalchemy|sqlite|select |insert |uvicorn|dishka|\.py|pydantic",
    re.IGNORECASE,
)
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.fixture(scope="module")
def refusals(api: Api, ana: Person, beto: Person) -> list[httpx.Response]:
    """One refusal of each status."""
    job = api.job(ana, beto)
    return [
        api.nobody.get("/users/me"),
        ana.get("/professional/me"),
        ana.get(f"/trabajos/{ana.id}"),
        ana.post("/ofertas", {"monto": "x"}),
        ana.post(f"/trabajos/{job['id']}/aprobar"),
        beto.post("/payments/preference", {"trabajo_id": job["id"]}),
        api.http.get("/api/v2/trabajos"),
        api.http.get("/nada"),
        api.http.patch("/api/v1/ofertas"),
        ana.call("POST", "/ofertas", content=b"x", headers={"Content-Type": "text/plain"}),
        ana.call("POST", "/ofertas", content=b"x" * 2_000_000),
        api.nobody.post("/auth/register", registered(api, ana)),
        api.http.post("/api/v1/webhook/mercadopago", json={}),
        api.http.get("/docs-assets/nada.js"),
    ]


def registered(api: Api, who: Person) -> dict[str, Any]:
    return {
        "email": who.email.upper(),
        "password": "una-clave-7",
        "nombre": "A",
        "apellido": "B",
        "rol": "CLIENTE",
    }


def test_a_refusal_is_a_problem_document(refusals: list[httpx.Response]) -> None:
    seen = set()
    for response in refusals:
        told = response.json()
        assert response.headers["content-type"] == "application/problem+json", response.text
        assert set(told) - {"errors"} == MEMBERS, told
        assert told["status"] == response.status_code
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", told["error"]), told
        assert told["instance"] == response.request.url.path
        assert told["correlation_id"] == response.headers["x-correlation-id"]
        assert told["detail"] and told["title"] and told["type"]
        for error in told.get("errors", []):
            assert set(error) == {"campo", "mensaje"} and error["campo"] and error["mensaje"]
        assert not INSIDE.search(response.text), response.text
        seen.add(response.status_code)
    assert seen == {400, 401, 403, 404, 405, 409, 413, 415, 422}


def test_every_answer_carries_the_security_headers(api: Api, refusals: Any, ana: Person) -> None:
    for response in [*refusals, ana.get("/users/me"), api.http.get("/health/live")]:
        for name, value in SECURITY.items():
            assert response.headers[name] == value, response.request.url
        assert "server" not in response.headers
        assert len(response.headers.get_list("x-correlation-id")) == 1


def test_401_says_how_to_come_in(api: Api) -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer nada"}):
        response = api.http.get("/api/v1/users/me", headers=headers)
        refused(response, 401, "NO_AUTENTICADO")
        assert response.headers["www-authenticate"] == "Bearer"
    wrong = api.nobody.post("/auth/login", data={"username": "a@b.co", "password": "x"})
    assert wrong.headers["www-authenticate"] == "Bearer"


def test_405_says_what_is_allowed(api: Api) -> None:
    response = api.http.patch("/api/v1/ofertas")
    refused(response, 405, "METODO_NO_PERMITIDO")
    assert {"GET", "POST"} <= set(re.split(r",\s*", response.headers.get("allow", "")))


def test_somebody_elses_and_nobodys_are_told_of_alike(api: Api, ana: Person, beto: Person) -> None:
    job, stranger = api.job(ana, beto), api.client()
    for path, there in (("/trabajos", job["id"]), ("/ofertas", job["oferta_id"])):
        documents = []
        for id in (there, stranger.id, "nada"):
            told = refused(stranger.get(f"{path}/{id}"), 404)
            documents.append({k: told[k] for k in MEMBERS - {"instance", "correlation_id"}})
        assert documents[0] == documents[1] == documents[2]


@pytest.mark.parametrize("asked", ["en", "en-US,en;q=0.9", "EN"])
def test_detail_speaks_english_to_who_asks(api: Api, asked: str) -> None:
    spoken = {"Accept-Language": asked}
    english = refused(api.http.get("/api/v1/users/me", headers=spoken), 401)
    spanish = refused(api.http.get("/api/v1/users/me"), 401)
    assert (english["detail"], spanish["detail"]) == ("Sign in again.", "Iniciá sesión de nuevo.")
    assert english["error"] == spanish["error"]


@pytest.mark.parametrize("sent", ["a", "A-z_0.9", "x" * 64])
def test_a_correlation_id_is_taken(api: Api, sent: str) -> None:
    response = api.http.get("/api/v1/users/me", headers={"X-Correlation-ID": sent})
    assert response.headers["x-correlation-id"] == response.json()["correlation_id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a/b", "ñ", '"', "a;b", "a\tb", "١"])
def test_another_form_of_correlation_id_is_replaced(api: Api, sent: str) -> None:
    headers = {"X-Correlation-ID": sent.encode()}
    made = api.http.get("/api/v1/users/me", headers=headers).headers["x-correlation-id"]
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", made) and made != sent
    again = api.http.get("/api/v1/users/me", headers=headers).headers["x-correlation-id"]
    assert again != made


LISTS = ("/ofertas", "/trabajos", "/payments/history")
ROOM = ("/professional/ofertas", "/professional/trabajos")
HOUSE = ("/admin/intents", "/admin/suspense")


def test_lists_have_bounds_and_say_how_long_they_are(api: Api, ana: Person, beto: Person) -> None:
    for who, paths in ((ana, LISTS), (beto, (*LISTS, *ROOM)), (api.admin, HOUSE)):
        for path in paths:
            for wrong in ("skip=-1", "skip=10001", "limit=0", "limit=101", "skip=x", "limit=",
                          "skip=1.5", "limit=1e1", "skip=%2B1", "skip=%D9%A1"):  # fmt: skip
                refused(who.get(f"{path}?{wrong}"), 422)
            for right in ("skip=0&limit=1", "skip=10000&limit=100"):
                response = who.get(f"{path}?{right}")
                assert response.status_code == 200
                assert int(response.headers["x-total-count"]) >= len(response.json())


def test_the_proofs_that_wait_are_a_list_like_any_other(api: Api) -> None:
    response = api.admin.get("/admin/kyc/pending?limit=1")
    assert response.headers["x-total-count"] == "0" or len(response.json()) == 1
    refused(api.admin.get("/admin/kyc/pending?limit=0"), 422)


def test_lists_are_newest_first_and_paged(api: Api, beto: Person) -> None:
    who = api.client()
    made = [api.offer(who, beto)["id"] for _ in range(5)]
    first = who.get("/ofertas?limit=2")
    assert first.headers["x-total-count"] == "5"
    pages = [who.seen("/ofertas", skip=skip, limit=2) for skip in (0, 2, 4, 6)]
    assert [one["id"] for page in pages for one in page] == made[::-1]


def test_ids_and_times_have_one_form(api: Api, ana: Person, beto: Person) -> None:
    job, _ = api.approved(ana, beto)
    offer = ana.seen(f"/ofertas/{job['oferta_id']}")
    seven = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    for id in (job["id"], offer["id"], ana.id, beto.id, ana.seen("/payments/history")[0]["id"]):
        assert seven.fullmatch(id), id
    assert job["profesional_id"] == beto.id == beto.seen("/users/me")["id"]
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
    times = [value for one in (job, offer) for name, value in one.items() if name.endswith("_at")]
    assert len(times) >= 7
    assert all(value is None or moment.fullmatch(value) for value in times)


def test_only_version_one_is_there(api: Api) -> None:
    for path in ("/api/v2", "/api/v2/trabajos", "/api/v3/x", "/api/v10/users/me", "/api/vv/x"):
        refused(api.http.get(path), 404, "VERSION_NO_SOPORTADA")
    for path in ("/", "/nada", "/api/v1/nada", "/api/v1/chat", "/consola"):
        refused(api.http.get(path), 404, "RUTA_NO_ENCONTRADA")


def test_version_one_itself_is_a_version(api: Api) -> None:
    refused(api.http.get("/api/v1"), 404, "RUTA_NO_ENCONTRADA")


def test_public_answers_have_a_tag_and_are_not_sent_twice(api: Api, beto: Person) -> None:
    for path in (f"/public/professional/{beto.id}", "/public/oficios"):
        first = api.nobody.get(path)
        tag = first.headers["etag"]
        assert re.fullmatch(r'(W/)?"[^"]+"', tag)
        for known in (tag, f'"otro", {tag}', "*"):
            again = api.nobody.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        other = api.nobody.get(path, headers={"If-None-Match": '"otro"'})
        assert other.content == first.content
    before = beto.get(f"/public/professional/{beto.id}").headers["etag"]
    beto.put("/professional/me", {"biografia": "Plomero de siempre"})
    assert beto.get(f"/public/professional/{beto.id}").headers["etag"] != before


def test_moments_at_the_ends_of_time_are_no_fault_of_ours(ana: Person) -> None:
    for query in (
        "desde=0001-01-01T00:00:00%2B14:00",
        "hasta=9999-12-31T23:59:59-14:00",
        "desde=0001-01-01T00:00:00Z",
    ):
        assert ana.get(f"/payments/history?{query}").status_code in (200, 422), query


def test_a_refused_query_names_its_parameter(ana: Person) -> None:
    for path, name in (
        ("/payments/history?user_id=x", "user_id"),
        ("/payments/history?desde=ayer", "desde"),
        ("/payments/history?tipo=NADA", "tipo"),
        ("/ofertas?estado=NADA", "estado"),
        ("/payments/commission/calculate?monto=1&profesional_id=x", "profesional_id"),
    ):
        assert refused(ana.get(path), 422)["errors"][0]["campo"] == name
