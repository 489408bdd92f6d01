"""`/metrics`: right after requests, also without a store, and not for everybody."""

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.test_metrics import read
from tests.http.api import Api
from tests.http.person import refused
from tests.server import running_server
from tests.servers.postgresql import databases

TOKEN = "a-token-for-scraping-only"
PROXY = ("127.0.0.1", "10.0.0.0/8")


def page(api: Api) -> dict[tuple[str, ...], float]:
    response = api.http.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["cache-control"] == "no-store" and "ratelimit" not in response.headers
    return read(response.content)


def test_requests_are_told_by_the_template_of_their_path(open_server: Any) -> None:
    api = open_server(rate_limit="100/minute")
    ana, beto = api.client(), api.professional()
    offers = [api.offer(ana, beto) for _ in range(3)]
    for offer in offers:
        ana.seen(f"/ofertas/{offer['id']}")
    ana.get("/ofertas/no-such")
    api.http.get("/wp-login.php")
    api.http.request("PROPFIND", "/health")
    found = page(api)
    assert found["http_requests_total", "/api/v1/ofertas/{offer_id}", "GET", "200"] == 3
    assert found["http_requests_total", "/api/v1/ofertas/{offer_id}", "GET", "404"] == 1
    assert found["http_requests_total", "/api/v1/ofertas", "POST", "201"] == 3
    assert found["http_request_duration_seconds_count", "/api/v1/ofertas/{offer_id}", "GET"] == 4
    assert found["http_requests_total", "-", "GET", "404"] == 1
    paths, methods = ({key[n] for key in found if key[0] == "http_requests_total"} for n in (1, 2))
    assert "OTHER" in methods and "PROPFIND" not in methods
    assert not [path for path in paths if "wp-" in path or offers[0]["id"] in path]


@pytest.mark.one_program
def test_people_and_work_are_told(open_server: Any) -> None:
    api = open_server()
    ana, beto = api.client(), api.professional()
    api.paid(ana, beto)
    found = page(api)
    assert found["active_users",] == 3, "both, and the administrator who approved one"
    assert found["trabajos_en_curso",] == 1
    assert found["conectar_store_up",] == 1 and found["conectar_ledger_sum_centavos",] == 0
    api.paid(ana, beto)
    assert page(api)["trabajos_en_curso",] == 1, "asked every five seconds at most"


def test_without_its_database_a_program_tells_what_it_knows(tmp_path: Path) -> None:
    url = databases().new()
    where = {"database_url": url, "migrations_url": databases().owners(url)}
    with running_server(tmp_path, **where) as server:
        api = Api(server)
        api.http.get("/health/live")
        databases().drop(url)
        found = page(api)
        assert found["conectar_store_up",] == 0 and ("active_users",) not in found
        assert found["http_requests_total", "/health/live", "GET", "200"] == 1


FORWARDED: list[tuple[tuple[str, ...], dict[str, str], int]] = [
    ((), {}, 200),
    ((), {"X-Forwarded-For": "203.0.113.5"}, 403),
    ((), {"X-Forwarded-For": "127.0.0.1"}, 403),
    ((), {"X-Forwarded-For": ""}, 403),
    ((), {"X-Real-IP": "203.0.113.5"}, 403),
    ((), {"Forwarded": "for=203.0.113.5"}, 403),
    ((), {"Via": "1.1 somebody"}, 403),
    (PROXY, {}, 200),
    (PROXY, {"X-Forwarded-For": "203.0.113.5"}, 403),
    (PROXY, {"X-Forwarded-For": "127.0.0.1, 203.0.113.5"}, 403),
    (PROXY, {"X-Forwarded-For": "10.1.2.3, 203.0.113.5"}, 403),
    (PROXY, {"X-Forwarded-For": "203.0.113.5, 10.1.2.3"}, 403),
    (PROXY, {"X-Forwarded-For": "nobody"}, 403),
    (PROXY, {"X-Forwarded-For": "2001:db8::1"}, 403),
    (PROXY, {"X-Forwarded-For": "10.1.2.3"}, 200),
    (PROXY, {"X-Forwarded-For": "::1"}, 200),
    (PROXY, {"X-Forwarded-For": "::ffff:10.1.2.3"}, 200),
    (("192.0.2.0/24",), {"X-Forwarded-For": "192.0.2.7"}, 403),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Servers by whom they trust."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        found = {}
        for trusted in {case[0] for case in FORWARDED}:
            folder = tmp_path_factory.mktemp("guarded")
            settings = {"trusted_proxies": trusted, "metrics_token": TOKEN}
            found[trusted] = Api(stack.enter_context(running_server(folder, **settings)))
        yield found


@pytest.mark.parametrize(("trusted", "headers", "status"), FORWARDED)
def test_only_from_here_or_from_where_our_proxies_are(
    guarded: Any, trusted: tuple[str, ...], headers: dict[str, str], status: int
) -> None:
    api = guarded[trusted]
    response = api.http.get("/metrics", headers=headers)
    assert response.status_code == status
    if status == 403:
        refused(response, 403, "ROL_NO_PERMITIDO")
        assert "http_requests_total" not in response.text
    shown = headers | {"Authorization": f"Bearer {TOKEN}"}
    assert api.http.get("/metrics", headers=shown).status_code == 200


@pytest.mark.parametrize(
    "shown", ["Bearer x", "Bearer", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"]
)
def test_another_token_opens_nothing(guarded: Any, shown: str) -> None:
    headers = {"X-Forwarded-For": "203.0.113.5", "Authorization": shown}
    assert guarded[PROXY].http.get("/metrics", headers=headers).status_code == 403


def test_without_a_token_none_opens_anything(open_server: Any) -> None:
    api = open_server()
    for shown in ("Bearer", "Bearer None", ""):
        headers = {"X-Forwarded-For": "203.0.113.5", "Authorization": shown}
        assert api.http.get("/metrics", headers=headers).status_code == 403
