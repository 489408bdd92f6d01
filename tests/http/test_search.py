"""Search: who is found, in which order, how far away, and what is never told."""

from collections.abc import Callable
from math import cos, hypot, radians, sqrt
from typing import Any

import pytest

from tests.http.api import Api, Person, submit_kyc
from tests.http.person import good, refused

HOME = (-54.80, -68.30)
"""Far from everybody else's."""
KM = 1 / 111.195
"""Degrees of latitude in a kilometre, on the sphere that is used."""
PRIVATE = {
    "telefono": "+54 2901 555",
    "direccion": "Calle Secreta 123",
    "payout_account": "alba.cobra",
}


def north(km: float) -> tuple[float, float]:
    return (HOME[0] + km * KM, HOME[1])


@pytest.fixture(scope="module")
def people(api: Api) -> dict[str, Person]:
    """Four on a line to the north, at 0, 3, 8 and 30 km."""

    def one(nombre: str, km: float, *oficios: str, **profile: Any) -> Person:
        return api.professional(north(km), nombre=nombre, oficios=oficios, **profile)

    return {
        "Alba": one("Alba", 0, "Plomería", tarifa_por_hora="1000", radio_cobertura_km=5, **PRIVATE),
        "Bruno": one(
            "Bruno", 3, "Electricidad", tarifa_por_hora="500.50", radio_cobertura_km=100,
            disponible=False,
        ),
        "Ciro": one("Ciro", 8, "Plomería", "Gas", radio_cobertura_km=5, acepta_instant=True),
        "Dora": one("Dora", 30, "Plomería", tarifa_por_hora="2000", radio_cobertura_km=100),
    }  # fmt: skip


def search(api: Api, at: tuple[float, float] = HOME, **more: Any) -> dict[str, Any]:
    body = {"latitude": at[0], "longitude": at[1]} | more
    return dict(good(api.admin.post("/search", body)))


def names(told: dict[str, Any]) -> list[str]:
    return [one["nombre"] for one in told["resultados"]]


EVERYBODY = {"radio_km": 500, "incluir_fuera_de_radio": True}
ALL = ["Alba", "Bruno", "Ciro", "Dora"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Alba", "Bruno"]),  # within 10 km, and themselves going so far
        ({"incluir_fuera_de_radio": True}, ["Alba", "Bruno", "Ciro"]),
        ({"radio_km": 2}, ["Alba"]),
        ({"radio_km": 4.5}, ["Alba", "Bruno"]),
        ({"radio_km": 500}, ["Alba", "Bruno", "Dora"]),
        (EVERYBODY, ALL),
        (EVERYBODY | {"ordenar_por": "distancia"}, ALL),
        (EVERYBODY | {"ordenar_por": "precio"}, ["Bruno", "Alba", "Dora", "Ciro"]),
        (EVERYBODY | {"ordenar_por": "rating"}, ALL),  # nobody has any
        (EVERYBODY | {"precio_minimo": "500.51"}, ["Alba", "Dora"]),
        (EVERYBODY | {"precio_minimo": 500.5, "precio_maximo": 1000}, ["Alba", "Bruno"]),
        (EVERYBODY | {"precio_maximo": "999.99"}, ["Bruno"]),
        (EVERYBODY | {"precio_minimo": 3, "precio_maximo": 2}, []),
        (EVERYBODY | {"rating_minimo": 0}, ALL),
        (EVERYBODY | {"rating_minimo": 0.1}, []),
        (EVERYBODY | {"disponible": True}, ["Alba", "Ciro", "Dora"]),
        (EVERYBODY | {"disponible": False}, ["Bruno"]),
        (EVERYBODY | {"oficio": "Plomería"}, ["Alba", "Ciro", "Dora"]),
        (EVERYBODY | {"oficio": "Gas"}, ["Ciro"]),
        (EVERYBODY | {"oficio": "Plomería", "precio_minimo": 1500}, ["Dora"]),
        (EVERYBODY | {"oficio": "Pintura"}, []),
    ],
)
def test_who_is_found(
    api: Api, people: dict[str, Person], asked: dict[str, Any], found: list[str]
) -> None:
    told = search(api, **asked)
    assert names(told) == found
    assert [one["id"] for one in told["resultados"]] == [people[name].id for name in found]
    assert (told["total"], told["total_exacto"], told["pagina"]) == (len(found), True, 1)


@pytest.mark.parametrize(
    "word",
    ["Plomería", "plomeria", "PLOMERÍA", "PlOmErÍa", "  plomería ", "Plomero", "PLOMERO",
     "plomeri\u0301a", "<id>"],
)  # fmt: skip
def test_a_trade_has_many_spellings(api: Api, people: dict[str, Person], word: str) -> None:
    asked = word.replace("<id>", api.trades()["Plomería"])
    assert names(search(api, **EVERYBODY, oficio=asked)) == ["Alba", "Ciro", "Dora"]


@pytest.mark.parametrize(
    "word", ["Astronauta", "Plom", "%", "_", "' OR 1=1", "01890000-0000-7000-8000-000000000000"]
)
def test_an_unknown_trade_finds_nobody(api: Api, people: dict[str, Person], word: str) -> None:
    told = search(api, **EVERYBODY, oficio=word)
    assert (told["total"], told["total_exacto"], told["resultados"]) == (0, True, [])
    assert told["total_paginas"] == 0


def test_pages(api: Api, people: dict[str, Person]) -> None:
    pages = [search(api, **EVERYBODY, skip=skip, limit=2) for skip in (0, 2, 4)]
    assert [names(page) for page in pages] == [ALL[:2], ALL[2:], []]
    assert [page["pagina"] for page in pages] == [1, 2, 3]
    for page in pages:
        assert (page["total"], page["total_paginas"], page["total_exacto"]) == (4, 2, True)
    by_three = search(api, **EVERYBODY, skip=3, limit=3)
    assert (names(by_three), by_three["pagina"], by_three["total_paginas"]) == (["Dora"], 2, 2)


