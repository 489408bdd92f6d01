"""What every test may use."""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.backends import BACKENDS, House, house
from tests.server import Server, running_server
from tests.servers.programs import Missing
from tests.town import Town, town

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """What else can be asked for."""
    told = "tests/http: what the production profile can be asked, of it and not of the embedded one"
    parser.addoption("--production", action="store_true", help=told)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a server can't be had nothing else is tried: one line says what to run."""
    report = yield
    if call.excinfo and isinstance(call.excinfo.value, Missing):
        report.longrepr = item.session.shouldfail = str(call.excinfo.value)
    return report


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server | Town]:
    """A program with its sandbox, shared by the session: the embedded one, or a town."""
    with opened(request, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def own_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server | Town]:
    """One for a module alone."""
    with opened(request, tmp_path_factory.mktemp("own")) as running:
        yield running


def opened(
    request: pytest.FixtureRequest, folder: Path
) -> AbstractContextManager[Server] | AbstractContextManager[Town]:
    """On the profile that is asked for."""
    asked = request.config.getoption("production")
    return town(folder) if asked else running_server(folder)
