"""An administrator looks at a professional's proof of identity."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.professionals import kyc_status
from conectar.application.views.people import KycStatusView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.kyc import (
    KycApproved,
    KycMoved,
    KycRejected,
    KycRevoked,
    KycTrigger,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveKyc(Command[KycStatusView]):
    """He is who he says: from now on he is found, may offer, and may be hired."""

    professional_id: UserId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectKyc(Command[KycStatusView]):
    """The proof did not convince; he reads why and may send another."""

    professional_id: UserId
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKyc(Command[KycStatusView]):
    """The house believes him no longer: he is not found, may not offer, and may not be hired, until
    he proves again who he is."""

    professional_id: UserId
    reason: str
    actor: Actor


class ApproveKycHandler:
    """Approves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: ApproveKyc, uow: UnitOfWork) -> KycStatusView:
        """Raises WrongRole, NotFound, InvalidKycStep."""
        told = KycApproved(at=self._clock.now(), professional_id=command.professional_id)
        return await _decide(KycTrigger.APPROVE, command.actor, told, uow)


class RejectKycHandler:
    """Rejects."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RejectKyc, uow: UnitOfWork) -> KycStatusView:
        """Raises WrongRole, NotFound, InvalidKycStep."""
        told = KycRejected(
            at=self._clock.now(),
            professional_id=command.professional_id,
            reason=command.reason,
        )
        return await _decide(KycTrigger.REJECT, command.actor, told, uow)


class RevokeKycHandler:
    """Revokes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RevokeKyc, uow: UnitOfWork) -> KycStatusView:
        """Raises WrongRole, NotFound, InvalidKycStep."""
        told = KycRevoked(
            at=self._clock.now(),
            professional_id=command.professional_id,
            reason=command.reason,
        )
        return await _decide(KycTrigger.REVOKE, command.actor, told, uow)


async def _decide(
    trigger: KycTrigger, actor: Actor, told: KycMoved, uow: UnitOfWork
) -> KycStatusView:
    only(actor, Role.ADMIN)
    professional = existing(await uow.professionals.find(told.professional_id))
    professional = professional.kyc_step(trigger, actor.role, told.reason)
    if trigger is KycTrigger.APPROVE:
        shown = existing(await uow.kyc_submissions.newest_of(professional.id))
        professional = professional.changed(cuit=shown.cuit)
    await uow.professionals.save(professional)
    user = existing(await uow.users.peek(professional.id))
    await uow.search.replace(user, professional)
    await uow.outbox.record(told)
    return kyc_status(professional)
