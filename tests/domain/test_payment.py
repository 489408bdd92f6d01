"""What a payment is to us, and which of the gateway's answers count."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from itertools import permutations, product
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.jobs.job import Job
from conectar.domain.kernel.errors import Kind
from conectar.domain.kernel.ids import CheckoutId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.checkout import Checkout, CheckoutStatus
from conectar.domain.payments.payment import (
    Bearer,
    Fact,
    Flag,
    NotParked,
    Payment,
    PaymentStatus,
    Verdict,
    first_seen,
    judge,
)

from .builders import CLIENT_ID, HOUR, T0, TICK, accepted, scenes

P, V = PaymentStatus, Verdict
OURS = "collector-1"
PRICE = Money(15_000_50)
JOB = accepted(price=PRICE)
STATUSES = list(PaymentStatus)
EARLY = {P.PENDING, P.AUTHORIZED, P.IN_PROCESS, P.REJECTED, P.CANCELLED}
TAKEN = {P.APPROVED, P.IN_MEDIATION, P.REFUNDED, P.CHARGED_BACK}


def checkout(status: CheckoutStatus = CheckoutStatus.OPEN) -> Checkout:
    return Checkout(
        id=CheckoutId(UUID(int=21)),
        job_id=JOB.id,
        client_id=CLIENT_ID,
        amount=PRICE,
        status=status,
        created_at=T0,
        expires_at=T0 + 24 * HOUR,
    )


def fact(status: PaymentStatus = P.APPROVED, minutes: int = 0, amount: Money = PRICE) -> Fact:
    return Fact(
        id=PaymentId("123"),
        status=status,
        detail="accredited",
        amount=amount,
        refunded=Money(minutes),
        taken=Money.ZERO,
        fee=Money(0),
        taxes=Money(0),
        collector_id=OURS,
        external_reference=str(checkout().id),
        approved_at=T0 + timedelta(minutes=minutes) if status in TAKEN else None,
        releases_at=None,
        released=False,
        updated_at=T0 + timedelta(minutes=minutes),
    )


# -- the verdict -------------------------------------------------------------------------------

JOBS: dict[str, Job | None] = {"none": None}
JOBS |= {name: replace(scene.job, price=PRICE) for name, scene in scenes().items()}
CHECKOUTS = {"none": None} | {s.value: checkout(s) for s in CheckoutStatus}
AMOUNTS = {"less": PRICE - Money(1), "exact": PRICE, "more": PRICE + Money(1)}


@pytest.mark.parametrize("job_name", JOBS)
def test_the_whole_table_of_verdicts(job_name: str) -> None:
    """Whose it is, then which money, then whether it may fund: exactly, once, in time."""
    for collector, found, currency, amount in product(
        (OURS, "collector-2", ""), CHECKOUTS, ("ARS", "USD"), AMOUNTS
    ):
        known = job_name != "none" and found != "none"
        if collector != OURS or not known:
            wanted = V.FOREIGN
        elif currency != "ARS":
            wanted = V.RETURNS_UNPOSTED
        elif (found, amount, job_name) == ("open", "exact", "awaiting payment"):
            wanted = V.FUNDS
        else:
            wanted = V.RETURNS
        arrived = replace(
            fact(amount=Money(AMOUNTS[amount].cents, currency)), collector_id=collector
        )
        verdict = judge(arrived, CHECKOUTS[found], JOBS[job_name], OURS)
        assert verdict is wanted, (collector, found, currency, amount, job_name)


@given(st.integers(0, 10**11))
def test_only_the_exact_price_funds(cents: int) -> None:
    verdict = judge(fact(amount=Money(cents)), checkout(), JOB, OURS)
    assert (verdict is V.FUNDS) == (cents == PRICE.cents)


def test_a_funded_job_is_not_funded_again() -> None:
    funded = JOB.confirm_payment(at=T0).job
    for status in CheckoutStatus:
        assert judge(fact(), checkout(status), funded, OURS) is V.RETURNS


# -- which answers count -----------------------------------------------------------------------


def seen(*facts: Fact) -> Payment:
    """The payment after these answers, in this order of arrival."""
    payment = first_seen(facts[0], checkout())
    for each in facts[1:]:
        if payment.follows(each):
            payment = payment.told(each)
    return payment


def test_allowed_pairs() -> None:
    """Before the money is taken anything may come; afterwards nothing of before."""
    for now, then in product(STATUSES, STATUSES):
        if P.UNKNOWN in (now, then):
            continue
        allowed = not (now in TAKEN and then in EARLY)
        assert seen(fact(now)).follows(fact(then, minutes=1)) == allowed, (now, then)


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_newer_answer_counts(status: PaymentStatus) -> None:
    known = seen(fact(P.PENDING, minutes=5))
    for minutes in (0, 4, 5):
        assert not known.follows(fact(status, minutes=minutes))
    assert known.follows(replace(fact(status), updated_at=known.updated_at + TICK))


LEGAL = st.tuples(
    st.lists(st.sampled_from(sorted(EARLY, key=str)), max_size=4),
    st.lists(st.sampled_from(sorted(TAKEN, key=str)), max_size=4),
).map(lambda parts: parts[0] + parts[1])


@given(LEGAL.filter(bool), st.randoms(), st.booleans())
def test_the_newest_answer_stands_in_whatever_order_they_arrive(
    life: list[PaymentStatus],
    random: Random,
    twice: bool,
) -> None:
    facts = [fact(status, minutes=n) for n, status in enumerate(life)]
    arrivals = facts * (1 + twice)
    random.shuffle(arrivals)
    payment = seen(*arrivals)
    assert payment.status is facts[-1].status
    assert payment.updated_at == facts[-1].updated_at


@given(st.lists(st.tuples(st.sampled_from(STATUSES[:-1]), st.integers(0, 9)), min_size=1))
def test_taken_money_is_never_untaken(arrivals: list[tuple[PaymentStatus, int]]) -> None:
    """Even for answers no honest gateway gives, time and what was taken only go forward."""
    payment, taken = first_seen(fact(*arrivals[0]), checkout()), False
    for status, minutes in arrivals:
        before = payment
        payment = seen_next(payment, fact(status, minutes))
        taken = taken or payment.status in TAKEN
        assert payment.updated_at >= before.updated_at
        assert payment.version == before.version + (payment is not before)
        assert not (taken and payment.status in EARLY)


def seen_next(payment: Payment, arrived: Fact) -> Payment:
    return payment.told(arrived) if payment.follows(arrived) else payment


def test_an_unknown_word_does_not_untake_the_money() -> None:
    for taken, early in product(sorted(TAKEN, key=str), sorted(EARLY, key=str)):
        facts = [fact(taken, 0), fact(P.UNKNOWN, 1), fact(early, 2)]
        assert {seen(*order).status for order in permutations(facts) if order[0] is facts[0]} <= (
            TAKEN | {P.UNKNOWN}
        )


def test_an_unknown_word_is_heard_and_can_be_followed_by_a_known_one() -> None:
    payment = seen(fact(P.PENDING, 0), fact(P.UNKNOWN, 1))
    assert payment.status is P.UNKNOWN
    assert seen_next(payment, fact(P.APPROVED, 2)).status is P.APPROVED


TOLD = {
    "status",
    "detail",
    "refunded",
    "taken",
    "ask_release_at",
    "updated_at",
    "version",
    "closed_word",
}


def test_what_an_answer_changes_and_what_it_does_not() -> None:
    known = replace(
        seen(fact(P.APPROVED, 1)),
        verdict=V.FUNDS,
        flag=Flag.NO_ROW,
        released=True,
        excused=Money(3),
        taken_booked=Money(6),
        charged=Money(4),
        charged_pending=Money(5),
        charged_to=Bearer.HOUSE,
        by_hand=True,
        closed_word="approved:partially_refunded",
    )
    said = {"detail": "by_admin", "releases_at": T0 + HOUR, "taken": Money(2)}
    later = replace(fact(P.REFUNDED, 9, Money(1)), **said)  # type: ignore[arg-type]
    payment = known.told(later)
    assert (payment.status, payment.detail) == (P.REFUNDED, "by_admin")
    assert (payment.refunded, payment.taken) == (later.refunded, later.taken)
    assert payment.ask_release_at == T0 + HOUR
    assert (payment.updated_at, payment.version) == (later.updated_at, known.version + 1)
    assert payment.approved_at == known.approved_at, "approved once"
    for field in fields(Payment):
        if field.name not in TOLD:
            assert getattr(payment, field.name) == getattr(known, field.name), field.name
    assert payment.word == "refunded:by_admin"


def test_what_was_closed_is_news_again_once_another_word_came_between() -> None:
    fine = replace(seen(fact(P.APPROVED, 1)), closed_word="approved:accredited")
    again = fine.told(fact(P.APPROVED, 2))
    assert (fine.news, again.news, again.closed_word) == (False, False, "approved:accredited")
    other = again.told(fact(P.IN_MEDIATION, 3))
    assert other.news and other.told(fact(P.APPROVED, 4)).news
    assert again.told(replace(fact(P.APPROVED, 3), taken=Money(1))).news, "it took something"


def test_a_payment_is_first_seen_undecided() -> None:
    payment = first_seen(fact(P.APPROVED), checkout())
    assert (payment.verdict, payment.flag, payment.released) == (V.OPEN, None, False)
    assert (payment.job_id, payment.client_id) == (JOB.id, CLIENT_ID)
    assert (payment.fee_posted, payment.taxes_posted) == (Money.ZERO, Money.ZERO)
    assert (payment.excused, payment.charged, payment.charged_pending) == (Money.ZERO,) * 3
    assert (payment.taken, payment.taken_booked) == (Money.ZERO, Money.ZERO)
    assert (payment.charged_to, payment.closed_word, payment.by_hand) == (None, None, False)
    abroad = first_seen(fact(P.APPROVED, amount=Money(100, "USD")), checkout())
    assert {abroad.excused.currency, abroad.charged.currency, abroad.fee_posted.currency} == {"USD"}
    unknown = first_seen(fact(P.APPROVED), None)
    assert (unknown.checkout_id, unknown.job_id, unknown.client_id) == (None, None, None)


def test_only_what_is_parked_is_closed_by_a_person() -> None:
    assert NotParked.kind is Kind.REFUSED


# -- the checkout ------------------------------------------------------------------------------


def test_asking_by_ourselves_repeats_the_last_wait() -> None:
    waits = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
    open_one, times = checkout(), []
    for _ in range(4):
        open_one = open_one.polled(T0, waits)
        assert open_one.check_at is not None
        times.append(open_one.check_at - T0)
    assert times == [waits[1], waits[2], waits[2], waits[2]]
    closed = open_one.close(CheckoutStatus.CLOSED)
    assert (closed.status, closed.check_at) == (CheckoutStatus.CLOSED, open_one.check_at)


def test_a_week_after_its_end_nobody_is_asked_any_more() -> None:
    one = checkout()
    late = one.polled(one.expires_at, (timedelta(minutes=1),))
    assert late.check_at == one.expires_at + timedelta(days=1)
    assert one.polled(one.expires_at + timedelta(days=7), (timedelta(minutes=1),)).check_at is None


def test_the_gateway_tells_where_to_pay() -> None:
    told = checkout().opened_at_gateway("pref", "https://pay")
    assert (told.preference_id, told.init_point, told.status) == (
        "pref",
        "https://pay",
        CheckoutStatus.OPEN,
    )
