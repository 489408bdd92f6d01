"""The readers, in memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from conectar.adapters.outbound.memory.ledger import Ledger
from conectar.adapters.outbound.memory.outbox import Outbox
from conectar.adapters.outbound.memory.repositories import Repositories
from conectar.application.message import TOTAL_MAX, Listed, Page
from conectar.application.ports import readers as port
from conectar.application.search_rows import rank
from conectar.application.views.people import TradeView
from conectar.application.views.work import (
    ClientPartyView,
    ProfessionalPartyView,
    StepView,
)
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import (
    CheckoutId,
    JobId,
    OfferId,
    PaymentId,
    RefundId,
    SessionId,
    TradeId,
    UserId,
)
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Offer
from conectar.domain.payments.ledger import PER_OWNER, Account, AccountKind
from conectar.domain.payments.movement import Movement, MovementKind
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.refund import OUTSTANDING, Refund, RefundOrigin, RefundStatus
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Trade
from conectar.domain.people.session import Session
from conectar.domain.people.user import User

T = TypeVar("T")
V = TypeVar("V")


class Readers:
    """Implements all reader ports over the tables."""

    def __init__(self, repositories: Repositories, ledger: Ledger, outbox: Outbox) -> None:
        self._r = repositories
        self._ledger = ledger
        self._outbox = outbox

    # -- people --------------------------------------------------------------------------------

    async def signed_in(self, session: SessionId) -> port.SignedIn | None:
        """A session with its account."""
        found = self._r.sessions.rows.get(session)
        return port.SignedIn(found, self._r.users.rows[found.user_id]) if found else None

    async def user(self, id: UserId) -> User | None:
        """An account."""
        return self._r.users.rows.get(id)

    async def user_by_email(self, email: str) -> User | None:
        """An account by its address."""
        return await self._r.users.by_email(email)

    async def sessions(self, user: UserId, at: datetime) -> Sequence[Session]:
        """Live sessions, newest first."""
        return await self._r.sessions.live_of(user, at)

    async def professional(self, id: UserId) -> port.Known | None:
        """A professional with account and trades."""
        professional = self._r.professionals.rows.get(id)
        if professional is None:
            return None
        trades = tuple(_trade_view(self._r.trades.rows[t]) for t in professional.trades)
        return port.Known(self._r.users.rows[id], professional, trades)

    async def trades(self) -> Sequence[TradeView]:
        """The catalogue, by name."""
        return [_trade_view(t) for t in sorted(self._r.trades, key=lambda t: t.name)]

    async def kyc_in_review(self, page: Page) -> Listed[port.KycRow]:
        """The newest submission of each that waits, newest first."""
        newest = {k.professional_id: k for k in self._r.kyc_submissions}
        waiting = [
            port.KycRow(self._r.users.rows[k.professional_id], k)
            for k in newest.values()
            if self._r.professionals.rows[k.professional_id].kyc is KycStatus.IN_REVIEW
        ]
        waiting.sort(key=lambda row: (row.submission.submitted_at, row.user.id), reverse=True)
        return _page(waiting, page, lambda row: row)

    # -- offers and jobs -----------------------------------------------------------------------

    async def offer(self, id: OfferId) -> port.OfferRow | None:
        """An offer with its parties."""
        offer = self._r.offers.rows.get(id)
        return self._offer_row(offer) if offer else None

    async def offers(
        self, of: port.PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[port.OfferRow]:
        """Newest first."""
        found = [o for o in self._r.offers if _concerns(o, of) and status in (None, o.status)]
        found.sort(key=lambda o: (o.created_at, o.id), reverse=True)
        return _page(found, page, self._offer_row)

    async def job(self, id: JobId) -> port.JobRow | None:
        """A job with its parties."""
        job = self._r.jobs.rows.get(id)
        return self._job_row(job) if job else None

    async def jobs(
        self, of: port.PartyFilter, status: JobStatus | None, page: Page
    ) -> Listed[port.JobRow]:
        """Newest first."""
        found = [j for j in self._r.jobs if _concerns(j, of) and status in (None, j.status)]
        found.sort(key=lambda j: (j.accepted_at, j.id), reverse=True)
        return _page(found, page, self._job_row)

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]:
        """Oldest first."""
        return self._outbox.timelines.get(subject, ())

    # -- money ---------------------------------------------------------------------------------

    async def movements(self, of: port.MovementFilter, page: Page) -> Listed[Movement]:
        """Newest first."""
        found = [m for m in self._r.movements if _tells(m, of)]
        found.sort(key=lambda m: (m.created_at, m.id), reverse=True)
        return _page(found, page, lambda m: m)

    async def account_sums(self) -> Sequence[port.AccountSum]:
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
            port.AccountSum(kind, debits[kind], credits[kind], stored.get(kind))
            for kind in AccountKind
        ]

    async def owner_balance(self, kind: AccountKind, owner: UserId) -> Money:
        """A stored balance."""
        return await self._ledger.balance(Account(kind, owner))

    async def movement_total(self, kind: MovementKind, professional: UserId) -> Money:
        """The sum of a professional's movements of a kind."""
        mine = (m for m in self._r.movements if m.professional_id == professional)
        return sum((m.amount for m in mine if m.kind is kind), Money.ZERO)

    async def payment(self, id: PaymentId) -> Payment | None:
        """A payment as we have it."""
        return self._r.payments.rows.get(id)

    async def checkouts_of(self, job: JobId) -> Sequence[CheckoutId]:
        """A job's checkouts, oldest first."""
        return sorted(c.id for c in self._r.checkouts if c.job_id == job)

    async def refunds(self, status: RefundStatus | None, page: Page) -> Listed[Refund]:
        """Newest first."""
        found = [r for r in self._r.refunds if status in (None, r.status)]
        found.sort(key=lambda r: (r.created_at, r.id), reverse=True)
        return _page(found, page, lambda r: r)

    async def suspense(self, page: Page) -> Listed[port.Parked]:
        """Payments that fund nothing, newest first."""
        kept = (Verdict.OPEN, Verdict.FUNDS)
        found = [p for p in self._r.payments if p.verdict not in kept or p.flag]
        found.sort(key=lambda p: (p.updated_at, p.id), reverse=True)
        return _page(found, page, self._parked)

    # -- search --------------------------------------------------------------------------------

    async def trade_named(self, words: str) -> TradeId | None:
        """By word or id."""
        named = (t.id for t in self._r.trades if words in t.words or words == str(t.id))
        return min(named, default=None)

    async def search(self, criteria: port.SearchCriteria) -> Listed[port.Hit]:
        """Ranked from all rows."""
        return rank((row for rows in self._r.search.table for row in rows), criteria)

    # -- due -----------------------------------------------------------------------------------

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]:
        """Pending offers whose time is over."""
        pending = (o for o in self._r.offers if o.status is OfferStatus.PENDING)
        return _due(((o.expires_at, o.id) for o in pending), at, limit)

    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]:
        """Jobs at their deadline."""
        return _due(((j.deadline_at, j.id) for j in self._r.jobs), at, limit)

    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]:
        """Checkouts to ask about."""
        return _due(((c.check_at, c.id) for c in self._r.checkouts), at, limit)

    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]:
        """Payments whose release to ask about."""
        kept = (Verdict.FUNDS, Verdict.RETURNS)
        ours = (p for p in self._r.payments if p.verdict in kept and not p.released)
        return _due(((p.ask_release_at, p.id) for p in ours), at, limit)

    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]:
        """Refunds to take a step further."""
        waiting = (r for r in self._r.refunds if r.status in OUTSTANDING)
        return _due(((r.next_at, r.id) for r in waiting), at, limit)

    # -- pieces --------------------------------------------------------------------------------

    def _parties(self, of: Offer | Job) -> tuple[ClientPartyView, ProfessionalPartyView]:
        client, user = self._r.users.rows[of.client_id], self._r.users.rows[of.professional_id]
        professional = self._r.professionals.rows[of.professional_id]
        return (
            ClientPartyView(
                id=client.id,
                first_name=client.first_name,
                last_name=client.last_name,
                avatar_url=None,
            ),
            ProfessionalPartyView(
                id=user.id,
                first_name=user.first_name,
                last_name=user.last_name,
                avatar_url=None,
                rating_average=professional.rating_average,
            ),
        )

    def _offer_row(self, offer: Offer) -> port.OfferRow:
        return port.OfferRow(offer, *self._parties(offer))

    def _job_row(self, job: Job) -> port.JobRow:
        held = RefundOrigin.ESCROW
        refunds = [r for r in self._r.refunds if r.job_id == job.id and r.origin is held]
        newest = max(refunds, key=lambda r: r.id, default=None)
        return port.JobRow(job, *self._parties(job), _held(newest) if newest else None)

    def _parked(self, payment: Payment) -> port.Parked:
        refunds = [r for r in self._r.refunds if r.payment_id == payment.id]
        newest = max(refunds, key=lambda r: r.id, default=None)
        return port.Parked(payment, newest.status if newest else None)


