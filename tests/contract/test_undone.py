"""What an undone unit leaves behind: nothing, wherever one looks for it.

A scene has one of everything that is found by what it says; an upheaval makes each look answer
something else, by adding, changing and dropping.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from conectar.application.message import Page
from conectar.application.ports.readers import NoticeFilter, PartyFilter
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.jobs.dispute import Dispute
from conectar.domain.jobs.lifecycle import FrozenBy, JobStatus
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.notices.notice import Notice
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.service import Service
from conectar.domain.payments.checkout import CheckoutStatus
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, NoticeReceived, PaymentStatus, Verdict
from conectar.domain.payments.payout import Payout
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import Refund, RefundStatus
from tests.contract import records as r
from tests.contract import values as v
from tests.contract.kinds import approved, owe

LATE = v.T0 + 400 * v.DAY


class Oops(Exception):
    """Something unexpected."""


@dataclass(frozen=True)
class Scene:
    """One of everything."""

    c: v.Cast
    session: v.Session
    dispute: Dispute
    notice: Notice
    service: Service
    refund: Refund
    movement: Movement
    payout: Payout
    proposal: Proposal


async def set_up(uow: UnitOfWork) -> Scene:
    """Adds it."""
    c = await v.cast(uow)
    c = c._replace(
        offer=replace(c.offer, remind_at=v.T0),
        job=replace(c.job, remind_at=v.T0, frozen_by=FrozenBy.MEDIATION),
        payment=replace(c.payment, verdict=Verdict.FUNDS, ask_release_at=v.T0),
    )
    await uow.offers.save(c.offer)
    await uow.jobs.save(c.job)
    await uow.payments.save(c.payment)
    scene = Scene(
        c=c,
        session=v.Session(
            id=v.SessionId(uuid4()),
            user_id=c.client.id,
            device="d",
            generation=1,
            created_at=v.T0,
            last_used_at=v.T0,
            expires_at=LATE + v.DAY,
        ),
        dispute=r.dispute(c.job),
        notice=r.notice(c.client.id),
        service=r.service(c.user.id),
        refund=v.refund(c.payment),
        movement=v.movement(c.job, kind=MovementKind.RELEASE, status=MovementStatus.COMPLETED),
        payout=r.payout(c.user.id),
        proposal=r.proposal(c.client.id),
    )
    await approved(uow, c, takes_instant=True)
    await uow.sessions.add(scene.session)
    await uow.kyc_submissions.add(r.proof(c.user.id))
    await uow.disputes.add(scene.dispute)
    await uow.notices.add(scene.notice)
    await uow.services.add(scene.service)
    await uow.refunds.add(scene.refund)
    await uow.movements.add(scene.movement)
    await uow.payouts.add(scene.payout)
    await uow.proposals.add(scene.proposal)
    await uow.outbox.record(NoticeReceived(at=v.T0, notice_id="1", payment_id=PaymentId("1")))
    return scene


async def upheaval(uow: UnitOfWork, s: Scene) -> None:
    """Nothing is found as before."""
    c = s.c
    await uow.sessions.forget_of(c.client.id)
    await uow.kyc_submissions.erase_of(c.user.id)
    await uow.notices.forget_of(c.client.id)
    for delivery in await uow.outbox.claim(LATE, LATE, 100):
        await uow.outbox.done(delivery.event_id, delivery.reaction, v.T0)
    await uow.outbox.forget_settled(LATE, 100)
    await uow.dispute_messages.add(r.message(s.dispute))
    await uow.evidence.add(r.evidence(s.dispute))
    await uow.reviews.add(r.review(c.job))
    await uow.offers.save(replace(c.offer, status=OfferStatus.EXPIRED, remind_at=None))
    await uow.jobs.save(
        replace(
            c.job,
            status=JobStatus.CANCELLED,
            frozen_by=FrozenBy.NONE,
            deadline_at=None,
            remind_at=None,
        )
    )
    await uow.checkouts.save(replace(c.checkout, status=CheckoutStatus.CLOSED, check_at=None))
    await uow.checkouts.add(v.checkout(c.job, status=CheckoutStatus.OPEN))
    paid = replace(c.payment, verdict=Verdict.RETURNS, status=PaymentStatus.REJECTED)
    await uow.payments.save(replace(paid, ask_release_at=None))
    await uow.payments.add(v.payment(c.checkout, flag=Flag.FOREIGN, status=paid.status))
    await uow.refunds.save(replace(s.refund, status=RefundStatus.MANUAL, next_at=None))
    await uow.refunds.add(v.refund(c.payment, next_at=LATE + v.DAY))
    await uow.movements.save(replace(s.movement, status=MovementStatus.FAILED))
    batch = r.batch(c.client.id)
    await uow.payout_batches.add(batch)
    await uow.payouts.save(s.payout.export(batch.id))
    await uow.proposals.save(s.proposal.replaced())
    await uow.services.save(s.service.withdraw())
    await owe(uow, c.user.id, Money(1))
    await uow.users.save(replace(c.client, email="otra@conectar.test"))


Look = Callable[[UnitOfWork, Scene], Awaitable[Any]]

LOOKS: dict[str, Look] = {
    "an account by its address": lambda u, s: u.users.by_email(s.c.client.email),
    "live sessions": lambda u, s: u.sessions.live_of(s.c.client.id, v.T0),
    "the newest proof": lambda u, s: u.kyc_submissions.newest_of(s.c.user.id),
    "pending offers of a client": lambda u, s: u.offers.pending_of(s.c.client.id),
    "pending offers of a professional": lambda u, s: u.offers.pending_of(s.c.user.id),
    "offers that end": lambda u, s: u.read.due_offers(LATE, 9),
    "offers to speak of": lambda u, s: u.read.due_offer_reminders(LATE, 9),
    "open jobs of a client": lambda u, s: u.jobs.open_of(s.c.client.id),
    "open jobs of a professional": lambda u, s: u.jobs.open_of(s.c.user.id),
    "jobs at their deadline": lambda u, s: u.read.due_jobs(LATE, 9),
    "jobs to speak of": lambda u, s: u.read.due_job_reminders(LATE, 9),
    "jobs of a party": lambda u, s: u.read.jobs(PartyFilter(party=s.c.user.id), None, Page()),
    "incidents": lambda u, s: u.read.incidents(Page()),
    "files of a dispute": lambda u, s: u.read.dispute(s.dispute.id),
    "how many files": lambda u, s: u.evidence.count_of(s.dispute.id),
    "what was said": lambda u, s: u.read.dispute_messages(s.dispute.id, Page()),
    "reviews of a professional": lambda u, s: u.read.reviews(s.c.user.id, Page()),
    "the review of a job": lambda u, s: u.reviews.of_job(s.c.job.id),
    "unread notices": lambda u, s: u.notices.unread_of(s.c.client.id),
    "notices": lambda u, s: u.read.notices(NoticeFilter(user=s.c.client.id), Page()),
    "services of one": lambda u, s: u.services.active_of(s.c.user.id),
    "services for hire": lambda u, s: u.read.services(None, None, Page()),
    "the open checkout": lambda u, s: u.checkouts.open_of(s.c.job.id),
    "checkouts of a job": lambda u, s: u.read.checkouts_of(s.c.job.id),
    "checkouts to ask about": lambda u, s: u.read.due_checkouts(v.T0 + v.HOUR, 9),
    "the payment that funds": lambda u, s: u.payments.funding(s.c.job.id),
    "a payment that waits": lambda u, s: u.payments.pending_of(s.c.job.id),
    "releases to ask about": lambda u, s: u.read.due_releases(LATE, 9),
    "refunds of a payment": lambda u, s: u.refunds.of_payment(s.c.payment.id),
    "refunds to run": lambda u, s: u.read.due_refunds(LATE, 9),
    "finished movements": lambda u, s: u.read.movement_total(MovementKind.RELEASE, s.c.user.id),
    "the movement of a fact": lambda u, s: u.movements.of_fact(s.movement.source_ref),
    "payouts not sent": lambda u, s: u.payouts.unsent_of(s.c.user.id),
    "payouts to send": lambda u, s: u.payouts.exportable(LATE, 9),
    "the proposal that stands": lambda u, s: u.proposals.standing_for(s.proposal.subject),
    "unfinished reactions": lambda u, s: u.read.pending_deliveries(Page()),
    "debts": lambda u, s: u.read.debts(Page()),
}


async def look(uow: UnitOfWork, scene: Scene) -> dict[str, Any]:
    """Everywhere."""
    return {name: await at(uow, scene) for name, at in LOOKS.items()}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The looks that answer something else."""
    return {name for name in LOOKS if before[name] != after[name]}