def test_distances_come_in_steps_of_half_a_kilometre(api: Api, people: dict[str, Person]) -> None:
    for start in (0.0, 0.7, 1.9, 5.2, 11.3):
        for one in search(api, north(start), **EVERYBODY)["resultados"]:
            true = abs({"Alba": 0, "Bruno": 3, "Ciro": 8, "Dora": 30}[one["nombre"]] - start)
            assert (one["distancia_km"] * 2).is_integer()
            assert true - 0.3 <= one["distancia_km"] <= true + 0.3 + 0.5


def test_nothing_private_is_public(api: Api, people: dict[str, Person]) -> None:
    alba = people["Alba"]
    texts = [
        api.nobody.post("/search", {"latitude": HOME[0], "longitude": HOME[1]}).text,
        api.nobody.get(f"/public/professional/{alba.id}").text,
    ]
    for text in texts:
        assert "Alba" in text
        for secret in (alba.email, "persona", *PRIVATE.values(), "-54.8", "-68.3", "latitude"):
            assert secret not in text
    found = search(api, limit=1)
    assert set(found) == {"total", "total_exacto", "resultados", "pagina", "total_paginas"}
    assert set(found["resultados"][0]) == {
        "id", "nombre", "apellido", "oficios", "tarifa_por_hora", "rating_promedio",
        "total_resenas", "distancia_km", "nivel", "avatar_url", "acepta_instant",
    }  # fmt: skip
    mine = alba.seen("/professional/me")
    assert mine["direccion"] == PRIVATE["direccion"]
    assert mine["payout_account"] not in (None, PRIVATE["payout_account"])  # masked


def test_nobody_is_shown_before_approval(api: Api, ana: Person) -> None:
    who, at = api.applicant(nombre="Nora"), (-49.3, -67.7)
    place = {"latitude": at[0], "longitude": at[1], "radio_cobertura_km": 50}
    good(who.put("/professional/me", place))
    good(who.post("/professional/oficios", {"oficio_id": api.trades()["Gas"]}))

    def hidden() -> None:
        assert names(search(api, at, radio_km=5)) == []
        refused(api.admin.get(f"/public/professional/{who.id}"), 404, "NO_ENCONTRADO")
        quote = {"monto": "100", "profesional_id": who.id}
        refused(ana.get("/payments/commission/calculate", params=quote), 404, "NO_ENCONTRADO")

    hidden()
    good(submit_kyc(who))
    hidden()
    good(api.admin.put(f"/admin/kyc/{who.id}/reject", {"motivo": "Borroso"}))
    hidden()
    assert who.seen("/professional/kyc/status") == {
        "estado_verificacion": "RECHAZADO",
        "motivo_rechazo": "Borroso",
    }
    good(submit_kyc(who))
    good(api.admin.put(f"/admin/kyc/{who.id}/approve"))
    assert names(search(api, at, radio_km=5)) == ["Nora"]
    assert api.admin.seen(f"/public/professional/{who.id}")["nombre"] == "Nora"
    good(who.put("/users/me", {"nombre": "Norita"}))
    good(who.put("/professional/me", {"disponible": False}))
    assert names(search(api, at, radio_km=5)) == ["Norita"]
    assert names(search(api, at, radio_km=5, disponible=True)) == []
    good(who.delete(f"/professional/oficios/{api.trades()['Gas']}"))
    assert names(search(api, at, radio_km=5, oficio="Gas")) == []
    good(who.put("/professional/me", {"latitude": -48.0, "longitude": -67.7}))
    assert names(search(api, at, radio_km=5)) == []


def edge(inside: Callable[[float], bool]) -> float:
    """How many kilometres until something stops being so."""
    near, far = 0.0, 1.0
    assert inside(near) and not inside(far)
    for _ in range(14):
        middle = (near + far) / 2
        near, far = (middle, far) if inside(middle) else (near, middle)
    return near


def guessed(api: Api, who: Person, home: tuple[float, float]) -> tuple[float, float]:
    """Where asking often puts somebody: (km north, km east or west) of his home."""

    def inside(up: float, aside: float) -> bool:
        at = (home[0] + up * KM, home[1] + aside * KM / cos(radians(home[0])))
        found = search(api, at, radio_km=3, incluir_fuera_de_radio=True, limit=100)["resultados"]
        return bool(next(one for one in found if one["id"] == who.id)["distancia_km"] <= 0.5)

    to_north, to_south = edge(lambda km: inside(km, 0)), edge(lambda km: inside(-km, 0))
    half = (to_north + to_south) / 2
    return (to_north - to_south) / 2, sqrt(max(0.25 - half**2, 0.0))


def test_asking_often_finds_another_place_than_the_home(api: Api) -> None:
    home = (-43.0, -65.0)
    two = [api.professional(home, nombre="Vera") for _ in range(2)]
    places = [guessed(api, who, home) for who in two]
    for up, aside in places:
        assert hypot(up, aside) < 0.302
    assert hypot(places[0][0] - places[1][0], places[0][1] - places[1][1]) > 0.001
    assert max(hypot(*place) for place in places) > 0.005
    for _ in range(2):  # going away and coming back finds no other place to average with
        for latitude in (-40.0, home[0]):
            place = {"latitude": latitude, "longitude": home[1]}
            good(two[0].put("/professional/me", place))
    again = guessed(api, two[0], home)
    assert hypot(again[0] - places[0][0], again[1] - places[0][1]) < 0.005
