"""What no rule knows of released money: parked, told once, and closed by a person."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.message import Page
from conectar.application.payments.close_incident import CloseIncident, LossTooSmall, MoneyInCare
from conectar.application.payments.make_payout_batch import NothingToExport
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.ports.outside import GatewayRefused
from conectar.application.queries.admin import ListAudit
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.application.views.money import IncidentView
from conectar.domain.kernel.errors import NotFound, WrongRole
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Flag, NotParked, PaymentFlagged
from conectar.domain.payments.refund import RefundStatus, Resolution
from tests import actors
from tests.application.gateway_words import (
    AFTER,
    PART,
    PRICE,
    Place,
    Scene,
    Word,
    accounts,
    audit,
    incidents,
    scene,
)
from tests.application.overhearing import Overhearing
from tests.application.paying_out import ask, balance, export, name_account
from tests.application.rooms import days, room, script
from tests.application.test_chargebacks import NET, available
from tests.backends import House

W = Word
ROWLESS = {
    "a partial refund": (W.PARTLY,),
    "the whole refund": (W.REFUNDED,),
    "mediation": (W.MEDIATION,),
    "a chargeback that began": (W.CHARGEBACK,),
    "a new word": (W.UNHEARD,),
    "a second chargeback that began": (W.SETTLED, W.CHARGEBACK),
    "a second chargeback that was lost": (W.SETTLED, W.REIMBURSED, W.SETTLED),
}


async def close(
    made: Scene, loss: Money | None = None, recovery: Money | None = None
) -> IncidentView:
    """An administrator has looked."""
    agreed = await made.home.core.execute(
        CloseIncident(
            payment_id=made.payment_id,
            loss=loss,
            recovery=recovery,
            evidence="MP-1",
            reason="visto",
            actor=made.home.admin,
        )
    )
    assert agreed.done is not None and agreed.proposal is None
    return agreed.done


@pytest.fixture
def heard() -> Overhearing:
    """Every event."""
    return Overhearing()


@pytest.fixture
async def overheard(backend: str, tmp_path: Path, heard: Overhearing) -> AsyncIterator[House]:
    """A house whose events are heard."""
    async with room(backend, tmp_path, heard) as opened:
        yield opened


@pytest.mark.parametrize("words", ROWLESS.values(), ids=list(ROWLESS))
async def test_it_is_parked_told_once_on_the_list_and_moves_nothing(
    overheard: House, heard: Overhearing, words: tuple[Word, ...]
) -> None:
    still = overheard
    made = await scene(still, Place.RELEASED)
    for word in words[:-1]:
        await made.told(word)
    where, books = await made.where(), await accounts(still)
    for _ in range(3):
        await made.told(words[-1])
    assert (await made.where(), await accounts(still)) == (where, books)
    (shown,) = await incidents(still)
    assert (shown.gateway_payment_id, shown.flag) == (made.payment_id, Flag.NO_ROW)
    assert heard.count(PaymentFlagged) == 1


async def test_payouts_of_that_money_wait_and_others_do_not(still: House) -> None:
    made, other = await scene(still, Place.RELEASED), await scene(still, Place.RELEASED)
    for one in (made, other):
        await available(one)
        await name_account(still, one.beto)
        await ask(still, one.beto, NET)
    await made.told(W.MEDIATION)
    assert (await export(still)).payouts == 1, "the other professional's"
    with pytest.raises(NothingToExport):
        await export(still)
    await close(made)
    assert (await export(still)).payouts == 1


async def test_who_has_other_money_enough_is_paid_meanwhile(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    job, payment = await actors.approved_job(still, made.ana, made.beto)
    await available(Scene(still, job, payment))
    await name_account(still, made.beto)
    await ask(still, made.beto, NET)
    await made.told(W.MEDIATION)
    assert (await export(still)).payouts == 1


async def test_parked_money_does_not_become_available_until_it_is_closed(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await made.told(W.MEDIATION)
    still.clock.advance(days(30))
    await still.background.run_due()
    assert (await balance(still, made.beto)).available_balance == Money.ZERO
    await close(made)
    still.gateway.release(made.payment_id)
    still.clock.advance(days(1))
    await still.background.run_due()
    assert (await balance(still, made.beto)).available_balance == NET
    await audit(made)


@pytest.mark.parametrize("released", [False, True])
async def test_a_loss_by_a_refund_is_the_houses_and_is_not_brought_up_again(
    still: House, released: bool
) -> None:
    made = await scene(still, Place.RELEASED)
    if released:
        await available(made)
    await made.told(W.PARTLY)
    before = await accounts(still)
    shown = await close(made, loss=PART)
    assert shown.flag is None and shown.refunded_by_gateway == PART
    books = await accounts(still)
    assert books["refund_loss"] == PART.cents
    side = "gateway_available" if released else "gateway_unreleased"
    assert books[side] == before[side] - PART.cents
    await audit(made)
    for _ in range(2):
        await made.told(W.PARTLY)
    assert await incidents(still) == []
    assert (await accounts(still))["refund_loss"] == PART.cents


async def test_a_loss_by_a_chargeback_and_its_recovery(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await made.told(W.UNHEARD)
    await close(made, loss=PRICE)
    assert (await accounts(still))["chargeback_loss"] == PRICE.cents
    await made.told(W.MEDIATION)
    assert len(await incidents(still)) == 1, "another word is news"
    await close(made, recovery=PRICE)
    assert "chargeback_loss" not in await accounts(still)
    await audit(made)


BY_HAND = {
    "mediation after release": (Place.RELEASED, (W.MEDIATION,), W.FINE),
    "a chargeback after release": (Place.RELEASED, (W.CHARGEBACK,), W.REIMBURSED),
    "lost without our hearing more": (Place.RELEASED, (W.UNHEARD,), W.FINE),
    "a second chargeback": (Place.RELEASED, (W.SETTLED, W.REIMBURSED, W.SETTLED), W.REIMBURSED),
    "a new word of a divided job": (Place.SPLIT, (W.UNHEARD,), W.REIMBURSED),
    "a chargeback after a refund": (Place.RETURNING, (W.SETTLED,), W.REFUNDED),
}


def whole(books: dict[str, int]) -> dict[str, int]:
    """Without looking at what is released: where all is lost, nothing waits to be."""
    sums: dict[str, int] = {}
    for name, cents in books.items():
        kind = name.removesuffix("_unreleased").removesuffix("_available")
        sums[kind] = sums.get(kind, 0) + cents
    return sums


@pytest.mark.parametrize(("place", "words", "later"), BY_HAND.values(), ids=list(BY_HAND))
async def test_after_a_loss_booked_by_hand_every_word_is_a_persons(
    still: House, place: Place, words: tuple[Word, ...], later: Word
) -> None:
    """No rule knows what he booked, so none may undo it: the recovery would be lost."""
    made = await scene(still, place)
    await still.core.execute(Sweep(due=Due.REFUNDS))
    for word in words:
        await made.told(word)
    before = whole(await accounts(still))
    await close(made, loss=PRICE)
    booked = await accounts(still)
    assert booked["chargeback_loss"] == PRICE.cents
    await made.told(words[-1])
    assert await incidents(still) == [], "the same word is not brought up again"
    await made.told(later)
    (shown,) = await incidents(still)
    assert (shown.flag, await accounts(still)) == (Flag.NO_ROW, booked)
    await close(made, recovery=PRICE)
    assert whole(await accounts(still)) == before


async def test_after_a_recovery_booked_by_hand_too(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(W.SETTLED)
    before = await accounts(still)
    await made.told(W.REIMBURSED)
    await close(made, recovery=PRICE)
    await made.told(W.SETTLED)
    assert len(await incidents(still)) == 1
    await close(made, loss=PRICE)
    assert await accounts(still) == before
    await audit(made)


async def test_a_payment_that_funds_nothing_is_a_persons_after_that_too(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    page = (await actors.checkout(still, job, ana)).preference_id
    await actors.notice(still, still.gateway.pay(page))
    await actors.notice(still, second := still.gateway.pay(page))
    await still.core.execute(Sweep(due=Due.REFUNDS))
    made, before = Scene(still, job, second), await accounts(still)
    for _ in range(2):
        await made.told(W.SETTLED)
    await close(made, loss=PRICE)
    await made.told(W.SETTLED)
    assert await incidents(still) == [], "the same word is not brought up again"
    await made.told(W.REFUNDED)
    assert len(await incidents(still)) == 1
    await close(made, recovery=PRICE)
    assert await accounts(still) == before


async def returning(home: House) -> Scene:
    """A second payment of a job, of which the gateway gave a part back before we heard of it; ours
    of the whole was refused, and a person looks at it."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    page = (await actors.checkout(home, job, ana)).preference_id
    await actors.notice(home, home.gateway.pay(page))
    made = Scene(home, job, home.gateway.pay(page))
    script(home).fail("refund", GatewayRefused(status=400, message="no"))
    await made.told(W.PARTLY)
    await home.core.execute(Sweep(due=Due.REFUNDS))
    assert [r.status for r in await made.refunds()] == [RefundStatus.MANUAL]
    return made


