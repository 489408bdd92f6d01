"""The same journeys where a PgBouncer in transaction mode stands between."""

from collections.abc import Iterator

import pytest

from tests.http.api import Api
from tests.production.test_journey import (  # noqa: F401
    test_a_cancelled_job_is_refunded_and_a_disputed_one_divided,
    test_a_job_is_paid_done_approved_and_told,
    test_of_eight_approvals_at_once_one_releases,
)
from tests.town import town


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Two API processes and two workers, over five sessions."""
    with town(tmp_path_factory.mktemp("pooled"), pooled=True) as opened:
        yield Api(opened)
