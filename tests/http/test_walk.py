"""A walk over every route as nobody, as two strangers and as the right person."""

from typing import Any

import pytest

from conectar.adapters.inbound.http.app import create_app
from conectar.adapters.inbound.http.openapi import operations
from tests.http.api import Api, Person
from tests.http.scene import Row, Scene
from tests.http.shape import strays
from tests.http.stored import dump, quiet
from tests.http.walk import ROWS
from tests.server import Server
from tests.town import Town

WITHOUT_A_WORD = ("/openapi.json", "/docs", "/docs-assets", "/sandbox", "/schema")
"""The documentation does not document itself; the sandbox is the world outside."""


@pytest.fixture(scope="module")
def api(own_server: Server | Town) -> Api:
    """A server of the walk's own: it moves money that the gateway never hears of."""
    return Api(own_server)


@pytest.fixture(scope="module")
def ana(api: Api) -> Person:
    """A client there."""
    return api.client()


@pytest.fixture(scope="module")
def beto(api: Api) -> Person:
    """A professional there."""
    return api.professional(nombre="Beto")


@pytest.fixture(scope="module")
def routes(api: Api) -> set[str]:
    """`METHOD /path` of what is really routed, whatever it says of itself."""
    server = api.server
    app = create_app(server.core, server.container)
    told = {f"{method} {path}" for path, method, _, _ in operations(app)}
    routed = {
        f"{method} {path}"
        for route in app.routes
        for path in [_plain(route.path_format)]
        for method in getattr(route, "methods", set()) - {"HEAD", "OPTIONS"}
        if not path.startswith(WITHOUT_A_WORD)
    }
    assert told == routed
    return routed


def _plain(path: str) -> str:
    return path.replace(":str}", "}")


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    """The OpenAPI document, as served."""
    return dict(api.http.get("/openapi.json").json())


@pytest.fixture(scope="module")
def scene(api: Api, ana: Person, beto: Person) -> Scene:
    """The usual people."""
    return Scene(api, ana, beto, api.client(), api.professional())


def callers(scene: Scene, row: Row) -> list[Person]:
    """Nobody, a stranger of the right role, one of the wrong role, the right person."""
    client, pro = scene.other_client, scene.other_pro
    three = {
        "client": [client, pro, scene.ana],
        "professional": [pro, client, scene.beto],
        "admin": [client, pro, scene.api.admin],
        "anyone": [client, pro, scene.ana],
    }[row.whose]
    if row.fresh:
        three = [scene.api.login(who.email) for who in three]
    return [scene.api.nobody, *three]


def test_every_route_has_a_row_and_every_row_a_route(routes: set[str]) -> None:
    assert set(ROWS) == routes


def test_the_document_lists_exactly_the_routes(routes: set[str], document: Any) -> None:
    listed = {
        f"{method.upper()} {path}" for path, told in document["paths"].items() for method in told
    }
    assert listed == routes


@pytest.mark.parametrize("route", ROWS)
def test_who_may_walk_in(scene: Scene, document: Any, route: str) -> None:
    row, (method, path) = ROWS[route], route.split(" ")
    made = row.make(scene)
    where = path.format_map(made.params)
    people = callers(scene, row)
    people[3] = made.by or people[3]
    people[1:] = made.instead or people[1:]
    quiet(scene.api.server, 0.15)
    told = document["paths"][path][method.lower()]
    seen = []
    for n, who in enumerate(people):
        more = made.more | (made.signed if n == 3 else {})
        before = dump(scene.api.server) if row.expected[n] in (401, 403, 404) else None
        response = who.call(method, where, **more)
        seen.append(response.status_code)
        assert strays(document, told, response) == []
        if before is not None and "refresh" not in path:
            assert dump(scene.api.server) == before
    assert tuple(seen) == row.expected
