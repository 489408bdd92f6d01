"""A store on each storage."""

import pytest

from conectar.application.ports.unit_of_work import Store
from tests.application.conftest import still as still
from tests.backends import House


@pytest.fixture
def store(still: House) -> Store:
    """An empty house's store."""
    return still.store
