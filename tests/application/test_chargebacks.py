"""A chargeback after the release: who bears it, in which order, and how it is given back."""

import pytest

from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.jobs.dispute import clients_part
from conectar.domain.kernel.actor import person
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments.commission import divide
from conectar.domain.payments.payout import PayoutResult, PayoutStatus
from conectar.domain.payments.refund import RefundStatus, Resolution
from tests import actors
from tests.application.gateway_words import (
    AFTER,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    incidents,
    scene,
)
from tests.application.paying_out import ask, balance, export, name_account, payouts, settle
from tests.application.rooms import days, script
from tests.backends import House, everywhere

S, W = RefundStatus, Word
BRONZE = Rate(1500)
NET = divide(PRICE, BRONZE).net
BACK = clients_part(PRICE, 40)
REST = divide(PRICE - BACK, BRONZE).net


async def available(made: Scene) -> None:
    """The gateway makes the payment's money available."""
    made.home.gateway.release(made.payment_id)
    await actors.notice(made.home, made.payment_id)


async def there(home: House) -> int:
    """What the ledger believes to be at the gateway, in cents."""
    books = await accounts(home)
    return books.get("gateway_unreleased", 0) + books.get("gateway_available", 0)


async def another(made: Scene, released: bool = True) -> Scene:
    """More work of the same two."""
    job, payment = await actors.approved_job(made.home, made.ana, made.beto)
    more = Scene(made.home, job, payment)
    if released:
        await available(more)
    return more


async def parts(made: Scene) -> tuple[int, int, int]:
    """What is available, what waits and what is owed, in cents."""
    shown = await balance(made.home, made.beto)
    return shown.available_balance.cents, shown.pending_balance.cents, shown.debt.cents


NETS = {Place.RELEASED: NET.cents, Place.SPLIT: REST.cents}


@pytest.mark.parametrize("place", AFTER)
@pytest.mark.parametrize("sent", [False, True], ids=["unsent", "sent"])
async def test_what_is_not_available_yet_goes_first_and_nobody_owes(
    still: House, place: Place, sent: bool
) -> None:
    made = await scene(still, place)
    if sent:
        await still.core.execute(Sweep(due=Due.REFUNDS))
    assert await parts(made) == (0, NETS[place], 0)
    await made.told(W.CHARGEBACK)
    assert (await made.payment()).flag is not None, "in process: a person sees it coming"
    await made.told(W.SETTLED)
    assert (await made.where())[:2] == ("approved", "charged_back")
    assert await parts(made) == (0, 0, 0)
    if place is Place.SPLIT:
        assert [r.status for r in await made.refunds()] == [S.SUCCEEDED if sent else S.VOID]
    books = await accounts(still)
    assert not {"payable_unreleased", "payable", "refund_pending", "commission"} & books.keys()
    if place is Place.RELEASED or not sent:
        await audit(made)
        assert await incidents(still) == []


async def test_what_the_bank_had_given_the_client_is_lost_twice_and_comes_back_once(
    still: House,
) -> None:
    """It was at the gateway still, which took it; the professional pays for his part alone."""
    made = await scene(still, Place.SPLIT)
    script(still).fail("refund", GatewayRefused(status=400, message="no"))
    await still.core.execute(Sweep(due=Due.REFUNDS))
    (refund,) = await made.refunds()
    transfer = ResolveRefund(
        refund_id=refund.id,
        resolution=Resolution.BANK_TRANSFER,
        evidence="T-1",
        reason="no quiso",
        actor=still.admin,
    )
    await still.core.execute(transfer)
    before = await there(still)
    await made.told(W.SETTLED)
    assert (await accounts(still))["chargeback_loss"] == BACK.cents
    assert await there(still) == before - PRICE.cents
    assert await parts(made) == (0, 0, 0)
    await audit(made, by_bank=BACK)
    await made.told(W.REIMBURSED)
    assert "chargeback_loss" not in await accounts(still)
    assert await there(still) == before


async def test_a_chargeback_after_all_was_given_back_is_a_persons(still: House) -> None:
    """Whether the gateway takes it a second time, only its own report says."""
    made = await scene(still, Place.RELEASED)
    give = RefundPayment(
        payment_id=made.payment_id, amount=None, reason="acuerdo", actor=still.admin
    )
    await still.core.execute(give)
    await still.core.execute(Sweep(due=Due.REFUNDS))
    before, where = await accounts(still), await made.where()
    await made.told(W.CHARGEBACK)
    await made.told(W.SETTLED)
    (shown,) = await incidents(still)
    assert shown.flag is not None
    assert (await accounts(still), await made.where()) == (before, where)


@pytest.mark.parametrize("place", AFTER)
async def test_then_his_balance_up_to_this_jobs_net_and_the_rest_he_owes(
    still: House, place: Place
) -> None:
    made = await scene(still, place)
    await available(made)
    other = await another(made)
    assert await parts(made) == (NETS[place] + NET.cents, 0, 0)
    await name_account(still, made.beto)
    await ask(still, made.beto, Money(NETS[place] + NET.cents - 100))
    await export(still)
    await made.told(W.SETTLED)
    assert await parts(made) == (0, 0, NETS[place] - 100)
    await audit(made)
    await audit(other)


