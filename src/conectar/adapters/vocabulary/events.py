"""The stable names of events. They are stored; a name never changes its meaning."""

from conectar.domain.jobs import events as jobs
from conectar.domain.kernel.events import Event
from conectar.domain.offers import events as offers
from conectar.domain.payments import payment, refund
from conectar.domain.people import kyc, user

EVENTS: dict[type[Event], str] = {
    user.UserRegistered: "user.registered",
    user.PasswordResetRequested: "user.password_reset_requested",
    kyc.KycSubmitted: "kyc.submitted",
    kyc.KycApproved: "kyc.approved",
    kyc.KycRejected: "kyc.rejected",
    offers.OfferCreated: "oferta.created",
    offers.OfferUpdated: "oferta.updated",
    offers.OfferCountered: "oferta.countered",
    offers.OfferAccepted: "oferta.accepted",
    offers.OfferRejected: "oferta.rejected",
    offers.OfferWithdrawn: "oferta.withdrawn",
    offers.OfferExpired: "oferta.expired",
    jobs.JobCreated: "trabajo.created",
    jobs.JobPaid: "trabajo.paid",
    jobs.JobCompleted: "trabajo.completed",
    jobs.ChangesRequested: "trabajo.changes_requested",
    jobs.JobApproved: "trabajo.approved",
    jobs.JobCancelled: "trabajo.cancelled",
    jobs.EscrowReleased: "escrow.released",
    jobs.RefundProcessed: "refund.processed",
    payment.PaymentConfirmed: "payment.confirmed",
    payment.PaymentFailed: "payment.failed",
    payment.PaymentFlagged: "payment.flagged",
    payment.NoticeReceived: "gateway.notice_received",
    refund.RefundFailed: "refund.failed",
}
EVENT_TYPES = {name: event for event, name in EVENTS.items()}
