"""An administrator gives a payment back, held or released, whole or in part."""

import pytest

from conectar.application.payments.refund_payment import (
    AmountTooLarge,
    RefundPayment,
    TooOldToRefund,
)
from conectar.application.views.money import RefundView
from conectar.domain.jobs.refusals import InvalidTransition, PaymentFrozen
from conectar.domain.kernel.errors import NotFound, WrongRole
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.commission import divide
from conectar.domain.payments.refund import RefundOrigin, RefundOutstanding, RefundStatus
from tests import actors
from tests.application.gateway_words import (
    PART,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    scene,
)
from tests.application.paying_out import ask, balance, export, name_account
from tests.application.rooms import days
from tests.application.test_chargebacks import BRONZE, NET, available
from tests.backends import House, everywhere

HELD = (Place.WORKING, Place.DONE, Place.QUARREL)
KEPT = divide(PRICE - PART, BRONZE)


async def give_back(
    made: Scene, amount: Money | None = None, payment: PaymentId | None = None
) -> RefundView:
    """An administrator does; and the gateway carries it out when it is run."""
    agreed = await made.home.core.execute(
        RefundPayment(
            payment_id=payment or made.payment_id,
            amount=amount,
            reason="un error",
            actor=made.home.admin,
        )
    )
    assert agreed.done is not None and agreed.proposal is None
    return agreed.done


@pytest.mark.parametrize("place", HELD)
@pytest.mark.parametrize("amount", [None, PRICE])
async def test_all_of_held_money_ends_the_job(
    still: House, place: Place, amount: Money | None
) -> None:
    made = await scene(still, place)
    shown = await give_back(made, amount)
    assert (shown.amount, shown.status) == (PRICE, RefundStatus.CREATED)
    if place is Place.QUARREL:
        assert (await made.dispute()).status.value == "resolved"
    await still.background.run_due()
    assert (await made.where())[:2] == ("cancelled", "refunded")
    await audit(made)


@pytest.mark.parametrize("place", HELD)
async def test_a_part_of_held_money_divides_it(still: House, place: Place) -> None:
    made = await scene(still, place)
    assert (await give_back(made, PART)).amount == PART
    await still.background.run_due()
    assert (await made.where())[:2] == ("approved", "split")
    books = await accounts(still)
    assert (books["payable_unreleased"], books["commission"]) == (
        KEPT.net.cents,
        KEPT.commission.cents,
    )
    await audit(made)


@pytest.mark.parametrize("released", [False, True])
async def test_a_part_of_released_money_takes_the_professionals_and_the_commission_in_proportion(
    still: House, released: bool
) -> None:
    made = await scene(still, Place.RELEASED)
    if released:
        await available(made)
    assert (await give_back(made, PART)).origin is RefundOrigin.RELEASED
    await still.background.run_due()
    books = await accounts(still)
    his = "payable" if released else "payable_unreleased"
    assert (books[his], books["commission"]) == (KEPT.net.cents, KEPT.commission.cents)
    assert (await made.where())[:2] == ("approved", "released")
    await audit(made)
    await give_back(made)
    await still.background.run_due()
    left = await accounts(still)
    assert not {his, "commission", "refund_pending", "refund_loss"} & left.keys()
    await audit(made)


async def test_what_he_has_no_longer_is_the_houses_loss_and_he_owes_nothing(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    await name_account(still, made.beto)
    await ask(still, made.beto, Money(NET.cents - 100))
    await export(still)
    await give_back(made)
    await still.background.run_due()
    assert (await accounts(still))["refund_loss"] == NET.cents - 100
    shown = await balance(still, made.beto)
    assert (shown.available_balance, shown.debt) == (Money.ZERO, Money.ZERO)
    await audit(made)


async def test_never_more_than_this_jobs_part_of_his_balance(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    job, payment = await actors.approved_job(still, made.ana, made.beto)
    await available(Scene(still, job, payment))
    await give_back(made)
    assert (await balance(still, made.beto)).available_balance == NET
    await still.background.run_due()
    await audit(made)


@everywhere
async def test_one_after_the_other_and_never_more_than_was_paid(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await give_back(made, PART)
    with pytest.raises(RefundOutstanding):
        await give_back(made, PART)
    await still.background.run_due()
    for cents in (PRICE.cents - PART.cents + 1, 0, -1):
        with pytest.raises(AmountTooLarge):
            await give_back(made, Money(cents))
    await give_back(made)
    await still.background.run_due()
    with pytest.raises(AmountTooLarge):
        await give_back(made)
    await audit(made)


async def test_only_for_180_days(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    still.clock.advance(days(180))
    await give_back(made, PART)
    await still.background.run_due()
    still.clock.advance(days(0.001))
    with pytest.raises(TooOldToRefund):
        await give_back(made, PART)
    await audit(made)


async def test_frozen_returning_unpaid_and_unknown_money_is_refused(still: House) -> None:
    frozen = await scene(still, Place.DONE)
    await frozen.told(Word.MEDIATION)
    for amount in (None, PRICE + PRICE):
        with pytest.raises(PaymentFrozen):
            await give_back(frozen, amount)
    parked = await scene(still, Place.RELEASED)
    await parked.told(Word.MEDIATION)
    with pytest.raises(PaymentFrozen):
        await give_back(parked)
    back = await scene(still, Place.RETURNING)
    with pytest.raises(RefundOutstanding):
        await give_back(back)
    await still.background.run_due()
    for amount in (None, PRICE + PRICE):
        with pytest.raises(InvalidTransition):
            await give_back(back, amount)
    with pytest.raises(NotFound):
        await give_back(back, payment=PaymentId("404"))
    mine = RefundPayment(payment_id=back.payment_id, amount=None, reason="quiero", actor=back.ana)
    with pytest.raises(WrongRole):
        await still.core.execute(mine)
    for made in (frozen, parked, back):
        await audit(made)


async def test_a_chargeback_takes_only_what_was_not_given_back(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await give_back(made, PART)
    await made.told(Word.SETTLED)
    assert [r.status for r in await made.refunds()] == [RefundStatus.VOID]
    await audit(made)
    await made.told(Word.REIMBURSED)
    voided, again = await made.refunds()
    assert (voided.amount, again.amount, again.origin) == (PART, PART, RefundOrigin.RELEASED)
    still.gateway.change(made.payment_id, "approved", "accredited")
    await actors.notice(still, made.payment_id)
    await audit(made)
