"""A store on each storage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conectar.application.ports.unit_of_work import Store
from tests.application.rooms import room
from tests.backends import House


@pytest.fixture
async def still(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A room that keeps values: what it holds need not be anybody's life."""
    async with room(backend, tmp_path, kind="values") as opened:
        yield opened


@pytest.fixture
def store(still: House) -> Store:
    """An empty house's store."""
    return still.store
