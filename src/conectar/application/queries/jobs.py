"""Jobs, as their parties see them."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.access import existing
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import HeldRefund, JobRow, Look
from conectar.application.ports.system import Clock
from conectar.application.queries.offers import party_filter
from conectar.application.views.work import (
    Action,
    JobFreeze,
    JobRefundView,
    JobView,
    OnExpiry,
    StepView,
)
from conectar.domain.jobs.asking import allowed, next_turn
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import FrozenBy, JobStatus, Trigger
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import JobId
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.refund import RefundStatus
from conectar.domain.reviews.review import reviewable

ACTIONS = {
    Trigger.CANCEL: Action.CANCEL,
    Trigger.COMPLETE: Action.COMPLETE,
    Trigger.REQUEST_CHANGES: Action.REQUEST_CHANGES,
    Trigger.APPROVE: Action.APPROVE,
    Trigger.DISPUTE: Action.DISPUTE,
}
ON_EXPIRY = {
    JobStatus.AWAITING_PAYMENT: OnExpiry.CANCEL,
    JobStatus.IN_PROGRESS: OnExpiry.REFUND,
    JobStatus.COMPLETED: OnExpiry.APPROVE,
    JobStatus.DISPUTED: OnExpiry.REFUND,
}
REFUNDS = {
    RefundStatus.SUCCEEDED: MovementStatus.COMPLETED,
    RefundStatus.VOID: MovementStatus.FAILED,
}
FREEZES = {
    FrozenBy.MEDIATION: JobFreeze.MEDIATION,
    FrozenBy.CHARGEBACK: JobFreeze.CHARGEBACK,
}


def job_view(row: JobRow, actor: Actor, at: datetime) -> JobView:
    """A job with what the caller may do with it. Raises NotFound for a stranger."""
    look = row.looks.get(actor.user_id)
    if look is None or not _lasts(look, actor.role, at):
        view = _view(row, _actions(row, actor, at))
        look = row.looks[actor.user_id] = Look(actor.role, at, next_turn(row.job, at), view)
    return look.view


def _lasts(look: Look, role: Role, at: datetime) -> bool:
    timely = look.since <= at and (look.until is None or at < look.until)
    return timely and look.role is role


def _view(row: JobRow, actions: tuple[Action, ...]) -> JobView:
    job = row.job
    commission, net = job.shares
    return JobView(
        id=job.id,
        offer_id=job.offer_id,
        client_id=job.client_id,
        professional_id=job.professional_id,
        client=row.client,
        professional=row.professional,
        description=job.description,
        amount=job.price,
        commission_rate=job.rate,
        commission=commission,
        professional_net=net,
        status=job.status,
        escrow=job.escrow,
        frozen_by=_freeze(job),
        refund=_refund(row.refund) if row.refund else None,
        dispute_id=job.dispute_id,
        created_at=job.accepted_at,
        paid_at=job.paid_at,
        completed_at=job.completed_at,
        approved_at=job.approved_at,
        expires_at=job.deadline_at,
        on_expiry=ON_EXPIRY[job.status] if job.deadline_at else None,
        actions=actions,
    )


def _refund(held: HeldRefund) -> JobRefundView:
    status = REFUNDS.get(held.status, MovementStatus.PROCESSING)
    return JobRefundView(amount=held.amount, status=status, created_at=held.created_at)


def _freeze(job: Job) -> JobFreeze | None:
    if job.status is JobStatus.DISPUTED:
        return JobFreeze.DISPUTE
    return FREEZES.get(job.frozen_by)


def _actions(row: JobRow, actor: Actor, at: datetime) -> tuple[Action, ...]:
    job, roles = row.job, row.job.roles_of(actor)
    pays = Role.CLIENT in roles and job.payable_until(at) is not None
    moves = allowed(job, roles, at)
    reviews = not row.reviewed and reviewable(job, actor)
    may = tuple(action for trigger, action in ACTIONS.items() if trigger in moves)
    return ((Action.PAY,) if pays else ()) + may + ((Action.REVIEW,) if reviews else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class GetJob(Query[JobView]):
    """One job of the caller's."""

    audited = True

    job_id: JobId
    actor: Actor


class GetJobHandler:
    """Reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: GetJob, read: Readers) -> JobView:
        """Raises NotFound for a stranger."""
        row = existing(await read.job(query.job_id))
        return job_view(row, query.actor, self._clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListJobs(Query[Listed[JobView]]):
    """The caller's jobs, newest first."""

    snapshot = False

    audited = True

    status: JobStatus | None
    page: Page
    actor: Actor
    as_professional_only: bool = False


class ListJobsHandler:
    """Reads them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: ListJobs, read: Readers) -> Listed[JobView]:
        """Raises WrongRole in the professional's room."""
        of = party_filter(query.actor, query.as_professional_only)
        rows = await read.jobs(of, query.status, query.page)
        now = self._clock.now()
        views = tuple(job_view(row, query.actor, now) for row in rows.items)
        return Listed(views, rows.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetJobTimeline(Query[tuple[StepView, ...]]):
    """What happened to a job, oldest first."""

    audited = True

    job_id: JobId
    actor: Actor


class GetJobTimelineHandler:
    """Reads it."""

    async def __call__(self, query: GetJobTimeline, read: Readers) -> tuple[StepView, ...]:
        """Raises NotFound for a stranger."""
        row = existing(await read.job(query.job_id))
        row.job.roles_of(query.actor)
        return tuple(await read.timeline(query.job_id, JobStatus))
