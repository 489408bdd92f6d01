"""Another administrator agrees."""

from dataclasses import dataclass
from typing import Any

from conectar.application.access import existing, only
from conectar.application.disputes.resolve_dispute import ResolveDispute, dispute_subject
from conectar.application.door import Door
from conectar.application.house.seconding import Seconding, proposal_view
from conectar.application.message import Command, Query, Saga
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.ports.readers import Readers
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.money import Agreed, ProposalView
from conectar.application.views.work import DisputeView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import DisputeId, ProposalId
from conectar.domain.payments.proposal import Proposal

SECONDED: dict[str, type[Command[Any]]] = {
    command.__name__: command
    for command in (
        ResolveDispute,
        RefundPayment,
        ResolveRefund,
        MakePayoutBatch,
        MoveTreasury,
        WriteOffDebt,
        CloseIncident,
    )
}
"""What may need a second administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmProposal(Saga[ProposalView]):
    """Does what another administrator proposed. What was true when it was proposed is looked at
    again; if it can't be done any more it is refused and stays."""

    proposal_id: ProposalId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmResolution(Saga[DisputeView]):
    """Does what another administrator proposed about a dispute."""

    dispute_id: DisputeId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class FindProposal(Query[Proposal]):
    """A proposal by its id, or the one that stands for a subject."""

    proposal_id: ProposalId | None = None
    subject: str | None = None


class ConfirmProposalHandler:
    """Sends the stored command with its second administrator."""

    def __init__(self, seconding: Seconding) -> None:
        self._seconding = seconding

    async def __call__(self, saga: ConfirmProposal, door: Door) -> ProposalView:
        """Raises WrongRole, NotFound, SameAdministrator, ProposalSpent, and what the command
        raises."""
        only(saga.actor, Role.ADMIN)
        proposal = await door.execute(FindProposal(proposal_id=saga.proposal_id))
        kind = SECONDED[proposal.message]
        command = self._seconding.seconded(proposal, person(saga.actor), kind)

        async def shown(_: Any, uow: UnitOfWork) -> ProposalView:
            return proposal_view(existing(await uow.read.proposal(proposal.id)))

        return await door.conclude(command, shown)


class ConfirmResolutionHandler:
    """Sends the stored resolution with its second administrator."""

    def __init__(self, seconding: Seconding) -> None:
        self._seconding = seconding

    async def __call__(self, saga: ConfirmResolution, door: Door) -> DisputeView:
        """Raises WrongRole, NotFound, SameAdministrator, ProposalSpent, and what ResolveDispute
        raises."""
        only(saga.actor, Role.ADMIN)
        subject = dispute_subject(saga.dispute_id)
        proposal = await door.execute(FindProposal(subject=subject))
        command = self._seconding.seconded(proposal, person(saga.actor), ResolveDispute)
        return await door.conclude(command, _resolved)


async def _resolved(agreed: Agreed[DisputeView], _: UnitOfWork) -> DisputeView:
    return existing(agreed.done)


class FindProposalHandler:
    """Reads."""

    async def __call__(self, query: FindProposal, read: Readers) -> Proposal:
        """Raises NotFound."""
        if query.proposal_id is not None:
            return existing(await read.proposal(query.proposal_id))
        return existing(await read.proposal_for(query.subject or ""))
