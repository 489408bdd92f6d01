"""What the table answers to one job: the step that a move takes, or why there is none.

Refusals in their order: the wrong side, the wrong state, frozen money, a spent guard.
"""

from datetime import datetime
from enum import Enum
from functools import cache
from typing import Protocol

from conectar.domain.jobs.lifecycle import (
    LIFECYCLE,
    EscrowStatus,
    Guard,
    JobStatus,
    JobStep,
    State,
    Trigger,
)
from conectar.domain.jobs.refusals import GUARD_REFUSALS, InvalidTransition, PaymentFrozen
from conectar.domain.jobs.terms import Terms, end_of_days
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, WrongSide
from conectar.domain.kernel.machine import Freeze

NONE_BROKEN: frozenset[Guard] = frozenset()
"""Guards about others (a party's ban, a refund on its way) are answered by who asks."""


class Asking(Protocol):
    """What the table has to know of a job."""

    @property
    def state(self) -> State: ...
    @property
    def status(self) -> JobStatus: ...
    @property
    def frozen(self) -> bool: ...
    @property
    def accepted_at(self) -> datetime: ...
    @property
    def deadline_at(self) -> datetime | None: ...
    @property
    def terms(self) -> Terms: ...
    @property
    def ever_done(self) -> bool: ...
    @property
    def changes_used(self) -> int: ...
    @property
    def client_disputed(self) -> bool: ...
    @property
    def professional_disputed(self) -> bool: ...
    @property
    def opened_from(self) -> JobStatus | None: ...
    @property
    def released_as(self) -> EscrowStatus | None: ...
    def roles_of(self, actor: Actor) -> frozenset[Role]: ...


def allowed(
    job: Asking,
    roles: frozenset[Role],
    at: datetime,
    broken: frozenset[Guard] = NONE_BROKEN,
) -> list[Trigger]:
    """The moves that would be accepted now."""
    return [
        trigger
        for trigger, guards in _awake(job.state, roles, job.frozen)
        if not guards or all(_holds(guard, job, roles, at, broken) for guard in guards)
    ]


def next_turn(job: Asking, at: datetime) -> datetime | None:
    """Until when the clock alone changes nothing of what anybody may do; None: it never does any
    more."""
    turns = (job.deadline_at, _cooled_at(job))
    return min((turn for turn in turns if turn is not None and turn > at), default=None)


@cache
def _awake(
    state: State, roles: frozenset[Role], frozen: bool
) -> tuple[tuple[Trigger, frozenset[Enum]], ...]:
    """The moves that these may make from there, with what is to hold."""
    rules = [step.rule for step in LIFECYCLE.leaving(state) if step.frozen == frozen]
    return tuple((rule.trigger, rule.guards) for rule in rules if rule.by & roles)


def ask(
    job: Asking,
    trigger: Trigger,
    by: Actor,
    at: datetime,
    broken: frozenset[Guard] = NONE_BROKEN,
) -> JobStep:
    """The step. Raises NotFound, WrongSide, InvalidTransition, PaymentFrozen, or a guard's own."""
    roles = job.roles_of(by)
    if not any(rule.by & roles for rule in LIFECYCLE.rules if rule.trigger is trigger):
        raise WrongSide()
    steps = [step for step in LIFECYCLE.options(job.state, trigger) if step.rule.by & roles]
    if not steps:
        raise InvalidTransition(trigger=trigger.value, status=job.status.value)
    awake = [step for step in steps if step.frozen == job.frozen and _remembered(job, step)]
    if not awake:
        raise _freeze_refusal(job, steps[0], trigger)
    for guard in _broken_guards(job, awake[0], roles, at, broken):
        raise GUARD_REFUSALS[guard](trigger=trigger.value, status=job.status.value)
    return awake[0]


def _remembered(job: Asking, step: JobStep) -> bool:
    """Where a step leads back, it leads to where the job was."""
    if step.rule.trigger is Trigger.WITHDRAW_DISPUTE:
        return step.after.status is job.opened_from
    if step.rule.trigger is Trigger.REIMBURSE:
        return step.after.escrow is job.released_as
    return True


def _freeze_refusal(job: Asking, step: JobStep, trigger: Trigger) -> DomainError:
    if step.rule.freeze is Freeze.REFUSED:
        return PaymentFrozen()
    return InvalidTransition(trigger=trigger.value, status=job.status.value)


def _broken_guards(
    job: Asking,
    step: JobStep,
    roles: frozenset[Role],
    at: datetime,
    broken: frozenset[Guard],
) -> list[Guard]:
    asked = step.rule.guards
    return [g for g in Guard if g in asked and not _holds(g, job, roles, at, broken)]


def _holds(
    guard: Enum, job: Asking, roles: frozenset[Role], at: datetime, broken: frozenset[Guard]
) -> bool:
    if guard is Guard.COOLING_OFF:
        return at < _cooled_at(job) and not job.ever_done
    if guard is Guard.CHANGES_LEFT:
        return job.changes_used < job.terms.changes
    if guard is Guard.DISPUTE_LEFT:
        used = job.client_disputed if Role.CLIENT in roles else job.professional_disputed
        return not used
    return guard not in broken


def _cooled_at(job: Asking) -> datetime:
    return end_of_days(job.accepted_at, job.terms.cooling_off_days)
