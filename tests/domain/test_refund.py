"""A refund's intent: how far it may get, how often it is tried, and when a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.ids import PaymentId, RefundId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.refund import (
    IN_FLIGHT,
    OUTSTANDING,
    UNSETTLED,
    EvidenceNeeded,
    Refund,
    RefundNotResolvable,
    RefundOrigin,
    RefundOutstanding,
    RefundStatus,
    RetryPlan,
)

from .builders import CLIENT_ID, T0, accepted

S = RefundStatus
PLAN = RetryPlan()
SAME_KEY = [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2)]
READ_BACK = [timedelta(minutes=5), timedelta(hours=1), *[timedelta(days=1)] * 5]


def refund(status: RefundStatus = S.CREATED) -> Refund:
    return Refund(
        id=RefundId(UUID(int=31)),
        payment_id=PaymentId("123"),
        job_id=accepted().id,
        client_id=CLIENT_ID,
        amount=Money(15_000_50),
        whole=True,
        origin=RefundOrigin.ESCROW,
        status=status,
        created_at=T0,
        next_at=T0,
    )


def unanswered(intent: Refund, at: datetime) -> Refund:
    return intent.claim(at, PLAN).unanswered(at, "timeout", PLAN)


def test_the_figures_of_the_rules() -> None:
    assert (list(PLAN.resend), list(PLAN.read_back)) == (SAME_KEY, READ_BACK)


def test_silence_is_tried_again_then_read_back_then_a_persons() -> None:
    intent, now, waits, resends = refund(), T0, [], []
    while intent.status is not S.MANUAL:
        assert intent.next_at == now
        resends.append(intent.resends(PLAN))
        intent = unanswered(intent, now)
        if intent.next_at is not None:
            assert intent.status is S.UNKNOWN
            waits.append(intent.next_at - now)
            now = intent.next_at
    assert waits == SAME_KEY + READ_BACK
    assert resends == [True] * 4 + [False] * 7, "the first call and three of the same key"
    assert intent.sends == 4
    assert (intent.next_at, intent.leased_until, intent.error) == (None, None, "timeout")
    assert intent.settled_at is None


def test_a_claim_counts_as_sent_before_a_byte_leaves() -> None:
    first = refund().claim(T0, PLAN)
    assert (first.status, first.sends, first.version) == (S.SENT, 1, 2)
    assert first.leased_until == first.next_at == T0 + PLAN.lease
    assert PLAN.lease > timedelta(0)
    again = first.claim(T0 + PLAN.lease, PLAN)
    assert again.status is S.UNKNOWN, "the worker is gone, and nobody knows what it did"
    assert again.leased_until == T0 + 2 * PLAN.lease


def test_a_read_back_is_not_a_send() -> None:
    intent = refund()
    for _ in range(4):
        intent = unanswered(intent, T0)
    assert (intent.sends, intent.claim(T0, PLAN).sends) == (4, 4)


def test_a_refund_whose_worker_always_dies_ends_with_a_person_too() -> None:
    intent = refund()
    for _ in range(1 + len(SAME_KEY + READ_BACK)):
        assert intent.next_at is not None
        intent = intent.claim(intent.next_at, PLAN)
    assert intent.sends == 4
    assert intent.status is S.MANUAL or not intent.resends(PLAN)


def test_success_ends_it() -> None:
    done = refund().claim(T0, PLAN).succeed(T0 + PLAN.lease, "r-1")
    assert (done.status, done.gateway_id, done.settled_at) == (S.SUCCEEDED, "r-1", T0 + PLAN.lease)
    assert (done.next_at, done.leased_until) == (None, None)
    by_hand = refund(S.MANUAL).succeed(T0, None, "transfer 77")
    assert (by_hand.gateway_id, by_hand.evidence) == (None, "transfer 77")


def test_refused_for_good_is_a_persons() -> None:
    given_up = refund().claim(T0, PLAN).hand_over("already refunded")
    assert (given_up.status, given_up.error) == (S.MANUAL, "already refunded")
    assert (given_up.next_at, given_up.leased_until) == (None, None)


def test_a_person_may_have_the_whole_plan_run_again_with_the_same_key() -> None:
    intent = refund().claim(T0, PLAN).hand_over("no")
    again = intent.retry(T0 + timedelta(days=9))
    assert (again.id, again.status, again.attempts) == (intent.id, S.UNKNOWN, 0)
    assert (again.next_at, again.error) == (T0 + timedelta(days=9), None)
    assert again.resends(PLAN)


@pytest.mark.parametrize("status", [s for s in RefundStatus if s is not S.MANUAL])
def test_a_person_resolves_only_what_is_on_his_list(status: RefundStatus) -> None:
    with pytest.raises(RefundNotResolvable):
        refund(status).retry(T0)
    with pytest.raises(RefundNotResolvable):
        refund(status).expect_manual()
    refund(S.MANUAL).expect_manual()


Step = Callable[[Refund], Refund]
STEPS: dict[str, Step] = {
    "claim": lambda r: r.claim(T0, PLAN),
    "succeed": lambda r: r.succeed(T0, "r-1"),
    "unanswered": lambda r: r.unanswered(T0, "timeout", PLAN),
    "hand over": lambda r: r.hand_over("no"),
}


@pytest.mark.parametrize("ended", [S.SUCCEEDED, S.VOID])
@pytest.mark.parametrize("step", STEPS)
def test_an_ended_intent_stays_ended(step: str, ended: RefundStatus) -> None:
    with pytest.raises(DomainError):
        STEPS[step](refund(ended))


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_an_intent_keeps_its_key_and_its_amount_and_counts_its_changes(steps: list[str]) -> None:
    intent = refund()
    for name in steps:
        if intent.status not in UNSETTLED:
            return
        after = STEPS[name](intent)
        assert after.version == intent.version + 1, "a late worker is recognised"
        for field in ("id", "payment_id", "job_id", "client_id", "amount", "whole", "origin"):
            assert getattr(after, field) == getattr(intent, field)
        assert after.sends >= intent.sends
        assert (after.next_at is None) == (after.status in (S.SUCCEEDED, S.MANUAL))
        assert (after.leased_until is not None) <= (name == "claim")
        intent = after


def test_what_counts_as_not_ended() -> None:
    assert {S.SENT, S.UNKNOWN} == IN_FLIGHT
    assert {S.CREATED, S.SENT, S.UNKNOWN} == OUTSTANDING
    assert {S.CREATED, S.SENT, S.UNKNOWN, S.MANUAL} == UNSETTLED
    assert set(RefundStatus) - UNSETTLED == {S.SUCCEEDED, S.VOID}


def test_kinds_of_refusals() -> None:
    assert RefundNotResolvable.kind is RefundOutstanding.kind is Kind.REFUSED
    assert EvidenceNeeded.kind is Kind.MALFORMED


def test_an_intent_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        refund().status = S.SUCCEEDED  # type: ignore[misc]
