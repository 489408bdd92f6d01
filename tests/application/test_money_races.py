"""Everybody at once about money that was released, and about what others say of it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.house.ban_user import BanUser
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.message import Command
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.make_payout_batch import MakePayoutBatch, NothingToExport
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.queries.jobs import GetJob
from conectar.application.queries.offers import GetOffer
from conectar.application.settings import Policy
from conectar.domain.jobs.dispute import DisputeReason
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.jobs.refusals import PaymentFrozen
from conectar.domain.kernel.actor import person
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import OfferNotPending
from conectar.domain.payments.ledger import Overdrawn
from conectar.domain.payments.payout import InvalidPayoutStep, PayoutResult, PayoutStatus
from conectar.domain.payments.proposal import ProposalSpent
from conectar.domain.payments.refund import RefundOutstanding
from conectar.domain.people.user import AccountSuspended, NotBannable
from tests import actors
from tests.application.gateway_words import PRICE, Place, Scene, Word, audit, scene
from tests.application.houses import BAD_STATE, MANNERS, Houses, opened, split
from tests.application.paying_out import CBU, NOTHING, OTHER, ask, balance, payouts
from tests.application.rooms import START
from tests.application.test_chargebacks import NET
from tests.application.test_payout_flow import earner
from tests.application.test_seconding import LIMIT, MOVES, colleague, confirm, propose

P, R = PayoutStatus, PayoutResult


def name(kind: type[Exception]) -> str:
    """As `split` counts it."""
    return kind.__name__


async def heard(made: Scene, word: Word) -> ApplyFact:
    """The gateway's word of the payment, as whoever asked for it brings it."""
    made.home.gateway.change(made.payment_id, *word.value)
    fact = await made.home.gateway.payment(made.payment_id)
    assert fact is not None
    return ApplyFact(fact=fact)


# -- payouts


