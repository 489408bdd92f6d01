"""What the gateway's word about a payment asks of its job.

The gateway's two words (`status`, `status_detail`) become one `Standing`; the standing and where
the job's money is give the move that follows. A word without a row is never guessed: it is parked
for a person. So is a second chargeback, one that took another amount than what was left, and every
word after a person has booked by hand what the gateway took: only he knows what it undoes.

Source: MercadoPago's payment statuses; `charged_back` is `in_process`, `settled` (lost) or
`reimbursed` (won).
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from typing import NamedTuple

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, JobStatus, Trigger
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments.payment import Fact, Payment, PaymentStatus, Verdict
from conectar.domain.payments.refund import UNSETTLED, Refund


class Standing(Enum):
    """How a payment that was approved once stands now."""

    FINE = "fine"
    MEDIATION = "mediation"
    CHARGEBACK = "chargeback"
    SETTLED = "settled"
    REIMBURSED = "reimbursed"
    REFUNDED = "refunded"
    UNHEARD = "unheard"


class Parked(Enum):
    """No row: a person decides."""

    PARKED = "parked"


S, E, P, T = Standing, EscrowStatus, PaymentStatus, Trigger
PARKED = Parked.PARKED
Follows = Trigger | Parked | None

_WORDS = {
    P.APPROVED: S.FINE,
    P.IN_MEDIATION: S.MEDIATION,
    P.REFUNDED: S.REFUNDED,
}
_CHARGEBACKS = {"in_process": S.CHARGEBACK, "settled": S.SETTLED, "reimbursed": S.REIMBURSED}


def standing(status: PaymentStatus, detail: str) -> Standing:
    """One word for two."""
    if status is P.CHARGED_BACK:
        return _CHARGEBACKS.get(detail, S.UNHEARD)
    return _WORDS.get(status, S.UNHEARD)


_IN_CARE: dict[Standing, Follows] = {
    S.FINE: None,
    S.MEDIATION: T.FREEZE,
    S.CHARGEBACK: T.FREEZE,
    S.SETTLED: T.LOSE,
    S.REIMBURSED: None,
    S.REFUNDED: T.OUTSIDE_REFUND,
}
_FROZEN: dict[Standing, Follows] = _IN_CARE | {S.FINE: T.THAW, S.REIMBURSED: T.THAW}
_RELEASED_AGAIN: dict[Standing, Follows] = {S.FINE: None, S.REIMBURSED: None, S.REFUNDED: None}
_RELEASED = _RELEASED_AGAIN | {S.SETTLED: T.SETTLE_CHARGEBACK}
_TAKEN_AFTER_RELEASE: dict[Standing, Follows] = {
    S.FINE: T.REIMBURSE,
    S.REIMBURSED: T.REIMBURSE,
    S.SETTLED: None,
}
_TAKEN_WHILE_HELD: dict[Standing, Follows] = {S.SETTLED: None, S.REFUNDED: None}
_GIVEN_BACK: dict[Standing, Follows] = {S.FINE: None, S.REFUNDED: None}
SHOWN = timedelta(hours=1)
"""A refund that was done is in every later word of the gateway; so much for clocks that differ."""
CAUSES = {S.MEDIATION: FrozenBy.MEDIATION, S.CHARGEBACK: FrozenBy.CHARGEBACK}
"""Who froze it, by these words: while they last, nothing new follows."""


def is_ours_to_keep(fact: Fact) -> bool:
    """Whether the gateway took the money and keeps it for us, after a chargeback perhaps that was
    won before we heard of anything."""
    return standing(fact.status, fact.detail) in (S.FINE, S.REIMBURSED)


def lets_go(fact: Fact) -> bool:
    """Whether the gateway has nothing of a payment to make available any more: it did, or all of it
    was refunded or charged back."""
    refunded = standing(fact.status, fact.detail) is S.REFUNDED
    return fact.released or refunded or fact.refunded + fact.taken >= fact.amount


class Unexplained(NamedTuple):
    """What the gateway shows of a payment beyond what is booked; negative where it shows less. What
    left one way instead of the other is no difference."""

    refunded: Money
    taken: Money

    def __bool__(self) -> bool:
        return bool(self.refunded + self.taken)

    @property
    def outside(self) -> Money:
        """What it refunded without us."""
        return max(self.refunded, Money(0, self.refunded.currency))

    @property
    def loss(self) -> Money:
        """What it gave away and nobody booked."""
        return max(self.refunded + self.taken, Money(0, self.taken.currency))

    @property
    def recovery(self) -> Money:
        """What was booked as gone and is there."""
        return self.loss - self.refunded - self.taken


def unexplained(payment: Payment, refunds: Sequence[Refund]) -> Unexplained:
    """What the gateway refunded beyond what we asked for and anybody has looked at, or what of ours
    it does not show long after it told that it was done; and what chargebacks took, or gave back,
    that is not booked."""
    ours = [r.amount for r in refunds if r.gateway_id or r.status in UNSETTLED]
    long_ago = payment.updated_at - SHOWN
    shown = [r.amount for r in refunds if r.gateway_id and r.settled_at and r.settled_at < long_ago]
    more = payment.refunded - sum(ours, payment.excused)
    less = payment.refunded - sum(shown, payment.excused)
    nothing = Money(0, payment.amount.currency)
    refunded = max(more, nothing) or least(less, nothing)
    return Unexplained(refunded, payment.taken - payment.taken_booked)


def in_care(payment: Payment, job: Job) -> bool:
    """Whether a payment's money is the job's still: held, or on its way back."""
    return payment.verdict is Verdict.FUNDS and job.escrow in (E.HELD, E.REFUNDING)


def follows(payment: Payment, job: Job, left: Money) -> Follows:
    """The move that brings a job to where its payment stands; None if it is there already. `left`
    is what the gateway had of the price: a lost chargeback has a row if it took just that. One of a
    part freezes held money, as if its beginning had been heard; once a person booked what it took,
    the money is whole again and goes on."""
    now = standing(payment.status, payment.detail)
    if job.frozen and CAUSES.get(now) is job.frozen_by:
        return None
    if now is S.REFUNDED and job.frozen_by is FrozenBy.MEDIATION:
        return T.LOSE
    move = _rows(payment, job).get(now, PARKED)
    if now is not S.SETTLED or move is None or _took_all(payment, left):
        return move
    if not in_care(payment, job):
        return PARKED
    if payment.news:
        return PARKED if job.frozen else T.FREEZE
    return T.THAW if job.frozen else None


def _took_all(payment: Payment, left: Money) -> bool:
    return bool(left) and payment.taken - payment.taken_booked == left


def _rows(payment: Payment, job: Job) -> dict[Standing, Follows]:
    if in_care(payment, job):
        return _FROZEN if job.frozen else _IN_CARE
    if payment.by_hand:
        return {}
    if job.escrow in (E.RELEASED, E.SPLIT):
        return _RELEASED if payment.charged_to is None else _RELEASED_AGAIN
    if job.escrow is E.CHARGED_BACK:
        after = job.status is JobStatus.APPROVED
        return _TAKEN_AFTER_RELEASE if after else _TAKEN_WHILE_HELD
    return _GIVEN_BACK
