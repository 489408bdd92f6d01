"""The stable names of events. They are stored; a name never changes its meaning."""

from conectar.domain.jobs import events as jobs
from conectar.domain.kernel.events import Event
from conectar.domain.levels import points
from conectar.domain.notices import notice
from conectar.domain.offers import events as offers
from conectar.domain.payments import payment, payout, refund
from conectar.domain.people import kyc, regret, user
from conectar.domain.reviews import review

EVENTS: dict[type[Event], str] = {
    user.UserRegistered: "user.registered",
    user.PasswordResetRequested: "user.password_reset_requested",
    kyc.KycSubmitted: "kyc.submitted",
    kyc.KycApproved: "kyc.approved",
    kyc.KycRejected: "kyc.rejected",
    kyc.KycRevoked: "kyc.revoked",
    user.UserBanned: "user.banned",
    user.UserUnbanned: "user.unbanned",
    user.UserErased: "user.erased",
    user.VerificationRequested: "user.verification_requested",
    regret.RegretReceived: "user.regret_received",
    offers.OfferCreated: "oferta.created",
    offers.OfferUpdated: "oferta.updated",
    offers.OfferCountered: "oferta.countered",
    offers.OfferAccepted: "oferta.accepted",
    offers.OfferRejected: "oferta.rejected",
    offers.OfferWithdrawn: "oferta.withdrawn",
    offers.OfferExpired: "oferta.expired",
    offers.OfferReminder: "oferta.reminder",
    jobs.JobCreated: "trabajo.created",
    jobs.JobPaid: "trabajo.paid",
    jobs.JobCompleted: "trabajo.completed",
    jobs.ChangesRequested: "trabajo.changes_requested",
    jobs.JobApproved: "trabajo.approved",
    jobs.JobCancelled: "trabajo.cancelled",
    jobs.JobReminder: "trabajo.reminder",
    jobs.DisputeOpened: "dispute.opened",
    jobs.DisputeTaken: "dispute.taken",
    jobs.DisputeWithdrawn: "dispute.withdrawn",
    jobs.DisputeResolved: "dispute.resolved",
    jobs.EscrowFrozen: "escrow.frozen",
    jobs.EscrowUnfrozen: "escrow.unfrozen",
    jobs.PaymentChargedBack: "payment.charged_back",
    jobs.EscrowReleased: "escrow.released",
    jobs.RefundProcessed: "refund.processed",
    payment.PaymentConfirmed: "payment.confirmed",
    payment.PaymentFailed: "payment.failed",
    payment.PaymentFlagged: "payment.flagged",
    payment.NoticeReceived: "gateway.notice_received",
    refund.RefundFailed: "refund.failed",
    refund.RefundArrived: "refund.arrived",
    refund.EarningsTaken: "refund.earnings_taken",
    payout.PayoutRequested: "payout.requested",
    payout.PayoutCompleted: "payout.completed",
    payout.PayoutFailed: "payout.failed",
    payout.PayoutRecalled: "payout.recalled",
    payout.DestinationChanged: "payout.destination_changed",
    review.ReviewCreated: "review.created",
    points.PointsEarned: "gamification.points_earned",
    points.LevelUp: "gamification.level_up",
    notice.NoticeWritten: "notification.written",
}
MACHINERY = frozenset(
    {
        user.PasswordResetRequested,
        user.VerificationRequested,
        user.UserErased,
        payment.NoticeReceived,
        refund.RefundArrived,
        refund.EarningsTaken,
        payout.PayoutRecalled,
        notice.NoticeWritten,
    }
)
"""Events that nobody outside hears of by these names."""
NOTICE_KINDS = EVENTS | {
    refund.RefundArrived: EVENTS[jobs.RefundProcessed],
    refund.EarningsTaken: EVENTS[jobs.PaymentChargedBack],
    payout.PayoutRecalled: EVENTS[payout.PayoutFailed],
}
"""What a notice calls them: to its reader these are one thing each."""
OPEN_EVENTS = tuple(name for event, name in EVENTS.items() if event not in MACHINERY)
EVENT_TYPES = {name: event for event, name in EVENTS.items()}
