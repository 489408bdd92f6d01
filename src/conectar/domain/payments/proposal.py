"""A proposal: what one administrator wants done with much money, until another agrees."""

from dataclasses import dataclass, replace
from datetime import datetime

from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import ProposalId, UserId
from conectar.domain.kernel.money import Money


class SameAdministrator(DomainError):
    """Nobody confirms his own proposal."""


class ProposalSpent(DomainError):
    """It was confirmed, or another one took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`message` and `payload` are the stored command; `subject` is what it is about. A subject has
    one standing proposal: a newer one takes its place."""

    id: ProposalId
    subject: str
    message: str
    payload: bytes
    amount: Money
    proposed_by: UserId
    created_at: datetime
    standing: bool = True
    confirmed_by: UserId | None = None

    def confirm(self, by: UserId) -> "Proposal":
        """Raises SameAdministrator, ProposalSpent."""
        if not self.standing:
            raise ProposalSpent()
        if by == self.proposed_by:
            raise SameAdministrator()
        return replace(self, standing=False, confirmed_by=by)

    def replaced(self) -> "Proposal":
        """Another one stands now."""
        return replace(self, standing=False)
