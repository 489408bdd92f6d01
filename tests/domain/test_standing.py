"""What the gateway's word about a payment asks of its job, from every place a job can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest

from conectar.domain.jobs.asking import ask
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import (
    LIFECYCLE,
    START,
    EscrowStatus,
    FrozenBy,
    JobStatus,
    State,
    Trigger,
)
from conectar.domain.kernel.actor import GATEWAY
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Bearer, Payment, PaymentStatus, Verdict, first_seen
from conectar.domain.payments.standing import (
    PARKED,
    Follows,
    Standing,
    follows,
    in_care,
    standing,
)

from .builders import DAY, PRICE, T0, frozen, paid
from .test_payment import checkout, fact

S, P = Standing, PaymentStatus

# where the money is, and what follows each word: `-` nothing, `P` parked for a person
TABLE = """
                    | fine      | mediation | chargeback | settled | reimbursed | refunded | unheard
empty               | -         | P         | P          | P       | P          | -        | P
in care             | -         | freeze    | freeze     | lose    | -          | outside  | P
frozen: mediation   | thaw      | -         | freeze     | lose    | thaw       | lose     | P
frozen: chargeback  | thaw      | freeze    | -          | lose    | thaw       | outside  | P
released            | -         | P         | P          | settle  | -          | -        | P
released again      | -         | P         | P          | P       | -          | -        | P
taken afterwards    | reimburse | P         | P          | -       | reimburse  | P        | P
taken while held    | P         | P         | P          | -       | P          | -        | P
refunded            | -         | P         | P          | P       | P          | -        | P
booked by hand      | P         | P         | P          | P       | P          | P        | P
"""
MEANS: dict[str, Follows] = {
    "-": None,
    "P": PARKED,
    "outside": Trigger.OUTSIDE_REFUND,
    "settle": Trigger.SETTLE_CHARGEBACK,
    **{t.value: t for t in (Trigger.FREEZE, Trigger.THAW, Trigger.LOSE, Trigger.REIMBURSE)},
}
HEAD, *LINES = ([c.strip() for c in line.split("|")] for line in TABLE.strip("\n").splitlines())
ROWS = {
    name: {Standing(word): MEANS[cell] for word, cell in zip(HEAD[1:], cells, strict=True)}
    for name, *cells in LINES
}
NODES = {(START, False)} | {(step.after, step.frozen_after) for step in LIFECYCLE.steps}
WORDS = {
    S.FINE: (P.APPROVED, "accredited"),
    S.MEDIATION: (P.IN_MEDIATION, "pending"),
    S.CHARGEBACK: (P.CHARGED_BACK, "in_process"),
    S.SETTLED: (P.CHARGED_BACK, "settled"),
    S.REIMBURSED: (P.CHARGED_BACK, "reimbursed"),
    S.REFUNDED: (P.REFUNDED, "refunded"),
    S.UNHEARD: (P.UNKNOWN, ""),
}


class Place(NamedTuple):
    """Where the money is: the job's state, who froze it, and what the payment has been through."""

    state: State
    cause: FrozenBy
    charged_to: Bearer | None
    by_hand: bool
    took: Money = PRICE
    booked: bool = False

    @property
    def job(self) -> Job:
        was = EscrowStatus.RELEASED if self.state.status is JobStatus.APPROVED else None
        return replace(paid(), **self.state._asdict(), frozen_by=self.cause, released_as=was)

    def payment(self, now: Standing) -> Payment:
        status, detail = WORDS[now]
        return replace(
            FUNDING,
            status=status,
            detail=detail,
            charged_to=self.charged_to,
            by_hand=self.by_hand,
            taken=self.took if now is S.SETTLED else Money.ZERO,
            taken_booked=self.took if self.booked else Money.ZERO,
            closed_word=f"{status.value}:{detail}" if self.booked else None,
        )


FUNDING = replace(first_seen(fact(P.APPROVED), checkout()), verdict=Verdict.FUNDS)
PLACES = sorted(
    (
        Place(state, cause, charged_to, by_hand)
        for (state, is_frozen), cause, charged_to, by_hand in product(
            NODES, FrozenBy, (None, *Bearer), (False, True)
        )
        if is_frozen == (cause is not FrozenBy.NONE)
    ),
    key=str,
)


def row(place: Place) -> str:
    state, cause = place.state, place.cause
    if cause is not FrozenBy.NONE:
        return f"frozen: {cause.value}"
    if state.escrow in (EscrowStatus.HELD, EscrowStatus.REFUNDING):
        return "in care"
    if place.by_hand:
        return "booked by hand"
    if state.escrow is EscrowStatus.CHARGED_BACK:
        after = state.status is JobStatus.APPROVED
        return "taken afterwards" if after else "taken while held"
    if state.escrow in (EscrowStatus.RELEASED, EscrowStatus.SPLIT):
        return "released again" if place.charged_to else "released"
    return {
        EscrowStatus.EMPTY: "empty",
        EscrowStatus.REFUNDED: "refunded",
    }[state.escrow]


