"""What the HTTP tests share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from tests.http.api import Api
from tests.http.person import Person
from tests.server import Server, running_server
from tests.town import Town, town

LONG = {"access_token_ttl": timedelta(days=900), "refresh_token_ttl": timedelta(days=900)}
"""For servers whose clock is moved: nobody is signed out by it."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the production profile all is asked but what is about one program, or moves its clock."""
    if not config.getoption("production"):
        return
    names = {item: set(getattr(item, "fixturenames", ())) for item in items}
    served = {"server", "own_server", "open_server"}
    alone = {item for item in items if item.get_closest_marker("one_program")}
    asked = [i for i, n in names.items() if n & served and "timed" not in n and i not in alone]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asked)])
    items[:] = asked


@pytest.fixture(scope="session")
def api(server: Server | Town) -> Api:
    """The shared server."""
    return Api(server)


@pytest.fixture
def open_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Api]]:
    """Opens servers with settings of their own; they end with the test."""
    with ExitStack() as stack:

        def opened(**settings: Any) -> Api:
            folder = tmp_path_factory.mktemp("own")
            if request.config.getoption("production"):
                return Api(stack.enter_context(town(folder, workers=1, **as_said(settings))))
            return Api(stack.enter_context(running_server(folder, **settings)))

        yield opened


def as_said(settings: dict[str, Any]) -> dict[str, str]:
    """Settings as the environment says them: words, or lists of them."""
    return {
        f"CONECTAR_{name.upper()}": value if isinstance(value, str) else ",".join(value)
        for name, value in settings.items()
    }


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server whose clock the module's tests may move, and which is in more of a hurry."""
    hurry = {"interval_relay": timedelta(milliseconds=50)}
    with running_server(tmp_path_factory.mktemp("timed"), **LONG, **hurry) as running:
        yield Api(running)


@pytest.fixture(scope="session")
def ana(api: Api) -> Person:
    """A client."""
    return api.client()


@pytest.fixture(scope="module")
def beto(api: Api) -> Person:
    """A professional who may be hired; a new one a module, for good work raises his level."""
    return api.professional(nombre="Beto")


@pytest.fixture(scope="module")
def carla(timed: Api) -> Person:
    """A client on the server whose clock moves."""
    return timed.client(nombre="Carla")


@pytest.fixture(scope="module")
def dario(timed: Api) -> Person:
    """A professional there."""
    return timed.professional(nombre="Dario")
