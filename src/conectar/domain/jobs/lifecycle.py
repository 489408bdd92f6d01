"""THE table: what may happen to a job, to its money and to its dispute.

The three move together because their rules are joint: money is never released while a dispute is
open, a dispute is only opened over held money, a cancelled job's money is always on its way back.
So one row speaks of all three, and everything else is read off the table: what a caller may do,
the timeline, the diagram in the documentation, and the tests, which walk every state.

The table decides *whether*. `Job` decides *what else*: amounts, deadlines, events. A guard is a
question the joint state can't answer; `Job` answers it from its own facts.

Be careful with three things. Money the gateway froze moves only by the gateway (the default,
`Freeze.REFUSED`); a rule that may fire on frozen money says so. Every state that is not final needs
a rule of the clock or a place in `PERSONS_LISTS`; a test walks the table and fails otherwise. And
`start` is the state in which an accepted offer leaves a job: nothing else makes one.
"""

from enum import Enum
from typing import NamedTuple

from conectar.domain.kernel.actor import Role as R  # noqa: N817
from conectar.domain.kernel.machine import Freeze, Machine, Recall, Rule, Step


class JobStatus(Enum):
    """Where the work is."""

    AWAITING_PAYMENT = "awaiting_payment"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DISPUTED = "disputed"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class EscrowStatus(Enum):
    """Where the money is."""

    EMPTY = "empty"
    HELD = "held"
    REFUNDING = "refunding"
    RELEASED = "released"
    REFUNDED = "refunded"
    SPLIT = "split"
    CHARGED_BACK = "charged_back"


class DisputeStatus(Enum):
    """Where the quarrel is."""

    NONE = "none"
    OPEN = "open"
    REVIEW = "review"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class FrozenBy(Enum):
    """Who stopped the money at the gateway. A dispute of ours is not a freeze: the job says it."""

    NONE = "none"
    MEDIATION = "mediation"
    CHARGEBACK = "chargeback"


class Trigger(Enum):
    """What may happen."""

    CONFIRM_PAYMENT = "confirm_payment"
    CANCEL = "cancel"
    SUSPEND = "suspend"
    ERASE = "erase"
    REGRET = "regret"
    LAPSE = "lapse"
    COMPLETE = "complete"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    DISPUTE = "dispute"
    TAKE_DISPUTE = "take_dispute"
    WITHDRAW_DISPUTE = "withdraw_dispute"
    RESOLVE_RELEASE = "resolve_release"
    RESOLVE_REFUND = "resolve_refund"
    RESOLVE_SPLIT = "resolve_split"
    ORDER_REFUND = "order_refund"
    ORDER_SPLIT = "order_split"
    CONFIRM_REFUND = "confirm_refund"
    FREEZE = "freeze"
    THAW = "thaw"
    LOSE = "lose"
    OUTSIDE_REFUND = "outside_refund"
    SETTLE_CHARGEBACK = "settle_chargeback"
    REIMBURSE = "reimburse"


class Guard(Enum):
    """What the joint state can't tell."""

    COOLING_OFF = "cooling_off"
    """Within ten calendar days of acceptance, Buenos Aires time, and never yet marked done."""
    CHANGES_LEFT = "changes_left"
    DISPUTE_LEFT = "dispute_left"
    PARTY_UNBANNED = "party_unbanned"
    """A dispute an administrator opened by a ban is withdrawn only after the ban ends."""
    NO_REFUND_IN_FLIGHT = "no_refund_in_flight"


class State(NamedTuple):
    """A joint state: (job, escrow, dispute)."""

    status: JobStatus
    escrow: EscrowStatus
    dispute: DisputeStatus


JobStep = Step[State, Trigger]
"""An arrow of the unfolded table."""

T, J, E, D, G = Trigger, JobStatus, EscrowStatus, DisputeStatus, Guard


def by(*roles: R) -> frozenset[R]:
    """Who may."""
    return frozenset(roles)


