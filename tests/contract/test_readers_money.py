"""Reads about money: what is open, parked, owed, released, and on its way."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from conectar.application.message import Listed, Page
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.jobs.lifecycle import FrozenBy
from conectar.domain.kernel.ids import BatchId, ProposalId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import divide
from conectar.domain.payments.ledger import Account, AccountKind, normal_side
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payment import Flag, Verdict
from conectar.domain.payments.payout import PayoutStatus
from conectar.domain.payments.refund import UNSETTLED, RefundOrigin, RefundStatus
from tests.contract import records as r
from tests.contract import values as v
from tests.contract.kinds import owe
from tests.contract.test_ledger import posting

ALL = Page(0, 100)


async def test_sums_of_what_was_released_and_given_back(store: Store) -> None:
    async with store.unit() as uow:
        assert tuple(await uow.read.released()) == (Money.ZERO, Money.ZERO)
        a, b = await v.cast(uow), await v.cast(uow)
        for kind in MovementKind:
            for status in MovementStatus:
                for c in (a, b):
                    line = v.movement(c.job, kind=kind, status=status, amount=Money(100))
                    await uow.movements.add(line)
        done = MovementStatus.COMPLETED
        await uow.movements.add(v.movement(a.job, kind=MovementKind.RELEASE, status=done))
        assert tuple(await uow.read.released()) == (v.PRICE + Money(200), Money(200))


async def test_incidents_are_frozen_jobs_and_payments_that_wait_for_a_person(store: Store) -> None:
    async with store.unit() as uow:
        casts = [await v.cast(uow) for _ in range(5)]
        frozen, both, calm, foreign, unfunded = casts
        shown: dict[str, Any] = {
            frozen.payment.id: replace(frozen.payment, verdict=Verdict.FUNDS),
            both.payment.id: replace(both.payment, verdict=Verdict.FUNDS, flag=Flag.NO_ROW),
            foreign.payment.id: replace(
                foreign.payment, verdict=Verdict.FOREIGN, flag=Flag.FOREIGN, job_id=None
            ),
        }
        quiet = replace(calm.payment, verdict=Verdict.FUNDS)
        for payment in (*shown.values(), quiet):
            await uow.payments.save(payment)
        for c in (frozen, both, unfunded):
            await uow.jobs.save(replace(c.job, frozen_by=FrozenBy.CHARGEBACK))
        found = await uow.read.incidents(ALL)
        assert found.total == 3
        assert {row.payment.id: row.payment for row in found.items} == shown
        jobs = {row.payment.id: row.job and row.job.id for row in found.items}
        assert jobs == {
            frozen.payment.id: frozen.job.id,
            both.payment.id: both.job.id,
            foreign.payment.id: None,
        }


async def released_job(uow: UnitOfWork, c: v.Cast) -> Money:
    """Its net, posted to the professional's available balance."""
    shares = divide(c.job.price, c.job.rate)
    for ref, legs in (
        ("funded", postings.funded(c.job.id, v.PRICE)),
        ("approved", postings.job_released(c.job.id, c.user.id, shares, True)),
    ):
        await uow.ledger.post(posting(f"{c.job.id}:{ref}", legs, c.job.id, c.payment.id))
    return shares.net


