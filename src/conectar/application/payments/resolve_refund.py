"""An administrator settles a refund that the gateway would not, or did not answer."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import incidents
from conectar.application.payments.holding import hold_refund
from conectar.application.payments.settle_refund import settle_refund
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.money import refund_view
from conectar.application.settings import Policy
from conectar.application.views.money import Agreed, RefundView
from conectar.domain.jobs.refusals import PaymentFrozen
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import RefundId
from conectar.domain.payments.refund import EvidenceNeeded, RefundOrigin, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveRefund(Command[Agreed[RefundView]]):
    """Says of an intent on the list: try again with the same key; it did happen (evidence: the
    gateway's own number); or it was paid by bank transfer (evidence: the transfer's). While the
    gateway keeps the money frozen, only what happened there already counts. Above the house's
    limit another administrator has to agree that it is paid."""

    refund_id: RefundId
    resolution: Resolution
    evidence: str | None
    reason: str
    actor: Actor
    second: Second | None = None


class ResolveRefundHandler:
    """Settles."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._seconding = seconding

    async def __call__(self, command: ResolveRefund, uow: UnitOfWork) -> Agreed[RefundView]:
        """Raises WrongRole, NotFound, RefundNotResolvable, PaymentFrozen, EvidenceNeeded,
        SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        if command.resolution is not Resolution.RETRY and not command.evidence:
            raise EvidenceNeeded()
        now = self._clock.now()
        refund = existing(await hold_refund(command.refund_id, uow))
        refund.expect_manual()
        job = await uow.jobs.find(refund.job_id)
        frozen = job is not None and job.frozen and refund.origin is RefundOrigin.ESCROW
        if frozen and command.resolution is not Resolution.CONFIRMED:
            raise PaymentFrozen()
        if command.resolution is Resolution.RETRY:
            refund = refund.retry(now)
            await uow.refunds.save(refund)
            return Agreed(done=refund_view(refund))
        by_bank = command.resolution is Resolution.BANK_TRANSFER
        subject = f"refund:{refund.id}"
        if proposal := await self._seconding.needed(command, refund.amount, subject, uow):
            return Agreed(proposal=proposal)
        gateway_id = None if by_bank else command.evidence
        evidence = f"{command.evidence}: {command.reason}"
        refund = refund.succeed(now, gateway_id, evidence)
        await settle_refund(refund, command.actor, by_bank, now, self._ids, uow)
        await incidents.follow_again(refund.payment_id, now, self._ids, self._policy, uow)
        return Agreed(done=refund_view(refund))
