"""Nobody leaves while a cent of his is open, on whatever account; then he is nobody."""

import pytest

from conectar.application.accounts.register import Register
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.message import Page
from conectar.application.people.erase_me import EraseMe
from conectar.application.people.regret_job import RegretJob
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.admin import ListRegrets
from conectar.application.queries.offers import GetOffer
from conectar.application.queries.people import GetMe
from conectar.domain.kernel.actor import Role, person
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.payout import PayoutResult
from conectar.domain.payments.refund import Resolution
from conectar.domain.people.user import BalanceOutstanding
from tests import actors
from tests.application.gateway_words import Place, Scene, Word, accounts, audit, scene
from tests.application.paying_out import export, payouts, settle
from tests.application.rooms import script
from tests.application.test_chargebacks import owing
from tests.application.test_empty_accounts import (
    Make,
    asked,
    earned,
    held,
    on_a_persons_list,
    quarrelling,
    returning,
    to_take,
    working,
    write_off,
)
from tests.application.test_resolving import resolve
from tests.backends import House

CLIENTS = (held, working, quarrelling, returning, on_a_persons_list)
PROFESSIONALS = (held, working, quarrelling, earned, to_take, asked, owing)
CASES = [("ana", make) for make in CLIENTS] + [("beto", make) for make in PROFESSIONALS]


@pytest.mark.parametrize(("who", "make"), CASES, ids=[f"{w}-{m.__name__}" for w, m in CASES])
async def test_with_money_open_it_is_refused_and_nothing_changes(
    still: House, who: str, make: Make
) -> None:
    made = await make(still)
    leaver = getattr(made, who)
    before = (
        await accounts(still),
        await made.where(),
        await still.core.execute(GetMe(actor=leaver)),
    )
    with pytest.raises(BalanceOutstanding):
        await still.core.execute(EraseMe(actor=leaver))
    assert before == (
        await accounts(still),
        await made.where(),
        await still.core.execute(GetMe(actor=leaver)),
    )


async def test_a_payment_on_its_way_back_keeps_its_client(still: House) -> None:
    """It funds nothing, and is his all the same."""
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    page = (await actors.checkout(still, job, ana)).preference_id
    await still.core.execute(CancelJob(job_id=job.id, reason=None, actor=ana))
    script(still).fail("refund", GatewayRefused(status=400, message="no"))
    late = still.gateway.pay(page)
    await actors.notice(still, late)
    with pytest.raises(BalanceOutstanding):
        await still.core.execute(EraseMe(actor=ana))
    still.gateway.change(late, "refunded", refunded=actors.PRICE)
    await resolve(still, Resolution.CONFIRMED)
    await still.core.execute(EraseMe(actor=ana))


async def paid_out(home: House) -> Scene:
    """The professional has everything."""
    made = await asked(home)
    await export(home)
    (line,) = await payouts(home)
    await settle(home, line.id, PayoutResult.SENT)
    return made


async def written_off(home: House) -> Scene:
    """The house gave his debt up."""
    made = await owing(home)
    await write_off(made)
    return made


@pytest.mark.parametrize("make", [paid_out, written_off])
async def test_once_everything_is_empty_he_may_go_and_the_books_stay(
    still: House, make: Make
) -> None:
    made = await make(still)
    before = await accounts(still)
    await still.core.execute(EraseMe(actor=made.beto))
    assert await accounts(still) == before
    await audit(made)
    async with still.store.reading() as read:
        user, pro = await read.user(person(made.beto)), await read.professional(person(made.beto))
    assert user is not None and user.erased_at is not None and not user.active
    assert (user.first_name, user.last_name, user.phone) == ("—", "", None)
    assert user.email == f"{user.id}@erased.invalid"
    assert pro is not None and pro.professional.cuit is None
    assert pro.professional.payout_account is None


async def test_pending_offers_and_unpaid_jobs_end_and_the_address_is_free(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    email = (await still.core.execute(GetMe(actor=ana))).email
    offer = await actors.offer(still, ana, beto)
    job = await actors.unpaid_job(still, ana, beto)
    await still.core.execute(EraseMe(actor=ana))
    made = Scene(still, job, actors.PaymentId("0"))
    assert (await made.where())[:2] == ("cancelled", "empty")
    shown = await still.core.execute(GetOffer(offer_id=offer.id, actor=beto))
    assert shown.status is not OfferStatus.PENDING
    again = Register(
        email=email,
        password=actors.PASSWORD,
        first_name="Ana",
        last_name="Paz",
        role=Role.CLIENT,
    )
    assert (await still.core.execute(again)).id != ana.user_id
    await still.background.run_due()


async def test_an_administrator_stays(still: House) -> None:
    with pytest.raises(WrongRole):
        await still.core.execute(EraseMe(actor=still.admin))


async def test_the_other_side_goes_on(still: House) -> None:
    """Who worked for somebody who left is still paid."""
    made = await scene(still, Place.RELEASED)
    await still.core.execute(EraseMe(actor=made.ana))
    still.gateway.release(made.payment_id)
    await actors.notice(still, made.payment_id)
    assert "payable" in await accounts(still)


async def test_a_refund_that_a_freeze_made_void_keeps_its_client(still: House) -> None:
    """No intent is open, and the money is still on its way to him."""
    made = await scene(still, Place.RETURNING)
    await made.told(Word.MEDIATION)
    with pytest.raises(BalanceOutstanding):
        await still.core.execute(EraseMe(actor=made.ana))
    await made.told(Word.FINE)
    await still.core.execute(EraseMe(actor=made.ana))


async def test_his_regrets_name_nobody_any_more(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    email = (await still.core.execute(GetMe(actor=ana))).email
    for address in (email, "otra@conectar.example"):
        await still.core.execute(RegretJob(email=address, job_id=job.id, reason="Soy Ana, DNI 1"))
    await still.core.execute(EraseMe(actor=ana))
    listed = await still.core.execute(ListRegrets(outcome=None, page=Page(), actor=still.admin))
    assert {(r.email, r.reason) for r in listed.items} == {
        (f"{ana.user_id}@erased.invalid", None),
        ("otra@conectar.example", "Soy Ana, DNI 1"),
    }
