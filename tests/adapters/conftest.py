"""What the tests of the adapters share."""

import pytest

from .support import MovableClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()