def test_the_table_speaks_of_every_word_and_every_place() -> None:
    assert all(set(cells) == set(Standing) for cells in ROWS.values())
    assert {row(place) for place in PLACES} == set(ROWS)
    assert {place.state for place in PLACES} == LIFECYCLE.states


@pytest.mark.parametrize("place", PLACES)
def test_each_word_is_followed_as_the_rules_say(place: Place) -> None:
    for now in Standing:
        assert follows(place.payment(now), place.job, PRICE) is ROWS[row(place)][now], now


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("took", [Money.ZERO, Money(1), PRICE - Money(1), PRICE + Money(1)])
def test_a_chargeback_of_another_amount_is_a_persons(place: Place, took: Money) -> None:
    """Until he booked it what is held is frozen; then it is whole again."""
    known, quiet = ROWS[row(place)][S.SETTLED], place.state.escrow is EscrowStatus.CHARGED_BACK
    other = place._replace(took=took)
    heard = follows(other.payment(S.SETTLED), place.job, PRICE)
    free = in_care(other.payment(S.SETTLED), place.job) and not place.job.frozen
    stops = Trigger.FREEZE if free else PARKED
    assert heard is (stops if isinstance(known, Trigger) else known)
    booked = other._replace(booked=True).payment(S.SETTLED)
    goes_on = Trigger.THAW if place.job.frozen else None
    wanted = goes_on if in_care(booked, place.job) else None if quiet else PARKED
    if not place.by_hand:
        assert follows(booked, place.job, PRICE) is wanted


def test_where_nothing_is_left_no_rule_knows_what_a_chargeback_took() -> None:
    for place in PLACES:
        none = place._replace(took=Money.ZERO).payment(S.SETTLED)
        assert follows(none, place.job, Money.ZERO) in (PARKED, Trigger.FREEZE, None)


@pytest.mark.parametrize("place", PLACES)
def test_what_follows_the_job_accepts(place: Place) -> None:
    """A loss that begins and ends between two looks is a freeze first."""
    for now in Standing:
        move = follows(place.payment(now), place.job, PRICE)
        if isinstance(move, Trigger):
            unheard_of = move is Trigger.LOSE and not place.job.frozen
            there = frozen(place.job, at=T0 + DAY) if unheard_of else place.job
            assert ask(there, move, GATEWAY, T0 + DAY).rule.trigger is move


@pytest.mark.parametrize("now", Standing)
def test_a_word_is_followed_once(now: Standing) -> None:
    """Where it leads, the same word asks for nothing more."""
    for place in PLACES:
        job, payment = place.job, place.payment(now)
        move = follows(payment, job, PRICE)
        if not isinstance(move, Trigger):
            continue
        if move is Trigger.FREEZE:
            after = frozen(job, {S.MEDIATION: FrozenBy.MEDIATION}.get(now, FrozenBy.CHARGEBACK))
        else:
            there = frozen(job) if move is Trigger.LOSE and not job.frozen else job
            step = ask(there, move, GATEWAY, T0 + DAY)
            after = replace(there, **step.after._asdict(), frozen_by=FrozenBy.NONE)
        quiet = None if not place.by_hand or in_care(payment, after) else PARKED
        assert follows(payment, after, PRICE) is quiet, place


def test_only_money_that_funds_a_job_is_in_its_care() -> None:
    for place, verdict in product(PLACES, Verdict):
        payment = replace(FUNDING, verdict=verdict)
        held = place.state.escrow in (EscrowStatus.HELD, EscrowStatus.REFUNDING)
        assert in_care(payment, place.job) is (held and verdict is Verdict.FUNDS)


DETAILS = {"in_process": S.CHARGEBACK, "settled": S.SETTLED, "reimbursed": S.REIMBURSED}
PLAIN = {P.APPROVED: S.FINE, P.IN_MEDIATION: S.MEDIATION, P.REFUNDED: S.REFUNDED}


@pytest.mark.parametrize("status", PaymentStatus)
@pytest.mark.parametrize("detail", [*DETAILS, "", "accredited", "refunded", "SETTLED", "won"])
def test_two_words_of_the_gateway_are_one_of_ours(status: PaymentStatus, detail: str) -> None:
    if status is P.CHARGED_BACK:
        wanted = DETAILS.get(detail, S.UNHEARD)
    else:
        wanted = PLAIN.get(status, S.UNHEARD)
    assert standing(status, detail) is wanted
