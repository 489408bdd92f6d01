"""The record of a dispute: it follows its job, and its two parts are the price."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.jobs.dispute import (
    PARTIES_REASONS,
    Dispute,
    DisputeReason,
    Ruling,
    clients_part,
    opened,
)
from conectar.domain.jobs.events import EscrowReleased
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import DisputeStatus, Trigger
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import Kind, OutOfRange
from conectar.domain.kernel.money import Money

from .builders import (
    ADMIN,
    CLIENT,
    DAY,
    DISPUTE_ID,
    PRICE,
    PROFESSIONAL,
    T0,
    TO_CLIENT,
    disputed,
    done,
    frozen,
    paid,
    resolved,
    taken,
    taken_away,
    withdrawn,
)

OPENED_AT = T0 + 2 * DAY
FINISHED = done(paid(), T0 + DAY)
QUARREL = disputed(FINISHED, CLIENT, OPENED_AT)
NOW = T0 + 5 * DAY


def record(job: Job, by: Actor = CLIENT) -> Dispute:
    return opened(job, by=by, at=OPENED_AT, cause=DisputeReason.LATE, description="Never came back")


@pytest.mark.parametrize("by", [CLIENT, PROFESSIONAL, ADMIN])
def test_a_record_says_who_opened_what(by: Actor) -> None:
    job = disputed(FINISHED, by, OPENED_AT)
    dispute = record(job, by)
    assert (dispute.id, dispute.job_id) == (DISPUTE_ID, job.id)
    assert (dispute.opened_by, dispute.opener) == (by.user_id, by.role)
    assert (dispute.cause, dispute.description) == (DisputeReason.LATE, "Never came back")
    assert (dispute.status, dispute.created_at) == (DisputeStatus.OPEN, OPENED_AT)
    assert (dispute.ruling, dispute.refunded, dispute.released) == (None, None, None)
    assert dispute.resolved_at is None
    dispute.expect_open()


def test_a_record_follows_its_job_into_review_and_out_again() -> None:
    reviewed = taken(QUARREL, T0 + 3 * DAY)
    dispute = record(QUARREL).follow(reviewed, T0 + 3 * DAY, None)
    assert (dispute.status, dispute.resolved_at) == (DisputeStatus.REVIEW, None)
    dispute.expect_open()
    over = dispute.follow(withdrawn(reviewed, CLIENT, NOW), NOW, None)
    assert (over.status, over.resolved_at) == (DisputeStatus.WITHDRAWN, NOW)
    assert (over.ruling, over.refunded, over.released) == (None, None, None)
    with pytest.raises(InvalidTransition):
        over.expect_open()


ENDS = {
    "released": (
        resolved(QUARREL, Trigger.RESOLVE_RELEASE, NOW),
        (Ruling.RELEASE, Money.ZERO, PRICE),
    ),
    "refunded": (
        resolved(QUARREL, Trigger.RESOLVE_REFUND, NOW),
        (Ruling.REFUND, PRICE, Money.ZERO),
    ),
    "divided": (
        resolved(QUARREL, Trigger.RESOLVE_SPLIT, NOW),
        (Ruling.SPLIT, TO_CLIENT, PRICE - TO_CLIENT),
    ),
    "by silence": (
        QUARREL.lapse(at=OPENED_AT + 60 * DAY).job,
        (Ruling.REFUND, PRICE, Money.ZERO),
    ),
    "refunded outside": (
        taken_away(QUARREL, Trigger.OUTSIDE_REFUND, NOW),
        (Ruling.REFUND, PRICE, Money.ZERO),
    ),
    "lost": (
        taken_away(frozen(QUARREL, at=T0 + 3 * DAY), Trigger.LOSE, NOW),
        (None, None, None),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_record_reads_its_ruling_off_the_money(name: str) -> None:
    job, (ruling, refunded, given_on) = ENDS[name]
    percent = 33 if ruling is Ruling.SPLIT else None
    over = record(QUARREL).follow(job, NOW, "Half the tiles", percent)
    assert over.status is DisputeStatus.RESOLVED
    assert (over.ruling, over.refunded, over.released) == (ruling, refunded, given_on)
    assert (over.explanation, over.client_percent) == ("Half the tiles", percent)
    assert over.resolved_at == NOW
    assert (over.id, over.opened_by, over.cause) == (DISPUTE_ID, CLIENT.user_id, DisputeReason.LATE)
    if over.refunded is not None and over.released is not None:
        assert over.refunded + over.released == PRICE
    with pytest.raises(InvalidTransition):
        over.expect_open()


def test_a_suspension_is_no_partys_reason() -> None:
    assert set(DisputeReason) - set(PARTIES_REASONS) == {DisputeReason.SUSPENSION}


def test_only_people_open_disputes() -> None:
    with pytest.raises(AssertionError):
        record(QUARREL, Actor(Role.CLOCK))


AMOUNTS = st.integers(100_00, 999_999_999_99)


@given(AMOUNTS, st.integers(1, 99))
def test_the_clients_part_is_that_percentage_to_the_nearest_cent(cents: int, percent: int) -> None:
    part = clients_part(Money(cents), percent)
    exact = Fraction(cents * percent, 100)
    assert part.cents == round(exact), "Fraction rounds half to even"
    assert abs(part.cents - exact) <= Fraction(1, 2)
    assert Money.ZERO < part < Money(cents)


@given(AMOUNTS, st.integers(1, 99))
def test_refund_net_and_commission_are_the_price(cents: int, percent: int) -> None:
    price = Money(cents)
    part = clients_part(price, percent)
    divided, events = replace(QUARREL, price=price).resolve(
        Trigger.RESOLVE_SPLIT, by=ADMIN, at=NOW, reason="So", to_client=part
    )
    (released,) = [event for event in events if isinstance(event, EscrowReleased)]
    assert part + released.net + released.commission == price
    over = record(QUARREL).follow(divided, NOW, None, percent)
    assert (over.refunded, over.released) == (part, price - part)


@pytest.mark.parametrize(
    ("cents", "percent", "part"),
    [(100_50, 1, 1_00), (101_50, 1, 1_02), (150_50, 1, 1_50), (100_01, 50, 50_00)],
)
def test_half_a_cent_goes_to_the_even_one(cents: int, percent: int, part: int) -> None:
    assert clients_part(Money(cents), percent) == Money(part)


@pytest.mark.parametrize("percent", [-1, 0, 100, 101, 3333])
def test_all_or_nothing_is_no_division(percent: int) -> None:
    with pytest.raises(OutOfRange) as caught:
        clients_part(PRICE, percent)
    assert caught.value.facts == {"field": "client_percent", "minimum": 1, "maximum": 99}
    assert OutOfRange.kind is Kind.MALFORMED