def _held(refund: Refund) -> port.HeldRefund:
    return port.HeldRefund(refund.amount, refund.status, refund.created_at)


def _trade_view(trade: Trade) -> TradeView:
    return TradeView(id=trade.id, name=trade.name, description=trade.description)


def _concerns(of: Offer | Job, who: port.PartyFilter) -> bool:
    if who.party is None:
        return True
    if who.as_professional_only:
        return of.professional_id == who.party
    return who.party in (of.client_id, of.professional_id)


def _tells(m: Movement, of: port.MovementFilter) -> bool:
    return (
        m.kind in of.kinds
        and (of.party is None or of.party in (m.client_id, m.professional_id))
        and of.status in (None, m.status)
        and (of.since is None or of.since <= m.created_at)
        and (of.until is None or m.created_at < of.until)
    )


def _page(found: Sequence[T], page: Page, view: Callable[[T], V]) -> Listed[V]:
    shown = found[page.skip : page.skip + page.limit]
    return Listed(tuple(map(view, shown)), min(len(found), TOTAL_MAX + 1))


def _due(found: Iterable[tuple[datetime | None, Any]], at: datetime, limit: int) -> list[Any]:
    due = sorted((when, id) for when, id in found if when is not None and when <= at)
    return [id for _, id in due[:limit]]
