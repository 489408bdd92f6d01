"""How often one may ask: by address, and by account at the door."""

from typing import Any

import httpx
import pytest

from tests.http.api import Api
from tests.http.person import refused
from tests.servers.redis import Redis


def door(api: Api, email: str, path: str = "/auth/login", **headers: str) -> httpx.Response:
    form = {"username": email, "password": "no-es-esta-1"}
    return api.nobody.post(path, data=form, headers=headers)


def limited(response: httpx.Response) -> None:
    """Refused for coming too often, with the time to wait."""
    told = refused(response, 429, "DEMASIADOS_PEDIDOS")
    assert told["correlation_id"] == response.headers["x-correlation-id"]
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_hundred_a_minute_from_one_address(open_server: Any) -> None:
    api = open_server(rate_limit="100/minute")
    answers = [api.http.get("/api/v1/public/oficios") for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {200}
    limited(answers[100])
    assert answers[0].headers["ratelimit-policy"] == '"default";q=100;w=60'
    left = [int(answer.headers["ratelimit"].split(";")[1].removeprefix("r=")) for answer in answers]
    assert left[:100] == list(range(99, -1, -1)) and left[100] == 0
    for path in ("/api/v1/nada", "/openapi.json", "/docs", "/api/v2/x"):
        limited(api.http.get(path))
    for path in ("/health", "/health/live", "/health/ready"):
        free = api.http.get(path)
        assert free.status_code == 200 and "ratelimit" not in free.headers
    for _ in range(30):
        notice = api.http.post("/api/v1/webhook/mercadopago", json={})
        assert notice.status_code == 401 and "ratelimit" not in notice.headers


def test_five_tries_a_minute_from_one_address(open_server: Any) -> None:
    api = open_server(rate_limit_login="5/minute")
    answers = [door(api, f"persona{n}@conectar.test") for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    limited(answers[5])
    assert answers[0].headers["ratelimit-policy"] == '"login";q=5;w=60'
    assert api.http.get("/api/v1/public/oficios").status_code == 200


@pytest.mark.parametrize("path", ["/auth/login/", "/auth//login", "/auth/login//"])
def test_no_other_spelling_of_the_door_goes_round_its_limit(open_server: Any, path: str) -> None:
    api = open_server(rate_limit_login="5/minute")
    answers = [door(api, f"persona{n}@conectar.test", path) for n in range(7)]
    assert answers[-1].status_code in (404, 429)


def test_five_tries_a_minute_at_one_account(open_server: Any) -> None:
    api = open_server(rate_limit_login="5/minute", trusted_proxies=("127.0.0.1",))
    who = api.register("CLIENTE")["email"]
    spellings = (who, who.upper(), f" {who}", who.title(), who, f"{who} ")
    answers = [
        door(api, spelling, **{"X-Forwarded-For": f"203.0.113.{n}"})
        for n, spelling in enumerate(spellings)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    limited(answers[5])
    other = door(api, "otra@conectar.test", **{"X-Forwarded-For": "203.0.113.99"})
    assert other.status_code == 401


def test_a_stranger_cannot_choose_his_address(open_server: Any) -> None:
    api = open_server(rate_limit_login="5/minute")
    answers = [
        door(api, f"p{n}@conectar.test", **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(6)
    ]
    assert answers[5].status_code == 429


def test_a_trusted_proxy_is_believed_about_the_nearest_hop_only(open_server: Any) -> None:
    api = open_server(rate_limit_login="5/minute", trusted_proxies=("127.0.0.1", "10.0.0.0/8"))

    def statuses(*forwarded: str) -> list[int]:
        return [
            door(api, f"x{abs(hash((n, f)))}@conectar.test", **{"X-Forwarded-For": f}).status_code
            for n, f in enumerate(forwarded)
        ]

    assert statuses(*(f"203.0.113.{n}" for n in range(6))) == [401] * 6
    invented = [f"198.51.100.{n}, 203.0.113.200" for n in range(6)]
    assert statuses(*invented) == [401] * 5 + [429]
    inner = [f"203.0.113.201, 10.0.0.{n}" for n in range(6)]
    assert statuses(*inner) == [401] * 5 + [429]
    network = [f"2001:db8:0:1::{n}" for n in range(6)]
    assert statuses(*network) == [401] * 5 + [429]
    nonsense = ["nadie, 'x'"] * 6
    assert statuses(*nonsense) == [401] * 5 + [429]


def test_off_is_off(open_server: Any) -> None:
    api = open_server()
    answers = [api.http.get("/api/v1/public/oficios") for _ in range(120)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


@pytest.mark.one_program
def test_two_programs_at_one_redis_count_together(open_server: Any) -> None:
    at_one = {"rate_limit": "5/minute", "redis_url": Redis().url}
    first, second = open_server(**at_one), open_server(**at_one)
    answers = [api.http.get("/api/v1/public/oficios") for api in (first, second) * 3]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
