"""A client regrets the contract."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.jobs import moving
from conectar.application.message import Command
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.admin import regret_view
from conectar.application.views.house import RegretCodeView, RegretView
from conectar.domain.jobs.asking import allowed
from conectar.domain.jobs.dispute import DisputeMessage
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import Trigger
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import JobId, MessageId
from conectar.domain.people.regret import Regret, RegretOutcome, RegretReceived
from conectar.domain.people.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class RegretJob(Command[RegretCodeView]):
    """The button of regret, which needs no account to be pressed. Always answers a code, also for
    an address or a job that nobody knows. An unpaid job is cancelled; a paid one within ten days of
    acceptance and never marked done is cancelled and refunded; any other becomes a message in its
    open dispute, or a case for the administrators. Both parties are told."""

    email: str
    job_id: JobId | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRegret(Command[RegretView]):
    """Closes a case, with what was answered."""

    code: str
    explanation: str
    actor: Actor


class RegretJobHandler:
    """Regrets."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: RegretJob, uow: UnitOfWork) -> RegretCodeView:
        """Refuses nothing."""
        now, email = self._clock.now(), command.email.strip().lower()
        user = await uow.users.by_email(email)
        job = await uow.jobs.find(command.job_id) if command.job_id else None
        outcome, code = RegretOutcome.UNKNOWN, f"ARR-{self._ids.secret()[:12].upper()}"
        if user and job and job.client_id == user.id:
            outcome = await self._act(job, user, code, command.reason, uow)
        regret = Regret(
            id=code,
            email=email,
            job_id=job.id if job and outcome is not RegretOutcome.UNKNOWN else None,
            reason=command.reason,
            outcome=outcome,
            created_at=now,
        )
        await uow.regrets.add(regret)
        if job and outcome is not RegretOutcome.UNKNOWN:
            await uow.outbox.record(
                RegretReceived(
                    at=now,
                    code=regret.id,
                    job_id=job.id,
                    client_id=job.client_id,
                    professional_id=job.professional_id,
                    outcome=outcome,
                )
            )
        return RegretCodeView(code=regret.id)

    async def _act(
        self, job: Job, user: User, code: str, reason: str | None, uow: UnitOfWork
    ) -> RegretOutcome:
        now, by = self._clock.now(), Actor(Role.CLIENT, user.id)
        if Trigger.REGRET in allowed(job, job.roles_of(by), now):
            decision = job.leave(Trigger.REGRET, by=by, at=now, reason=reason)
            await moving.keep(job, decision, self._ids, uow)
            return RegretOutcome.CANCELLED
        if job.quarrelling and job.dispute_id is not None:
            await uow.dispute_messages.add(
                DisputeMessage(
                    id=MessageId(self._ids.new()),
                    dispute_id=job.dispute_id,
                    author_id=user.id,
                    author_role=Role.CLIENT,
                    text=f"{code} {reason or ''}".strip(),
                    created_at=now,
                )
            )
            return RegretOutcome.IN_DISPUTE
        return RegretOutcome.CASE


class CloseRegretHandler:
    """Closes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: CloseRegret, uow: UnitOfWork) -> RegretView:
        """Raises WrongRole, NotFound, CaseClosed."""
        only(command.actor, Role.ADMIN)
        regret = existing(await uow.regrets.find(command.code))
        regret = regret.close(command.explanation, self._clock.now())
        await uow.regrets.save(regret)
        return regret_view(regret)
