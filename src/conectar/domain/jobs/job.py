"""A job: an accepted offer, its frozen terms, and where the work and its money are.

`Job` is a value. Each move asks the table (`lifecycle`) and answers the next job with the events
that tell it; a refusal raises and changes nothing. Refusals come in a fixed order: the wrong side
before the wrong state, the wrong state before frozen money, frozen money before a spent guard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from conectar.domain.jobs import events as e
from conectar.domain.jobs.asking import ask
from conectar.domain.jobs.lifecycle import (
    QUARRELLING,
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
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.jobs.telling import told_as, until
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import CLOCK, GATEWAY, Actor, Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import DisputeId, JobId, OfferId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments.commission import Shares, divide

NO_TIME = timedelta(0)
Changes = dict[str, Any]


class Decision(NamedTuple):
    """The next job, and what happened."""

    job: "Job"
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Price, rate and terms are those of the acceptance and never change, whatever the house asks
    of others since. `version` counts the steps of the timeline. `deadline_at` is when the clock
    moves the job by itself; none when nothing waits, and while the money is frozen, when
    `time_left` keeps what the clock still has to run. `dispute_left` keeps the same for the
    deadline that a dispute interrupted. `to_client` is the client's part of divided money."""

    id: JobId
    offer_id: OfferId
    client_id: UserId
    professional_id: UserId
    description: str
    price: Money
    rate: Rate
    terms: Terms
    status: JobStatus
    escrow: EscrowStatus
    dispute: DisputeStatus
    frozen_by: FrozenBy
    version: int
    accepted_at: datetime
    deadline_at: datetime | None
    remind_at: datetime | None = None
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    approved_at: datetime | None = None
    ever_done: bool = False
    changes_used: int = 0
    time_left: timedelta | None = None
    dispute_id: DisputeId | None = None
    opened_from: JobStatus | None = None
    opened_by: Role | None = None
    dispute_left: timedelta | None = None
    client_disputed: bool = False
    professional_disputed: bool = False
    to_client: Money | None = None
    released_as: EscrowStatus | None = None

    @property
    def state(self) -> State:
        """The joint state the table speaks of."""
        return State(self.status, self.escrow, self.dispute)

    @property
    def frozen(self) -> bool:
        """Whether the gateway stopped the money."""
        return self.frozen_by is not FrozenBy.NONE

    @property
    def quarrelling(self) -> bool:
        """Whether a dispute is open."""
        return self.dispute in QUARRELLING

    def payable_until(self, at: datetime) -> datetime | None:
        """When its payment is late; None if it waits for none any more."""
        end = self.deadline_at if self.status is JobStatus.AWAITING_PAYMENT else None
        return end if end is not None and at < end else None

    @property
    def shares(self) -> Shares:
        """How what the client does not get back is divided, or would be if it were released."""
        return divide(self.price - (self.to_client or Money.ZERO), self.rate)

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """The parts an actor plays here. Raises NotFound for a stranger."""
        if actor.role in (Role.ADMIN, Role.CLOCK, Role.GATEWAY):
            role: Role = actor.role
        elif actor.user_id == self.client_id:
            role = Role.CLIENT
        elif actor.user_id == self.professional_id:
            role = Role.PROFESSIONAL
        else:
            raise NotFound()
        return frozenset((role, Role.OPENER) if self.opened_by is role else (role,))

    # -- the work ------------------------------------------------------------------------------

    def confirm_payment(self, *, at: datetime) -> Decision:
        """The whole price arrived and is held; the work may begin."""
        step = ask(self, Trigger.CONFIRM_PAYMENT, GATEWAY, at)
        deadline = at + min(self.terms.work, self.terms.held)
        clock = until(step.after.status, deadline, at, self.terms)
        return self._enter(step, GATEWAY, at, paid_at=at, **clock)

    def complete(self, *, by: Actor, at: datetime, notes: str | None) -> Decision:
        """The professional says it is done; the client has some days to look."""
        step = ask(self, Trigger.COMPLETE, by, at)
        clock = self._clock(step, at + self.terms.approval, at)
        return self._enter(step, by, at, notes, completed_at=at, ever_done=True, **clock)

    def request_changes(self, *, by: Actor, at: datetime, reason: str) -> Decision:
        """The client sends the work back, a few times at most."""
        step = ask(self, Trigger.REQUEST_CHANGES, by, at)
        assert self.paid_at is not None, "held money was paid at some moment"
        deadline = max(self.paid_at + self.terms.work, at + self.terms.rework)
        clock = self._clock(step, deadline, at)
        return self._enter(step, by, at, reason, changes_used=self.changes_used + 1, **clock)

    def approve(self, *, by: Actor, at: datetime) -> Decision:
        """The client accepts the work: the money is released, less the commission."""
        return self._release(ask(self, Trigger.APPROVE, by, at), by, at)

    def leave(self, trigger: Trigger, *, by: Actor, at: datetime, reason: str | None) -> Decision:
        """CANCEL, REGRET or ERASE: an unpaid job is closed, held money goes back."""
        return self._end(ask(self, trigger, by, at), by, at, reason)

    def lapse(self, *, at: datetime) -> Decision:
        """Silence reached the deadline: the default of the state happens."""
        step = ask(self, Trigger.LAPSE, CLOCK, at)
        if self.deadline_at is None or at < self.deadline_at:
            raise InvalidTransition(trigger=Trigger.LAPSE.value, status=self.status.value)
        if step.after.status is JobStatus.APPROVED:
            return self._release(step, CLOCK, at)
        return self._end(step, CLOCK, at)

    def confirm_refund(self, *, by: Actor, at: datetime) -> Decision:
        """The client has his money back."""
        return self._end(ask(self, Trigger.CONFIRM_REFUND, by, at), by, at)

    def remind(self, at: datetime) -> tuple["Job", e.JobReminder]:
        """The deadline is near."""
        assert self.deadline_at is not None, "only a deadline is reminded of"
        told = e.JobReminder(
            at=at,
            job_id=self.id,
            client_id=self.client_id,
            professional_id=self.professional_id,
            status=self.status,
            deadline_at=self.deadline_at,
        )
        return replace(self, remind_at=None), told

    def wait_for_pending(self, *, again_after: datetime) -> "Job":
        """The same job with a later deadline, while a payment is pending and the cap is far."""
        assert self.status is JobStatus.AWAITING_PAYMENT
        end = self.accepted_at + self.terms.pending_payment
        return replace(self, deadline_at=min(again_after, end))

    # -- the quarrel ---------------------------------------------------------------------------

    def open_dispute(self, id: DisputeId, *, by: Actor, at: datetime, reason: str) -> Decision:
        """A party questions the work; the money waits for an administrator."""
        step = ask(self, Trigger.DISPUTE, by, at)
        return self._quarrel(id, step, by, at, reason)

    def suspend(self, id: DisputeId, *, by: Actor, at: datetime, reason: str) -> Decision:
        """A party was banned: an unpaid job is closed, a paid one becomes a dispute."""
        step = ask(self, Trigger.SUSPEND, by, at)
        if step.after.status is JobStatus.CANCELLED:
            return self._end(step, by, at, reason)
        return self._quarrel(id, step, by, at, reason)

    def take_dispute(self, *, by: Actor, at: datetime) -> Decision:
        """An administrator looks at it; the deadline stays."""
        return self._enter(ask(self, Trigger.TAKE_DISPUTE, by, at), by, at)

    def withdraw_dispute(self, *, by: Actor, at: datetime, party_banned: bool) -> Decision:
        """Back to where it was, with the time that was left then, and some hours at least."""
        broken = {Guard.PARTY_UNBANNED} if party_banned and self.opened_by is Role.ADMIN else set()
        step = ask(self, Trigger.WITHDRAW_DISPUTE, by, at, frozenset(broken))
        left = max(self.dispute_left or NO_TIME, self.terms.after_dispute)
        spent = self.opened_by is Role.CLIENT and self.changes_used >= self.terms.changes
        return self._enter(
            step,
            by,
            at,
            told={"spent": spent},
            opened_from=None,
            opened_by=None,
            dispute_left=None,
            **self._clock(step, at + left, at),
        )

    def resolve(
        self,
        trigger: Trigger,
        *,
        by: Actor,
        at: datetime,
        reason: str,
        to_client: Money | None = None,
    ) -> Decision:
        """RESOLVE_* or ORDER_*: released, given back, or divided, with the client's part."""
        step = ask(self, trigger, by, at)
        if step.after.escrow is EscrowStatus.REFUNDING:
            return self._end(step, by, at, reason)
        return self._release(step, by, at, reason, to_client=to_client)

    # -- the gateway's own moves ---------------------------------------------------------------

    def freeze(self, cause: FrozenBy, *, at: datetime) -> Decision:
        """Mediation or a chargeback began: the money stays where it is and the clock stops."""
        step = ask(self, Trigger.FREEZE, GATEWAY, at)
        left = self.time_left
        if self.deadline_at is not None:
            left = max(self.deadline_at - at, NO_TIME)
        return self._enter(step, GATEWAY, at, frozen_by=cause, time_left=left, deadline_at=None)

    def thaw(self, *, at: datetime) -> Decision:
        """It ended well: the clock goes on from where it stopped."""
        step = ask(self, Trigger.THAW, GATEWAY, at)
        if self.time_left is None:
            return self._enter(step, GATEWAY, at, deadline_at=None)
        return self._enter(step, GATEWAY, at, **self._until(step, at + self.time_left, at))

    def take_away(self, trigger: Trigger, *, at: datetime, in_flight: bool) -> Decision:
        """LOSE, OUTSIDE_REFUND or SETTLE_CHARGEBACK: the gateway took the money. `in_flight`:
        a refund of ours was sent and nobody knows yet what became of it."""
        broken = {Guard.NO_REFUND_IN_FLIGHT} if in_flight else set()
        step = ask(self, trigger, GATEWAY, at, frozenset(broken))
        return self._end(step, GATEWAY, at)

    def reimburse(self, *, at: datetime) -> Decision:
        """The gateway gave back what a chargeback had taken after the release."""
        return self._enter(ask(self, Trigger.REIMBURSE, GATEWAY, at), GATEWAY, at)

    # -- the pieces ----------------------------------------------------------------------------

    def _release(
        self,
        step: JobStep,
        by: Actor,
        at: datetime,
        reason: str | None = None,
        to_client: Money | None = None,
    ) -> Decision:
        changes: dict[str, Any] = {
            "approved_at": at,
            "to_client": to_client,
            "released_as": step.after.escrow,
        }
        job, events = self._enter(step, by, at, reason, deadline_at=None, **changes)
        commission, net = job.shares
        released = e.EscrowReleased(
            at=at,
            job_id=self.id,
            offer_id=self.offer_id,
            professional_id=self.professional_id,
            net=net,
            commission=commission,
            whole=to_client is None,
        )
        return Decision(job, (*events, released))

    def _end(self, step: JobStep, by: Actor, at: datetime, reason: str | None = None) -> Decision:
        return self._enter(step, by, at, reason, deadline_at=None)

    def _quarrel(
        self,
        id: DisputeId,
        step: JobStep,
        by: Actor,
        at: datetime,
        reason: str,
    ) -> Decision:
        assert self.deadline_at is not None, "held money has a deadline unless it is frozen"
        (part,) = self.roles_of(by)
        return self._enter(
            step,
            by,
            at,
            reason,
            dispute_id=id,
            opened_from=self.status,
            opened_by=part,
            client_disputed=self.client_disputed or part is Role.CLIENT,
            professional_disputed=self.professional_disputed or part is Role.PROFESSIONAL,
            dispute_left=max(self.deadline_at - at, NO_TIME),
            **self._until(step, at + self.terms.dispute, at),
        )

    def _enter(
        self,
        step: JobStep,
        by: Actor,
        at: datetime,
        reason: str | None = None,
        told: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Decision:
        if not step.frozen_after:
            changes |= {"frozen_by": FrozenBy.NONE, "time_left": None}
        changes = {"remind_at": None} | changes | step.after._asdict()
        job = replace(self, version=self.version + 1, **changes)
        event = told_as(step)
        return Decision(job, (event(**job._told(self.status, by, at, reason), **(told or {})),))

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
            "deadline_at": self.deadline_at,
        }

    def _clock(self, step: JobStep, deadline: datetime, at: datetime) -> Changes:
        """A new deadline; while the money is frozen its time is kept, and runs from the thaw."""
        if self.frozen:
            return {"time_left": deadline - at}
        return self._until(step, deadline, at)

    def _until(self, step: JobStep, deadline: datetime, at: datetime) -> Changes:
        assert self.paid_at is not None, "held money was paid at some moment"
        deadline = min(deadline, self.paid_at + self.terms.held)
        return until(step.after.status, deadline, at, self.terms)


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
    """The job an accepted offer becomes, with its price, rate and terms frozen."""
    job = Job(
        id=id,
        offer_id=offer_id,
        client_id=client_id,
        professional_id=professional_id,
        description=description,
        price=price,
        rate=rate,
        terms=terms,
        status=START.status,
        escrow=START.escrow,
        dispute=START.dispute,
        frozen_by=FrozenBy.NONE,
        version=1,
        accepted_at=at,
        deadline_at=at + terms.payment,
    )
    return Decision(job, (e.JobCreated(**job._told(None, by, at, None)),))
