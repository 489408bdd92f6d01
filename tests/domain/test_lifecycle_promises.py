"""What the joint lifecycle promises, whatever its rows are: walked over every arrow."""

from __future__ import annotations

from conectar.domain.jobs.lifecycle import (
    LIFECYCLE,
    PERSONS_LISTS,
    START,
    DisputeStatus,
    EscrowStatus,
    JobStatus,
    State,
    Trigger,
    is_final,
)
from conectar.domain.kernel.actor import Role

E, J, D, T = EscrowStatus, JobStatus, DisputeStatus, Trigger
Node = tuple[State, bool]
NODES: set[Node] = {(START, False)} | {(s.after, s.frozen_after) for s in LIFECYCLE.steps}


def arrows_from(node: Node) -> list[tuple[Trigger, frozenset[Role], Node]]:
    return [
        (s.rule.trigger, s.rule.by, (s.after, s.frozen_after))
        for s in LIFECYCLE.steps
        if (s.before, s.frozen) == node
    ]


def closure(node: Node, roles: set[Role] | None = None) -> set[Node]:
    """Everything that may come later, if only these roles act."""
    seen: set[Node] = set()
    todo = [node]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [to for _, by, to in arrows_from(here) if roles is None or by & roles]
    return seen


def test_money_moves_only_along_these_ways() -> None:
    ways = {
        (s.before.escrow, s.after.escrow)
        for s in LIFECYCLE.steps
        if s.before.escrow is not s.after.escrow
    }
    assert ways == {
        (E.EMPTY, E.HELD),
        (E.HELD, E.REFUNDING),
        (E.HELD, E.RELEASED),
        (E.HELD, E.SPLIT),
        (E.HELD, E.REFUNDED),
        (E.HELD, E.CHARGED_BACK),
        (E.REFUNDING, E.REFUNDED),
        (E.REFUNDING, E.CHARGED_BACK),
        (E.RELEASED, E.CHARGED_BACK),
        (E.SPLIT, E.CHARGED_BACK),
        (E.CHARGED_BACK, E.RELEASED),
        (E.CHARGED_BACK, E.SPLIT),
    }


def test_held_money_departs_once_on_every_path() -> None:
    for step in LIFECYCLE.steps:
        if step.before.escrow is E.HELD and step.after.escrow is not E.HELD:
            later = {state.escrow for state, _ in closure((step.after, step.frozen_after))}
            assert not later & {E.HELD, E.EMPTY}, step


def test_money_on_its_way_back_never_reaches_the_professional() -> None:
    for node in NODES:
        if node[0].escrow in (E.REFUNDING, E.REFUNDED):
            later = {state.escrow for state, _ in closure(node)}
            assert later <= {E.REFUNDING, E.REFUNDED, E.CHARGED_BACK}, node


def test_the_professionals_money_never_becomes_a_refund() -> None:
    for node in NODES:
        if node[0].escrow in (E.RELEASED, E.SPLIT):
            later = {state.escrow for state, _ in closure(node)}
            assert later <= {E.RELEASED, E.SPLIT, E.CHARGED_BACK}, node


def test_charged_back_money_returns_only_by_reimbursement() -> None:
    for step in LIFECYCLE.steps:
        if step.before.escrow is E.CHARGED_BACK:
            assert step.rule.trigger is T.REIMBURSE
            assert step.rule.by == {Role.GATEWAY}
            assert step.before.status is J.APPROVED


def test_only_the_gateway_fills_an_empty_escrow() -> None:
    for step in LIFECYCLE.steps:
        if step.before.escrow is E.EMPTY and step.after.escrow is not E.EMPTY:
            assert step.rule.trigger is T.CONFIRM_PAYMENT
            assert step.rule.by == {Role.GATEWAY}


def test_frozen_money_is_moved_by_the_gateway_only() -> None:
    """A confirmed refund moves nothing: it records, with evidence, what went before the freeze."""
    for step in LIFECYCLE.steps:
        if step.frozen and step.before.escrow is not step.after.escrow:
            recorded = step.rule.trigger is T.CONFIRM_REFUND
            assert recorded or step.rule.by == {Role.GATEWAY}, step


def test_frozen_money_moves_out_of_the_freeze() -> None:
    for step in LIFECYCLE.steps:
        if step.frozen and step.before.escrow is not step.after.escrow:
            assert not step.frozen_after, step


def test_only_held_or_returning_money_is_ever_frozen() -> None:
    for state, is_frozen in NODES:
        assert not is_frozen or state.escrow in (E.HELD, E.REFUNDING), state


def test_the_clock_stands_still_while_frozen() -> None:
    for step in LIFECYCLE.steps:
        assert not (step.frozen and Role.CLOCK in step.rule.by), step


