"""The ledger port: floors, sums, and each fact once."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.application.ports.unit_of_work import Store
from conectar.domain.kernel.ids import JobId, PaymentId, TransactionId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import divide
from conectar.domain.payments.ledger import (
    PER_OWNER,
    Account,
    AccountKind,
    AlreadyPosted,
    LedgerTransaction,
    Legs,
    Overdrawn,
    normal_side,
)
from tests.contract import values as v


def posting(
    ref: str, legs: Legs, job: JobId | None = None, payment: PaymentId | None = None
) -> LedgerTransaction:
    """One fact."""
    return LedgerTransaction(
        id=TransactionId(uuid4()),
        source_ref=ref,
        at=v.T0,
        entries=legs,
        job_id=job,
        payment_id=payment,
    )


async def sums(store: Store) -> dict[AccountKind, tuple[int, int, int | None]]:
    """Of every kind: debits, credits, stored."""
    async with store.reading() as read:
        return {line.kind: line[1:] for line in await read.account_sums()}


async def test_balances_and_sums_by_job_and_by_payment(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        pro = UserId(uuid4())
        for people in (a, b):
            legs = postings.funded(people.job.id, v.PRICE)
            ref = f"{people.job.id}:funded"
            await uow.ledger.post(posting(ref, legs, people.job.id, people.payment.id))
        shares = divide(v.PRICE, a.job.rate)
        legs = postings.job_released(a.job.id, pro, shares, False)
        await uow.ledger.post(posting("release", legs, a.job.id, a.payment.id))
        assert await uow.ledger.posted("release")
        await uow.commit()
    async with store.unit() as uow:
        books = uow.ledger
        assert await books.balance(ledger.escrow(a.job.id)) == Money.ZERO
        assert await books.balance(ledger.escrow(b.job.id)) == v.PRICE
        assert await books.balance(ledger.payable_unreleased(pro)) == shares.net
        assert await books.balance(ledger.payable(pro)) == Money.ZERO
        assert await books.of_payment(ledger.gateway(False), a.payment.id) == v.PRICE
        assert await books.of_payment(ledger.gateway(True), a.payment.id) == Money.ZERO
        assert await books.of_payment(ledger.COMMISSION, a.payment.id) == shares.commission
        assert await books.of_payment(ledger.COMMISSION, b.payment.id) == Money.ZERO
        assert await books.of_job(ledger.payable_unreleased(pro), a.job.id) == shares.net
        assert await books.of_job(ledger.payable_unreleased(pro), b.job.id) == Money.ZERO
        assert await uow.read.owner_balance(AccountKind.PAYABLE_UNRELEASED, pro) == shares.net


async def test_an_account_below_zero_is_refused_and_nothing_is_written(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        legs = postings.funded(people.job.id, Money(10_000))
        await uow.ledger.post(posting("funded", legs, people.job.id))
        await uow.commit()
    before = await sums(store)
    legs = postings.refund_decided(people.job.id, Money(10_001))
    with pytest.raises(Overdrawn):
        async with store.unit() as uow:
            await uow.ledger.post(posting("too much", legs, people.job.id))
            await uow.commit()
    assert await sums(store) == before
    async with store.unit() as uow:
        assert not await uow.ledger.posted("too much")
        assert await uow.ledger.of_job(ledger.refund_pending(people.job.id), people.job.id) == (
            Money.ZERO
        )
        to_the_last = postings.refund_decided(people.job.id, Money(10_000))
        await uow.ledger.post(posting("exactly", to_the_last, people.job.id))
        assert await uow.ledger.balance(ledger.escrow(people.job.id)) == Money.ZERO


@pytest.mark.parametrize("kind", sorted(PER_OWNER, key=lambda k: k.value))
async def test_every_owners_account_has_the_floor(store: Store, kind: AccountKind) -> None:
    account = Account(kind, uuid4())
    up = ledger.post(((account, Money(100)),), ((ledger.BANK, Money(100)),))
    down = ledger.post(((ledger.BANK, Money(100)),), ((account, Money(100)),))
    grows, shrinks = (up, down) if normal_side(kind) > 0 else (down, up)
    with pytest.raises(Overdrawn):
        async with store.unit() as uow:
            await uow.ledger.post(posting("first", shrinks))
    async with store.unit() as uow:
        await uow.ledger.post(posting("second", grows))
        assert await uow.ledger.balance(account) == Money(100)
        await uow.ledger.post(posting("third", shrinks))
        assert await uow.ledger.balance(account) == Money.ZERO


async def test_platform_accounts_have_no_floor(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        legs = postings.treasury(Money(500), to_bank=True)
        await uow.ledger.post(posting("bank", legs, people.job.id))
        assert await uow.ledger.of_job(ledger.gateway(True), people.job.id) == Money(-500)
        assert await uow.ledger.of_job(ledger.BANK, people.job.id) == Money(500)


async def test_a_fact_is_posted_once(store: Store) -> None:
    async with store.unit() as uow:
        people = await v.cast(uow)
        legs = postings.funded(people.job.id, v.PRICE)
        await uow.ledger.post(posting("fact", legs, people.job.id))
        await uow.commit()
    before = await sums(store)
    with pytest.raises(AlreadyPosted):
        async with store.unit() as uow:
            await uow.ledger.post(posting("fact", legs, people.job.id))
            await uow.commit()
    assert await sums(store) == before
    async with store.unit() as uow:
        assert await uow.ledger.balance(ledger.escrow(people.job.id)) == v.PRICE


LEGS = st.lists(
    st.tuples(st.sampled_from(sorted(PER_OWNER, key=lambda k: k.value)), st.integers(-300, 300)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=30)
@given(moves=st.lists(LEGS, min_size=1, max_size=8))
async def test_any_sequence_keeps_what_a_plain_dictionary_keeps(
    store: Store, moves: list[list[tuple[AccountKind, int]]]
) -> None:
    """Each move is posted against the bank; one below zero leaves no trace."""
    owner, kept = uuid4(), dict.fromkeys(PER_OWNER, 0)
    before = await sums(store)
    for move in moves:
        debit = tuple((Account(kind, owner), Money(cents)) for kind, cents in move)
        legs = ledger.post(debit, ((ledger.BANK, Money(sum(cents for _, cents in move))),))
        after = dict(kept)
        for kind, cents in move:
            after[kind] += normal_side(kind) * cents
        if len(legs) < 2:
            continue
        async with store.unit() as uow:
            try:
                await uow.ledger.post(posting(str(uuid4()), legs))
            except Overdrawn:
                assert min(after.values()) < 0
                continue
            assert min(after.values()) >= 0
            await uow.commit()
            kept = after
    async with store.unit() as uow:
        for kind, cents in kept.items():
            assert await uow.ledger.balance(Account(kind, owner)) == Money(cents)
    now = await sums(store)
    assert sum(debits - credits for debits, credits, _ in now.values()) == 0
    for kind in PER_OWNER:
        debits, credits, stored = now[kind]
        assert stored == debits - credits
        grown = debits - credits - (before[kind][0] - before[kind][1])
        assert grown == normal_side(kind) * kept[kind]
