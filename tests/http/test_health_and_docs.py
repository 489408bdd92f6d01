"""Health, and the documentation, which loads nothing from anywhere else."""

import re
from typing import Any

import pytest

from tests.application.test_notices import CONTRACT
from tests.http.api import Api, Person
from tests.http.person import eventually, refused
from tests.http.stored import dump
from tests.http.walk import ROWS
from tests.server import Server
from tests.town import Town

CHECKS = {"database", "redis", "firebase", "mercadopago", "queue"}
USED: dict[type, set[str]] = {Server: {"database", "mercadopago"}}
USED[Town] = USED[Server] | {"redis", "queue"}
LOADS = re.compile(
    r"""(?:src|href|url\(|import|fetch)\s*[=(:]?\s*["']?\s*((?:https?:)?//[^"'\s)]+)"""
)


def test_health_tells_of_each_dependency(api: Api) -> None:
    response = api.http.get("/health")
    told = response.json()
    assert (response.status_code, told["status"]) == (200, "healthy")
    assert set(told) == {"status", "service", "version", "checks"}
    assert told["service"] == "conectar" and re.fullmatch(r"\d+\.\d+\.\d+\S*", told["version"])
    assert set(told["checks"]) == CHECKS
    for name, check in told["checks"].items():
        assert set(check) == {"status", "latency_ms"}
        known = "ok" if name in USED[type(api.server)] else "not_configured"
        assert check["status"] == known, name
        assert (check["latency_ms"] is None) is (known == "not_configured")


def test_ready_and_alive(api: Api) -> None:
    for path, status in (("/health/ready", "ready"), ("/health/live", "alive")):
        response = api.http.get(path)
        assert (response.status_code, response.json()) == (200, {"status": status})
        assert response.headers["content-type"].startswith("application/json")


def test_health_is_open_and_says_nothing_secret(api: Api) -> None:
    text = api.http.get("/health").text
    for secret in (str(api.server.folder), "sqlite", "sandbox", "APP_USR", "TEST-", "token"):
        assert secret not in text


@pytest.mark.parametrize("path", ["/health", "/health/live", "/docs", "/openapi.json"])
def test_the_root_carries_correlation_ids(api: Api, path: str) -> None:
    taken = api.http.get(path, headers={"X-Correlation-ID": "mi-id.7"})
    assert taken.headers["x-correlation-id"] == "mi-id.7"
    made = api.http.get(path).headers["x-correlation-id"]
    assert made and made != api.http.get(path).headers["x-correlation-id"]


def test_a_correlation_id_follows_into_what_is_stored(api: Api, ana: Person, beto: Person) -> None:
    """The event of a request, and what the gateway is asked because of it."""
    job = api.job(ana, beto)
    mine = {"X-Correlation-ID": "sigue-este-hilo"}
    ana.post("/payments/preference", {"trabajo_id": job["id"]}, headers=mine)
    ana.post(f"/trabajos/{job['id']}/cancelar", headers=mine)

    def check() -> bool:
        return any("sigue-este-hilo" in str(row) for row in dump(api.server)["eventos"])

    assert eventually(check)


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    response = api.http.get("/openapi.json")
    assert response.headers["content-type"].startswith("application/json")
    return dict(response.json())


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"]["title"] and document["info"]["version"]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_an_operation_has_an_id_of_its_own(document: dict[str, Any]) -> None:
    ids = [told["operationId"] for path in document["paths"].values() for told in path.values()]
    assert len(ids) == len(set(ids))


def test_an_operation_has_a_tag(document: dict[str, Any]) -> None:
    assert all(told["tags"] for path in document["paths"].values() for told in path.values())


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [r for value in node.values() for r in references(value)]
        return [r for value in node for r in references(value)] if isinstance(node, list) else []

    found = references(document)
    assert len(set(found)) > 20
    for reference in set(found):
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


