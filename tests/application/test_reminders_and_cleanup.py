"""The clock speaks of what is nearly over, once; and cleans up at two in Buenos Aires."""

from datetime import UTC, datetime, timedelta

import pytest

from conectar.application.accounts.end_session import EndSession
from conectar.application.accounts.log_in import LogIn
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Page
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.once import Once
from conectar.application.queries.notices import ListNotices
from conectar.application.queries.people import Authenticate, GetMe
from conectar.application.sweeps.clean_up import CleanUp, ForgetOld, Old, next_night
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.money import Money
from tests import actors
from tests.application.rooms import days
from tests.backends import House


async def told(home: House, who: Actor) -> list[str]:
    query = ListNotices(read=None, event=None, page=Page(0, 100), actor=who)
    return [notice.event for notice in (await home.core.execute(query)).page.items]


async def passes(home: House, time: timedelta) -> None:
    home.clock.advance(time)
    await home.background.run_due()


async def test_a_job_is_spoken_of_three_days_before_its_end_and_two_before_approval(
    home: House,
) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    job, _ = await actors.paid_job(home, ana, beto)
    await passes(home, days(71.9))
    assert "trabajo.reminder" not in await told(home, beto)
    for _ in range(2):
        await passes(home, days(0.2))
        assert (await told(home, beto)).count("trabajo.reminder") == 1
    assert "trabajo.reminder" not in await told(home, ana)
    await home.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
    await passes(home, days(12.1))
    assert (await told(home, ana)).count("trabajo.reminder") == 1


async def test_an_offer_is_spoken_of_to_who_has_to_answer_a_day_before(home: House) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    offer = CreateOffer(
        to=person(beto), description="Algo", amount=Money(200_00), valid_days=3, actor=ana
    )
    await home.core.execute(offer)
    await passes(home, days(1.9))
    assert "oferta.reminder" not in await told(home, beto)
    await passes(home, days(0.2))
    assert "oferta.reminder" in await told(home, beto)
    assert "oferta.reminder" not in await told(home, ana)


async def test_an_offer_of_a_day_is_too_short_to_speak_of(home: House) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    offer = CreateOffer(
        to=person(beto), description="Algo", amount=Money(200_00), valid_days=1, actor=ana
    )
    await home.core.execute(offer)
    await passes(home, days(0.99))
    assert "oferta.reminder" not in await told(home, beto)


@pytest.mark.parametrize(
    ("after", "night"),
    [
        ("2026-03-02T04:59:59", "2026-03-02T05:00:00"),
        ("2026-03-02T05:00:00", "2026-03-03T05:00:00"),
        ("2026-03-02T23:30:00", "2026-03-03T05:00:00"),
        ("2026-03-03T02:59:00", "2026-03-03T05:00:00"),
    ],
)
def test_the_night_is_at_two_in_buenos_aires(after: str, night: str) -> None:
    moment, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (after, night))
    assert next_night(moment) == wanted


async def test_the_clean_up_drops_what_nobody_needs_and_nothing_else(home: House) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    email = (await home.core.execute(GetMe(actor=ana))).email
    signs_in = LogIn(email=email, password=actors.PASSWORD, device="d")
    old, kept = [await home.core.execute(signs_in) for _ in range(2)]
    caller = await home.core.execute(Authenticate(access_token=old.access_token))
    await home.core.execute(EndSession(session_id=caller.session_id, actor=ana))
    offer = CreateOffer(
        to=person(beto), description="Algo", amount=Money(200_00), valid_days=60, actor=ana
    )
    await home.core.execute_once(offer, Once("una-llave-1"))
    await home.background.run_due()
    assert (await home.core.execute_once(offer, Once("una-llave-1"))).replayed
    assert await home.core.execute(Authenticate(access_token=kept.access_token))
    home.clock.advance(days(100))
    dropped = {what: await home.core.execute(ForgetOld(what=what)) for what in Old}
    assert dropped[Old.KEYS] >= 1
    assert dropped[Old.SESSIONS] == 1, "the other's time ended only seventy days ago"
    assert dropped[Old.DELIVERIES] > 0
    assert await home.core.execute(CleanUp()) == 0, "twice is once"
    assert not (await home.core.execute_once(offer, Once("una-llave-1"))).replayed


async def test_the_night_comes_by_the_clock(home: House) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    offer = CreateOffer(
        to=person(beto), description="Algo", amount=Money(200_00), valid_days=60, actor=ana
    )
    await home.core.execute_once(offer, Once("otra-llave-1"))
    home.clock.advance(days(4))
    await home.background.run_due()
    assert await home.core.execute(ForgetOld(what=Old.KEYS)) == 0, "the night has dropped it"
