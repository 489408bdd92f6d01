"""The catalogue of moves: which accounts each one debits and credits, for any amounts."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.ids import JobId, PaymentId, PayoutId, RefundId, TransactionId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import Shares
from conectar.domain.payments.ledger import LedgerTransaction
from conectar.domain.payments.payment import Given

JOB, PRO = JobId(UUID(int=1)), UserId(UUID(int=2))
OWNERS = {"escrow": JOB, "refund_pending": JOB}
PLATFORM = {
    "gateway_unreleased",
    "gateway_available",
    "bank",
    "suspense",
    "commission",
    "gateway_fee",
    "tax_withheld",
    "chargeback_loss",
    "refund_loss",
}
CENTS = st.integers(0, 10**11)
M = Money


def gateway(released: bool) -> str:
    return "gateway_available" if released else "gateway_unreleased"


def owed(released: bool) -> str:
    return "payable" if released else "payable_unreleased"


def shares(net: int, commission: int) -> Shares:
    return Shares(commission=M(commission), net=M(net))


Case = tuple[Callable[..., ledger.Legs], Callable[..., dict[str, int]]]
# name: (the posting, what the rules want: account -> debit (+) or credit (-)), of three amounts
# and two yes-or-no's
CASES: dict[str, Case] = {
    "funded": (
        lambda a, b, c, y, z: postings.funded(JOB, M(a)),
        lambda a, b, c, y, z: {"gateway_unreleased": a, "escrow": -a},
    ),
    "charges": (
        lambda a, b, c, y, z: postings.charges(M(a), M(b), y),
        lambda a, b, c, y, z: {"gateway_fee": a, "tax_withheld": b, gateway(y): -a - b},
    ),
    "charges given back": (
        lambda a, b, c, y, z: postings.charges(M(-a), M(-b), y),
        lambda a, b, c, y, z: {"gateway_fee": -a, "tax_withheld": -b, gateway(y): a + b},
    ),
    "released": (
        lambda a, b, c, y, z: postings.job_released(JOB, PRO, shares(a, b), y),
        lambda a, b, c, y, z: {"escrow": a + b, owed(y): -a, "commission": -b},
    ),
    "payment released": (
        lambda a, b, c, y, z: postings.payment_released(M(a)),
        lambda a, b, c, y, z: {"gateway_available": a, "gateway_unreleased": -a},
    ),
    "earnings released": (
        lambda a, b, c, y, z: postings.earnings_released(PRO, M(a)),
        lambda a, b, c, y, z: {"payable_unreleased": a, "payable": -a},
    ),
    "refund decided": (
        lambda a, b, c, y, z: postings.refund_decided(JOB, M(a), Given(M(b), M(c))),
        lambda a, b, c, y, z: {
            "escrow": a + b + c,
            "refund_pending": -a,
            "refund_loss": -b,
            "chargeback_loss": -c,
        },
    ),
    "refund confirmed": (
        lambda a, b, c, y, z: postings.refund_confirmed(JOB, M(a), y),
        lambda a, b, c, y, z: {"refund_pending": a, gateway(y): -a},
    ),
    "refund by bank transfer": (
        lambda a, b, c, y, z: postings.refund_by_bank(JOB, M(a)),
        lambda a, b, c, y, z: {"refund_pending": a, "bank": -a},
    ),
    "split": (
        lambda a, b, c, y, z: postings.split(
            JOB, PRO, M(c), Given(M(c // 3), M(b // 5)), shares(a, b), y
        ),
        lambda a, b, c, y, z: {
            "escrow": a + b + c + c // 3 + b // 5,
            "refund_pending": -c,
            "refund_loss": -(c // 3),
            "chargeback_loss": -(b // 5),
            owed(y): -a,
            "commission": -b,
        },
    ),
    "suspended": (
        lambda a, b, c, y, z: postings.suspended(M(a)),
        lambda a, b, c, y, z: {"gateway_unreleased": a, "suspense": -a},
    ),
    "suspense goes back": (
        lambda a, b, c, y, z: postings.suspense_refund_decided(JOB, M(a)),
        lambda a, b, c, y, z: {"suspense": a, "refund_pending": -a},
    ),
    "taken outside": (
        lambda a, b, c, y, z: postings.taken_outside(
            JOB, M(a), M(b), Given(M(a // 3), M(b // 3)), y
        ),
        lambda a, b, c, y, z: {
            "escrow": a,
            "refund_pending": b,
            "refund_loss": -(a // 3),
            "chargeback_loss": -(b // 3),
            gateway(y): -(a - a // 3 + b - b // 3),
        },
    ),
    "charged back on the platform": (
        lambda a, b, c, y, z: postings.charged_back_on_platform(JOB, M(a), M(b), y),
        lambda a, b, c, y, z: {"chargeback_loss": a, "refund_pending": b, gateway(y): -a - b},
    ),
    "reimbursed": (
        lambda a, b, c, y, z: postings.reimbursed(JOB, PRO, shares(a, b), M(c), M(c // 2), y),
        lambda a, b, c, y, z: {
            gateway(y): a + b + c // 2,
            "receivable": -min(a, c),
            "payable": -(a - min(a, c)),
            "commission": -b,
            "refund_pending": -(c // 2),
        },
    ),
    "reimbursed to the platform": (
        lambda a, b, c, y, z: postings.reimbursed_to_platform(JOB, M(a), M(b), y),
        lambda a, b, c, y, z: {gateway(y): a + b, "chargeback_loss": -a, "refund_pending": -b},
    ),
    "made good on its way": (
        lambda a, b, c, y, z: postings.made_good(JOB, Given(M(a), M(b))),
        lambda a, b, c, y, z: {"refund_pending": a + b, "refund_loss": -a, "chargeback_loss": -b},
    ),
    "lost, says a person": (
        lambda a, b, c, y, z: postings.lost(M(a), M(b), y),
        lambda a, b, c, y, z: {"refund_loss": a, "chargeback_loss": b, gateway(y): -a - b},
    ),
    "recovered, says a person": (
        lambda a, b, c, y, z: postings.recovered(M(a), M(b), y),
        lambda a, b, c, y, z: {gateway(y): a + b, "refund_loss": -a, "chargeback_loss": -b},
    ),
    "payout asked": (
        lambda a, b, c, y, z: postings.payout_asked(PRO, M(a)),
        lambda a, b, c, y, z: {"payable": a, "payout_pending": -a},
    ),
    "payout confirmed": (
        lambda a, b, c, y, z: postings.payout_confirmed(PRO, M(a), by_bank=z),
        lambda a, b, c, y, z: {"payout_pending": a, "bank" if z else "gateway_available": -a},
    ),
    "payout failed": (
        lambda a, b, c, y, z: postings.payout_failed(PRO, M(a)),
        lambda a, b, c, y, z: {"payout_pending": a, "payable": -a},
    ),
    "payout failed after success": (
        lambda a, b, c, y, z: postings.payout_returned(PRO, M(a), by_bank=z),
        lambda a, b, c, y, z: {"bank" if z else "gateway_available": a, "payable": -a},
    ),
    "debt repaid": (
        lambda a, b, c, y, z: postings.debt_repaid(PRO, M(a)),
        lambda a, b, c, y, z: {"payable": a, "receivable": -a},
    ),
    "debt written off": (
        lambda a, b, c, y, z: postings.debt_written_off(PRO, M(a)),
        lambda a, b, c, y, z: {"chargeback_loss": a, "receivable": -a},
    ),
    "treasury": (
        lambda a, b, c, y, z: postings.treasury(M(a), to_bank=z),
        lambda a, b, c, y, z: {
            "bank": a if z else -a,
            "gateway_available": -a if z else a,
        },
    ),
}


def told(legs: ledger.Legs) -> dict[str, int]:
    """The entries by the name of their account; each account once, and the right owner."""
    cents: dict[str, int] = {}
    for entry in legs:
        kind = entry.account.kind.value
        assert kind not in cents, "legs of one account are joined"
        assert entry.cents != 0, "a leg of zero is left out"
        assert type(entry.cents) is int
        wanted = None if kind in PLATFORM else OWNERS.get(kind, PRO)
        assert entry.account.owner == wanted, kind
        cents[kind] = entry.cents
    return cents


def valid(legs: ledger.Legs) -> None:
    """A move of nothing posts nothing; any other makes a transaction."""
    assert sum(entry.cents for entry in legs) == 0
    if legs:
        LedgerTransaction(
            id=TransactionId(UUID(int=3)),
            source_ref="job:1:approve",
            at=datetime(2026, 3, 2, tzinfo=UTC),
            entries=legs,
            job_id=JOB,
            payment_id=PaymentId("1"),
        )


@pytest.mark.parametrize("name", CASES)
@given(amounts=st.tuples(CENTS, CENTS, CENTS, st.booleans(), st.booleans()))
def test_each_move_posts_what_the_rules_say(name: str, amounts: tuple[Any, ...]) -> None:
    move, wanted = CASES[name]
    legs = move(*amounts)
    assert told(legs) == {account: c for account, c in wanted(*amounts).items() if c}
    valid(legs)


@pytest.mark.parametrize("name", CASES)
def test_a_move_of_nothing_posts_nothing(name: str) -> None:
    assert CASES[name][0](0, 0, 0, True, True) == ()


@given(CENTS, CENTS, CENTS, CENTS, CENTS, st.booleans())
def test_a_chargeback_takes_the_jobs_own_part_then_payable_then_makes_a_debt(
    net: int, commission: int, unreleased: int, available: int, unsent: int, released: bool
) -> None:
    legs = postings.charged_back(
        JOB, PRO, shares(net, commission), M(unreleased), M(available), M(unsent), released
    )
    valid(legs)
    cents = told(legs)
    first, second, owes = (
        cents.get(account, 0) for account in ("payable_unreleased", "payable", "receivable")
    )
    assert first == min(unreleased, net)
    assert second == min(available, net - first)
    assert first + second + owes == net
    assert owes == 0 or (first, second) == (unreleased, available)
    assert cents.get("commission", 0) == commission
    assert cents.get("refund_pending", 0) == unsent
    assert cents.get(gateway(released), 0) == -(net + commission + unsent)


@given(st.integers(0, 10**11), CENTS, CENTS, st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_refund_after_release_takes_at_most_the_jobs_net(
    price: int, unreleased: int, available: int, points: int, part: int
) -> None:
    commission = price * points // 10_000
    net = price - commission
    amount, back = price * part // 10_000, commission * part // 10_000
    legs = postings.refunded_after_release(
        JOB, PRO, M(amount), M(back), M(unreleased), M(available), M(net)
    )
    valid(legs)
    cents = told(legs)
    first, second = cents.get("payable_unreleased", 0), cents.get("payable", 0)
    assert cents.get("refund_pending", 0) == -amount
    assert cents.get("commission", 0) == back
    assert first == min(unreleased, net, amount - back)
    assert second == min(available, net - first, amount - back - first)
    assert cents.get("refund_loss", 0) == amount - back - first - second >= 0


def test_the_house_bears_what_the_professional_no_longer_has() -> None:
    legs = postings.refunded_after_release(JOB, PRO, M(100), M(15), M(30), M(20), M(85))
    assert told(legs) == {
        "payable_unreleased": 30,
        "payable": 20,
        "commission": 15,
        "refund_loss": 35,
        "refund_pending": -100,
    }


def posted() -> set[str]:
    """The postings of the catalogue that the cases and the tests above look at."""
    tree = ast.parse(Path(__file__).read_text())
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {n.attr for n in names if isinstance(n.value, ast.Name) and n.value.id == "postings"}


def test_every_move_of_the_catalogue_is_looked_at() -> None:
    own = {
        n
        for n, f in vars(postings).items()
        if getattr(f, "__module__", "") == postings.__name__ and n[0] != "_"
    }
    assert posted() - {"__name__"} == own


def test_names_of_facts() -> None:
    job, payment, refund = JobId(UUID(int=7)), PaymentId("42"), RefundId(UUID(int=8))
    assert ledger.payment_ref(payment, "approved") == "mp:payment:42:approved"
    assert ledger.job_ref(job, "approve") == f"job:{job}:approve"
    assert ledger.refund_ref(refund, "confirmed") == f"refund:{refund}:confirmed"
    payout = PayoutId(UUID(int=9))
    assert ledger.payout_ref(payout, "asked") == f"payout:{payout}:asked"
