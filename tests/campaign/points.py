"""The names of the points at which a program may be told to die, and who passes there."""

UNITS = {
    "ClaimDeliveries": "relay.claim",
    "ClaimRefund": "refund.claim",
    "RecordRefund": "refund.record",
    "TakeTurn": "schedule.turn",
    "ReceiveNotice": "webhook.keep",
    "BeginCheckout": "checkout.begin",
    "NotePreference": "checkout.note",
    "ApplyFact": "fact",
    "PlanPoll": "sweep.poll",
    "ApplyLapse": "sweep.lapse",
    "ClaimMail": "mail.claim",
    "RefreshSession": "refresh",
    "RecordEvidence": "upload",
}
"""What a unit of work is called, by the message it carries out."""
COMMANDS = frozenset(
    {
        *("CreateOffer", "AcceptOffer", "CompleteJob", "ApproveJob", "CancelJob"),
        *("OpenDispute", "TakeDispute", "ResolveDispute"),
        *("AskPayout", "MakePayoutBatch", "SettlePayout"),
    }
)
"""What people ask under a key, in one unit of work."""
OPERATIONS = {"open_preference": "preference", "refund": "refund"}
"""Calls to the gateway that change something there."""
API = (
    "http.authenticated",
    "http.before_answer",
    "refresh.before_commit",
    "refresh.after_commit",
    "command.key_claimed",
    "command.before_commit",
    "command.after_commit",
    "saga.key_claimed",
    "saga.concluded",
    "checkout.begin.before_commit",
    "checkout.begin.after_commit",
    "gateway.preference.before",
    "gateway.preference.sent",
    "gateway.preference.answered",
    "checkout.note.before_commit",
    "checkout.note.after_commit",
    "upload.stored",
    "upload.before_commit",
    "upload.after_commit",
    "webhook.verified",
    "webhook.keep.before_commit",
    "webhook.keep.after_commit",
    "webhook.before_200",
)
WORKER = (
    "relay.claim.before_commit",
    "relay.claim.after_commit",
    "relay.before_enqueue",
    "relay.mid_enqueue",
    "relay.after_enqueue",
    "job.taken",
    "job.begun",
    "job.happened",
    "reaction.locked",
    "reaction.effect",
    "reaction.before_commit",
    "reaction.after_commit",
    "mail.claim.after_commit",
    "mail.sent",
    "gateway.payment.answered",
    "gateway.search.answered",
    "fact.before_commit",
    "fact.after_commit",
    "refund.claim.before_commit",
    "refund.claim.after_commit",
    "gateway.refund.before",
    "gateway.refund.sent",
    "gateway.refund.answered",
    "refund.record.before_commit",
    "refund.record.after_commit",
    "schedule.turn.after_commit",
    "sweep.poll.after_commit",
    "sweep.lapse.before_commit",
    "sweep.lapse.after_commit",
    "sweep.mid_batch",
)
DRAINS = {"drain.api": "api", "drain.worker": "worker"}
"""Only whoever was told to stop comes here."""
POINTS = (*API, *WORKER, *DRAINS)
OFTEN = {
    "http.authenticated": 20,
    "http.before_answer": 5,
    "command.key_claimed": 4,
    "command.before_commit": 4,
    "command.after_commit": 4,
    "relay.claim.before_commit": 4,
    "relay.claim.after_commit": 4,
    "relay.before_enqueue": 3,
    "relay.mid_enqueue": 4,
    "relay.after_enqueue": 3,
    "job.taken": 5,
    "job.begun": 5,
    "job.happened": 5,
    "reaction.locked": 6,
    "reaction.effect": 6,
    "reaction.before_commit": 6,
    "reaction.after_commit": 6,
    "mail.claim.after_commit": 4,
    "mail.sent": 4,
    "schedule.turn.after_commit": 3,
}
"""Where programs pass all the time, and after at most how many passes they die there; elsewhere at
the first or the second."""
