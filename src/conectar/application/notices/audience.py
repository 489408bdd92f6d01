"""Who is told of what: one row an event that concerns a person.

An event without a row concerns nobody, or administrators only, who find it on their lists.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from conectar.domain.jobs import events as jobs
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import UserId
from conectar.domain.levels import points
from conectar.domain.notices.notice import Topic
from conectar.domain.offers import events as offers
from conectar.domain.payments import payment, payout, refund
from conectar.domain.people import kyc, regret, user
from conectar.domain.reviews import review

People = Iterable[UserId | None]


class Told(NamedTuple):
    """What it is about, and who hears of it. Not `mailed`: the event has a mail of its own.
    `binding`: its mail is a document of the contract, which no preference turns off."""

    topic: Topic
    people: Callable[[Any], People]
    mailed: bool = True
    binding: bool = False


def _user(event: Any) -> People:
    return (event.user_id,)


def _client(event: Any) -> People:
    return (event.client_id,)


def _professional(event: Any) -> People:
    return (event.professional_id,)


def _both(event: Any) -> People:
    return (event.client_id, event.professional_id)


def _other(event: Any) -> People:
    """Whoever did not do it; both, if it was neither."""
    return [person for person in _both(event) if person != event.actor.user_id]


def _who_must_answer(event: offers.OfferReminder) -> People:
    return _professional(event) if event.proposed_by is Role.CLIENT else _client(event)


def _who_must_act(event: jobs.JobReminder) -> People:
    return _client(event) if event.status is JobStatus.COMPLETED else _professional(event)


def _whose_job_it_ended(event: jobs.RefundProcessed) -> People:
    """A job that was cancelled before ended for its professional then."""
    return _client(event) if event.before is JobStatus.CANCELLED else _both(event)


ACCOUNT, OFFERS, JOBS, PAYMENTS = Topic.ACCOUNT, Topic.OFFERS, Topic.JOBS, Topic.PAYMENTS

AUDIENCE: dict[type[Event], Told] = {
    user.UserRegistered: Told(ACCOUNT, _user, mailed=False),
    user.UserBanned: Told(ACCOUNT, _user),
    user.UserUnbanned: Told(ACCOUNT, _user),
    kyc.KycSubmitted: Told(ACCOUNT, _professional),
    kyc.KycApproved: Told(ACCOUNT, _professional),
    kyc.KycRejected: Told(ACCOUNT, _professional),
    kyc.KycRevoked: Told(ACCOUNT, _professional),
    offers.OfferCreated: Told(OFFERS, _other),
    offers.OfferUpdated: Told(OFFERS, _other),
    offers.OfferCountered: Told(OFFERS, _other),
    offers.OfferAccepted: Told(OFFERS, _other),
    offers.OfferRejected: Told(OFFERS, _other),
    offers.OfferWithdrawn: Told(OFFERS, _other),
    offers.OfferExpired: Told(OFFERS, _both),
    offers.OfferReminder: Told(OFFERS, _who_must_answer),
    jobs.JobCreated: Told(JOBS, _both, binding=True),
    jobs.JobPaid: Told(JOBS, _professional),
    jobs.JobCompleted: Told(JOBS, _client),
    jobs.ChangesRequested: Told(JOBS, _professional),
    jobs.JobApproved: Told(JOBS, _both),
    jobs.JobCancelled: Told(JOBS, _both),
    jobs.JobReminder: Told(JOBS, _who_must_act),
    jobs.DisputeOpened: Told(JOBS, _other),
    jobs.DisputeTaken: Told(JOBS, _both),
    jobs.DisputeWithdrawn: Told(JOBS, _both),
    jobs.DisputeResolved: Told(JOBS, _both),
    jobs.EscrowFrozen: Told(PAYMENTS, _both),
    jobs.EscrowUnfrozen: Told(PAYMENTS, _both),
    jobs.EscrowReleased: Told(PAYMENTS, _professional),
    jobs.RefundProcessed: Told(PAYMENTS, _whose_job_it_ended),
    jobs.PaymentChargedBack: Told(PAYMENTS, _both),
    payment.PaymentConfirmed: Told(PAYMENTS, _client),
    payment.PaymentFailed: Told(PAYMENTS, _client),
    payout.PayoutRequested: Told(PAYMENTS, _professional),
    payout.PayoutCompleted: Told(PAYMENTS, _professional),
    payout.PayoutFailed: Told(PAYMENTS, _professional),
    payout.PayoutRecalled: Told(PAYMENTS, _professional),
    refund.RefundArrived: Told(PAYMENTS, _client),
    refund.EarningsTaken: Told(PAYMENTS, _professional),
    payout.DestinationChanged: Told(ACCOUNT, _professional),
    review.ReviewCreated: Told(JOBS, _professional),
    points.PointsEarned: Told(JOBS, _professional),
    points.LevelUp: Told(JOBS, _professional),
    regret.RegretReceived: Told(ACCOUNT, _both),
}