async def test_other_jobs_money_is_not_touched_beyond_this_jobs_net(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    await another(made)
    await another(made)
    await made.told(W.SETTLED)
    assert await parts(made) == (2 * NET.cents, 0, 0)
    await audit(made)


async def owing(home: House) -> Scene:
    """A professional who was paid out and owes."""
    made = await scene(home, Place.RELEASED)
    await available(made)
    await name_account(home, made.beto)
    line = await ask(home, made.beto, NET)
    await export(home)
    await settle(home, line.id, PayoutResult.SENT)
    await made.told(W.SETTLED)
    assert await parts(made) == (0, 0, NET.cents)
    return made


@everywhere
async def test_a_debt_is_repaid_by_what_he_earns_next(still: House) -> None:
    made = await owing(still)
    more = await another(made, released=False)
    assert await parts(made) == (0, NET.cents, NET.cents), "not available yet: it pays nothing"
    await available(more)
    assert await parts(made) == (0, 0, 0)
    await audit(made)
    await audit(more)


@everywhere
async def test_payouts_not_sent_come_back_and_pay(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    await name_account(still, made.beto)
    await ask(still, made.beto, Money(NET.cents - 500))
    await made.told(W.SETTLED)
    assert [p.status for p in await payouts(still)] == [PayoutStatus.RECALLED]
    assert await parts(made) == (0, 0, 0)
    await audit(made)


@everywhere
async def test_a_payout_that_fails_after_all_pays_the_debt(still: House) -> None:
    made = await owing(still)
    (line,) = await payouts(still)
    await settle(still, line.id, PayoutResult.FAILED)
    assert await parts(made) == (0, 0, 0)
    await audit(made)


async def test_a_debt_can_be_written_off(still: House) -> None:
    made = await owing(still)
    write = WriteOffDebt(
        professional_id=person(made.beto),
        amount=Money(NET.cents - 1),
        evidence="J-1",
        reason="se fue",
        actor=still.admin,
    )
    agreed = await still.core.execute(write)
    assert agreed.done is not None and agreed.done.debt == Money(1)
    assert (await accounts(still))["chargeback_loss"] == NET.cents - 1


@everywhere
@pytest.mark.parametrize("place", AFTER)
@pytest.mark.parametrize("owes", [False, True])
async def test_reimbursed_gives_everybody_what_he_had(
    still: House, place: Place, owes: bool
) -> None:
    made = await scene(still, place)
    await still.core.execute(Sweep(due=Due.REFUNDS))
    if owes:
        await available(made)
        await name_account(still, made.beto)
        await ask(still, made.beto, Money(NETS[place]))
        await export(still)
    before = await accounts(still)
    await made.told(W.SETTLED)
    assert (await parts(made))[2] == (NETS[place] if owes else 0)
    await made.told(W.REIMBURSED)
    expected = "split" if place is Place.SPLIT else "released"
    assert (await made.where())[:2] == ("approved", expected)
    assert await parts(made) == (0 if owes else NETS[place], 0, 0)
    after = await accounts(still)
    assert after.get("commission") == before.get("commission")
    await audit(made)


async def test_the_unsent_refund_of_a_divided_job_is_ordered_again_when_reimbursed(
    still: House,
) -> None:
    made = await scene(still, Place.SPLIT)
    await made.told(W.SETTLED)
    await made.told(W.REIMBURSED)
    assert [(r.status, r.amount) for r in await made.refunds()][:1] == [(S.VOID, BACK)]
    assert (await made.refunds())[1].amount == BACK
    still.gateway.change(made.payment_id, "approved", "accredited")
    await actors.notice(still, made.payment_id)
    await audit(made)


async def test_it_waits_for_a_refund_on_its_way_like_a_lost_one(still: House) -> None:
    made = await scene(still, Place.SPLIT)
    script(still).fail("refund", GatewaySilent(operation="refund"))
    await still.core.execute(Sweep(due=Due.REFUNDS))
    await made.told(W.SETTLED)
    assert (await made.where())[1] == "split", "nobody knows yet"
    script(still).fail("refund", GatewayRefused(status=400, message="charged back"))
    still.clock.advance(days(1))
    await still.background.run_due()
    assert (await made.where())[1] == "charged_back"
    assert [r.status for r in await made.refunds()] == [S.VOID]
    await audit(made)


@pytest.mark.parametrize("place", AFTER)
@pytest.mark.parametrize("early", [True, False], ids=["before release", "after release"])
async def test_where_the_house_bears_it_the_professional_keeps_his(
    generous: House, place: Place, early: bool
) -> None:
    made = await scene(generous, place)
    if not early:
        await available(made)
    before = await parts(made)
    await made.told(W.SETTLED)
    assert sum((await parts(made))[:2]) == sum(before), "nothing was taken from him"
    assert (await accounts(generous))["chargeback_loss"] == (
        PRICE if place is Place.RELEASED else PRICE - BACK
    ).cents
    await audit(made)
    generous.clock.advance(days(30))
    await generous.background.run_due()
    assert await parts(made) == (NETS[place], 0, 0), "and it becomes available"
    await made.told(W.REIMBURSED)
    assert await parts(made) == (NETS[place], 0, 0)
    assert "chargeback_loss" not in await accounts(generous)
    await audit(made)


async def test_the_same_words_again_change_nothing(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    for word in (W.SETTLED, W.REIMBURSED):
        await made.told(word)
        after = await accounts(still), await made.steps()
        for _ in range(2):
            await made.told(word)
        assert (await accounts(still), await made.steps()) == after
    await audit(made)
    assert await incidents(still) == []