def one_of(*values: Enum) -> frozenset[Enum]:
    """Any of these."""
    return frozenset(values)


def needs(*guards: Guard) -> frozenset[Enum]:
    """What must hold beside the state."""
    return frozenset(guards)


CALM = one_of(D.NONE, D.WITHDRAWN)
OPEN = one_of(D.OPEN, D.REVIEW)
WORKING = one_of(J.IN_PROGRESS, J.COMPLETED)
IN_CARE = one_of(E.HELD, E.REFUNDING)
WHERE_IT_WAS_OPENED = Recall(one_of(J.IN_PROGRESS, J.COMPLETED))
AS_IT_WAS_RELEASED = Recall(one_of(E.RELEASED, E.SPLIT))
ALLOWED, BEGINS, ENDS, LIFTS = Freeze.ALLOWED, Freeze.BEGINS, Freeze.ENDS, Freeze.LIFTS

UNPAID = (J.AWAITING_PAYMENT, E.EMPTY, D.NONE)
STARTED = (J.IN_PROGRESS, E.HELD, CALM)
DONE = (J.COMPLETED, E.HELD, CALM)
QUARREL = (J.DISPUTED, E.HELD, OPEN)
QUARRELLING = frozenset({D.OPEN, D.REVIEW})
CLOSED_UNPAID = (J.CANCELLED, None, None)
GOING_BACK = (J.CANCELLED, E.REFUNDING, None)
RELEASED = (J.APPROVED, E.RELEASED, None)

