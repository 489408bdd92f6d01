"""Much money moves only when two administrators agree.

A command that moves money carries `second`: None when the first administrator asks. If the amount
is above the house's limit it is stored as a proposal, and comes back here, word for word, with the
second administrator in `second`; the proposal is spent in the unit of work that does it.
"""

from dataclasses import dataclass, replace
from typing import Any

from conectar.application.access import existing
from conectar.application.message import Command
from conectar.application.ports.codec import Codec
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.money import ProposalView
from conectar.domain.kernel.actor import person
from conectar.domain.kernel.ids import AuditId, ProposalId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.proposal import Proposal, ProposalSpent
from conectar.domain.people.audit import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Who agreed, and to what."""

    proposal_id: ProposalId
    by: UserId


class Seconding:
    """Knows when one administrator is not enough."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy, codec: Codec) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._codec = codec

    async def needed(
        self, command: Command[Any], amount: Money, subject: str, uow: UnitOfWork
    ) -> ProposalView | None:
        """The proposal that waits now; None if the command may go on. Raises SameAdministrator,
        ProposalSpent."""
        limit, second = self._policy.second_admin_above, getattr(command, "second", None)
        if second is not None:
            proposal = existing(await uow.proposals.find(second.proposal_id))
            if amount > proposal.amount:
                raise ProposalSpent()  # it is about more money now than was agreed to
            await uow.proposals.save(proposal.confirm(second.by))
            await self._note(proposal, second.by, uow)
            return None
        if limit is None or (amount.currency == limit.currency and amount <= limit):
            return None  # what can't be compared with the limit needs two
        if standing := await uow.proposals.standing_for(subject):
            await uow.proposals.save(standing.replaced())
        proposal = Proposal(
            id=ProposalId(self._ids.new()),
            subject=subject,
            message=type(command).__name__,
            payload=self._codec.encode(command),
            amount=amount,
            proposed_by=person(command.actor),  # type: ignore[attr-defined]
            created_at=self._clock.now(),
        )
        await uow.proposals.add(proposal)
        return proposal_view(proposal)

    async def _note(self, proposal: Proposal, by: UserId, uow: UnitOfWork) -> None:
        """The second one's trace: the command itself leaves the first one's."""
        entry = AuditEntry(
            id=AuditId(self._ids.new()),
            admin_id=by,
            action="ConfirmProposal",
            subject=str(proposal.id),
            created_at=self._clock.now(),
        )
        await uow.audit.add(entry)

    def seconded(self, proposal: Proposal, by: UserId, kind: type[Command[Any]]) -> Command[Any]:
        """The stored command with its second administrator."""
        command = self._codec.decode(proposal.payload, kind)
        return replace(command, second=Second(proposal_id=proposal.id, by=by))  # type: ignore[call-arg]


def proposal_view(proposal: Proposal) -> ProposalView:
    """A proposal as administrators see it."""
    return ProposalView(
        id=proposal.id,
        subject=proposal.subject,
        action=proposal.message,
        amount=proposal.amount,
        proposed_by_admin=proposal.proposed_by,
        created_at=proposal.created_at,
        confirmed_by=proposal.confirmed_by,
    )
