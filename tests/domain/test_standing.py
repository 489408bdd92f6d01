"""What the gateway's word about a payment asks of its job, from every place a job can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

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
from conectar.domain.payments.payment import PaymentStatus
from conectar.domain.payments.standing import PARKED, Follows, Standing, follows, standing

from .builders import DAY, T0, TERMS, frozen, paid

S, P = Standing, PaymentStatus

# where the money is, and what follows each word: `-` nothing, `P` parked for a person
TABLE = """
                    | fine      | mediation | chargeback | settled | reimbursed | refunded | unheard
empty               | -         | P         | P          | P       | P          | -        | P
in care             | -         | freeze    | freeze     | lose    | -          | outside  | P
frozen: mediation   | thaw      | -         | freeze     | lose    | thaw       | lose     | P
frozen: chargeback  | thaw      | freeze    | -          | lose    | thaw       | outside  | P
released            | -         | P         | P          | settle  | -          | -        | P
taken afterwards    | reimburse | P         | P          | -       | reimburse  | P        | P
taken while held    | P         | P         | P          | -       | P          | -        | P
refunded            | -         | P         | P          | P       | P          | -        | P
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
PLACES = sorted(
    (
        (state, cause)
        for (state, is_frozen), cause in product(NODES, FrozenBy)
        if is_frozen == (cause is not FrozenBy.NONE)
    ),
    key=str,
)


def row(state: State, cause: FrozenBy) -> str:
    if cause is not FrozenBy.NONE:
        return f"frozen: {cause.value}"
    if state.escrow is EscrowStatus.CHARGED_BACK:
        after = state.status is JobStatus.APPROVED
        return "taken afterwards" if after else "taken while held"
    return {
        EscrowStatus.EMPTY: "empty",
        EscrowStatus.HELD: "in care",
        EscrowStatus.REFUNDING: "in care",
        EscrowStatus.RELEASED: "released",
        EscrowStatus.SPLIT: "released",
        EscrowStatus.REFUNDED: "refunded",
    }[state.escrow]


def job_at(state: State, cause: FrozenBy) -> Job:
    was = EscrowStatus.RELEASED if state.status is JobStatus.APPROVED else None
    return replace(paid(), **state._asdict(), frozen_by=cause, released_as=was)


def test_the_table_speaks_of_every_word_and_every_place() -> None:
    assert all(set(cells) == set(Standing) for cells in ROWS.values())
    assert {row(*place) for place in PLACES} == set(ROWS)
    assert {state for state, _ in PLACES} == LIFECYCLE.states


@pytest.mark.parametrize(("state", "cause"), PLACES)
def test_each_word_is_followed_as_the_rules_say(state: State, cause: FrozenBy) -> None:
    job = job_at(state, cause)
    for now in Standing:
        assert follows(now, job) is ROWS[row(state, cause)][now], now


@pytest.mark.parametrize(("state", "cause"), PLACES)
def test_what_follows_the_job_accepts(state: State, cause: FrozenBy) -> None:
    """A loss that begins and ends between two looks is a freeze first."""
    job = job_at(state, cause)
    for now in Standing:
        move = follows(now, job)
        if isinstance(move, Trigger):
            unheard_of = move is Trigger.LOSE and not job.frozen
            there = frozen(job, at=T0 + DAY) if unheard_of else job
            assert ask(there, move, GATEWAY, T0 + DAY, TERMS).rule.trigger is move


@pytest.mark.parametrize("now", Standing)
def test_a_word_is_followed_once(now: Standing) -> None:
    """Where it leads, the same word asks for nothing more."""
    for state, cause in PLACES:
        job = job_at(state, cause)
        move = follows(now, job)
        if not isinstance(move, Trigger):
            continue
        if move is Trigger.FREEZE:
            after = frozen(job, {S.MEDIATION: FrozenBy.MEDIATION}.get(now, FrozenBy.CHARGEBACK))
        else:
            there = frozen(job) if move is Trigger.LOSE and not job.frozen else job
            step = ask(there, move, GATEWAY, T0 + DAY, TERMS)
            after = replace(there, **step.after._asdict(), frozen_by=FrozenBy.NONE)
        assert follows(now, after) is None, (state, cause)


DETAILS = {"in_process": S.CHARGEBACK, "settled": S.SETTLED, "reimbursed": S.REIMBURSED}
WORDS = {P.APPROVED: S.FINE, P.IN_MEDIATION: S.MEDIATION, P.REFUNDED: S.REFUNDED}


@pytest.mark.parametrize("status", PaymentStatus)
@pytest.mark.parametrize("detail", [*DETAILS, "", "accredited", "refunded", "SETTLED", "won"])
def test_two_words_of_the_gateway_are_one_of_ours(status: PaymentStatus, detail: str) -> None:
    if status is P.CHARGED_BACK:
        wanted = DETAILS.get(detail, S.UNHEARD)
    else:
        wanted = WORDS.get(status, S.UNHEARD)
    assert standing(status, detail) is wanted