# fmt: off
RULES = (
    # before payment
    Rule(T.CONFIRM_PAYMENT, by(R.GATEWAY), UNPAID, (J.IN_PROGRESS, E.HELD, None)),
    Rule(T.CANCEL, by(R.CLIENT, R.PROFESSIONAL), UNPAID, CLOSED_UNPAID),
    Rule(T.SUSPEND, by(R.ADMIN), UNPAID, CLOSED_UNPAID),
    Rule(T.ERASE, by(R.CLIENT, R.PROFESSIONAL), UNPAID, CLOSED_UNPAID),
    Rule(T.REGRET, by(R.CLIENT), UNPAID, CLOSED_UNPAID),
    Rule(T.LAPSE, by(R.CLOCK), UNPAID, CLOSED_UNPAID),
    # the work
    Rule(T.COMPLETE, by(R.PROFESSIONAL), STARTED, (J.COMPLETED, None, None), ALLOWED),
    Rule(T.CANCEL, by(R.PROFESSIONAL), STARTED, GOING_BACK),
    Rule(T.CANCEL, by(R.CLIENT), STARTED, GOING_BACK, guards=needs(G.COOLING_OFF)),
    Rule(T.REGRET, by(R.CLIENT), STARTED, GOING_BACK, guards=needs(G.COOLING_OFF)),
    Rule(T.LAPSE, by(R.CLOCK), STARTED, GOING_BACK),
    Rule(T.APPROVE, by(R.CLIENT), DONE, RELEASED),
    Rule(T.LAPSE, by(R.CLOCK), DONE, RELEASED),
    Rule(T.REQUEST_CHANGES, by(R.CLIENT), DONE, (J.IN_PROGRESS, None, None), ALLOWED,
         needs(G.CHANGES_LEFT)),
    # the quarrel
    Rule(T.DISPUTE, by(R.CLIENT, R.PROFESSIONAL), (WORKING, E.HELD, CALM),
         (J.DISPUTED, None, D.OPEN), guards=needs(G.DISPUTE_LEFT)),
    Rule(T.SUSPEND, by(R.ADMIN), (WORKING, E.HELD, CALM), (J.DISPUTED, None, D.OPEN)),
    Rule(T.TAKE_DISPUTE, by(R.ADMIN), (J.DISPUTED, E.HELD, D.OPEN), (None, None, D.REVIEW),
         ALLOWED),
    Rule(T.WITHDRAW_DISPUTE, by(R.OPENER), QUARREL, (WHERE_IT_WAS_OPENED, None, D.WITHDRAWN),
         ALLOWED, needs(G.PARTY_UNBANNED)),
    Rule(T.RESOLVE_RELEASE, by(R.ADMIN), QUARREL, (J.APPROVED, E.RELEASED, D.RESOLVED)),
    Rule(T.RESOLVE_REFUND, by(R.ADMIN), QUARREL, (J.CANCELLED, E.REFUNDING, D.RESOLVED)),
    Rule(T.RESOLVE_SPLIT, by(R.ADMIN), QUARREL, (J.APPROVED, E.SPLIT, D.RESOLVED)),
    Rule(T.LAPSE, by(R.CLOCK), QUARREL, (J.CANCELLED, E.REFUNDING, D.RESOLVED)),
    # an administrator gives held money back though nobody quarrels
    Rule(T.ORDER_REFUND, by(R.ADMIN), (WORKING, E.HELD, CALM), GOING_BACK),
    Rule(T.ORDER_SPLIT, by(R.ADMIN), (WORKING, E.HELD, CALM), (J.APPROVED, E.SPLIT, None)),
    # the way back
    Rule(T.CONFIRM_REFUND, by(R.GATEWAY, R.ADMIN), (J.CANCELLED, E.REFUNDING, None),
         (None, E.REFUNDED, None), LIFTS),
    # the gateway's own moves
    Rule(T.FREEZE, by(R.GATEWAY), (None, IN_CARE, None), (None, None, None), BEGINS),
    Rule(T.THAW, by(R.GATEWAY), (None, IN_CARE, None), (None, None, None), ENDS),
    Rule(T.LOSE, by(R.GATEWAY), (None, IN_CARE, OPEN), (J.CANCELLED, E.CHARGED_BACK, D.RESOLVED),
         ENDS, needs(G.NO_REFUND_IN_FLIGHT)),
    Rule(T.LOSE, by(R.GATEWAY), (None, IN_CARE, one_of(D.NONE, D.WITHDRAWN, D.RESOLVED)),
         (J.CANCELLED, E.CHARGED_BACK, None), ENDS, needs(G.NO_REFUND_IN_FLIGHT)),
    Rule(T.OUTSIDE_REFUND, by(R.GATEWAY), (None, IN_CARE, OPEN),
         (J.CANCELLED, E.REFUNDED, D.RESOLVED), LIFTS, needs(G.NO_REFUND_IN_FLIGHT)),
    Rule(T.OUTSIDE_REFUND, by(R.GATEWAY),
         (None, IN_CARE, one_of(D.NONE, D.WITHDRAWN, D.RESOLVED)),
         (J.CANCELLED, E.REFUNDED, None), LIFTS, needs(G.NO_REFUND_IN_FLIGHT)),
    Rule(T.SETTLE_CHARGEBACK, by(R.GATEWAY), (J.APPROVED, one_of(E.RELEASED, E.SPLIT), None),
         (None, E.CHARGED_BACK, None), guards=needs(G.NO_REFUND_IN_FLIGHT)),
    Rule(T.REIMBURSE, by(R.GATEWAY), (J.APPROVED, E.CHARGED_BACK, None),
         (None, AS_IT_WAS_RELEASED, None)),
)
# fmt: on

START = State(J.AWAITING_PAYMENT, E.EMPTY, D.NONE)
LIFECYCLE = Machine(START, RULES, State)

PERSONS_LISTS = {E.REFUNDING: "intents"}
"""Where a person finds what has no deadline of its own: refunds end on the list of intents. What
is frozen stands on the list of chargebacks, whatever its state."""

FINAL_JOBS = frozenset({J.APPROVED, J.CANCELLED})


def is_final(state: State) -> bool:
    """Nobody waits for anything: the work is over and the money has arrived."""
    return state.status in FINAL_JOBS and state.escrow is not E.REFUNDING
