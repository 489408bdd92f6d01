"""Which event tells which step (each leaves exactly one), and when a reminder is due."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conectar.domain.jobs import events as e
from conectar.domain.jobs.lifecycle import JobStatus, JobStep, Trigger
from conectar.domain.jobs.terms import Terms

TOLD_AS: Mapping[Trigger, type[e.JobMoved]] = {
    Trigger.CONFIRM_PAYMENT: e.JobPaid,
    Trigger.CANCEL: e.JobCancelled,
    Trigger.ERASE: e.JobCancelled,
    Trigger.REGRET: e.JobCancelled,
    Trigger.ORDER_REFUND: e.JobCancelled,
    Trigger.ORDER_SPLIT: e.JobApproved,
    Trigger.COMPLETE: e.JobCompleted,
    Trigger.REQUEST_CHANGES: e.ChangesRequested,
    Trigger.APPROVE: e.JobApproved,
    Trigger.DISPUTE: e.DisputeOpened,
    Trigger.TAKE_DISPUTE: e.DisputeTaken,
    Trigger.WITHDRAW_DISPUTE: e.DisputeWithdrawn,
    Trigger.RESOLVE_RELEASE: e.DisputeResolved,
    Trigger.RESOLVE_REFUND: e.DisputeResolved,
    Trigger.RESOLVE_SPLIT: e.DisputeResolved,
    Trigger.CONFIRM_REFUND: e.RefundProcessed,
    Trigger.OUTSIDE_REFUND: e.RefundProcessed,
    Trigger.FREEZE: e.EscrowFrozen,
    Trigger.THAW: e.EscrowUnfrozen,
    Trigger.REIMBURSE: e.EscrowUnfrozen,
    Trigger.LOSE: e.PaymentChargedBack,
    Trigger.SETTLE_CHARGEBACK: e.PaymentChargedBack,
}
"""A ban and the clock do different things in different states, and are told by `told_as`."""

SILENCE = {JobStatus.COMPLETED: e.JobApproved, JobStatus.DISPUTED: e.DisputeResolved}


def told_as(step: JobStep) -> type[e.JobMoved]:
    """The event of a step."""
    if step.rule.trigger is Trigger.LAPSE:
        return SILENCE.get(step.before.status, e.JobCancelled)
    if step.rule.trigger is Trigger.SUSPEND:
        return e.DisputeOpened if step.after.status is JobStatus.DISPUTED else e.JobCancelled
    return TOLD_AS[step.rule.trigger]


def until(status: JobStatus, deadline: datetime, at: datetime, terms: Terms) -> dict[str, Any]:
    """A deadline, and when to speak of it: never if nobody waits for it or it is too near."""
    reminders = {
        JobStatus.IN_PROGRESS: terms.work_reminder,
        JobStatus.COMPLETED: terms.approval_reminder,
    }
    before = reminders.get(status)
    remind_at = None if before is None or deadline - before <= at else deadline - before
    return {"deadline_at": deadline, "remind_at": remind_at}
