"""A town for all of these tests."""

from collections.abc import Iterator
from typing import cast

import pytest

from tests.http.api import Api
from tests.town import Town, town


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Two API processes, two workers, the sandbox."""
    with town(tmp_path_factory.mktemp("town")) as opened:
        yield Api(opened)


@pytest.fixture
def place(api: Api) -> Town:
    """The town itself."""
    return cast("Town", api.server)
