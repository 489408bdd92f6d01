"""A chargeback of a part: no rule knows what it took from whom, so a person books it; held money is
whole again then and goes on."""

import pytest

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Page
from conectar.application.payments.close_incident import LossTooSmall, MoneyInCare
from conectar.application.payments.refund_payment import AmountTooLarge, RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.money import ListRefunds
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.jobs.dispute import Ruling
from conectar.domain.jobs.refusals import PaymentFrozen
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Flag
from conectar.domain.payments.refund import RefundStatus, Resolution
from tests.application.gateway_words import (
    AFTER,
    HELD,
    PART,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    incidents,
    rule,
    scene,
)
from tests.application.paying_out import balance
from tests.application.rooms import days, script
from tests.application.test_chargebacks import NET
from tests.application.test_parked import close
from tests.backends import House

W = Word


async def lost_a_part(home: House, place: Place) -> Scene:
    """The bank disputes a part of it and keeps that."""
    made = await scene(home, place)
    await made.told(W.CHARGEBACK, disputed=PART)
    await made.told(W.SETTLED)
    return made


@pytest.mark.parametrize("place", HELD + AFTER)
async def test_it_is_a_persons_and_moves_nothing(still: House, place: Place) -> None:
    made = await scene(still, place)
    books = await accounts(still)
    await made.told(W.CHARGEBACK, disputed=PART)
    where = await made.where()
    await made.told(W.SETTLED)
    (shown,) = await incidents(still)
    assert (shown.flag, shown.taken_by_chargebacks) == (Flag.NO_ROW, PART)
    assert (await made.where(), await accounts(still)) == (where, books)
    assert (await made.job()).frozen is (place in HELD)


@pytest.mark.parametrize("place", [*HELD, Place.RELEASED])
async def test_what_it_took_has_to_be_named_to_the_cent_while_the_money_is_held(
    still: House, place: Place
) -> None:
    made = await lost_a_part(still, place)
    books = await accounts(still)
    with pytest.raises(LossTooSmall):
        await close(made, loss=PART - Money(1))
    if place in HELD:
        for loss, recovery in ((PART + Money(1), None), (PART, Money(1))):
            with pytest.raises(MoneyInCare):
                await close(made, loss=loss, recovery=recovery)
    assert await accounts(still) == books


@pytest.mark.parametrize("place", HELD)
async def test_once_it_is_booked_held_money_goes_on(still: House, place: Place) -> None:
    before = await (await scene(still, place)).where()
    made = await lost_a_part(still, place)
    shown = await close(made, loss=PART)
    assert (shown.flag, shown.frozen_by) == (None, None)
    assert await made.where() == before
    made_good = place is Place.RETURNING
    assert (await accounts(still)).get("chargeback_loss") == (None if made_good else PART.cents)
    for _ in range(2):
        await made.told(W.SETTLED)
    assert (await incidents(still), await made.where()) == ([], before)


async def test_who_is_given_his_money_back_has_that_part_already(still: House) -> None:
    made = await lost_a_part(still, Place.WORKING)
    await close(made, loss=PART)
    cancel = CancelJob(job_id=made.job_id, reason=None, actor=made.beto)
    await still.core.execute(cancel)
    assert [r.amount for r in await made.refunds()] == [PRICE - PART]
    books = await accounts(still)
    assert "chargeback_loss" not in books, "it was the client's own money"
    assert books["refund_pending"] == (PRICE - PART).cents


async def test_what_was_going_back_goes_back_without_that_part(still: House) -> None:
    made = await lost_a_part(still, Place.RETURNING)
    await close(made, loss=PART)
    last = (await made.refunds())[-1]
    assert (last.amount, last.status) == (PRICE - PART, RefundStatus.CREATED)
    assert not {"chargeback_loss", "refund_loss"} & (await accounts(still)).keys()
    # the gateway gives nothing back of a payment that was charged back: a bank does
    await still.core.execute(Sweep(due=Due.REFUNDS))
    assert (await made.refunds())[-1].status is RefundStatus.MANUAL
    await paid_by_bank(made)
    assert (await made.where())[1] == "refunded"
    await audit(made, by_bank=PRICE - PART)


