"""The button of regret: always a code, and what may still be undone is undone."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.message import Page
from conectar.application.people.regret_job import CloseRegret, RegretJob
from conectar.application.queries.admin import ListRegrets
from conectar.application.queries.disputes import ListDisputeMessages
from conectar.application.queries.notices import ListNotices
from conectar.application.queries.people import GetMe
from conectar.application.views.house import RegretView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.kernel.ids import JobId
from conectar.domain.people.regret import CaseClosed, RegretOutcome
from tests import actors
from tests.application.gateway_words import Place, Scene, Word, audit, scene
from tests.application.rooms import days
from tests.backends import House

R = RegretOutcome


async def regret(
    home: House, who: Actor, job: JobId | None, reason: str | None = "Me arrepentí"
) -> str:
    """Somebody presses it, with the address of that account."""
    email = (await home.core.execute(GetMe(actor=who))).email
    message = RegretJob(email=f" {email.upper()} ", job_id=job, reason=reason)
    return (await home.core.execute(message)).code


async def case(home: House, code: str) -> RegretView:
    """As it stands on the list."""
    query = ListRegrets(outcome=None, page=Page(), actor=home.admin)
    (found,) = [one for one in (await home.core.execute(query)).items if one.code == code]
    return found


async def unpaid(home: House) -> Scene:
    """A job that waits for its payment."""
    ana, beto = await actors.client(home), await actors.professional(home)
    return Scene(home, await actors.unpaid_job(home, ana, beto), actors.PaymentId("0"))


def at(
    place: Place, word: Word | None = None, later: float = 0
) -> Callable[[House], Awaitable[Scene]]:
    """A job there, perhaps after the gateway's word and some days."""

    async def make(home: House) -> Scene:
        made = await scene(home, place)
        if word:
            await made.told(word)
        home.clock.advance(days(later))
        return made

    return make


async def done_once(home: House) -> Scene:
    """Marked done and sent back."""
    made = await scene(home, Place.DONE)
    await home.core.execute(RequestChanges(job_id=made.job_id, reason="gotea", actor=made.ana))
    return made


OUTCOMES = {
    "unpaid": (unpaid, R.CANCELLED, ("cancelled", "empty")),
    "within ten days": (at(Place.WORKING, later=10), R.CANCELLED, ("cancelled", "refunding")),
    "after ten days": (at(Place.WORKING, later=11), R.CASE, ("in_progress", "held")),
    "done": (at(Place.DONE), R.CASE, ("completed", "held")),
    "done once": (done_once, R.CASE, ("in_progress", "held")),
    "frozen": (at(Place.WORKING, Word.MEDIATION), R.CASE, ("in_progress", "held")),
    "in dispute": (at(Place.QUARREL), R.IN_DISPUTE, ("disputed", "held")),
    "released": (at(Place.RELEASED), R.CASE, ("approved", "released")),
}


@pytest.mark.parametrize(("make", "outcome", "where"), OUTCOMES.values(), ids=list(OUTCOMES))
async def test_what_comes_of_it(
    still: House,
    make: Callable[[House], Awaitable[Scene]],
    outcome: RegretOutcome,
    where: tuple[str, str],
) -> None:
    made = await make(still)
    code = await regret(still, made.ana, made.job_id)
    shown = await case(still, code)
    assert (shown.outcome, shown.job_id) == (outcome, made.job_id)
    assert (await made.where())[:2] == where
    if outcome is R.IN_DISPUTE:
        query = ListDisputeMessages(
            dispute_id=(await made.dispute()).id, page=Page(), actor=still.admin
        )
        assert [m.said for m in (await still.core.execute(query)).items] == [f"{code} Me arrepentí"]
    await still.background.run_due()
    for who in (made.ana, made.beto):
        told = ListNotices(read=None, event="user.regret_received", page=Page(), actor=who)
        (notice,) = (await still.core.execute(told)).page.items
        assert code in notice.told
    if where[1] != "empty":
        await audit(made)


async def test_who_is_nobody_here_is_given_a_code_and_nobody_is_told(still: House) -> None:
    made, eva = await scene(still, Place.WORKING), await actors.client(still)
    before = await made.where()
    codes = {
        await regret(still, eva, made.job_id),
        await regret(still, made.beto, made.job_id),
        await regret(still, made.ana, JobId(UUID(int=7))),
        await regret(still, made.ana, None),
        (await still.core.execute(RegretJob(email="x@y.ar", job_id=made.job_id, reason=None))).code,
    }
    assert len(codes) == 5
    query = ListRegrets(outcome=R.UNKNOWN, page=Page(), actor=still.admin)
    found = (await still.core.execute(query)).items
    assert {one.code for one in found} == codes and {one.job_id for one in found} == {None}
    assert await made.where() == before
    await still.background.run_due()
    told = ListNotices(read=None, event="user.regret_received", page=Page(), actor=made.ana)
    assert (await still.core.execute(told)).page.total == 0


async def test_pressed_twice_it_is_cancelled_once(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await regret(still, made.ana, made.job_id)
    await still.background.run_due()
    again = await regret(still, made.ana, made.job_id)
    assert (await case(still, again)).outcome is R.CASE
    assert len(await made.refunds()) == 1
    await audit(made)


async def test_an_administrator_closes_a_case_once(still: House) -> None:
    made = await scene(still, Place.DONE)
    code = await regret(still, made.ana, made.job_id)
    with pytest.raises(WrongRole):
        await still.core.execute(CloseRegret(code=code, explanation="x", actor=made.ana))
    close = CloseRegret(code=code, explanation="Hablamos con ella", actor=still.admin)
    assert (await still.core.execute(close)).outcome is R.CLOSED
    with pytest.raises(CaseClosed):
        await still.core.execute(close)
