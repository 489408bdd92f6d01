"""Reads about money, in memory."""

from collections.abc import Sequence

from conectar.adapters.outbound.memory.reading import Reading, page_of, same
from conectar.application.message import Listed, Page
from conectar.application.ports import readers as port
from conectar.application.ports import rows
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import BatchId, CheckoutId, JobId, PaymentId, ProposalId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import PER_OWNER, Account, AccountKind
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutBatch, PayoutStatus
from conectar.domain.payments.proposal import Proposal
from conectar.domain.payments.refund import UNSETTLED, Refund, RefundOrigin, RefundStatus

OWN = (
    AccountKind.PAYABLE,
    AccountKind.PAYABLE_UNRELEASED,
    AccountKind.PAYOUT_PENDING,
    AccountKind.RECEIVABLE,
)


class MoneyReader(Reading):
    """Movements, balances, intents, payouts, incidents."""

    async def movements(self, of: port.MovementFilter, page: Page) -> Listed[Movement]:
        """Newest first."""
        found = [m for m in self._r.movements if _tells(m, of)]
        found.sort(key=lambda m: (m.created_at, m.id), reverse=True)
        return page_of(found, page, same)

    async def account_sums(self) -> Sequence[rows.AccountSum]:
        """One line a kind, in the chart's order."""
        debits = dict.fromkeys(AccountKind, 0)
        credits = dict.fromkeys(AccountKind, 0)
        for transaction in self._ledger.posted_refs.values():
            for entry in transaction.entries:
                side = debits if entry.cents > 0 else credits
                side[entry.account.kind] += abs(entry.cents)
        stored = dict.fromkeys(PER_OWNER, 0)
        for account, cents in self._ledger.balances.items():
            stored[account.kind] += cents
        return [
            rows.AccountSum(kind, debits[kind], credits[kind], stored.get(kind))
            for kind in AccountKind
        ]

    async def owner_balance(self, kind: AccountKind, owner: UserId) -> Money:
        """A stored balance."""
        return await self._ledger.balance(Account(kind, owner))

    async def movement_total(self, kind: MovementKind, professional: UserId) -> Money:
        """The sum of a professional's finished movements of a kind."""
        mine = self._r.movements.by("professional", professional)
        done = (m for m in mine if m.kind is kind and m.status is MovementStatus.COMPLETED)
        return sum((m.amount for m in done), Money.ZERO)

    async def payment(self, id: PaymentId) -> Payment | None:
        """A payment as we have it."""
        return self._r.payments.rows.get(id)

    async def checkouts_of(self, job: JobId) -> Sequence[CheckoutId]:
        """A job's checkouts, oldest first."""
        return sorted(c.id for c in self._r.checkouts.by("job", job))

    async def refunds(self, status: RefundStatus | None, page: Page) -> Listed[Refund]:
        """Newest first."""
        found = [r for r in self._r.refunds if status in (None, r.status)]
        found.sort(key=lambda r: (r.created_at, r.id), reverse=True)
        return page_of(found, page, same)

    async def suspense(self, page: Page) -> Listed[rows.Parked]:
        """Payments that fund nothing, newest first."""
        kept = (Verdict.OPEN, Verdict.FUNDS)
        found = [p for p in self._r.payments if p.verdict not in kept or p.flag]
        found.sort(key=lambda p: (p.updated_at, p.id), reverse=True)
        return page_of(found, page, self._parked)

    async def released(self) -> rows.Released:
        """Sums of finished movements."""
        done = [m for m in self._r.movements if m.status is MovementStatus.COMPLETED]
        net, refunded = (
            sum(m.amount.cents for m in done if m.kind is kind)
            for kind in (MovementKind.RELEASE, MovementKind.REFUND)
        )
        return rows.Released(Money(net), Money(refunded))

    async def incidents(self, page: Page) -> Listed[rows.Incident]:
        """Frozen or parked, newest first."""
        frozen = [self._r.payments.the(job.id) for job in self._r.jobs.by("frozen", True)]
        flagged = self._r.payments.by("flagged", True)
        found = list({p.id: p for p in [*frozen, *flagged] if p is not None}.values())
        found.sort(key=lambda p: (p.updated_at, p.id), reverse=True)
        return page_of(found, page, self._incident)

    async def parked_of(self, professional: UserId) -> Money:
        """What came of payments that wait for a person."""
        account, parked = ledger.payable(professional), Money.ZERO
        for payment in self._r.payments.by("flagged", True):
            job = self._r.jobs.rows.get(payment.job_id) if payment.job_id else None
            if job is not None and job.professional_id == professional:
                part = await self._ledger.of_payment(account, payment.id)
                parked = parked + max(part, Money.ZERO)
        return parked

    async def commissions_of(self, professional: UserId) -> Money:
        """What the house kept of his jobs."""
        jobs = self._r.jobs.by("professional", professional)
        kept = [await self._ledger.of_job(ledger.COMMISSION, job.id) for job in jobs]
        return sum(kept, Money.ZERO)

    async def payouts(
        self, professional: UserId | None, status: PayoutStatus | None, page: Page
    ) -> Listed[Payout]:
        """Newest first."""
        found = [
            p
            for p in self._r.payouts
            if professional in (None, p.professional_id) and status in (None, p.status)
        ]
        found.sort(key=lambda p: (p.created_at, p.id), reverse=True)
        return page_of(found, page, same)

    async def payout_batch(self, id: BatchId) -> PayoutBatch | None:
        """A bank file as it was made."""
        return self._r.payout_batches.rows.get(id)

    async def debts(self, page: Page) -> Listed[rows.DebtRow]:
        """Who owes, most first."""
        owing = [
            rows.DebtRow(self._r.users.rows[UserId(account.owner)], account.balance(cents))
            for account, cents in self._ledger.balances.items()
            if account.kind is AccountKind.RECEIVABLE and cents and account.owner
        ]
        owing.sort(key=lambda row: (row.amount.cents, row.user.id), reverse=True)
        return page_of(owing, page, same)

    async def proposal(self, id: ProposalId) -> Proposal | None:
        """One, whether it stands or not."""
        return self._r.proposals.rows.get(id)

    async def proposal_for(self, subject: str) -> Proposal | None:
        """The one that stands."""
        return self._r.proposals.the(subject)

    async def proposals(self, page: Page) -> Listed[Proposal]:
        """Those that stand, newest first."""
        found = [p for p in self._r.proposals if p.standing]
        found.sort(key=lambda p: (p.created_at, p.id), reverse=True)
        return page_of(found, page, same)

    async def open_money(self, user: UserId) -> Money:
        """What is still open of a person, in cents of whatever currency."""
        paid = self._r.jobs.by("client", user)
        accounts = [
            *(Account(kind, user) for kind in OWN),
            *(ledger.escrow(job.id) for job in self._r.jobs.by("professional", user) + paid),
            *(ledger.refund_pending(job.id) for job in paid),
        ]
        balances = [(await self._ledger.balance(account)).cents for account in accounts]
        mine = (r for r in self._r.refunds if r.client_id == user and r.status in UNSETTLED)
        unposted = [r.amount.cents for r in mine if r.origin is RefundOrigin.UNPOSTED]
        return Money(sum(balances) + sum(unposted))

    async def pending_deliveries(self, page: Page) -> Listed[rows.PendingDelivery]:
        """Newest first."""
        waiting = self._outbox.waiting.values()
        found = sorted(waiting, key=lambda d: (d.event_id, d.reaction), reverse=True)
        return page_of(found, page, self._outbox.shown)

    def _incident(self, payment: Payment) -> rows.Incident:
        job: Job | None = self._r.jobs.rows.get(payment.job_id) if payment.job_id else None
        return rows.Incident(payment, job if payment.verdict is Verdict.FUNDS else None)

    def _parked(self, payment: Payment) -> rows.Parked:
        refunds = self._r.refunds.by("payment", payment.id)
        newest = max(refunds, key=lambda r: r.id, default=None)
        return rows.Parked(payment, newest.status if newest else None)


def _tells(m: Movement, of: port.MovementFilter) -> bool:
    return (
        m.kind in of.kinds
        and (of.party is None or of.party in (m.client_id, m.professional_id))
        and of.status in (None, m.status)
        and (of.since is None or of.since <= m.created_at)
        and (of.until is None or m.created_at < of.until)
    )
