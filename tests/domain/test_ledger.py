"""The ledger's own rules: balanced transactions, owners, and the side on which accounts grow."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.ids import TransactionId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import (
    PER_OWNER,
    Account,
    AccountKind,
    Entry,
    LedgerTransaction,
    Unbalanced,
    normal_side,
)

OWNER = UserId(UUID(int=1))
# account: has an owner, grows by debits
CHART = {
    "escrow": (True, False),
    "refund_pending": (True, False),
    "payable_unreleased": (True, False),
    "payable": (True, False),
    "payout_pending": (True, False),
    "receivable": (True, True),
    "gateway_unreleased": (False, True),
    "gateway_available": (False, True),
    "bank": (False, True),
    "suspense": (False, False),
    "commission": (False, False),
    "gateway_fee": (False, True),
    "tax_withheld": (False, True),
    "chargeback_loss": (False, True),
    "refund_loss": (False, True),
}
CENTS = st.integers(-(10**12), 10**12)


def transaction(*cents: int) -> LedgerTransaction:
    accounts = [Account(kind) for kind in AccountKind if kind not in PER_OWNER]
    return LedgerTransaction(
        id=TransactionId(UUID(int=2)),
        source_ref="mp:payment:1:approved",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        entries=tuple(Entry(a, c) for a, c in zip(accounts, cents, strict=False)),
        job_id=None,
        payment_id=None,
    )


def test_the_chart_of_the_rules() -> None:
    assert {kind.value for kind in AccountKind} == set(CHART)
    for kind in AccountKind:
        has_owner, by_debits = CHART[kind.value]
        assert (kind in PER_OWNER) == has_owner, kind
        assert normal_side(kind) == (1 if by_debits else -1), kind


@pytest.mark.parametrize("kind", AccountKind)
def test_only_per_owner_accounts_have_an_owner_and_they_need_one(kind: AccountKind) -> None:
    has_owner, by_debits = CHART[kind.value]
    wrong, right = (None, OWNER) if has_owner else (OWNER, None)
    with pytest.raises(AssertionError):
        Account(kind, wrong)
    account = Account(kind, right)
    assert str(account) == (f"{kind.value}:{OWNER}" if has_owner else kind.value)
    assert account.balance(700) == Money(700 if by_debits else -700)


@pytest.mark.parametrize(
    "cents",
    [(), (0,), (5,), (0, 0), (5, -4), (5, 5), (5, -5, 0), (1, -1, 1), (10**18, -(10**18) + 1)],
)
def test_an_unbalanced_single_legged_or_empty_transaction_is_refused(
    cents: tuple[int, ...],
) -> None:
    with pytest.raises(Unbalanced):
        transaction(*cents)


@given(st.lists(CENTS, min_size=0, max_size=6))
def test_a_transaction_exists_exactly_if_it_balances(cents: list[int]) -> None:
    if len(cents) >= 2 and 0 not in cents and sum(cents) == 0:
        assert transaction(*cents)
    else:
        with pytest.raises(Unbalanced):
            transaction(*cents)


@given(st.lists(CENTS.filter(bool), min_size=1, max_size=6))
def test_a_closing_entry_balances_any_transaction(cents: list[int]) -> None:
    if sum(cents):
        assert transaction(*cents, -sum(cents))


def test_a_posted_transaction_cannot_be_changed() -> None:
    posted = transaction(5, -5)
    with pytest.raises(FrozenInstanceError):
        posted.entries = ()  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        posted.entries[0].cents = 6  # type: ignore[misc]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=6))
def test_posting_joins_legs_and_leaves_out_zeros(legs: list[tuple[int, int]]) -> None:
    names = [ledger.BANK, ledger.SUSPENSE, ledger.payable(OWNER), ledger.receivable(OWNER)]
    debit = tuple((names[n], Money(c)) for n, c in legs)
    credit = tuple((names[0], Money(c)) for _, c in legs)
    sums = dict.fromkeys(names, 0)
    for n, c in legs:
        sums[names[n]] += c
        sums[names[0]] -= c
    entries = ledger.post(debit, credit)
    assert {e.account: e.cents for e in entries} == {a: c for a, c in sums.items() if c}
    assert len({e.account for e in entries}) == len(entries)
    assert sum(e.cents for e in entries) == 0


def test_where_one_payments_money_stands() -> None:
    assert str(ledger.gateway(False)) == "gateway_unreleased"
    assert str(ledger.gateway(True)) == "gateway_available"
    pro = ledger.payable(OWNER), ledger.payable_unreleased(OWNER)
    assert (ledger.owed(OWNER, True), ledger.owed(OWNER, False)) == pro
