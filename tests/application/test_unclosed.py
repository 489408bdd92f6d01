"""Money moves on while something about its payment waits for a person: nobody gets it twice, and
none of it is left where no route reaches it."""

from datetime import timedelta

import pytest

from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.house.ban_user import BanUser
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.jobs.dispute import DisputeReason, Ruling, clients_part
from conectar.domain.kernel.actor import person
from conectar.domain.payments.payment import Flag
from conectar.domain.payments.refund import RefundOutstanding, RefundStatus, Resolution
from tests import actors
from tests.application.gateway_words import (
    PART,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    incidents,
    quarrel,
    rule,
    scene,
)
from tests.application.rooms import days, script
from tests.application.test_parked import close
from tests.backends import House

S, W = RefundStatus, Word


async def paid_twice(home: House) -> tuple[Scene, Scene]:
    """A job that is paid, and its second payment, whose return the gateway refused."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    page = (await actors.checkout(home, job, ana)).preference_id
    first, second = home.gateway.pay(page), home.gateway.pay(page)
    await actors.notice(home, first)
    script(home).fail("refund", GatewayRefused(status=400, message="insufficient balance"))
    await actors.notice(home, second)
    two = Scene(home, job, second)
    assert [r.status for r in await two.refunds()] == [S.MANUAL]
    return Scene(home, job, first), two


async def test_a_freeze_of_one_payment_voids_no_return_of_another(still: House) -> None:
    one, two = await paid_twice(still)
    await two.told(W.MEDIATION)
    await one.told(W.MEDIATION)
    with pytest.raises(RefundOutstanding):
        await close(two)
    await two.told(W.FINE)
    (refund,) = await two.refunds()
    again = ResolveRefund(
        refund_id=refund.id,
        resolution=Resolution.RETRY,
        evidence=None,
        reason="otra vez",
        actor=still.admin,
    )
    await still.core.execute(again)
    await still.background.run_due()
    assert [r.status for r in await two.refunds()] == [S.SUCCEEDED]
    assert "refund_pending" not in await accounts(still)


async def test_what_the_bank_took_of_a_second_payment_is_not_returned_too(still: House) -> None:
    _, two = await paid_twice(still)
    await two.told(W.SETTLED)
    await close(two, loss=PRICE)
    assert [r.status for r in await two.refunds()] == [S.VOID] and not await incidents(still)
    books = await accounts(still)
    assert not {"refund_pending", "chargeback_loss", "suspense"} & books.keys()
    assert books["escrow"] == PRICE.cents


async def test_a_part_first_heard_of_as_lost_freezes_what_is_held(still: House) -> None:
    made = await scene(still, Place.WORKING)
    still.gateway.change(made.payment_id, *W.CHARGEBACK.value, disputed=PART)  # nobody heard
    await made.told(W.SETTLED)
    assert await made.where() == ("in_progress", "held", "none", "chargeback")
    await close(made, loss=PART)
    assert await made.where() == ("in_progress", "held", "none", "none")
    await still.core.execute(CancelJob(job_id=made.job_id, reason=None, actor=made.beto))
    assert [r.amount for r in await made.refunds()] == [PRICE - PART]
    await audit(made)


async def test_a_part_given_outside_is_part_of_what_a_division_gives(still: House) -> None:
    """Though nobody has closed it."""
    made = await scene(still, Place.QUARREL)
    await made.told(W.PARTLY)
    await rule(still, (await made.dispute()).id, Ruling.SPLIT, 95)
    await still.background.run_due()
    assert [(r.status, r.amount) for r in await made.refunds()] == [
        (S.SUCCEEDED, clients_part(PRICE, 95) - PART)
    ]
    await close(made, loss=PART)
    assert "refund_loss" not in await accounts(still)
    await audit(made)


async def test_what_came_back_is_compared_with_what_was_booked(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await made.told(W.CHARGEBACK, disputed=PART)
    await made.told(W.SETTLED)
    await close(made, loss=PART)
    await made.told(W.REIMBURSED)
    await made.told(W.CHARGEBACK, disputed=PRICE)
    await made.told(W.SETTLED)
    await made.told(W.REIMBURSED)
    assert (await made.where())[:2] == ("approved", "released")
    assert [i.flag for i in await incidents(still)] == [Flag.NO_ROW]
    await close(made, recovery=PART)
    await audit(made)


async def test_a_release_is_noted_whoever_cleared_the_list(still: House) -> None:
    made = await scene(still, Place.QUARREL)
    script(still).fail("refund", GatewaySilent(operation="refund"), after=True)
    await rule(still, (await made.dispute()).id, Ruling.SPLIT, 40)
    await still.core.execute(Sweep(due=Due.REFUNDS))
    await made.told(W.SETTLED)
    assert (await made.where())[1] == "split", "nobody knows yet what the refund became"
    still.clock.advance(timedelta(seconds=10))
    await still.background.run_due()
    assert (await made.where())[1] == "charged_back" and not await incidents(still)
    still.clock.advance(days(30))
    await still.background.run_due()
    assert (await made.payment()).released
    assert not {"payable_unreleased", "gateway_unreleased"} & (await accounts(still)).keys()


async def test_where_the_client_has_all_already_nothing_is_ordered(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(W.CHARGEBACK, disputed=PRICE - PART)
    await made.told(W.SETTLED)
    await close(made, loss=PRICE - PART)
    still.gateway.change(made.payment_id, *W.SETTLED.value, refunded=PART)
    await actors.notice(still, made.payment_id)
    await close(made, loss=PART)
    await still.core.execute(CancelJob(job_id=made.job_id, reason=None, actor=made.beto))
    assert (await made.where())[:2] == ("cancelled", "refunded")
    assert await made.refunds() == []
    books = await accounts(still)
    assert not {"escrow", "refund_pending", "chargeback_loss", "refund_loss"} & books.keys()


@pytest.mark.parametrize("place", [Place.WORKING, Place.DONE])
async def test_the_job_of_a_banned_professional_waits_for_an_administrator(
    still: House, place: Place
) -> None:
    """Also when the ban found the client's dispute there, which he then lets be."""
    made = await scene(still, place)
    await quarrel(still, made.job_id, made.ana)
    await still.core.execute(BanUser(user_id=person(made.beto), reason="Estafa", actor=still.admin))
    his = await made.dispute()
    await still.core.execute(WithdrawDispute(dispute_id=his.id, actor=made.ana))
    assert (await made.where())[:3] == ("disputed", "held", "open")
    assert (await made.dispute()).cause is DisputeReason.SUSPENSION
