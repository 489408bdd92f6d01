"""The door itself: lost races, telemetry, and what it wakes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from conectar.application.core import Contended
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.once import Once
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.ports.outside import GatewaySilent
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import JobId
from tests import actors
from tests.application.rooms import Heard, Listening, Races, RacingStore, room, script
from tests.backends import House

KEY = Once("llave-0001")
ATTEMPTS = 5


@pytest.fixture
def heard() -> Heard:
    """What telemetry was told."""
    return Heard()


@pytest.fixture
async def racing(backend: str, tmp_path: Path, heard: Heard) -> AsyncIterator[House]:
    """A house where somebody else may be first."""
    async with room(backend, tmp_path, Races(), Listening(heard)) as opened:
        yield opened


def races(home: House) -> RacingStore:
    """The store that loses them."""
    assert isinstance(home.store, RacingStore)
    return home.store


@pytest.mark.parametrize("once", [None, KEY], ids=["without a key", "with a key"])
async def test_a_lost_race_is_run_again_whole(racing: House, once: Once | None) -> None:
    ana, beto = await actors.client(racing), await actors.professional(racing)
    job, _ = await actors.finished_job(racing, ana, beto)
    races(racing).lost, before = ATTEMPTS - 1, races(racing).units
    shown = await racing.core.execute(ApproveJob(job_id=job.id, actor=ana), once=once)
    assert shown.approved_at and races(racing).units - before == ATTEMPTS
    steps = await racing.core.execute(GetJobTimeline(job_id=job.id, actor=ana))
    assert len(steps) == 4
    assert (await racing.core.execute(GetTrialBalance(actor=racing.admin))).balanced


@pytest.mark.parametrize("once", [None, KEY], ids=["without a key", "with a key"])
async def test_who_always_loses_is_told_and_may_try_again(racing: House, once: Once | None) -> None:
    ana, beto = await actors.client(racing), await actors.professional(racing)
    job, _ = await actors.finished_job(racing, ana, beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    races(racing).lost = ATTEMPTS
    with pytest.raises(Contended):
        await racing.core.execute(approve, once=once)
    assert races(racing).lost == 0, "no more tries than that"
    assert (await racing.core.execute(GetJob(job_id=job.id, actor=ana))).approved_at is None
    assert (await racing.core.execute(approve, once=once)).approved_at


async def test_each_message_tells_how_it_ended_once(racing: House, heard: Heard) -> None:
    ana, beto = await actors.client(racing), await actors.professional(racing)
    job = await actors.unpaid_job(racing, ana, beto)
    approve, pay = ApproveJob(job_id=job.id, actor=ana), OpenCheckout(job_id=job.id, actor=ana)

    async def told(message: object, once: Once | None = None) -> list[tuple[str, str]]:
        heard.lines.clear()
        try:
            await racing.core.execute(message, once=once)  # type: ignore[arg-type]
        except BaseException as error:
            assert not isinstance(error, AssertionError)
        return [line for line in heard.lines if line[0] == type(message).__name__]

    name = "ApproveJob"
    assert await told(approve) == [(name, "InvalidTransition")]
    assert await told(approve, KEY) == [(name, "InvalidTransition")]
    assert await told(approve, KEY) == [(name, "InvalidTransition")], "a replay, too"
    assert await told(ApproveJob(job_id=JobId(uuid4()), actor=ana)) == [(name, "NotFound")]
    races(racing).lost = ATTEMPTS
    assert await told(pay) == [("OpenCheckout", "Contended")]
    assert await told(GetJob(job_id=job.id, actor=ana)) == [("GetJob", "ok")]
    script(racing).fail("open", GatewaySilent(), RuntimeError("oops"))
    assert await told(pay) == [("OpenCheckout", "GatewaySilent")]
    assert await told(pay) == [("OpenCheckout", "failed")]
    script(racing).fail("open", asyncio.CancelledError())
    assert await told(pay, Once("llave-0002")) == [("OpenCheckout", "cancelled")]
    assert await told(pay) == [("OpenCheckout", "ok")]


async def test_a_question_about_nothing_is_refused_and_changes_nothing(racing: House) -> None:
    ana = await actors.client(racing)
    before = races(racing).units
    with pytest.raises(NotFound):
        await racing.core.execute(GetJob(job_id=JobId(uuid4()), actor=ana))
    assert races(racing).units == before, "a question opens no writing unit"
