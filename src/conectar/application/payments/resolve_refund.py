"""An administrator settles a refund that the gateway would not, or did not answer."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.payments.run_refund import settle_refund
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.money import refund_view
from conectar.application.settings import Policy
from conectar.application.views.money import RefundView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import RefundId
from conectar.domain.payments.refund import EvidenceNeeded, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveRefund(Command[RefundView]):
    """Says of an intent on the list: try again with the same key; it did happen (evidence: the
    gateway's own number); or it was paid by bank transfer (evidence: the transfer's)."""

    refund_id: RefundId
    resolution: Resolution
    evidence: str | None
    reason: str
    actor: Actor


class ResolveRefundHandler:
    """Settles."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: ResolveRefund, uow: UnitOfWork) -> RefundView:
        """Raises WrongRole, NotFound, RefundNotResolvable, EvidenceNeeded."""
        only(command.actor, Role.ADMIN)
        now = self._clock.now()
        refund = existing(await uow.refunds.find(command.refund_id))
        refund.expect_manual()
        if command.resolution is Resolution.RETRY:
            refund = refund.retry(now)
            await uow.refunds.save(refund)
            return refund_view(refund)
        if not command.evidence:
            raise EvidenceNeeded()
        by_bank = command.resolution is Resolution.BANK_TRANSFER
        gateway_id = None if by_bank else command.evidence
        evidence = f"{command.evidence}: {command.reason}"
        refund = refund.succeed(now, gateway_id, evidence)
        await settle_refund(refund, command.actor, by_bank, now, self._ids, self._policy, uow)
        return refund_view(refund)
