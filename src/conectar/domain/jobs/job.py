"""A job: an accepted offer, its frozen terms, and where the work and its money are.

`Job` is a value. Each move asks the table (`lifecycle`) and answers the next job with the events
that tell it; a refusal raises and changes nothing. Refusals come in a fixed order: the wrong side
before the wrong state, the wrong state before frozen money, frozen money before a spent guard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from conectar.domain.jobs.events import (
    ChangesRequested,
    EscrowReleased,
    JobApproved,
    JobCancelled,
    JobCompleted,
    JobCreated,
    JobMoved,
    JobPaid,
    RefundProcessed,
)
from conectar.domain.jobs.lifecycle import (
    LIFECYCLE,
    START,
    DisputeStatus,
    EscrowStatus,
    FrozenBy,
    Guard,
    JobStatus,
    JobStep,
    State,
    Trigger,
)
from conectar.domain.jobs.terms import Terms, within_days
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor, Role
from conectar.domain.kernel.errors import DomainError, NotFound, WrongSide
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.machine import Freeze
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments.commission import Shares, divide


class InvalidTransition(DomainError):
    """The table has no such move from this state."""


class CoolingOffOver(InvalidTransition):
    """A client may cancel a paid job for ten days, and only until it is first marked done."""


class NoChangesLeft(InvalidTransition):
    """Changes were asked for as often as the terms allow."""


class PaymentFrozen(DomainError):
    """The gateway froze the money: nothing moves it until that ends."""


class Decision(NamedTuple):
    """The next job, and what happened."""

    job: "Job"
    events: tuple[Event, ...]


TOLD_AS: Mapping[tuple[Trigger, JobStatus], type[JobMoved]] = {
    (Trigger.CONFIRM_PAYMENT, JobStatus.IN_PROGRESS): JobPaid,
    (Trigger.COMPLETE, JobStatus.COMPLETED): JobCompleted,
    (Trigger.REQUEST_CHANGES, JobStatus.IN_PROGRESS): ChangesRequested,
    (Trigger.APPROVE, JobStatus.APPROVED): JobApproved,
    (Trigger.LAPSE, JobStatus.APPROVED): JobApproved,
    (Trigger.CANCEL, JobStatus.CANCELLED): JobCancelled,
    (Trigger.LAPSE, JobStatus.CANCELLED): JobCancelled,
    (Trigger.CONFIRM_REFUND, JobStatus.CANCELLED): RefundProcessed,
}

GUARD_REFUSALS: Mapping[Guard, type[DomainError]] = {
    Guard.COOLING_OFF: CoolingOffOver,
    Guard.CHANGES_LEFT: NoChangesLeft,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Price, rate and terms are those of the acceptance and never change.

    `version` counts the steps of the timeline. `deadline_at` is when the clock moves the job by
    itself; none when nothing waits. All times are UTC.
    """

    id: JobId
    offer_id: OfferId
    client_id: UserId
    professional_id: UserId
    description: str
    price: Money
    rate: Rate
    status: JobStatus
    escrow: EscrowStatus
    dispute: DisputeStatus
    frozen_by: FrozenBy
    version: int
    accepted_at: datetime
    deadline_at: datetime | None
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    approved_at: datetime | None = None
    ever_done: bool = False
    changes_used: int = 0

    @property
    def state(self) -> State:
        """The joint state the table speaks of."""
        return State(self.status, self.escrow, self.dispute)

    @property
    def shares(self) -> Shares:
        """How the whole price would be divided if it were released."""
        return divide(self.price, self.rate)

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """The parts an actor plays here. Raises NotFound for a stranger."""
        if actor.role in (Role.ADMIN, Role.CLOCK, Role.GATEWAY):
            return frozenset({actor.role})
        sides = {self.client_id: Role.CLIENT, self.professional_id: Role.PROFESSIONAL}
        if actor.user_id not in sides:
            raise NotFound()
        return frozenset({sides[actor.user_id]})

    def may(self, trigger: Trigger, roles: frozenset[Role], at: datetime, terms: Terms) -> bool:
        """Whether the move would be accepted now."""
        return any(
            step.rule.by & roles
            and step.frozen == self._frozen
            and not self._broken_guards(step, at, terms)
            for step in LIFECYCLE.options(self.state, trigger)
        )

    def confirm_payment(self, *, at: datetime, terms: Terms) -> Decision:
        """The whole price arrived and is held; the work may begin."""
        step = self._step(Trigger.CONFIRM_PAYMENT, GATEWAY, at, terms)
        deadline = at + min(terms.work, terms.held)
        return self._enter(step, GATEWAY, at, paid_at=at, deadline_at=deadline)

    def complete(self, *, by: Actor, at: datetime, notes: str | None, terms: Terms) -> Decision:
        """The professional says it is done; the client has some days to look."""
        step = self._step(Trigger.COMPLETE, by, at, terms)
        deadline = self._capped(at + terms.approval, terms)
        return self._enter(
            step, by, at, notes, completed_at=at, ever_done=True, deadline_at=deadline
        )

    def request_changes(self, *, by: Actor, at: datetime, reason: str, terms: Terms) -> Decision:
        """The client sends the work back, a few times at most."""
        step = self._step(Trigger.REQUEST_CHANGES, by, at, terms)
        assert self.paid_at is not None, "held money was paid at some moment"
        deadline = self._capped(max(self.paid_at + terms.work, at + terms.rework), terms)
        changes = self.changes_used + 1
        return self._enter(step, by, at, reason, changes_used=changes, deadline_at=deadline)

    def approve(self, *, by: Actor, at: datetime, terms: Terms) -> Decision:
        """The client accepts the work: the money is released, less the commission."""
        step = self._step(Trigger.APPROVE, by, at, terms)
        return self._release(step, by, at)

    def cancel(self, *, by: Actor, at: datetime, reason: str | None, terms: Terms) -> Decision:
        """Either party before payment; then the professional, and for some days the client."""
        step = self._step(Trigger.CANCEL, by, at, terms)
        return self._enter(step, by, at, reason, deadline_at=None)

    def lapse(self, *, at: datetime, terms: Terms) -> Decision:
        """Silence reached the deadline: the default of the state happens."""
        step = self._step(Trigger.LAPSE, CLOCK, at, terms)
        if self.deadline_at is None or at < self.deadline_at:
            raise InvalidTransition(trigger=Trigger.LAPSE.value, status=self.status.value)
        if step.after.status is JobStatus.APPROVED:
            return self._release(step, CLOCK, at)
        return self._enter(step, CLOCK, at, deadline_at=None)

    def confirm_refund(self, *, by: Actor, at: datetime, terms: Terms) -> Decision:
        """The client has his money back."""
        step = self._step(Trigger.CONFIRM_REFUND, by, at, terms)
        return self._enter(step, by, at)

    def wait_for_pending(self, *, again_after: datetime, terms: Terms) -> "Job":
        """The same job with a later deadline, while a payment is pending and the cap is far."""
        assert self.status is JobStatus.AWAITING_PAYMENT
        return replace(self, deadline_at=min(again_after, self.accepted_at + terms.pending_payment))

    def _release(self, step: JobStep, by: Actor, at: datetime) -> Decision:
        job, events = self._enter(step, by, at, approved_at=at, deadline_at=None)
        commission, net = self.shares
        released = EscrowReleased(
            at=at,
            job_id=self.id,
            offer_id=self.offer_id,
            professional_id=self.professional_id,
            net=net,
            commission=commission,
        )
        return Decision(job, (*events, released))

    def _step(self, trigger: Trigger, by: Actor, at: datetime, terms: Terms) -> JobStep:
        roles = self.roles_of(by)
        if not any(rule.by & roles for rule in LIFECYCLE.rules if rule.trigger is trigger):
            raise WrongSide()
        steps = [step for step in LIFECYCLE.options(self.state, trigger) if step.rule.by & roles]
        if not steps:
            raise InvalidTransition(trigger=trigger.value, status=self.status.value)
        awake = [step for step in steps if step.frozen == self._frozen]
        if not awake:
            raise self._freeze_refusal(steps[0], trigger)
        for guard in self._broken_guards(awake[0], at, terms):
            raise GUARD_REFUSALS[guard](trigger=trigger.value, status=self.status.value)
        return awake[0]

    def _freeze_refusal(self, step: JobStep, trigger: Trigger) -> DomainError:
        if step.rule.freeze is Freeze.REFUSED:
            return PaymentFrozen()
        return InvalidTransition(trigger=trigger.value, status=self.status.value)

    def _broken_guards(self, step: JobStep, at: datetime, terms: Terms) -> list[Guard]:
        answers = {
            Guard.COOLING_OFF: not self.ever_done
            and within_days(self.accepted_at, at, terms.cooling_off_days),
            Guard.CHANGES_LEFT: self.changes_used < terms.changes,
        }
        return [guard for guard in Guard if guard in step.rule.guards and not answers[guard]]

    def _enter(
        self,
        step: JobStep,
        by: Actor,
        at: datetime,
        reason: str | None = None,
        **changes: Any,
    ) -> Decision:
        frozen_by = self.frozen_by if step.frozen_after else FrozenBy.NONE
        changes |= step.after._asdict()
        job = replace(self, frozen_by=frozen_by, version=self.version + 1, **changes)
        told = TOLD_AS[step.rule.trigger, job.status]
        return Decision(job, (told(**job._told(self.status, by, at, reason)),))

    def _told(
        self, before: JobStatus | None, by: Actor, at: datetime, reason: str | None
    ) -> dict[str, Any]:
        return {
            "at": at,
            "job_id": self.id,
            "client_id": self.client_id,
            "professional_id": self.professional_id,
            "version": self.version,
            "actor": by,
            "reason": reason,
            "before": before,
            "status": self.status,
            "escrow": self.escrow,
        }

    def _capped(self, deadline: datetime, terms: Terms) -> datetime:
        assert self.paid_at is not None, "held money was paid at some moment"
        return min(deadline, self.paid_at + terms.held)

    @property
    def _frozen(self) -> bool:
        return self.frozen_by is not FrozenBy.NONE


def begin(
    *,
    id: JobId,
    offer_id: OfferId,
    client_id: UserId,
    professional_id: UserId,
    description: str,
    price: Money,
    rate: Rate,
    by: Actor,
    at: datetime,
    terms: Terms,
) -> Decision:
    """The job an accepted offer becomes, with its price, rate and first deadline frozen."""
    job = Job(
        id=id,
        offer_id=offer_id,
        client_id=client_id,
        professional_id=professional_id,
        description=description,
        price=price,
        rate=rate,
        status=START.status,
        escrow=START.escrow,
        dispute=START.dispute,
        frozen_by=FrozenBy.NONE,
        version=1,
        accepted_at=at,
        deadline_at=at + terms.payment,
    )
    return Decision(job, (JobCreated(**job._told(None, by, at, None)),))
