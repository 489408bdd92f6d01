"""A house on PostgreSQL with people and jobs in it, and ways in beside the application."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.application.rooms import room
from tests.backends import House
from tests.postgresql.raw import beside


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[House]:
    """An empty house."""
    async with room("postgresql", tmp_path) as opened:
        yield opened


@pytest.fixture
async def engine(guarded: House) -> AsyncIterator[AsyncEngine]:
    """Beside the application, in its role."""
    async with beside(guarded) as opened:
        yield opened
