"""The repositories of money, in memory."""

from collections.abc import Sequence
from datetime import datetime

from conectar.adapters.outbound.memory.tables import Journal, Table, Unique, waits
from conectar.domain.kernel.ids import (
    CheckoutId,
    JobId,
    PaymentId,
    PayoutId,
    ProposalId,
    RefundId,
    TransactionId,
    UserId,
)
from conectar.domain.payments.checkout import Checkout, CheckoutStatus, NotPayable
from conectar.domain.payments.ledger import AlreadyPosted
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import WAITING, Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutStatus
from conectar.domain.payments.proposal import Proposal, ProposalSpent
from conectar.domain.payments.refund import OUTSTANDING, Refund, RefundOutstanding
from conectar.domain.people.user import User


class Checkouts(Table[Checkout, CheckoutId]):
    """Our intents that a job be paid."""

    def __init__(self, journal: Journal) -> None:
        unique = Unique(_open_job, NotPayable)
        super().__init__(journal, "id", [unique], job="job_id", due=waits("check_at"))

    async def open_of(self, job: JobId) -> Checkout | None:
        """The one that may still be paid."""
        return self.the(job)


def _open_job(checkout: Checkout) -> JobId | None:
    return checkout.job_id if checkout.status is CheckoutStatus.OPEN else None


class Payments(Table[Payment, PaymentId]):
    """Payments at the gateway."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(
            journal,
            "id",
            [Unique(_funded_job, NotPayable)],
            job="job_id",
            due=waits("ask_release_at"),
            flagged=waits("flag"),
        )

    async def funding(self, job: JobId) -> Payment | None:
        """The one whose money is held for a job."""
        return self.the(job)

    async def pending_of(self, job: JobId) -> bool:
        """Whether the gateway still waits for one."""
        return any(p.status in WAITING for p in self.by("job", job))


def _funded_job(payment: Payment) -> JobId | None:
    return payment.job_id if payment.verdict is Verdict.FUNDS else None


class Refunds(Table[Refund, RefundId]):
    """Intents to give money back."""

    def __init__(self, journal: Journal) -> None:
        unique = Unique(
            lambda r: r.payment_id if r.status in OUTSTANDING else None, RefundOutstanding
        )
        super().__init__(
            journal,
            "id",
            [unique],
            payment="payment_id",
            job="job_id",
            due=waits("next_at"),
        )

    async def of_payment(self, payment: PaymentId) -> Sequence[Refund]:
        """All of one payment, oldest first."""
        return sorted(self.by("payment", payment), key=lambda r: r.id)


class Movements(Table[Movement, TransactionId]):
    """Movements; each is found by the fact it tells."""

    def __init__(self, journal: Journal) -> None:
        fact = Unique("source_ref", AlreadyPosted)
        super().__init__(journal, "id", [fact], professional="professional_id")

    async def of_fact(self, source_ref: str) -> Movement | None:
        """The movement of a fact."""
        return self.the(source_ref)


class Payouts(Table[Payout, PayoutId]):
    """Money on its way to professionals."""

    def __init__(self, journal: Journal, users: Table[User, UserId]) -> None:
        super().__init__(
            journal,
            "id",
            unsent=lambda p: p.professional_id if p.status is PayoutStatus.REQUESTED else None,
            requested=lambda p: p.status is PayoutStatus.REQUESTED or None,
        )
        self._users = users

    async def unsent_of(self, professional: UserId) -> Sequence[Payout]:
        """Those asked for that no bank file has, oldest first."""
        return sorted(self.by("unsent", professional), key=lambda r: r.id)

    async def exportable(self, at: datetime, limit: int) -> Sequence[Payout]:
        """Those that may go into a bank file, oldest first."""
        ready = [
            p
            for p in self.by("requested", True)
            if p.not_before <= at and self._users.rows[p.professional_id].banned_by is None
        ]
        return sorted(ready, key=lambda r: r.id)[:limit]


class Proposals(Table[Proposal, ProposalId]):
    """What waits for a second administrator."""

    def __init__(self, journal: Journal) -> None:
        unique = Unique(lambda p: p.subject if p.standing else None, ProposalSpent)
        super().__init__(journal, "id", [unique])

    async def standing_for(self, subject: str) -> Proposal | None:
        """The one that may be confirmed."""
        return self.the(subject)