async def test_eight_payouts_of_one_balance_are_no_more_than_it(houses: Houses) -> None:
    made = await earner(houses.first)
    part = Money(NET.cents // 3)
    won, lost = split(await houses.at_once(*[AskPayout(amount=part, actor=made.beto)] * 8))
    assert (len(won), lost) == (3, {name(Overdrawn): 5})
    assert (await houses.accounts())["payout_pending"] == 3 * part.cents
    assert (await balance(houses.first, made.beto)).available_balance.cents == NET.cents % 3


async def test_a_payout_asked_while_the_account_changes_goes_to_one_and_waits_for_the_other(
    houses: Houses,
) -> None:
    made = await earner(houses.first)
    asks = AskPayout(amount=Money(100), actor=made.beto)
    change = UpdateProfessional(**NOTHING, payout_account=OTHER, actor=made.beto)
    split(await houses.at_once(asks, asks, change, asks, asks))
    waits = {(one.destination[-4:], one.not_before) for one in await payouts(houses.first)}
    now, later = (CBU[-4:], START), (OTHER[-4:], START + Policy().destination_wait)
    assert waits <= {now, later} and len(await payouts(houses.first)) == 4


async def test_six_exports_put_each_payout_in_one_file(houses: Houses) -> None:
    for _ in range(2):
        await ask(houses.first, (await earner(houses.first)).beto, NET)
    export = MakePayoutBatch(actor=houses.first.admin)
    won, lost = split(await houses.at_once(*[export] * 6))
    assert (len(won), lost) == (1, {name(NothingToExport): 5})
    assert (won[0].done.payouts, won[0].done.total_amount) == (2, NET + NET)
    assert {one.batch_id for one in await payouts(houses.first)} == {won[0].done.id}


async def test_a_line_of_the_banks_is_settled_once(houses: Houses) -> None:
    made = await earner(houses.first)
    shown = await ask(houses.first, made.beto, NET)
    await houses.first.core.execute(MakePayoutBatch(actor=houses.first.admin))

    def settle(result: PayoutResult) -> SettlePayout:
        told = {"payout_id": shown.id, "result": result, "evidence": "T-1"}
        return SettlePayout(**told, actor=houses.first.admin)

    won, lost = split(await houses.at_once(*[settle(R.SENT)] * 6))
    assert (len(won), lost) == (1, {name(InvalidPayoutStep): 5})
    assert (await houses.accounts())["bank"] == -NET.cents
    won, lost = split(await houses.at_once(*[settle(R.FAILED), settle(R.SENT)] * 3))
    assert (len(won), lost) == (1, {name(InvalidPayoutStep): 5})
    assert [one.status for one in await payouts(houses.first)] == [P.RETURNED]
    assert (await balance(houses.first, made.beto)).available_balance == NET
    await audit(made)


async def test_a_file_and_a_chargeback_send_the_money_or_keep_it(houses: Houses) -> None:
    """What left before the gateway spoke is a debt; what had not left pays it."""
    made = await earner(houses.first)
    await ask(houses.first, made.beto, NET)
    told, export = await heard(made, Word.SETTLED), MakePayoutBatch(actor=houses.first.admin)
    _, lost = split(await houses.at_once(*[export, told] * 3))
    assert set(lost) <= {name(NothingToExport)}
    books, (payout,) = await houses.accounts(), await payouts(houses.first)
    sent = payout.status is P.EXPORTED
    assert sent or payout.status is P.RECALLED
    assert books.get("receivable", 0) == books.get("payout_pending", 0) == sent * NET.cents
    assert "payable" not in books
    await audit(made)


# -- what was released goes back


async def test_parts_and_the_whole_of_released_money_go_back_one_at_a_time(houses: Houses) -> None:
    made = await scene(houses.first, Place.RELEASED)
    whole = {"payment_id": made.payment_id, "reason": "Lo pidieron", "actor": houses.first.admin}
    wishes: list[Command[Any]] = [
        RefundPayment(**whole, amount=amount) for amount in (None, Money(1), PRICE, PRICE)
    ]
    won, lost = split(await houses.at_once(*wishes * 4))
    assert (len(won), lost) == (1, {name(RefundOutstanding): 15})
    (refund,) = await made.refunds()
    assert (await houses.accounts())["refund_pending"] == refund.amount.cents
    await audit(made)


async def test_ten_notices_of_a_payment_after_its_release_change_nothing(houses: Houses) -> None:
    made = await scene(houses.first, Place.RELEASED)
    before, steps = await houses.accounts(), await made.steps()
    fact = await houses.first.gateway.payment(made.payment_id)
    assert fact is not None
    assert await houses.at_once(*[ApplyFact(fact=fact)] * 10) == [None] * 10
    assert (await houses.accounts(), await made.steps()) == (before, steps)


# -- what the gateway does by itself


async def test_a_mediation_and_approvals(houses: Houses) -> None:
    """Released before it, or not at all."""
    made = await scene(houses.first, Place.DONE)
    told = await heard(made, Word.MEDIATION)
    approve = ApproveJob(job_id=made.job_id, actor=made.ana)
    _, lost = split(await houses.at_once(*[approve, told] * 4))
    books, released = await houses.accounts(), lost == {BAD_STATE: 3}
    assert released or lost == {name(PaymentFrozen): 4}, lost
    assert (await made.job()).status is (JobStatus.APPROVED if released else JobStatus.COMPLETED)
    assert ("escrow" in books) is not released
    assert ((await made.payment()).flag is not None) is released
    await audit(made)


@pytest.mark.parametrize("quarrels", [False, True], ids=["approvals", "disputes"])
async def test_a_chargeback_and_the_people(houses: Houses, quarrels: bool) -> None:
    """Whoever was first, the gateway has the money, and nobody has it twice."""
    made = await scene(houses.first, Place.DONE)
    told = await heard(made, Word.SETTLED)
    wish: Command[Any] = ApproveJob(job_id=made.job_id, actor=made.ana)
    if quarrels:
        said = {"cause": DisputeReason.NOT_DONE, "description": "No vino nadie"}
        wish = OpenDispute(job_id=made.job_id, **said, actor=made.ana)
    split(await houses.at_once(*[wish, told] * 4))
    assert (await made.job()).escrow is EscrowStatus.CHARGED_BACK
    held = {"escrow", "payable", "payable_unreleased", "payout_pending", "commission"}
    assert not held & set(await houses.accounts())
    await audit(made)


# -- the house


async def test_a_ban_and_accepts_leave_no_work_that_waits(houses: Houses) -> None:
    ana, beto = await actors.client(houses.first), await actors.professional(houses.first)
    offers = [await actors.offer(houses.first, ana, beto) for _ in range(3)]
    ban = BanUser(user_id=person(beto), reason="Estafa", actor=houses.first.admin)
    accepts = [AcceptOffer(offer_id=o.id, version=None, actor=beto) for o in offers]
    won, lost = split(await houses.at_once(*accepts, ban, *accepts, ban))
    assert set(lost) <= {name(kind) for kind in (OfferNotPending, AccountSuspended, NotBannable)}
    assert lost[name(NotBannable)] == 1
    for one in offers:
        offer = await houses.first.core.execute(GetOffer(offer_id=one.id, actor=ana))
        assert offer.status in {OfferStatus.WITHDRAWN, OfferStatus.REJECTED, OfferStatus.ACCEPTED}
        if offer.status is OfferStatus.ACCEPTED:
            (job,) = [w for w in won if getattr(w, "offer_id", None) == one.id]
            shown = await houses.first.core.execute(GetJob(job_id=job.id, actor=ana))
            assert shown.status is JobStatus.CANCELLED


@pytest.mark.parametrize("who", ["client", "professional"])
async def test_a_ban_and_approvals_release_once_or_not(houses: Houses, who: str) -> None:
    made = await scene(houses.first, Place.DONE)
    banned = made.ana if who == "client" else made.beto
    ban = BanUser(user_id=person(banned), reason="Estafa", actor=houses.first.admin)
    approve = ApproveJob(job_id=made.job_id, actor=made.ana)
    won, lost = split(await houses.at_once(*[approve] * 3, ban, *[approve] * 3))
    assert set(lost) <= {BAD_STATE, name(AccountSuspended)}
    waits = JobStatus.COMPLETED if who == "client" else JobStatus.DISPUTED
    status = (await made.job()).status
    assert status is (JobStatus.APPROVED if len(won) == 2 else waits)
    assert ("escrow" in await houses.accounts()) is (status is not JobStatus.APPROVED)
    await audit(made)


@pytest.mark.parametrize("manner", MANNERS)
async def test_what_two_agreed_to_is_done_once(manner: str, tmp_path: Path) -> None:
    async with opened(manner, tmp_path, second_admin_above=LIMIT) as houses:
        command, eva = await MOVES[MoveTreasury](houses.first), await colleague(houses.first)
        proposal = await propose(houses.first, command)
        won, lost = split(await houses.at_once(*[confirm(proposal, eva)] * 6))
        assert (len(won), lost) == (1, Counter({name(ProposalSpent): 5}))
        assert (await houses.accounts())["bank"] == 100
