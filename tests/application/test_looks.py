"""A row keeps how its job looked to whoever looked; the clock and the next one are shown anew."""

from collections.abc import Callable
from datetime import datetime

import pytest

from conectar.application.ports.rows import JobRow
from conectar.application.queries.jobs import job_view
from conectar.application.views.work import Action, ClientPartyView, ProfessionalPartyView
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound
from tests.domain.builders import (
    ADMIN,
    CLIENT,
    CLIENT_ID,
    DAY,
    HOUR,
    PROFESSIONAL,
    PROFESSIONAL_ID,
    STRANGER,
    T0,
    TICK,
    accepted,
    paid,
)

ANA = ClientPartyView(id=CLIENT_ID, first_name="Ana", last_name="Paz", avatar_url=None)
BETO = ProfessionalPartyView(
    id=PROFESSIONAL_ID, first_name="Beto", last_name="Sosa", avatar_url=None, rating_average=None
)
MIDNIGHT = T0 + 10 * DAY + 12 * HOUR
"""The end of the tenth day in Buenos Aires."""


def row(job: Job) -> JobRow:
    return JobRow(job, ANA, BETO, refund=None, reviewed=False)


def offered(row: JobRow, actor: Actor, at: datetime) -> tuple[Action, ...]:
    return job_view(row, actor, at).actions


def test_what_did_not_change_is_the_same() -> None:
    one = row(accepted())
    assert job_view(one, CLIENT, T0) is job_view(one, CLIENT, T0 + HOUR)


def test_each_sees_what_he_may_do_whoever_looked_before() -> None:
    known, house = row(paid()), Actor(Role.ADMIN, CLIENT_ID)
    for _ in range(2):
        for actor in (CLIENT, PROFESSIONAL, ADMIN, house, CLIENT):
            assert offered(known, actor, T0 + DAY) == offered(row(paid()), actor, T0 + DAY)
        with pytest.raises(NotFound):
            job_view(known, STRANGER, T0 + DAY)
    assert offered(known, CLIENT, T0 + DAY) != offered(known, house, T0 + DAY)


@pytest.mark.parametrize(
    ("made", "gone", "turn"),
    [(accepted, Action.PAY, T0 + DAY), (paid, Action.CANCEL, MIDNIGHT)],
)
def test_the_clock_takes_away_and_a_clock_that_goes_back_gives(
    made: Callable[[], Job], gone: Action, turn: datetime
) -> None:
    known = row(made())
    for at in (T0 + HOUR, turn - TICK, turn, turn + DAY, turn, turn - TICK, T0 + HOUR):
        assert (gone in offered(known, CLIENT, at)) == (at < turn), at