async def test_what_came_of_payments_that_wait_for_a_person_is_not_paid_out(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        nets = [await released_job(uow, c) for c in (a, b)]
        read, him = uow.read, a.user.id
        assert await read.parked_of(him) == Money.ZERO
        await uow.payments.save(replace(a.payment, flag=Flag.NO_ROW))
        assert [await read.parked_of(c.user.id) for c in (a, b)] == [nets[0], Money.ZERO]
        taken = ledger.post(((ledger.payable(him), Money(500)),), ((ledger.BANK, Money(500)),))
        await uow.ledger.post(posting("taken", taken, a.job.id, a.payment.id))
        assert await read.parked_of(him) == nets[0] - Money(500)
        other = v.payment(a.checkout, flag=Flag.NO_ROW)
        await uow.payments.add(other)
        less = ledger.post(((ledger.payable(him), Money(100)),), ((ledger.BANK, Money(100)),))
        await uow.ledger.post(posting("less", less, a.job.id, other.id))
        assert await read.parked_of(him) == nets[0] - Money(500), "never below zero a payment"
        await uow.payments.save(a.payment)
        assert await read.parked_of(him) == Money.ZERO


async def test_commissions_of_one_professional_less_what_was_given_back(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        assert await uow.read.commissions_of(a.user.id) == Money.ZERO
        for c in (a, b):
            await released_job(uow, c)
        kept = divide(v.PRICE, a.job.rate).commission
        assert await uow.read.commissions_of(a.user.id) == kept
        back = ledger.post(((ledger.COMMISSION, Money(70)),), ((ledger.BANK, Money(70)),))
        await uow.ledger.post(posting("back", back, a.job.id, a.payment.id))
        assert await uow.read.commissions_of(a.user.id) == kept - Money(70)
        assert await uow.read.commissions_of(b.user.id) == kept


async def test_payouts_of_a_professional_and_by_how_far_they_got(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        mine = {status: r.payout(a.user.id, status=status) for status in PayoutStatus}
        other = r.payout(b.user.id, status=PayoutStatus.FAILED)
        for payout in (*mine.values(), other):
            await uow.payouts.add(payout)

        async def seen(of: UserId | None, status: PayoutStatus | None = None) -> set[Any]:
            found = await uow.read.payouts(of, status, ALL)
            assert found.total == len(found.items)
            return set(found.items)

        assert await seen(None) == {*mine.values(), other}
        assert await seen(a.user.id) == set(mine.values())
        assert await seen(None, PayoutStatus.FAILED) == {mine[PayoutStatus.FAILED], other}
        assert await seen(b.user.id, PayoutStatus.REQUESTED) == set()
        batch = r.batch(a.client.id)
        await uow.payout_batches.add(batch)
        assert await uow.read.payout_batch(batch.id) == batch
        assert await uow.read.payout_batch(BatchId(uuid4())) is None


async def test_a_debt_that_was_paid_is_none(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        await owe(uow, a.user.id, Money(700))
        await owe(uow, b.user.id, Money(900))
        assert [tuple(row) for row in (await uow.read.debts(ALL)).items] == [
            (b.user, Money(900)),
            (a.user, Money(700)),
        ]
        await uow.ledger.post(posting("given up", postings.debt_written_off(b.user.id, Money(900))))
        assert await uow.read.debts(ALL) == Listed(((a.user, Money(700)),), 1)


async def test_a_proposal_is_found_by_its_id_and_only_while_it_stands_by_its_subject(
    store: Store,
) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        proposal = r.proposal(c.client.id)
        await uow.proposals.add(proposal)
        assert await uow.read.proposal(proposal.id) == proposal
        assert await uow.read.proposal_for(proposal.subject) == proposal
        spent = proposal.confirm(c.user.id)
        await uow.proposals.save(spent)
        assert await uow.read.proposal(proposal.id) == spent
        assert await uow.read.proposal_for(proposal.subject) is None
        assert await uow.read.proposals(ALL) == Listed((), 0)
        assert await uow.read.proposal(ProposalId(uuid4())) is None


OPEN_OF_PROFESSIONAL = (
    AccountKind.PAYABLE,
    AccountKind.PAYABLE_UNRELEASED,
    AccountKind.PAYOUT_PENDING,
    AccountKind.RECEIVABLE,
)


@pytest.mark.parametrize("kind", OPEN_OF_PROFESSIONAL)
async def test_a_cent_of_an_account_of_his_keeps_a_professional(
    store: Store, kind: AccountKind
) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        sides = [((Account(kind, a.user.id), Money(1)),), ((ledger.BANK, Money(1)),)]
        await uow.ledger.post(posting("a cent", ledger.post(*sides[:: normal_side(kind)])))
        assert await uow.read.open_money(a.user.id) == Money(1)
        for other in (a.client.id, b.user.id, UserId(uuid4())):
            assert await uow.read.open_money(other) == Money.ZERO


async def test_held_money_keeps_both_parties(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        await uow.ledger.post(posting("funded", postings.funded(a.job.id, Money(3)), a.job.id))
        for person, cents in ((a.client, 3), (a.user, 3), (b.client, 0), (b.user, 0)):
            assert await uow.read.open_money(person.id) == Money(cents)


async def test_money_on_its_way_back_keeps_its_client(store: Store) -> None:
    """Whatever became of its intent."""
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        await uow.ledger.post(posting("funded", postings.funded(a.job.id, Money(3)), a.job.id))
        back = postings.refund_decided(a.job.id, Money(3))
        await uow.ledger.post(posting("back", back, a.job.id))
        for person, cents in ((a.client, 3), (a.user, 0), (b.client, 0), (b.user, 0)):
            assert await uow.read.open_money(person.id) == Money(cents)


@pytest.mark.parametrize("origin", RefundOrigin)
@pytest.mark.parametrize("status", RefundStatus)
async def test_an_open_refund_that_the_ledger_never_sees_keeps_its_client(
    store: Store, status: RefundStatus, origin: RefundOrigin
) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        refund = v.refund(a.payment, origin=origin, status=status)
        await uow.refunds.add(replace(refund, amount=Money(9)))
        waits = status in UNSETTLED and origin is RefundOrigin.UNPOSTED
        expected = Money(9) if waits else Money.ZERO
        assert await uow.read.open_money(a.client.id) == expected
        assert await uow.read.open_money(b.client.id) == Money.ZERO
        assert await uow.read.open_money(a.user.id) == Money.ZERO