@pytest.mark.parametrize("route", ROWS)
def test_an_operation_is_told_of_whole(document: dict[str, Any], route: str) -> None:
    method, path = route.split(" ")
    told = document["paths"][path][method.lower()]
    assert told["summary"] and told["description"]
    named = {one["name"] for one in told["parameters"] if one["in"] == "path"}
    assert named == set(re.findall(r"{(\w+)}", path))
    for one in told["parameters"]:
        assert one["schema"] and (one["in"] != "path" or one["required"])
    guarded = ROWS[route].expected[0] == 401 and "webhook" not in path
    assert ("security" in told) is guarded
    answers = told["responses"]
    assert [code for code in answers if code < "300"]
    for code, answer in answers.items():
        assert answer["description"]
        if code >= "400" and path != "/health" and path != "/health/ready":
            schema = answer["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}


FILTERS = {
    "GET /admin/users": {"rol": "CLIENTE PROFESIONAL ADMIN"},
    "GET /ofertas": {"estado": "PENDIENTE ACEPTADA RECHAZADA RETIRADA VENCIDA"},
    "GET /professional/ofertas": {"estado": "PENDIENTE ACEPTADA RECHAZADA RETIRADA VENCIDA"},
    "GET /trabajos": {"estado": "PENDIENTE_PAGO EN_CURSO COMPLETADO APROBADO EN_DISPUTA CANCELADO"},
    "GET /professional/trabajos": {
        "estado": "PENDIENTE_PAGO EN_CURSO COMPLETADO APROBADO EN_DISPUTA CANCELADO"
    },
    "GET /disputas": {"estado": "ABIERTA EN_REVISION RESUELTA RETIRADA"},
    "GET /admin/disputas": {"estado": "ABIERTA EN_REVISION RESUELTA RETIRADA"},
    "GET /payments/history": {
        "tipo": "PAGO ESCROW LIBERACION COMISION REEMBOLSO PAYOUT CONTRACARGO",
        "estado": "PENDIENTE PROCESANDO COMPLETADA FALLIDA",
    },
    "GET /admin/intents": {"estado": "CREADO ENVIADO DESCONOCIDO EXITOSO MANUAL ANULADO"},
    "GET /admin/payouts": {"estado": "SOLICITADO EXPORTADO ENVIADO FALLIDO DEVUELTO ANULADO"},
    "GET /admin/arrepentimientos": {"desenlace": "DESCONOCIDO CANCELADO EN_DISPUTA CASO CERRADO"},
    "GET /notifications/history": {"tipo": " ".join([*CONTRACT, "user.regret_received"])},
}
"""What each filter by code takes, as the contract's section 2 has it."""
INSIDE = (
    *("RELOJ", "MERCADOPAGO", "INICIADOR", "NINGUNA", "NINGUNO", "clock", "none"),
    *("notification.written", "gateway.notice_received", "user.erased"),
    *("user.password_reset_requested", "user.verification_requested"),
)


def test_a_filter_is_described_with_its_codes(document: dict[str, Any]) -> None:
    found = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": codes
        for path, told in document["paths"].items()
        for method, operation in told.items()
        if (codes := _codes(operation))
    }
    known = {route: {n: set(v.split()) for n, v in of.items()} for route, of in FILTERS.items()}
    assert found == known


def _codes(operation: dict[str, Any]) -> dict[str, set[str]]:
    asked = [one for one in operation["parameters"] if one["in"] == "query"]
    return {one["name"]: set(one["schema"]["enum"]) for one in asked if "enum" in one["schema"]}


@pytest.mark.parametrize("route", FILTERS)
def test_a_filter_takes_its_codes_and_no_other(
    api: Api, ana: Person, beto: Person, route: str
) -> None:
    path = route.removeprefix("GET ")
    who = {"admin": api.admin, "professional": beto}.get(path.split("/")[1], ana)
    for name, codes in FILTERS[route].items():
        for code in codes.split():
            assert who.get(path, params={name: code}).status_code == 200, code
        for wrong in ("", codes.split()[0].swapcase(), *INSIDE):
            told = refused(who.get(path, params={name: wrong}), 422, "DATOS_INVALIDOS")
            assert told["errors"][0]["campo"] == name


def test_a_file_is_described_as_what_it_is(document: dict[str, Any]) -> None:
    def kinds(path: str) -> list[str]:
        return list(document["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"])

    assert kinds("/admin/payouts/batches/{batch_id}") == ["text/csv"]
    assert kinds("/archivos/{token}") == ["image/*", "application/pdf"]


def test_a_list_says_which_counts_it_carries(document: dict[str, Any]) -> None:
    def counts(path: str) -> set[str]:
        return set(document["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["headers"])

    assert counts("/ofertas") == {"X-Total-Count"}
    assert counts("/notifications/history") == {"X-Total-Count", "X-Unread-Count"}


def test_a_body_is_described_with_its_bounds(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    body = next(s for name, s in schemas.items() if name == "OfferToProfessionalIn")
    assert set(body["required"]) == {"profesional_id", "descripcion", "monto"}
    assert body["additionalProperties"] is False
    fields = body["properties"]
    assert (fields["descripcion"]["minLength"], fields["descripcion"]["maxLength"]) == (10, 2000)
    (days,) = [one for one in fields["vence_en_dias"]["anyOf"] if one["type"] == "integer"]
    assert (days["minimum"], days["maximum"]) == (1, 60)


def test_the_pages_load_from_here_only(api: Api) -> None:
    page = api.http.get("/docs")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert not LOADS.search(page.text)
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(assets) >= 3
    for asset in assets:
        assert asset.startswith("/")
        loaded = api.http.get(asset)
        assert loaded.status_code == 200 and len(loaded.content) > 20
        assert loaded.headers["x-content-type-options"] == "nosniff"
        kind = "css" if asset.endswith(".css") else "javascript"
        assert kind in loaded.headers["content-type"]
        if kind == "css":
            assert not LOADS.search(loaded.text)
    script = next(asset for asset in assets if asset.startswith("/docs/"))
    assert '"/openapi.json"' in api.http.get(script).text


def test_the_pages_may_load_from_here_only(api: Api) -> None:
    policy = api.http.get("/docs").headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["script-src"] == ["'self'"] and rules["connect-src"] == ["'self'"]
    for sources in rules.values():
        assert not [s for s in sources if "//" in s or s in ("*", "https:", "http:")]


@pytest.mark.parametrize(
    "path",
    ["/docs-assets/../../etc/passwd", "/docs-assets/%2e%2e/%2e%2e/__init__.py",
     "/docs-assets/..%2f..%2f__init__.py", "/docs-assets//etc/passwd",
     "/docs-assets/%00"],
)  # fmt: skip
def test_no_other_file_is_served(api: Api, path: str) -> None:
    response = api.http.get(path)
    assert response.status_code in (400, 404) and "root:" not in response.text
