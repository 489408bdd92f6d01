"""What the HTTP tests share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.http.api import Api
from tests.http.person import Person
from tests.server import Server, running_server
from tests.town import PROMPT, Town, town

LONG = {"access_token_ttl": timedelta(days=900), "refresh_token_ttl": timedelta(days=900)}
"""For servers whose clock is moved: nobody is signed out by it."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the production profile all is asked but what is about one program."""
    if not config.getoption("production"):
        return
    names = {item: set(getattr(item, "fixturenames", ())) for item in items}
    served = {"server", "own_server", "open_server", "timed"}
    alone = {item for item in items if item.get_closest_marker("one_program")}
    asked = [i for i, n in names.items() if n & served and i not in alone]
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
                return Api(stack.enter_context(_clocked(folder, **settings)))
            return Api(stack.enter_context(running_server(folder, **settings)))

        yield opened


def _clocked(folder: Path, **settings: Any) -> AbstractContextManager[Town]:
    """A town with settings of its own, which waits for nothing but its clock."""
    told = {f"CONECTAR_{name.upper()}": as_said(value) for name, value in settings.items()}
    return town(folder, workers=1, hurry=PROMPT, movable=True, **told)


def as_said(value: Any) -> str:
    """A setting as the environment says it: a word, a duration, or a list."""
    told = msgspec.to_builtins(value)
    return told if isinstance(told, str) else ",".join(told)


@pytest.fixture(scope="module")
def timed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """A server whose clock the module's tests may move, and which is in more of a hurry."""
    folder = tmp_path_factory.mktemp("timed")
    told = LONG | {"interval_relay": timedelta(milliseconds=50)}
    opened: Any = _clocked if request.config.getoption("production") else running_server
    with opened(folder, **told) as running:
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