async def test_what_was_given_twice_is_on_the_list_once_the_bank_gave_it_too(still: House) -> None:
    made = await returning(still)
    assert await incidents(still) == [], "ours may be the one that was seen"
    (refund,) = await made.refunds()
    await still.core.execute(
        ResolveRefund(
            refund_id=refund.id,
            resolution=Resolution.BANK_TRANSFER,
            evidence="T-1",
            reason="MercadoPago no quiso",
            actor=still.admin,
        )
    )
    (shown,) = await incidents(still)
    assert (shown.flag, shown.refunded_by_gateway) == (Flag.NO_ROW, PART)
    before = await accounts(still)
    await close(made, loss=PART)
    books = await accounts(still)
    assert books["refund_loss"] == PART.cents
    assert books["gateway_unreleased"] == before["gateway_unreleased"] - PART.cents


async def test_a_refund_on_a_persons_list_that_arrived_is_done_there_too(still: House) -> None:
    made = await returning(still)
    await made.told(W.REFUNDED)
    assert [r.status for r in await made.refunds()] == [RefundStatus.SUCCEEDED]
    assert await incidents(still) == []
    assert "refund_pending" not in await accounts(still)


@pytest.mark.parametrize("place", [Place.WORKING, Place.DONE, Place.QUARREL])
async def test_while_the_money_is_in_care_only_a_refund_can_be_lost(
    still: House, place: Place
) -> None:
    """The rest is the job's still: a word the rules know may yet take or return it."""
    made = await scene(still, place)
    await made.told(W.PARTLY)
    books = await accounts(still)
    for loss, recovery in ((PART + Money(1), None), (PART, Money(1)), (PRICE, None)):
        with pytest.raises(MoneyInCare):
            await close(made, loss=loss, recovery=recovery)
    assert await accounts(still) == books
    await close(made, loss=PART)
    await made.told(W.SETTLED)
    assert (await made.where())[1] == "charged_back", "the rules go on"
    await audit(made)


