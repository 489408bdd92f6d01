"""What every test may use."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.backends import BACKENDS, House, house
from tests.server import Server, running_server

settings.register_profile(
    "conectar",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("conectar")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop kind: the one the program runs on."""
    return "asyncio"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each storage in turn."""
    return str(request.param)


@pytest.fixture
async def home(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A ready house on each storage, with fakes outside."""
    async with house(backend, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded program with its sandbox, on a free port, shared by the session."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running