def test_freezing_and_thawing_changes_nothing_else() -> None:
    for step in LIFECYCLE.steps:
        if step.rule.trigger in (T.FREEZE, T.THAW):
            assert step.before == step.after
            assert step.frozen_after is (step.rule.trigger is T.FREEZE)
    for state, is_frozen in NODES:
        if state.escrow in (E.HELD, E.REFUNDING) and not is_frozen:
            assert (state, True) in NODES, state


def test_no_state_waits_without_a_deadline_or_a_persons_list() -> None:
    """A frozen one stands on the administrators' list of chargebacks and the gateway ends it."""
    for node in NODES:
        state, is_frozen = node
        if is_final(state):
            continue
        moves = {(trigger, role) for trigger, by, _ in arrows_from(node) for role in by}
        if is_frozen:
            assert {(T.THAW, Role.GATEWAY), (T.LOSE, Role.GATEWAY)} <= moves, node
        else:
            assert (T.LAPSE, Role.CLOCK) in moves or state.escrow in PERSONS_LISTS, node


def test_silence_blocks_nobody() -> None:
    """Without the parties, every state still ends."""
    others = {Role.CLOCK, Role.GATEWAY, Role.ADMIN}
    for node in NODES:
        assert any(is_final(state) for state, _ in closure(node, others)), node


def test_silence_alone_empties_the_escrow() -> None:
    """The clock by itself brings every unfrozen waiting job to its end or onto a list."""
    for node in NODES:
        if not node[1]:
            ends = {state for state, _ in closure(node, {Role.CLOCK})}
            assert any(is_final(s) or s.escrow in PERSONS_LISTS for s in ends), node


def test_only_the_gateways_chargebacks_leave_a_final_state() -> None:
    for step in LIFECYCLE.steps:
        if is_final(step.before):
            assert step.rule.trigger in (T.SETTLE_CHARGEBACK, T.REIMBURSE), step
            assert step.rule.by == {Role.GATEWAY}, step
            assert step.after.status is step.before.status is J.APPROVED, step
            assert is_final(step.after), step


def test_a_cancelled_job_stays_cancelled() -> None:
    for node in NODES:
        if node[0].status is J.CANCELLED:
            assert {state.status for state, _ in closure(node)} == {J.CANCELLED}, node


def test_a_dispute_is_open_exactly_while_the_job_is_disputed_over_held_money() -> None:
    for state, _ in NODES:
        is_open = state.dispute in (D.OPEN, D.REVIEW)
        assert is_open == (state.status is J.DISPUTED), state
        assert not is_open or state.escrow is E.HELD, state


def test_job_and_money_agree() -> None:
    places = {
        J.AWAITING_PAYMENT: {E.EMPTY},
        J.IN_PROGRESS: {E.HELD},
        J.COMPLETED: {E.HELD},
        J.DISPUTED: {E.HELD},
        J.APPROVED: {E.RELEASED, E.SPLIT, E.CHARGED_BACK},
        J.CANCELLED: {E.EMPTY, E.REFUNDING, E.REFUNDED, E.CHARGED_BACK},
    }
    for state, _ in NODES:
        assert state.escrow in places[state.status], state


def test_an_administrator_orders_only_what_nobody_quarrels_about() -> None:
    for step in LIFECYCLE.steps:
        if step.rule.trigger in (T.ORDER_REFUND, T.ORDER_SPLIT):
            assert step.before.dispute in (D.NONE, D.WITHDRAWN), step
            assert step.before.dispute is step.after.dispute, step
            assert not step.frozen, step


def test_a_resolved_dispute_is_never_opened_again() -> None:
    for node in NODES:
        if node[0].dispute is D.RESOLVED:
            assert {state.dispute for state, _ in closure(node)} == {D.RESOLVED}, node


def test_everybody_keeps_to_his_part() -> None:
    own = {
        Role.CLOCK: {T.LAPSE},
        Role.OPENER: {T.WITHDRAW_DISPUTE},
        Role.PROFESSIONAL: {T.CANCEL, T.ERASE, T.COMPLETE, T.DISPUTE},
        Role.CLIENT: {T.CANCEL, T.ERASE, T.REGRET, T.APPROVE, T.REQUEST_CHANGES, T.DISPUTE},
        Role.ADMIN: {
            T.SUSPEND,
            T.TAKE_DISPUTE,
            T.RESOLVE_RELEASE,
            T.RESOLVE_REFUND,
            T.RESOLVE_SPLIT,
            T.ORDER_REFUND,
            T.ORDER_SPLIT,
            T.CONFIRM_REFUND,
        },
        Role.GATEWAY: {
            T.CONFIRM_PAYMENT,
            T.CONFIRM_REFUND,
            T.FREEZE,
            T.THAW,
            T.LOSE,
            T.OUTSIDE_REFUND,
            T.SETTLE_CHARGEBACK,
            T.REIMBURSE,
        },
    }
    for role in Role:
        done = {s.rule.trigger for s in LIFECYCLE.steps if role in s.rule.by}
        assert done == own[role], role