@pytest.mark.parametrize("word", [W.REFUNDED, W.UNHEARD], ids=["refunded", "a new word"])
async def test_where_nothing_is_left_no_release_is_waited_for(still: House, word: Word) -> None:
    """The house lost it, and the professional has earned his all the same."""
    made = await scene(still, Place.RELEASED)
    await made.told(word)
    await close(made, loss=PRICE)
    shown = await balance(still, made.beto)
    assert (shown.available_balance, shown.pending_balance) == (NET, Money.ZERO)


@pytest.mark.parametrize("place", [Place.DONE, Place.RELEASED])
async def test_a_release_heard_while_it_was_parked_is_noted_once_it_is_closed(
    still: House, place: Place
) -> None:
    """The gateway says nothing newer for ever."""
    made = await scene(still, place)
    await made.told(W.PARTLY)
    still.gateway.release(made.payment_id)
    await actors.notice(still, made.payment_id)
    await close(made, loss=PART)
    still.clock.advance(days(1))
    await still.background.run_due()
    if place is Place.DONE:
        await still.core.execute(ApproveJob(job_id=made.job_id, actor=made.ana))
    shown = await balance(still, made.beto)
    assert (shown.available_balance, shown.pending_balance) == (NET, Money.ZERO)
    facts = (await made.payment()).version
    still.clock.advance(days(30))
    await still.background.run_due()
    assert (await made.payment()).version == facts, "and that once"
    await audit(made)


@pytest.mark.parametrize(
    ("word", "won"), [(W.MEDIATION, W.FINE), (W.CHARGEBACK, W.REIMBURSED)], ids=["med", "chb"]
)
async def test_a_second_one_of_what_was_closed_is_news(still: House, word: Word, won: Word) -> None:
    made = await scene(still, Place.RELEASED)
    await available(made)
    await name_account(still, made.beto)
    await made.told(word)
    await close(made)
    await made.told(won)
    assert await incidents(still) == []
    await made.told(word)
    assert len(await incidents(still)) == 1
    await ask(still, made.beto, NET)
    with pytest.raises(NothingToExport):
        await export(still)


async def test_what_was_won_after_a_closed_word_is_news(still: House) -> None:
    made = await scene(still, Place.WORKING)
    await made.told(W.PARTLY)
    await close(made, loss=PART)
    await made.told(W.SETTLED)
    await made.told(W.PARTLY)
    (shown,) = await incidents(still)
    assert shown.flag is Flag.NO_ROW


