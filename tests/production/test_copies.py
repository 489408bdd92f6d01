"""Copies for every process, in Redis: how long they live there."""

from collections.abc import Callable
from math import ceil
from typing import Any

import redis

from tests.http.api import Api
from tests.http.person import eventually, good
from tests.town import Town

MENDOZA = {"latitude": -32.8895, "longitude": -68.8458}


def test_a_profile_lives_for_ten_minutes_and_a_search_for_three(api: Api, place: Town) -> None:
    client = redis.Redis.from_url(place.redis.url)
    pro = api.professional(at=tuple(MENDOZA.values()))

    def kept() -> set[bytes]:
        """Those that are there; where one is still to come, nothing stands."""
        return {key for key in client.keys("conectar:copy:*") if client.strlen(key)}

    def made(read: Callable[[], Any]) -> dict[str, int]:
        """The copies that reading it has made, with the minutes they live."""
        before = kept()
        good(read())
        found = eventually(lambda: kept() - before)
        return {key.decode(): ceil(client.ttl(key) / 60) for key in found}

    profile = made(lambda: api.nobody.get(f"/public/professional/{pro.id}"))
    search = made(lambda: api.nobody.post("/search", MENDOZA))
    assert list(profile.values()) == [10] and pro.id in next(iter(profile))
    assert list(search.values()) == [3]
    wide = made(lambda: api.nobody.post("/search", MENDOZA | {"radio_km": 500}))
    assert list(wide.values()) == [3]
