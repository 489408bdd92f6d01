"""Rooms: houses that obey the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from conectar.domain.kernel.actor import Actor
from conectar.domain.payments.payment import Bearer
from tests import actors
from tests.application.houses import MANNERS, Houses, opened
from tests.application.rooms import Races, room
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
async def racing(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose commits may fail."""
    async with room(backend, tmp_path, Races()) as opened:
        yield opened


@pytest.fixture
async def generous(backend: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house that bears chargebacks itself."""
    async with room(backend, tmp_path, chargeback_bearer=Bearer.HOUSE) as opened:
        yield opened


@pytest.fixture(params=MANNERS)
async def houses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Houses]:
    """Who races: one house, or two that keep things in one place."""
    async with opened(request.param, tmp_path) as homes:
        yield homes


@pytest.fixture
async def people(houses: Houses) -> tuple[Actor, Actor]:
    """A client and a professional."""
    return await actors.client(houses.first), await actors.professional(houses.first)