@pytest.mark.parametrize("end", [W.PARTLY, W.SETTLED, W.REFUNDED], ids=lambda end: end.name)
async def test_a_part_given_while_its_return_was_frozen_is_made_good(
    still: House, end: Word
) -> None:
    """It was the client's own money: who is given less by us has the rest already."""
    made = await scene(still, Place.RETURNING)
    still.gateway.change(made.payment_id, "in_mediation", "pending", refunded=PART)
    await actors.notice(still, made.payment_id)
    await close(made, loss=PART)
    assert (await accounts(still))["refund_loss"] == PART.cents
    await made.told(end)
    await still.background.run_due()
    assert not {"refund_loss", "refund_pending", "escrow"} & (await accounts(still)).keys()
    if end is W.PARTLY:
        assert [r.amount for r in await made.refunds()] == [PRICE, PRICE - PART]
    await audit(made)
    assert await incidents(still) == []


@pytest.mark.parametrize("place", [Place.RELEASED, Place.WORKING])
@pytest.mark.parametrize("words", [(W.PARTLY, W.SETTLED), (W.SETTLED, W.REFUNDED)])
async def test_what_a_lost_chargeback_took_is_not_lost_again(
    still: House, place: Place, words: tuple[Word, ...]
) -> None:
    """The whole is gone already, whatever the gateway had given or gives of it; what it gave of
    released money is lost once."""
    made = await scene(still, place)
    for word in words:
        await made.told(word)
    lost = {"refund_loss": PART.cents} if words[0] is W.PARTLY and place in AFTER else {}
    if await incidents(still):
        await close(made, loss=PART if lost else None)
    books = await accounts(still)
    assert {name: books[name] for name in books if name.endswith("_loss")} == lost
    await audit(made)


async def test_a_part_given_before_a_chargeback_that_was_won_is_lost_then(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    for word in (W.PARTLY, W.SETTLED, W.REIMBURSED):
        await made.told(word)
    (shown,) = await incidents(still)
    assert shown.refunded_by_gateway == PART
    await close(made, loss=PART)
    await audit(made)


async def given_back(home: House) -> Scene:
    """A released job whose client an administrator gave a part back."""
    made = await scene(home, Place.RELEASED)
    await home.core.execute(
        RefundPayment(payment_id=made.payment_id, amount=PART, reason="x", actor=home.admin)
    )
    await home.background.run_due()
    assert [r.status for r in await made.refunds()] == [RefundStatus.SUCCEEDED]
    return made


async def test_a_refund_of_ours_that_came_back_is_a_persons(still: House) -> None:
    made = await given_back(still)
    before = await accounts(still)
    still.clock.advance(timedelta(hours=2))
    still.gateway.change(made.payment_id, "approved", refunded=Money.ZERO)
    await actors.notice(still, made.payment_id)
    assert len(await incidents(still)) == 1
    with pytest.raises(LossTooSmall):
        await close(made)
    await close(made, recovery=PART)
    books = await accounts(still)
    assert books["gateway_unreleased"] == before["gateway_unreleased"] + PART.cents
    assert books["refund_loss"] == before.get("refund_loss", 0) - PART.cents
    await made.told(W.FINE)
    assert await incidents(still) == []


async def test_a_word_about_the_time_of_a_refund_may_not_know_it_yet(still: House) -> None:
    made = await given_back(still)
    still.gateway.change(made.payment_id, "approved", refunded=Money.ZERO)
    await actors.notice(still, made.payment_id)
    assert await incidents(still) == []


async def test_more_refunded_than_was_closed_is_news(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await made.told(W.PARTLY)
    await close(made, loss=PART)
    still.gateway.change(made.payment_id, "approved", "partially_refunded", refunded=PART + PART)
    await actors.notice(still, made.payment_id)
    (shown,) = await incidents(still)
    assert shown.refunded_by_gateway == PART + PART
    await close(made, loss=PART)
    await audit(made)


async def test_what_ends_by_itself_leaves_the_list(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    await made.told(W.CHARGEBACK)
    await made.told(W.FINE)
    assert await incidents(still) == []
    await audit(made)


async def test_only_what_is_parked_and_only_by_an_administrator(still: House) -> None:
    made = await scene(still, Place.RELEASED)
    with pytest.raises(NotParked):
        await close(made)
    nobody = CloseIncident(
        payment_id=PaymentId("404"),
        loss=None,
        recovery=None,
        evidence="x",
        reason="x",
        actor=still.admin,
    )
    with pytest.raises(NotFound):
        await still.core.execute(nobody)
    await made.told(W.MEDIATION)
    mine = CloseIncident(
        payment_id=made.payment_id,
        loss=None,
        recovery=None,
        evidence="x",
        reason="x",
        actor=made.beto,
    )
    with pytest.raises(WrongRole):
        await still.core.execute(mine)
    await close(made)
    with pytest.raises(NotParked):
        await close(made)
    listed = await still.core.execute(ListAudit(page=Page(), actor=still.admin))
    assert [e.action for e in listed.items].count("CloseIncident") == 1
