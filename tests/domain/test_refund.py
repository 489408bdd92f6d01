"""A refund's intent: how far it may get, how often it is tried, and when a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
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
    UNSENT,
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


def claimed(intent: Refund, at: datetime = T0, refunded: Money = Money.ZERO) -> Refund:
    return intent.claim(at, PLAN, refunded)


def unanswered(intent: Refund, at: datetime) -> Refund:
    return claimed(intent, at).unanswered(at, "timeout", PLAN)


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
    first = claimed(refund())
    assert (first.status, first.sends, first.version) == (S.SENT, 1, 2)
    assert first.leased_until == first.next_at == T0 + PLAN.lease
    assert PLAN.lease > timedelta(0)
    again = claimed(first, T0 + PLAN.lease)
    assert again.status is S.UNKNOWN, "the worker is gone, and nobody knows what it did"
    assert again.leased_until == T0 + 2 * PLAN.lease


def test_a_read_back_is_not_a_send() -> None:
    intent = refund()
    for _ in range(4):
        intent = unanswered(intent, T0)
    assert (intent.sends, claimed(intent).sends) == (4, 4)


def test_a_refund_whose_worker_always_dies_ends_with_a_person_too() -> None:
    intent = refund()
    for _ in range(1 + len(SAME_KEY + READ_BACK)):
        assert intent.next_at is not None
        intent = claimed(intent, intent.next_at)
    assert intent.sends == 4
    assert intent.status is S.MANUAL or not intent.resends(PLAN)


def test_success_ends_it() -> None:
    done = claimed(refund()).succeed(T0 + PLAN.lease, "r-1")
    assert (done.status, done.gateway_id, done.settled_at) == (S.SUCCEEDED, "r-1", T0 + PLAN.lease)
    assert (done.next_at, done.leased_until) == (None, None)
    by_hand = refund(S.MANUAL).succeed(T0, None, "transfer 77")
    assert (by_hand.gateway_id, by_hand.evidence) == (None, "transfer 77")


def test_refused_for_good_is_a_persons() -> None:
    given_up = claimed(refund()).hand_over("already refunded")
    assert (given_up.status, given_up.error) == (S.MANUAL, "already refunded")
    assert (given_up.next_at, given_up.leased_until) == (None, None)


def test_a_person_may_have_the_whole_plan_run_again_with_the_same_key() -> None:
    intent = claimed(refund()).hand_over("no")
    again = intent.retry(T0 + timedelta(days=9))
    assert (again.id, again.status, again.attempts) == (intent.id, S.UNKNOWN, 0)
    assert (again.next_at, again.error) == (T0 + timedelta(days=9), None)
    assert again.resends(PLAN)


def test_a_final_no_is_retried_with_another_key_and_a_silence_with_the_same() -> None:
    silent = claimed(refund()).hand_over("silence").retry(T0)
    assert silent.key == refund().key == str(refund().id)
    refused = claimed(refund()).refuse("not enough money")
    assert (refused.status, refused.error) == (S.MANUAL, "not enough money")
    twice = claimed(refused.retry(T0)).refuse("again")
    assert [r.key for r in (refused, twice)] == [f"{refund().id}-1", f"{refund().id}-2"]


def test_a_void_intent_is_not_sent_any_more() -> None:
    for status in UNSETTLED:
        void = refund(status).void("the gateway froze the payment")
        assert (void.status, void.error) == (S.VOID, "the gateway froze the payment")
        assert (void.next_at, void.leased_until, void.settled_at) == (None, None, None)


@pytest.mark.parametrize("before", [Money(0), Money(300)])
def test_a_part_is_seen_beside_what_had_gone_back_before_its_first_try(before: Money) -> None:
    part = replace(refund(), amount=Money(200), whole=False)
    sent = claimed(part, refunded=before)
    assert sent.baseline == before
    later = claimed(sent.unanswered(T0, "timeout", PLAN), refunded=before + Money(200))
    assert later.baseline == before, "a later try may see itself"
    for more, shows in ((0, False), (199, False), (200, True), (201, True)):
        assert later.shows_in(before + Money(more)) is shows
    refused = later.refuse("no").retry(T0)
    assert claimed(refused, refunded=before + Money(50)).baseline == before + Money(50)


def test_the_whole_is_seen_by_its_own_amount() -> None:
    sent = claimed(refund(), refunded=Money(100))
    assert not sent.shows_in(sent.amount - Money(1))
    assert sent.shows_in(sent.amount)


@pytest.mark.parametrize("status", [s for s in RefundStatus if s is not S.MANUAL])
def test_a_person_resolves_only_what_is_on_his_list(status: RefundStatus) -> None:
    with pytest.raises(RefundNotResolvable):
        refund(status).retry(T0)
    with pytest.raises(RefundNotResolvable):
        refund(status).expect_manual()
    refund(S.MANUAL).expect_manual()


Step = Callable[[Refund], Refund]
STEPS: dict[str, Step] = {
    "claim": claimed,
    "succeed": lambda r: r.succeed(T0, "r-1"),
    "unanswered": lambda r: r.unanswered(T0, "timeout", PLAN),
    "hand over": lambda r: r.hand_over("no"),
    "refuse": lambda r: r.refuse("no"),
    "void": lambda r: r.void("frozen"),
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
        assert (after.next_at is None) == (after.status in (S.SUCCEEDED, S.MANUAL, S.VOID))
        assert (after.leased_until is not None) <= (name == "claim")
        intent = after


def test_what_counts_as_not_ended() -> None:
    assert {S.SENT, S.UNKNOWN} == IN_FLIGHT
    assert {S.CREATED, S.SENT, S.UNKNOWN} == OUTSTANDING
    assert {S.CREATED, S.SENT, S.UNKNOWN, S.MANUAL} == UNSETTLED
    assert set(RefundStatus) - UNSETTLED == {S.SUCCEEDED, S.VOID}
    assert {S.CREATED, S.MANUAL} == UNSENT == UNSETTLED - IN_FLIGHT


def test_kinds_of_refusals() -> None:
    assert RefundNotResolvable.kind is RefundOutstanding.kind is Kind.REFUSED
    assert EvidenceNeeded.kind is Kind.MALFORMED


def test_an_intent_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        refund().status = S.SUCCEEDED  # type: ignore[misc]
