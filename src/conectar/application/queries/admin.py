"""What administrators read of the house."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import PendingDelivery
from conectar.application.queries.people import user_view
from conectar.application.views.house import (
    AuditView,
    DashboardView,
    DeliveryView,
    FinancesView,
    JobCountsView,
    RegretView,
    UserMetricsView,
)
from conectar.application.views.people import UserView
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.money import Money
from conectar.domain.payments.ledger import AccountKind, normal_side
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.regret import Regret, RegretOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsers(Query[Listed[UserView]]):
    """Accounts, newest first: of one role, or with these words in name or address."""

    role: Role | None
    words: str | None
    page: Page
    actor: Actor


class ListUsersHandler:
    """Reads them."""

    async def __call__(self, query: ListUsers, read: Readers) -> Listed[UserView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        words = query.words.strip().lower() if query.words else None
        found = await read.users(query.role, words or None, query.page)
        return Listed(tuple(map(user_view, found.items)), found.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDashboard(Query[DashboardView]):
    """The house at a glance: jobs by state, and the sums of the ledger."""

    actor: Actor


class GetDashboardHandler:
    """Reads it off the jobs and the ledger."""

    async def __call__(self, query: GetDashboard, read: Readers) -> DashboardView:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        counts = dict(await read.job_counts())
        by_status = {status: counts.get(status, 0) for status in JobStatus}
        sums = {line.kind: line for line in await read.account_sums()}

        def balance(kind: AccountKind) -> Money:
            return Money(normal_side(kind) * (sums[kind].debits - sums[kind].credits))

        escrow, released = sums[AccountKind.ESCROW], await read.released()
        return DashboardView(
            jobs=JobCountsView(total=sum(counts.values()), by_status=by_status),
            finances=FinancesView(
                billed=Money(escrow.credits),
                commissions=balance(AccountKind.COMMISSION),
                in_escrow=balance(AccountKind.ESCROW),
                total_released=released.net,
                total_refunded=released.refunded,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUserMetrics(Query[UserMetricsView]):
    """How many people there are, and how far their proofs got."""

    actor: Actor


class GetUserMetricsHandler:
    """Counts them."""

    async def __call__(self, query: GetUserMetrics, read: Readers) -> UserMetricsView:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        users, kyc = await read.user_counts(), await read.kyc_counts()
        return UserMetricsView(
            total_clients=users.get(Role.CLIENT, 0),
            total_professionals=users.get(Role.PROFESSIONAL, 0),
            total_kyc_pending=kyc.get(KycStatus.IN_REVIEW, 0),
            total_kyc_approved=kyc.get(KycStatus.APPROVED, 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAudit(Query[Listed[AuditView]]):
    """What administrators did and looked at, newest first."""

    page: Page
    actor: Actor


class ListAuditHandler:
    """Reads it."""

    async def __call__(self, query: ListAudit, read: Readers) -> Listed[AuditView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.audit(query.page)
        return Listed(tuple(map(_audit_view, found.items)), found.total)


def _audit_view(entry: AuditEntry) -> AuditView:
    return AuditView(
        id=entry.id,
        admin_id=entry.admin_id,
        action=entry.action,
        subject=entry.subject,
        created_at=entry.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPendingEvents(Query[Listed[DeliveryView]]):
    """Reactions that have not happened yet, newest first: on their way, or dead."""

    page: Page
    actor: Actor


class ListPendingEventsHandler:
    """Reads them."""

    async def __call__(self, query: ListPendingEvents, read: Readers) -> Listed[DeliveryView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.pending_deliveries(query.page)
        return Listed(tuple(map(_delivery_view, found.items)), found.total)


def _delivery_view(pending: PendingDelivery) -> DeliveryView:
    return DeliveryView(
        id=pending.event_id,
        event=pending.event,
        reaction=pending.reaction,
        attempts=pending.attempts,
        error=pending.error,
        next_at=pending.next_at,
        created_at=pending.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRegrets(Query[Listed[RegretView]]):
    """Who regretted, newest first."""

    outcome: RegretOutcome | None
    page: Page
    actor: Actor


class ListRegretsHandler:
    """Reads them."""

    async def __call__(self, query: ListRegrets, read: Readers) -> Listed[RegretView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.regrets(query.outcome, query.page)
        return Listed(tuple(map(regret_view, found.items)), found.total)


def regret_view(regret: Regret) -> RegretView:
    """Somebody who regretted."""
    return RegretView(
        code=regret.id,
        email=regret.email,
        job_id=regret.job_id,
        reason=regret.reason,
        outcome=regret.outcome,
        explanation=regret.explanation,
        created_at=regret.created_at,
        closed_at=regret.closed_at,
    )
