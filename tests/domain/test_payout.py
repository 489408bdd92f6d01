"""Payouts: each step from each status, and what stays as it was asked."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from uuid import UUID

import pytest

from conectar.domain.kernel.errors import Kind
from conectar.domain.kernel.ids import BatchId, PayoutId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payout import (
    OPEN,
    AmountNotPositive,
    InvalidPayoutStep,
    NoDestination,
    Payout,
    PayoutResult,
    PayoutStatus,
)

from .builders import DAY, HOUR, PROFESSIONAL_ID, T0

P, R = PayoutStatus, PayoutResult
BATCH, NOW = BatchId(UUID(int=41)), T0 + DAY


def asked() -> Payout:
    return Payout(
        id=PayoutId(UUID(int=40)),
        professional_id=PROFESSIONAL_ID,
        amount=Money(12_345_67),
        destination="ana.paz.mp",
        holder_cuit="27123456780",
        holder="Ana Paz",
        status=P.REQUESTED,
        created_at=T0,
        not_before=T0 + 72 * HOUR,
    )


def settled(payout: Payout, result: PayoutResult, evidence: str = "slip") -> Payout:
    return payout.settle(result, evidence, NOW)


EXPORTED = asked().export(BATCH)
EVERY = {
    P.REQUESTED: asked(),
    P.EXPORTED: EXPORTED,
    P.CONFIRMED: settled(EXPORTED, R.SENT),
    P.FAILED: settled(EXPORTED, R.FAILED),
    P.RETURNED: settled(settled(EXPORTED, R.SENT), R.FAILED),
    P.RECALLED: asked().recall(NOW),
}
STEPS: dict[str, Callable[[Payout], Payout]] = {
    "export": lambda p: p.export(BATCH),
    "recall": lambda p: p.recall(NOW),
    "sent": lambda p: settled(p, R.SENT),
    "failed": lambda p: settled(p, R.FAILED),
}
LEADS = {
    (P.REQUESTED, "export"): P.EXPORTED,
    (P.REQUESTED, "recall"): P.RECALLED,
    (P.EXPORTED, "sent"): P.CONFIRMED,
    (P.EXPORTED, "failed"): P.FAILED,
    (P.CONFIRMED, "failed"): P.RETURNED,
}


def test_every_status_is_reached() -> None:
    assert {status: payout.status for status, payout in EVERY.items()} == {p: p for p in P}


@pytest.mark.parametrize(("status", "step"), list(product(P, STEPS)))
def test_each_step_from_each_status(status: PayoutStatus, step: str) -> None:
    payout = EVERY[status]
    if (status, step) not in LEADS:
        with pytest.raises(InvalidPayoutStep) as caught:
            STEPS[step](payout)
        assert caught.value.facts == {"status": status.value}
        assert payout == EVERY[status]
        return
    after = STEPS[step](payout)
    assert after.status is LEADS[status, step]
    for kept in ("id", "professional_id", "amount", "destination", "holder_cuit", "holder"):
        assert getattr(after, kept) == getattr(payout, kept), "frozen when it was asked"
    assert (after.created_at, after.not_before) == (payout.created_at, payout.not_before)


def test_what_each_step_writes_down() -> None:
    assert (asked().batch_id, asked().settled_at, asked().evidence) == (None, None, None)
    assert (EXPORTED.batch_id, EXPORTED.settled_at) == (BATCH, None)
    sent = settled(EXPORTED, R.SENT, "slip 1")
    assert (sent.batch_id, sent.evidence, sent.settled_at) == (BATCH, "slip 1", NOW)
    returned = sent.settle(R.FAILED, "slip 2", NOW + DAY)
    assert (returned.evidence, returned.settled_at) == ("slip 2", NOW + DAY)
    recalled = asked().recall(NOW)
    assert (recalled.batch_id, recalled.evidence, recalled.settled_at) == (None, None, NOW)


def test_money_is_reserved_until_the_bank_has_spoken() -> None:
    assert {P.REQUESTED, P.EXPORTED} == OPEN
    settled_ones = {status for status, payout in EVERY.items() if payout.settled_at}
    assert settled_ones == set(P) - OPEN


def test_kinds_of_refusals() -> None:
    assert InvalidPayoutStep.kind is NoDestination.kind is Kind.REFUSED
    assert AmountNotPositive.kind is Kind.MALFORMED
