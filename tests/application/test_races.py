"""Everybody at once: one winner, and the losers read why."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from conectar.application.core import Contended
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.disputes.take_dispute import TakeDispute
from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Message, Page
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.expire_offer import ExpireOffer
from conectar.application.offers.reject_offer import RejectOffer
from conectar.application.offers.withdraw_offer import WithdrawOffer
from conectar.application.once import Once
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.payments.check_payment import CheckPayment
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.ports.outside import Preference, Unavailable
from conectar.application.queries.jobs import ListJobs
from conectar.application.queries.levels import GetProgress
from conectar.application.queries.offers import GetOfferTimeline
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.money import Money
from conectar.domain.levels.level import Level
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import OfferNotPending, OfferOverdue
from tests import actors
from tests.application.houses import BAD_STATE, Houses, split
from tests.application.rooms import START, days, script

E = EscrowStatus
ENDS_A_DISPUTE = (ResolveDispute, WithdrawDispute)


async def test_eight_approvals(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job, _ = await actors.finished_job(houses.first, ana, beto)
    won, lost = split(await houses.at_once(*[ApproveJob(job_id=job.id, actor=ana)] * 8))
    assert (len(won), lost) == (1, {BAD_STATE: 7})
    books = await houses.accounts()
    assert books["payable_unreleased"] + books["commission"] == actors.PRICE.cents
    assert "escrow" not in books
    assert (await houses.job(job.id))[2].count(JobStatus.APPROVED) == 1


async def test_eight_approvals_under_one_key(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job, _ = await actors.finished_job(houses.first, ana, beto)
    same = [ApproveJob(job_id=job.id, actor=ana)] * 8
    answers = await houses.at_once(*same, once=Once("llave-0001"))
    assert all(answer == answers[0] for answer in answers) and answers[0].approved_at
    assert (await houses.job(job.id))[2].count(JobStatus.APPROVED) == 1
    assert "escrow" not in await houses.accounts()


async def test_eight_accepts(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    offer = await actors.offer(houses.first, ana, beto)
    accept = AcceptOffer(offer_id=offer.id, version=1, actor=beto)
    won, lost = split(await houses.at_once(*[accept] * 8))
    assert (len(won), lost) == (1, {OfferNotPending.__name__: 7})
    rows = await houses.first.core.execute(GetOfferTimeline(offer_id=offer.id, actor=ana))
    assert [r.status for r in rows] == [OfferStatus.PENDING, OfferStatus.ACCEPTED]


async def test_two_hundred_accepts_of_twenty_offers(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    ana, beto = people
    offers = [await actors.offer(houses.first, ana, beto) for _ in range(20)]
    accepts = [AcceptOffer(offer_id=o.id, version=1, actor=beto) for o in offers * 10]
    won, lost = list[Any](), Counter[str]()
    while accepts:  # whoever waited too long is told to come again, and does
        answers = await houses.at_once(*accepts)
        late = [isinstance(answer, Unavailable | Contended) for answer in answers]
        some, others = split([a for a, again in zip(answers, late, strict=True) if not again])
        won, lost = won + some, lost + others
        accepts = [a for a, again in zip(accepts, late, strict=True) if again]
    assert (len(won), len({job.id for job in won})) == (20, 20)
    assert lost == {OfferNotPending.__name__: 180}
    mine = ListJobs(status=None, page=Page(limit=50), actor=beto)
    kept = (await houses.first.core.execute(mine)).items
    assert {job.offer_id for job in kept} == {offer.id for offer in offers} and len(kept) == 20


async def test_accept_and_withdraw_and_reject(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    for _ in range(4):
        offer = await actors.offer(houses.first, ana, beto)
        moves = (
            AcceptOffer(offer_id=offer.id, version=None, actor=beto),
            WithdrawOffer(offer_id=offer.id, actor=ana),
            RejectOffer(offer_id=offer.id, reason=None, actor=beto),
            AcceptOffer(offer_id=offer.id, version=None, actor=beto),
        )
        won, lost = split(await houses.at_once(*moves))
        assert (len(won), lost) == (1, {OfferNotPending.__name__: 3})
        rows = await houses.first.core.execute(GetOfferTimeline(offer_id=offer.id, actor=ana))
        assert len(rows) == 2


async def test_accept_and_expire(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    offer = await actors.offer(houses.first, ana, beto)
    for home in houses.homes:
        home.clock.advance(days(15))
    accept = AcceptOffer(offer_id=offer.id, version=None, actor=beto)
    moves = [accept, ExpireOffer(offer_id=offer.id)] * 4
    won, lost = split(await houses.at_once(*moves))
    assert lost == {OfferOverdue.__name__: 4} and won == [None] * 4
    rows = await houses.first.core.execute(GetOfferTimeline(offer_id=offer.id, actor=ana))
    assert [r.status for r in rows] == [OfferStatus.PENDING, OfferStatus.EXPIRED]


async def test_an_offer_at_its_end_is_accepted_by_one_clock_or_expired_by_the_other(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """Two programs never agree about the time: whoever is first, the offer ends once."""
    ana, beto = people
    offers = [await actors.offer(houses.first, ana, beto) for _ in range(6)]
    houses.first.clock.advance(offers[0].expires_at - START - timedelta(seconds=1))
    houses.homes[-1].clock.advance(offers[0].expires_at - START)
    accepts = [AcceptOffer(offer_id=o.id, version=None, actor=beto) for o in offers]
    expires = [ExpireOffer(offer_id=o.id) for o in offers]
    pairs = [both for pair in zip(accepts, expires, strict=True) for both in pair]
    won, lost = split(await houses.at_once(*pairs, *pairs))
    jobs = [one for one in won if one is not None]
    assert set(lost) <= {OfferOverdue.__name__, OfferNotPending.__name__}
    ends = list[OfferStatus | None]()
    for offer in offers:
        rows = await houses.first.core.execute(GetOfferTimeline(offer_id=offer.id, actor=ana))
        assert len(rows) == 2
        ends.append(rows[-1].status)
    assert ends.count(OfferStatus.ACCEPTED) == len(jobs)
    assert ends.count(OfferStatus.EXPIRED) == 6 - len(jobs)


async def test_cancels_and_completions_and_approvals(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """Only sequences that the table allows, and the money is in one place."""
    ana, beto = people
    job, _ = await actors.paid_job(houses.first, ana, beto)
    cancel = CancelJob(job_id=job.id, reason=None, actor=beto)
    complete = CompleteJob(job_id=job.id, notes=None, actor=beto)
    approve = ApproveJob(job_id=job.id, actor=ana)
    split(await houses.at_once(*[complete, cancel, approve] * 3, *[cancel] * 2))
    status, escrow, rows = await houses.job(job.id)
    books = await houses.accounts()
    assert len(rows) == len(set(rows)), "no step twice"
    expected = {
        (JobStatus.CANCELLED, E.REFUNDING): "refund_pending",
        (JobStatus.APPROVED, E.RELEASED): "payable_unreleased",
        (JobStatus.COMPLETED, E.HELD): "escrow",
    }[status, escrow]
    kept = {"refund_pending", "payable_unreleased", "escrow"} & set(books)
    assert kept == {expected}


async def test_all_who_can_settle_a_job_settle_it_once(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """Whoever is first, every peso is in one place, and nobody is told something else."""
    ana, beto = people
    job, paid = await actors.finished_job(houses.first, ana, beto)
    admin = houses.first.admin
    told = {
        "job_id": job.id,
        "cause": DisputeReason.WORK_QUALITY,
        "description": "Gotea igual que antes",
    }
    refund = {"payment_id": paid, "reason": "Lo pidieron", "actor": admin}
    wishes: list[Message[Any]] = [
        ApproveJob(job_id=job.id, actor=ana),
        CancelJob(job_id=job.id, reason=None, actor=beto),
        OpenDispute(**told, actor=ana),
        OpenDispute(**told, actor=beto),
        RefundPayment(**refund, amount=None),
        RefundPayment(**refund, amount=Money(100)),
    ]
    won, lost = split(await houses.at_once(*wishes * 6))
    assert won and set(lost) <= {BAD_STATE, "RefundOutstanding", "CoolingOffOver", "AmountTooLarge"}
    books = await houses.accounts()
    owed = ("escrow", "payable_unreleased", "commission", "refund_pending")
    assert sum(books.get(name, 0) for name in owed) == actors.PRICE.cents, books
    rows = (await houses.job(job.id))[2]
    assert len(rows) == len(set(rows)), "no step twice"


async def test_of_all_rulings_at_once_one_is_given(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """Or the dispute is withdrawn, or the money given back by hand: one of them, and all of it."""
    ana, beto = people
    job, paid = await actors.finished_job(houses.first, ana, beto)
    core, admin = houses.first.core, houses.first.admin
    opened = await core.execute(
        OpenDispute(
            job_id=job.id,
            cause=DisputeReason.WORK_QUALITY,
            description="Gotea igual que antes",
            actor=ana,
        )
    )
    await core.execute(TakeDispute(dispute_id=opened.id, actor=admin))
    rulings = [
        ResolveDispute(
            dispute_id=opened.id,
            ruling=ruling,
            client_percent=30 if ruling is Ruling.SPLIT else None,
            explanation="visto",
            actor=admin,
        )
        for ruling in Ruling
    ]
    wishes: list[Message[Any]] = [
        *rulings,
        WithdrawDispute(dispute_id=opened.id, actor=ana),
        ApproveJob(job_id=job.id, actor=ana),
        RefundPayment(payment_id=paid, reason="Lo pidieron", amount=None, actor=admin),
    ]
    answers = await houses.at_once(*wishes * 4)
    won, lost = split(answers)
    assert won and set(lost) <= {BAD_STATE, "RefundOutstanding", "AmountTooLarge"}, lost
    ends = [a for w, a in zip(wishes * 4, answers, strict=True) if type(w) in ENDS_A_DISPUTE]
    assert sum(not isinstance(answer, BaseException) for answer in ends) <= 1
    books = await houses.accounts()
    owed = ("escrow", "payable_unreleased", "commission", "refund_pending")
    assert sum(books.get(name, 0) for name in owed) == actors.PRICE.cents, books
    rows = (await houses.job(job.id))[2]
    assert rows.count(JobStatus.APPROVED) <= 1


async def test_a_level_reached_meanwhile_changes_no_accepted_job(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """The commission is that of the acceptance, whichever came first, and is what is kept."""
    ana, beto = people
    home = houses.first
    for _ in range(4):
        await actors.approved_job(home, ana, beto)
    await home.background.run_due()
    last, _ = await actors.finished_job(home, ana, beto)
    offers = [await actors.offer(home, ana, beto) for _ in range(4)]
    accepts = [AcceptOffer(offer_id=offer.id, version=None, actor=beto) for offer in offers]
    await home.core.execute(ApproveJob(job_id=last.id, actor=ana))
    jobs, *_ = await asyncio.gather(
        houses.at_once(*accepts), *(each.background.run_due() for each in houses.homes)
    )
    assert {job.commission_rate.basis_points for job in jobs} <= {1500, 1200}
    await home.background.run_due()
    progress = GetProgress(user_id=person(beto), actor=home.admin)
    assert (await home.core.execute(progress)).level is Level.SILVER
    for job in jobs:
        before = (await houses.accounts())["commission"]
        where = await actors.checkout(home, job, ana)
        await actors.notice(home, home.gateway.pay(where.preference_id))
        await home.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
        await home.core.execute(ApproveJob(job_id=job.id, actor=ana))
        kept = (await houses.accounts())["commission"] - before
        assert kept == job.commission.cents


async def test_eight_cancels_and_an_approval(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job, _ = await actors.finished_job(houses.first, ana, beto)
    cancels = [CancelJob(job_id=job.id, reason=None, actor=who) for who in (ana, beto)] * 4
    won, lost = split(await houses.at_once(*cancels, ApproveJob(job_id=job.id, actor=ana)))
    assert [w.status for w in won] == [JobStatus.APPROVED]
    assert sum(lost.values()) == 8 and set(lost) <= {BAD_STATE, "CoolingOffOver"}
    assert (await houses.job(job.id))[:2] == (JobStatus.APPROVED, E.RELEASED)


async def test_eight_cancels(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job, _ = await actors.paid_job(houses.first, ana, beto)
    cancels = [CancelJob(job_id=job.id, reason=None, actor=who) for who in (ana, beto)] * 4
    won, lost = split(await houses.at_once(*cancels))
    assert (len(won), lost) == (1, {BAD_STATE: 7})
    books = await houses.accounts()
    assert books["refund_pending"] == actors.PRICE.cents and "escrow" not in books


async def test_eight_wishes_to_pay_open_one_checkout(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    ana, beto = people
    job = await actors.unpaid_job(houses.first, ana, beto)
    home = houses.first
    wishes = [home.core.execute(OpenCheckout(job_id=job.id, actor=ana)) for _ in range(8)]
    answers = await asyncio.gather(*wishes)
    assert len({answer.preference_id for answer in answers}) == 1
    async with home.store.reading() as read:
        assert len(await read.checkouts_of(job.id)) == 1


async def test_a_payment_before_we_know_its_checkout_funds_the_job(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    """The payer and the gateway may be faster than the answer to us."""
    ana, beto = people
    job = await actors.unpaid_job(houses.first, ana, beto)
    gateway = script(houses.first)

    async def pays(preference: Preference) -> None:
        fact = await gateway.payment(gateway.pay(preference.id))
        assert fact is not None
        assert await houses.at_once(*[ApplyFact(fact=fact)] * 4) == [None] * 4

    gateway.on_the_way["open"] = pays
    where = await actors.checkout(houses.first, job, ana)
    assert where.preference_id in str(where.init_point)
    assert (await houses.job(job.id))[:2] == (JobStatus.IN_PROGRESS, E.HELD)
    assert (await houses.accounts())["escrow"] == actors.PRICE.cents


async def test_ten_times_the_same_payment(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job = await actors.unpaid_job(houses.first, ana, beto)
    where = await actors.checkout(houses.first, job, ana)
    payment = houses.first.gateway.pay(where.preference_id)
    fact = await houses.first.gateway.payment(payment)
    assert fact is not None
    answers = await houses.at_once(*[ApplyFact(fact=fact)] * 10)
    assert answers == [None] * 10
    check = CheckPayment(payment_id=payment)
    await asyncio.gather(*(houses.first.core.execute(check) for _ in range(10)))
    assert (await houses.accounts())["escrow"] == actors.PRICE.cents
    assert (await houses.job(job.id))[2] == [JobStatus.AWAITING_PAYMENT, JobStatus.IN_PROGRESS]


async def test_two_payments_of_one_job(houses: Houses, people: tuple[Actor, Actor]) -> None:
    ana, beto = people
    job = await actors.unpaid_job(houses.first, ana, beto)
    where = await actors.checkout(houses.first, job, ana)
    gateway = houses.first.gateway
    told = [await gateway.payment(gateway.pay(where.preference_id)) for _ in range(4)]
    assert await houses.at_once(*[ApplyFact(fact=f) for f in told if f] * 2) == [None] * 8
    books = await houses.accounts()
    assert books["escrow"] == actors.PRICE.cents
    assert books["refund_pending"] == 3 * actors.PRICE.cents
    assert (await houses.job(job.id))[2] == [JobStatus.AWAITING_PAYMENT, JobStatus.IN_PROGRESS]


async def test_a_payment_and_eight_cancels(houses: Houses, people: tuple[Actor, Actor]) -> None:
    """Paid first and then cancelled, or cancelled first and then returned: it goes back once."""
    ana, beto = people
    job = await actors.unpaid_job(houses.first, ana, beto)
    where = await actors.checkout(houses.first, job, ana)
    gateway = houses.first.gateway
    fact = await gateway.payment(gateway.pay(where.preference_id))
    assert fact is not None
    cancels = [CancelJob(job_id=job.id, reason=None, actor=who) for who in people] * 4
    answers = await houses.at_once(*cancels[:4], ApplyFact(fact=fact), *cancels[4:])
    split(answers)
    assert (await houses.job(job.id))[0] is JobStatus.CANCELLED
    books = await houses.accounts()
    assert books["refund_pending"] == actors.PRICE.cents
    assert "escrow" not in books and "suspense" not in books


async def test_a_crowd_with_one_key_each_does_each_thing_once(
    houses: Houses, people: tuple[Actor, Actor]
) -> None:
    ana, beto = people
    jobs = [(await actors.finished_job(houses.first, ana, beto))[0] for _ in range(4)]
    tasks = [
        houses.at_once(*[ApproveJob(job_id=job.id, actor=ana)] * 4, once=Once(f"llave-{job.id}"))
        for job in jobs
    ]
    for answers in await asyncio.gather(*tasks):
        assert len({answer.id for answer in answers}) == 1
    books = await houses.accounts()
    assert books["payable_unreleased"] + books["commission"] == 4 * actors.PRICE.cents
    strangers = [Actor(Role.CLIENT, UUID(int=n)) for n in range(1, 9)]  # type: ignore[arg-type]
    wishes = [ApproveJob(job_id=jobs[0].id, actor=who) for who in strangers]
    _, lost = split(await houses.at_once(*wishes))
    assert lost == {"NotFound": 8}