async def test_an_undone_unit_leaves_every_look_as_it_was(store: Store) -> None:
    async with store.unit() as uow:
        scene = await set_up(uow)
        await uow.commit()
    async with store.unit() as uow:
        before = await look(uow, scene)
    for _ in range(2):
        with pytest.raises(Oops):
            async with store.unit() as uow:
                await upheaval(uow, scene)
                assert changed(before, await look(uow, scene)) == set(LOOKS)
                raise Oops
    async with store.unit() as uow:
        assert changed(before, await look(uow, scene)) == set()
        await upheaval(uow, scene)
        after = await look(uow, scene)
        await uow.commit()
    async with store.unit() as uow:
        assert changed(after, await look(uow, scene)) == set(), "what was not undone stays"
        assert changed(before, after) == set(LOOKS)


async def test_what_was_undone_may_be_done_again(store: Store) -> None:
    """Uniqueness is undone, too."""
    async with store.unit() as uow:
        scene = await set_up(uow)
        await uow.commit()
    review, email = r.review(scene.c.job), "otra@conectar.test"
    for _ in range(2):
        with pytest.raises(Oops):
            async with store.unit() as uow:
                await uow.reviews.add(review)
                await uow.proposals.save(scene.proposal.replaced())
                again = r.proposal(scene.c.client.id, subject=scene.proposal.subject)
                await uow.proposals.add(again)
                await uow.users.add(v.user(email=email))
                raise Oops
    async with store.unit() as uow:
        await uow.reviews.add(review)
        await uow.users.add(v.user(email=email))
        assert await uow.reviews.of_job(scene.c.job.id) == review
        assert await uow.proposals.standing_for(scene.proposal.subject) == scene.proposal
