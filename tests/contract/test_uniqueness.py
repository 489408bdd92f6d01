"""Every "at most one" of the stores, with the rule it stands for."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from conectar.application.message import Page
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.errors import DomainError
from conectar.domain.offers.offer import OfferNotPending
from conectar.domain.payments.checkout import CheckoutStatus, NotPayable
from conectar.domain.payments.ledger import AlreadyPosted
from conectar.domain.payments.payment import Verdict
from conectar.domain.payments.proposal import Proposal, ProposalSpent
from conectar.domain.payments.refund import OUTSTANDING, RefundOutstanding, RefundStatus
from conectar.domain.people.user import EmailTaken
from conectar.domain.reviews.review import AlreadyReviewed
from tests.contract import records as r
from tests.contract import values as v

Add = Callable[[UnitOfWork, v.Cast], Awaitable[Any]]


async def same_email(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.users.add(v.user(email=c.client.email))


async def email_of_another(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.users.save(replace(c.client, email=c.user.email))


async def second_job_of_an_offer(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.jobs.add(v.job(c.offer))


async def second_open_checkout(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.checkouts.add(v.checkout(c.job))


async def reopened_checkout(uow: UnitOfWork, c: v.Cast) -> None:
    closed = v.checkout(c.job, status=CheckoutStatus.CLOSED)
    await uow.checkouts.add(closed)
    await uow.checkouts.save(replace(closed, status=CheckoutStatus.OPEN))


async def second_funding(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.payments.save(replace(c.payment, verdict=Verdict.FUNDS))
    await uow.payments.add(v.payment(c.checkout, verdict=Verdict.FUNDS))


async def a_return_that_funds_after_all(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.payments.save(replace(c.payment, verdict=Verdict.FUNDS))
    second = v.payment(c.checkout, verdict=Verdict.RETURNS)
    await uow.payments.add(second)
    await uow.payments.save(replace(second, verdict=Verdict.FUNDS))


async def second_refund(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.refunds.add(v.refund(c.payment))
    await uow.refunds.add(v.refund(c.payment))


async def a_refund_tried_again_beside_another(uow: UnitOfWork, c: v.Cast) -> None:
    manual = v.refund(c.payment, status=RefundStatus.MANUAL)
    await uow.refunds.add(manual)
    await uow.refunds.add(v.refund(c.payment, status=RefundStatus.UNKNOWN))
    await uow.refunds.save(manual.retry(v.T0))


async def the_same_fact_of_a_history(uow: UnitOfWork, c: v.Cast) -> None:
    told = v.movement(c.job)
    await uow.movements.add(told)
    await uow.movements.add(v.movement(c.job, source_ref=told.source_ref))


async def second_open_dispute(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.disputes.add(r.dispute(c.job, status=DisputeStatus.REVIEW))
    await uow.disputes.add(r.dispute(c.job))


async def a_dispute_that_is_open_again(uow: UnitOfWork, c: v.Cast) -> None:
    withdrawn = r.dispute(c.job, status=DisputeStatus.WITHDRAWN)
    await uow.disputes.add(withdrawn)
    await uow.disputes.add(r.dispute(c.job))
    await uow.disputes.save(replace(withdrawn, status=DisputeStatus.OPEN))


async def second_review_of_a_job(uow: UnitOfWork, c: v.Cast) -> None:
    await uow.reviews.add(r.review(c.job))
    await uow.reviews.add(r.review(c.job, rating=1))


async def second_standing_proposal(uow: UnitOfWork, c: v.Cast) -> None:
    standing = r.proposal(c.client.id)
    await uow.proposals.add(standing)
    await uow.proposals.add(r.proposal(c.client.id, subject=standing.subject))


async def a_proposal_that_stands_again(uow: UnitOfWork, c: v.Cast) -> None:
    first = r.proposal(c.client.id)
    await uow.proposals.add(first.replaced())
    await uow.proposals.add(r.proposal(c.client.id, subject=first.subject))
    await uow.proposals.save(first)


BROKEN: tuple[tuple[Add, type[DomainError]], ...] = (
    (same_email, EmailTaken),
    (email_of_another, EmailTaken),
    (second_job_of_an_offer, OfferNotPending),
    (second_open_checkout, NotPayable),
    (reopened_checkout, NotPayable),
    (second_funding, NotPayable),
    (a_return_that_funds_after_all, NotPayable),
    (second_refund, RefundOutstanding),
    (a_refund_tried_again_beside_another, RefundOutstanding),
    (the_same_fact_of_a_history, AlreadyPosted),
    (second_open_dispute, InvalidTransition),
    (a_dispute_that_is_open_again, InvalidTransition),
    (second_review_of_a_job, AlreadyReviewed),
    (second_standing_proposal, ProposalSpent),
    (a_proposal_that_stands_again, ProposalSpent),
)


@pytest.mark.parametrize(("act", "refusal"), BROKEN, ids=[act.__name__ for act, _ in BROKEN])
async def test_a_second_one_is_refused_with_its_rule_and_leaves_nothing(
    store: Store,
    act: Add,
    refusal: type[DomainError],
) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        await uow.commit()
    with pytest.raises(refusal) as raised:
        async with store.unit() as uow:
            await act(uow, people)
            await uow.commit()
    assert type(raised.value) is refusal
    async with store.unit() as uow:
        assert await uow.users.find(people.client.id) == people.client
        assert await uow.checkouts.open_of(people.job.id) == people.checkout
        assert await uow.payments.funding(people.job.id) is None
        assert await uow.refunds.of_payment(people.payment.id) == []
        assert await uow.reviews.of_job(people.job.id) is None
        assert (await uow.read.proposals(Page())).items == ()


async def test_what_ended_makes_room(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        await uow.checkouts.save(people.checkout.close(CheckoutStatus.CLOSED))
        assert await uow.checkouts.open_of(people.job.id) is None
        opened = v.checkout(people.job)
        await uow.checkouts.add(opened)
        assert await uow.checkouts.open_of(people.job.id) == opened
        renamed = replace(people.client, email=f"otra-{uuid4()}@conectar.test")
        await uow.users.save(renamed)
        await uow.users.add(v.user(email=people.client.email))
        await uow.commit()


async def test_a_proposal_may_follow_one_that_does_not_stand(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        first = r.proposal(c.client.id)
        await uow.proposals.add(first)
        for end in (Proposal.replaced, lambda p: p.confirm(c.user.id)):
            ended = end(first)
            await uow.proposals.save(ended)
            assert await uow.proposals.standing_for(first.subject) is None
            second = r.proposal(c.client.id, subject=first.subject)
            await uow.proposals.add(second)
            assert await uow.proposals.standing_for(first.subject) == second
            assert await uow.read.proposal_for(first.subject) == second
            assert (await uow.read.proposals(Page())).items == (second,)
            assert await uow.read.proposal(first.id) == ended
            first = second


@pytest.mark.parametrize("ended", sorted(set(RefundStatus) - OUTSTANDING, key=lambda s: s.value))
async def test_a_refund_may_follow_one_that_is_not_outstanding(
    store: Store, ended: RefundStatus
) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        first, second = v.refund(people.payment, status=ended), v.refund(people.payment)
        await uow.refunds.add(first)
        await uow.refunds.add(second)
        found = await uow.refunds.of_payment(people.payment.id)
        assert list(found) == sorted([first, second], key=lambda r: r.id)


async def test_many_payments_of_a_job_may_be_returned(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        for verdict in (Verdict.RETURNS, Verdict.RETURNS, Verdict.FOREIGN, Verdict.FUNDS):
            paid = v.payment(people.checkout, verdict=verdict)
            await uow.payments.add(paid)
        assert await uow.payments.funding(people.job.id) == paid
