"""Rooms: houses that obey the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conectar.domain.payments.payment import Bearer
from tests.application.rooms import room
from tests.backends import House


@pytest.fixture(params=["memory", "sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """What a use case does is told on these two; that PostgreSQL keeps and refuses the same is
    told by the contract suite, and races and what must never be have tests of their own there."""
    return str(request.param)


@pytest.fixture
async def still(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house on each storage with a still clock and a gateway that can be scripted."""
    async with room(backend, tmp_path) as opened:
        yield opened


@pytest.fixture
async def generous(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house that bears chargebacks itself."""
    async with room(backend, tmp_path, chargeback_bearer=Bearer.HOUSE) as opened:
        yield opened
