"""Bans, where HTTP can't reach: during a freeze, and in the moment between guard and unit."""

import pytest

from conectar.application.accounts.log_in import LogIn
from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.offers.reject_offer import RejectOffer
from conectar.application.queries.people import GetMe
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.people.user import AccountSuspended, NotBannable, NotBanned
from tests import actors
from tests.application.gateway_words import Place, Word, scene
from tests.backends import House


async def ban(home: House, who: Actor) -> None:
    await home.core.execute(BanUser(user_id=person(who), reason="Estafa", actor=home.admin))


async def test_a_ban_during_a_freeze_opens_its_dispute_at_the_thaw(home: House) -> None:
    made = await scene(home, Place.WORKING)
    await made.told(Word.MEDIATION)
    await ban(home, made.beto)
    assert (await made.job()).status is JobStatus.IN_PROGRESS
    await made.told(Word.FINE)
    assert (await made.job()).status is JobStatus.DISPUTED


async def test_a_ban_that_ended_before_the_thaw_opens_nothing(home: House) -> None:
    made = await scene(home, Place.WORKING)
    await made.told(Word.MEDIATION)
    await ban(home, made.beto)
    await home.core.execute(UnbanUser(user_id=person(made.beto), actor=home.admin))
    await made.told(Word.FINE)
    assert (await made.job()).status is JobStatus.IN_PROGRESS


async def test_what_was_let_in_before_the_ban_is_refused_inside_the_unit(home: House) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    offer = await actors.offer(home, ana, beto)
    job, _ = await actors.finished_job(home, ana, beto)
    await ban(home, ana)
    with pytest.raises(AccountSuspended):
        await home.core.execute(ApproveJob(job_id=job.id, actor=ana))
    with pytest.raises(AccountSuspended):
        await home.core.execute(RejectOffer(offer_id=offer.id, reason=None, actor=ana))


async def test_bans_are_lifted_once_and_put_on_once(home: House) -> None:
    ana = await actors.client(home)
    email = (await home.core.execute(GetMe(actor=ana))).email
    lift = UnbanUser(user_id=person(ana), actor=home.admin)
    with pytest.raises(NotBanned):
        await home.core.execute(lift)
    await ban(home, ana)
    with pytest.raises(NotBannable):
        await ban(home, ana)
    with pytest.raises(NotBannable):
        await ban(home, home.admin)
    await home.core.execute(lift)
    signed = LogIn(email=email, password=actors.PASSWORD, device="d")
    assert (await home.core.execute(signed)).access_token