async def paid_by_bank(made: Scene) -> None:
    await made.home.core.execute(
        ResolveRefund(
            refund_id=(await made.refunds())[-1].id,
            resolution=Resolution.BANK_TRANSFER,
            evidence="T-1",
            reason="MercadoPago no devuelve contracargos",
            actor=made.home.admin,
        )
    )


async def test_the_professional_is_paid_the_whole_and_the_house_bears_it(still: House) -> None:
    made = await lost_a_part(still, Place.DONE)
    with pytest.raises(PaymentFrozen):
        await still.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))
    await close(made, loss=PART)
    await still.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))
    assert (await accounts(still))["chargeback_loss"] == PART.cents
    await audit(made)


async def test_a_division_counts_it_as_the_clients(still: House) -> None:
    made = await lost_a_part(still, Place.QUARREL)
    await close(made, loss=PART)
    dispute = await made.dispute()
    await rule(still, dispute.id, Ruling.SPLIT, 40)
    ordered = (await made.refunds())[-1].amount
    assert ordered + PART == Money(PRICE.cents * 40 // 100)
    assert "chargeback_loss" not in await accounts(still)


@pytest.mark.parametrize("place", [*HELD, Place.RELEASED])
async def test_what_it_gives_back_later_is_a_persons_again(still: House, place: Place) -> None:
    made = await lost_a_part(still, place)
    before = await accounts(still)
    await close(made, loss=PART)
    await made.told(W.REIMBURSED)
    (shown,) = await incidents(still)
    assert (shown.flag, shown.taken_by_chargebacks) == (Flag.NO_ROW, Money.ZERO)
    if place is Place.RETURNING:
        return  # the part was made good from what the client was owed
    with pytest.raises(LossTooSmall):
        await close(made)
    await close(made, recovery=PART)
    assert await accounts(still) == before
    await audit(made)


@pytest.mark.parametrize("place", [Place.WORKING, Place.RELEASED])
async def test_the_rest_may_be_charged_back_by_rule(still: House, place: Place) -> None:
    """As if the price had been less: the part was booked."""
    made = await lost_a_part(still, place)
    await close(made, loss=PART)
    await made.told(W.CHARGEBACK, disputed=PRICE)
    await made.told(W.SETTLED)
    assert (await made.where())[1] == "charged_back"
    assert await incidents(still) == []
    await audit(made)


async def test_what_it_left_becomes_available_when_the_gateway_releases_it(still: House) -> None:
    """And not before: a payout would be paid with money that is not there."""
    made = await lost_a_part(still, Place.RELEASED)
    await close(made, loss=PART)
    await still.background.run_due()
    assert (await balance(still, made.beto)).available_balance == Money.ZERO
    still.clock.advance(days(20))
    await still.background.run_due()
    assert (await balance(still, made.beto)).available_balance == NET
    await audit(made)


async def test_an_administrator_gives_back_no_more_than_is_there(still: House) -> None:
    made = await lost_a_part(still, Place.RELEASED)
    await close(made, loss=PART)
    whole = RefundPayment(payment_id=made.payment_id, amount=PRICE, reason="x", actor=still.admin)
    with pytest.raises(AmountTooLarge):
        await still.core.execute(whole)


async def test_a_refund_that_waits_for_a_person_does_not_hold_it_up(still: House) -> None:
    made = await scene(still, Place.RETURNING)
    script(still).fail("refund", GatewayRefused(status=400, message="no"))
    await still.core.execute(Sweep(due=Due.REFUNDS))
    await made.told(W.CHARGEBACK, disputed=PART)
    await made.told(W.SETTLED)
    assert [r.status for r in await made.refunds()] == [RefundStatus.MANUAL]
    await close(made, loss=PART)
    refunds = [(r.status, r.amount) for r in await made.refunds()]
    assert refunds == [(RefundStatus.VOID, PRICE), (RefundStatus.CREATED, PRICE - PART)]
    listed = await still.core.execute(ListRefunds(status=None, page=Page(), actor=still.admin))
    assert len(listed.items) == 2


async def test_done_while_it_was_frozen_it_goes_on_from_there(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(W.CHARGEBACK, disputed=PART)
    await still.core.execute(CompleteJob(job_id=made.job_id, notes=None, actor=made.beto))
    await made.told(W.SETTLED)
    await close(made, loss=PART)
    job = await made.job()
    assert (job.frozen, job.status.value) == (False, "completed")
    assert job.deadline_at is not None
