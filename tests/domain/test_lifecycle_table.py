"""The joint lifecycle, transcribed a second time and compared with the unfolded table both ways."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest

from conectar.domain.jobs.lifecycle import (
    LIFECYCLE,
    PERSONS_LISTS,
    RULES,
    START,
    DisputeStatus,
    EscrowStatus,
    JobStatus,
    State,
    Trigger,
    is_final,
)
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.machine import AmbiguousTable, Freeze, Machine, Rule

# job, escrow, dispute | trigger | who | guard | while frozen? | job, escrow, dispute afterwards
# `a/b` any of them, `*` any at all, `.` as it was; CALM, SHUT and LIVE are sets of disputes.
# Frozen: `no`, `yes` (either way), `begins` (either way, frozen afterwards), `ends` (only while
# frozen, thawed afterwards), `lifts` (either way, thawed afterwards).
TABLE = """
AP EMPTY NONE | confirm_payment | gateway | | no | IP HELD .
AP EMPTY NONE | cancel | client/professional | | no | CA . .
AP EMPTY NONE | suspend | admin | | no | CA . .
AP EMPTY NONE | erase | client/professional | | no | CA . .
AP EMPTY NONE | regret | client | | no | CA . .
AP EMPTY NONE | lapse | clock | | no | CA . .
IP HELD CALM | complete | professional | | yes | CO . .
IP HELD CALM | cancel | professional | | no | CA REFUNDING .
IP HELD CALM | lapse | clock | | no | CA REFUNDING .
IP HELD CALM | cancel | client | cooling_off | no | CA REFUNDING .
IP HELD CALM | regret | client | cooling_off | no | CA REFUNDING .
CO HELD CALM | approve | client | | no | AD RELEASED .
CO HELD CALM | lapse | clock | | no | AD RELEASED .
CO HELD CALM | request_changes | client | changes_left | yes | IP . .
IP/CO HELD CALM | dispute | client/professional | dispute_left | no | DI . OPEN
IP/CO HELD CALM | suspend | admin | | no | DI . OPEN
DI HELD OPEN | take_dispute | admin | | yes | . . REVIEW
DI HELD LIVE | withdraw_dispute | opener | party_unbanned | yes | IP/CO . WITHDRAWN
DI HELD LIVE | resolve_release | admin | | no | AD RELEASED RESOLVED
DI HELD LIVE | resolve_refund | admin | | no | CA REFUNDING RESOLVED
DI HELD LIVE | resolve_split | admin | | no | AD SPLIT RESOLVED
DI HELD LIVE | lapse | clock | | no | CA REFUNDING RESOLVED
IP/CO HELD CALM | order_refund | admin | | no | CA REFUNDING .
IP/CO HELD CALM | order_split | admin | | no | AD SPLIT .
CA REFUNDING * | confirm_refund | gateway/admin | | lifts | . REFUNDED .
* HELD/REFUNDING * | freeze | gateway | | begins | . . .
* HELD/REFUNDING * | thaw | gateway | | ends | . . .
* HELD/REFUNDING SHUT | lose | gateway | none_in_flight | ends | CA CHARGED_BACK .
* HELD/REFUNDING LIVE | lose | gateway | none_in_flight | ends | CA CHARGED_BACK RESOLVED
* HELD/REFUNDING SHUT | outside_refund | gateway | none_in_flight | lifts | CA REFUNDED .
* HELD/REFUNDING LIVE | outside_refund | gateway | none_in_flight | lifts | CA REFUNDED RESOLVED
AD RELEASED/SPLIT * | settle_chargeback | gateway | none_in_flight | no | . CHARGED_BACK .
AD CHARGED_BACK * | reimburse | gateway | | no | . RELEASED/SPLIT .
"""

STATES = """
AP EMPTY NONE
CA EMPTY NONE
IP/CO HELD NONE/WITHDRAWN
DI HELD OPEN/REVIEW
CA REFUNDING/REFUNDED/CHARGED_BACK NONE/WITHDRAWN/RESOLVED
AD RELEASED/SPLIT/CHARGED_BACK NONE/WITHDRAWN/RESOLVED
"""

GUARDS = {"none_in_flight": "no_refund_in_flight"}
DISPUTES = {
    "CALM": {"NONE", "WITHDRAWN"},
    "SHUT": {"NONE", "WITHDRAWN", "RESOLVED"},
    "LIVE": {"OPEN", "REVIEW"},
}
JOBS = dict(zip(("AP", "IP", "CO", "DI", "AD", "CA"), JobStatus, strict=True))
FROZEN_BEFORE = {"no": {False}, "yes": {False, True}, "begins": {False, True}, "ends": {True}}
FROZEN_BEFORE["lifts"] = {False, True}
FROZEN_AFTER = {"begins": True, "ends": False, "lifts": False}


class Arrow(NamedTuple):
    """One thing that one role may do in one place."""

    before: State
    frozen: bool
    trigger: Trigger
    role: Role
    guards: frozenset[str]
    after: State
    frozen_after: bool


def places(cells: str, was: State | None = None) -> Iterator[State]:
    """The states a triple of cells stands for."""
    job, escrow, dispute = cells.split()
    jobs = list(JobStatus) if job == "*" else [was.status] if was and job == "." else None
    escrows = [was.escrow] if was and escrow == "." else None
    disputes = list(DisputeStatus) if dispute == "*" else None
    if was and dispute == ".":
        disputes = [was.dispute]
    for each in product(
        jobs or [JOBS[j] for j in job.split("/")],
        escrows or [EscrowStatus[e] for e in escrow.split("/")],
        disputes or [DisputeStatus[d] for d in DISPUTES.get(dispute, dispute.split("/"))],
    ):
        yield State(*each)


def everything_written() -> Iterator[Arrow]:
    """Every arrow of the transcription, reachable or not."""
    for line in TABLE.strip().splitlines():
        before, trigger, who, guard, freeze, after = (cell.strip() for cell in line.split("|"))
        for state, was_frozen, role in product(
            places(before), FROZEN_BEFORE[freeze], who.split("/")
        ):
            for to in places(after, state):
                yield Arrow(
                    state,
                    was_frozen,
                    Trigger(trigger),
                    Role(role),
                    frozenset(GUARDS.get(g, g) for g in guard.split()),
                    to,
                    FROZEN_AFTER.get(freeze, was_frozen),
                )


def reachable(arrows: set[Arrow]) -> set[Arrow]:
    """Those that can be met on the way from the start."""
    known, todo, met = set(), [(START, False)], set()
    while todo:
        node = todo.pop()
        if node in known:
            continue
        known.add(node)
        here = {a for a in arrows if (a.before, a.frozen) == node}
        met |= here
        todo += [(a.after, a.frozen_after) for a in here]
    return met


def unfolded(machine: Machine[State, Trigger]) -> set[Arrow]:
    """The table of the program in the same shape."""
    return {
        Arrow(
            step.before,
            step.frozen,
            step.rule.trigger,
            role,
            frozenset(guard.value for guard in step.rule.guards),
            step.after,
            step.frozen_after,
        )
        for step in machine.steps
        for role in step.rule.by
    }


EXPECTED = reachable(set(everything_written()))
ACTUAL = unfolded(LIFECYCLE)
ALLOWED_STATES = {state for line in STATES.strip().splitlines() for state in places(line)}


def test_the_start_is_an_unpaid_job() -> None:
    assert State(JobStatus.AWAITING_PAYMENT, EscrowStatus.EMPTY, DisputeStatus.NONE) == START


def test_exactly_the_allowed_states_can_be_reached() -> None:
    assert LIFECYCLE.states == ALLOWED_STATES
    assert len(ALLOWED_STATES) == 26


def test_the_program_has_every_arrow_of_the_rules() -> None:
    assert not EXPECTED - ACTUAL


def test_the_rules_have_every_arrow_of_the_program() -> None:
    assert not ACTUAL - EXPECTED


def test_every_question_has_the_answer_of_the_rules() -> None:
    """State x trigger x role x frozen, the unreachable states too: nothing leads out of them."""
    questions = product(JobStatus, EscrowStatus, DisputeStatus, Trigger, Role, (False, True))
    for job, escrow, dispute, trigger, role, is_frozen in questions:
        state = State(job, escrow, dispute)
        answers = {
            (step.after, step.frozen_after)
            for step in LIFECYCLE.options(state, trigger)
            if role in step.rule.by and step.frozen == is_frozen
        }
        wanted = {
            (a.after, a.frozen_after)
            for a in EXPECTED
            if (a.before, a.frozen, a.trigger, a.role) == (state, is_frozen, trigger, role)
        }
        assert answers == wanted, (state, trigger, role, is_frozen)


def test_triggers_of_a_state_are_those_of_its_arrows() -> None:
    for state in LIFECYCLE.states:
        assert LIFECYCLE.triggers(state) == {a.trigger for a in EXPECTED if a.before == state}


def test_the_order_of_the_rules_means_nothing() -> None:
    shuffled = list(RULES)
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert unfolded(Machine(START, shuffled, State)) == ACTUAL


def test_one_role_one_trigger_one_place_one_outcome() -> None:
    """Only what the job remembers by itself may choose between two."""
    outcomes: dict[tuple[object, ...], set[State]] = {}
    for a in ACTUAL:
        outcomes.setdefault((a.before, a.frozen, a.trigger, a.role), set()).add(a.after)
    several = {key[2] for key, after in outcomes.items() if len(after) > 1}
    assert several == {Trigger.WITHDRAW_DISPUTE, Trigger.REIMBURSE}


HERE, THERE = START, State(JobStatus.CANCELLED, EscrowStatus.EMPTY, DisputeStatus.NONE)


def rule(
    role: Role, after: JobStatus, freeze: Freeze = Freeze.REFUSED, trigger: Trigger = Trigger.CANCEL
) -> Rule[Trigger]:
    return Rule(trigger, frozenset({role}), tuple(HERE), (after, None, None), freeze)


def test_an_ambiguous_table_is_refused() -> None:
    two = (rule(Role.CLIENT, JobStatus.CANCELLED), rule(Role.CLIENT, JobStatus.APPROVED))
    with pytest.raises(AmbiguousTable):
        Machine(HERE, two, State)
    overlapping = (two[0], rule(Role.CLIENT, JobStatus.APPROVED, Freeze.ALLOWED))
    with pytest.raises(AmbiguousTable):
        Machine(HERE, overlapping, State)


def test_a_table_that_only_looks_ambiguous_is_not_refused() -> None:
    roles = (rule(Role.CLIENT, JobStatus.CANCELLED), rule(Role.ADMIN, JobStatus.APPROVED))
    assert len(Machine(HERE, roles, State).steps) == 2
    begins = rule(Role.GATEWAY, JobStatus.AWAITING_PAYMENT, Freeze.BEGINS, Trigger.FREEZE)
    ends = rule(Role.CLIENT, JobStatus.APPROVED, Freeze.REQUIRED)
    steps = Machine(HERE, (roles[0], begins, ends), State).steps
    assert [(s.rule.trigger, s.frozen) for s in steps if s.rule is begins] == [
        (Trigger.FREEZE, False),
        (Trigger.FREEZE, True),
    ]
    assert len(steps) == 4


def test_what_is_final() -> None:
    for state in LIFECYCLE.states:
        over = state.status in (JobStatus.APPROVED, JobStatus.CANCELLED)
        waiting = state.escrow in (EscrowStatus.HELD, EscrowStatus.REFUNDING)
        assert is_final(state) == (over and not waiting), state


def test_only_refunds_wait_on_a_persons_list() -> None:
    assert set(PERSONS_LISTS) == {EscrowStatus.REFUNDING}
