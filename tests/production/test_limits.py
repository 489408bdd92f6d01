"""How often one may ask several processes together, with Redis and without."""

from pathlib import Path
from time import sleep

import httpx

from conectar.adapters.outbound.limits.limiter import SILENCE_S
from tests.http.person import API
from tests.town import Town, town

LIMIT = 30


def allowed(place: Town) -> int:
    """Of twice as many as may ask, each over a connection of its own."""
    asked = [httpx.get(f"{place.url}{API}/users/me", timeout=30) for _ in range(2 * LIMIT)]
    assert {answer.status_code for answer in asked} <= {401, 429}
    return sum(answer.status_code == 401 for answer in asked)


def test_all_together_let_no_more_through_than_one(tmp_path: Path) -> None:
    with town(tmp_path, workers=0, CONECTAR_RATE_LIMIT=f"{LIMIT}/hour") as place:
        assert allowed(place) == LIMIT
        place.redis.crash()
        alone = allowed(place)
        assert LIMIT // 2 <= alone <= LIMIT, "each counts for itself, a half"
        place.redis.start()  # it forgot
        sleep(2 * SILENCE_S)
        assert allowed(place) == LIMIT


def test_passwords_are_tried_as_often_by_every_door(tmp_path: Path) -> None:
    told = {"CONECTAR_RATE_LIMIT_LOGIN": "5/hour", "CONECTAR_RATE_LIMIT": "100/hour"}
    with town(tmp_path, workers=0, processes=1, **told) as place:
        tries = [
            httpx.get(f"{place.url}/admin/tareas", auth=(f"ana{n}@x.test", "x"), timeout=30)
            for n in range(8)
        ]
        assert [one.status_code for one in tries] == [401] * 5 + [429] * 3
        assert 0 < int(tries[-1].headers["retry-after"]) <= 3600
        form = {"username": "ana@x.test", "password": "x"}
        assert httpx.post(f"{place.url}{API}/auth/login", data=form).status_code == 429
        nowhere = httpx.get(f"{place.url}/sandbox/checkout")
        assert nowhere.status_code == 404
        assert {"x-correlation-id", "ratelimit"} <= set(nowhere.headers)
