"""What the gateway's word about a payment asks of its job.

The gateway's two words (`status`, `status_detail`) become one `Standing`; the standing and where
the job's money is give the move that follows. A word without a row is never guessed: it is parked
for a person. So is a second chargeback, and every word after a person has booked by hand what the
gateway took: only he knows what it undoes.

Source: MercadoPago's payment statuses; `charged_back` is `in_process`, `settled` (lost) or
`reimbursed` (won).
"""

from collections.abc import Sequence
from enum import Enum

from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus, FrozenBy, JobStatus, Trigger
from conectar.domain.kernel.money import Money
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
CAUSES = {S.MEDIATION: FrozenBy.MEDIATION, S.CHARGEBACK: FrozenBy.CHARGEBACK}


def lets_go(fact: Fact) -> bool:
    """Whether the gateway has nothing of a payment to make available any more: it did, or all of it
    was refunded or charged back."""
    gone = standing(fact.status, fact.detail) in (S.REFUNDED, S.SETTLED)
    return fact.released or gone


def unexplained(payment: Payment, refunds: Sequence[Refund], job: Job | None) -> Money:
    """What the gateway refunded beyond what we asked for and anybody has looked at. What a lost
    chargeback took is taken whole, so nothing of it was given besides."""
    nothing = Money(0, payment.amount.currency)
    if job and job.escrow is E.CHARGED_BACK and not payment.by_hand:
        return nothing
    ours = [r.amount for r in refunds if r.status in UNSETTLED or r.gateway_id]
    return max(payment.refunded - sum(ours, payment.excused), nothing)


def in_care(payment: Payment, job: Job) -> bool:
    """Whether a payment's money is the job's still: held, or on its way back."""
    return payment.verdict is Verdict.FUNDS and job.escrow in (E.HELD, E.REFUNDING)


def follows(payment: Payment, job: Job) -> Follows:
    """The move that brings a job to where its payment stands; None if it is there already."""
    now = standing(payment.status, payment.detail)
    if job.frozen and CAUSES.get(now) is job.frozen_by:
        return None
    if now is S.REFUNDED and job.frozen_by is FrozenBy.MEDIATION:
        return T.LOSE
    return _rows(payment, job).get(now, PARKED)


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
