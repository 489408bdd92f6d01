"""What they ask: a few things with filters, everything there is, and what no message shows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.offers.expire_offer import ExpireOffer
from conectar.application.ports.search import SearchOrder
from conectar.application.queries.admin import (
    GetDashboard,
    GetUserMetrics,
    ListAudit,
    ListPendingEvents,
    ListRegrets,
    ListUsers,
)
from conectar.application.queries.disputes import GetDispute, ListDisputeMessages, ListDisputes
from conectar.application.queries.export import ExportMe
from conectar.application.queries.gauges import GetGauges
from conectar.application.queries.incidents import ListIncidents, ListProposals
from conectar.application.queries.jobs import GetJob, GetJobTimeline, ListJobs
from conectar.application.queries.levels import GetLeaderboard, GetProgress, GetStats
from conectar.application.queries.money import (
    GetBalance,
    GetTrialBalance,
    ListMovements,
    ListRefunds,
    ListSuspense,
    QuoteCommission,
)
from conectar.application.queries.notices import (
    FollowNotices,
    FreshNotices,
    GetPreferences,
    ListNotices,
)
from conectar.application.queries.offers import GetOffer, GetOfferTimeline, ListOffers
from conectar.application.queries.payouts import ListDebts, ListPayouts, ListWithdrawals
from conectar.application.queries.people import GetMe
from conectar.application.queries.professionals import (
    GetKycStatus,
    GetProfessional,
    GetPublicProfessional,
    ListKycPending,
    ListLevels,
    ListMyTrades,
    ListTrades,
)
from conectar.application.queries.reviews import ListReviews
from conectar.application.queries.search import Search
from conectar.application.queries.services import ListMyServices, ListServices
from conectar.application.queries.versions import GetVersions
from conectar.application.reactions.relay import FindDelivery
from conectar.application.versions import of_professional
from conectar.domain.jobs.lifecycle import DisputeStatus, JobStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import EventId, SessionId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.movement import MovementKind
from conectar.domain.payments.payout import PayoutStatus
from conectar.domain.payments.refund import RefundStatus
from conectar.domain.people.regret import RegretOutcome
from tests.actors import OBELISCO
from tests.backends import House
from tests.parity.street import Street

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def questions(by: Actor, offers: list[Any], number: int, page: Page) -> list[Any]:
    """A few, with filters."""
    statuses = [None, *OfferStatus], [None, *JobStatus], [None, *MovementKind]
    offer_status, job_status, kind = (of[number % len(of)] for of in statuses)
    room = bool(number % 2)
    asked = [
        ListOffers(status=offer_status, page=page, actor=by, as_professional_only=room),
        ListJobs(status=job_status, page=page, actor=by, as_professional_only=room),
        ListMovements(
            user_id=None, kind=kind, status=None, since=None, until=None, page=page, actor=by
        ),
        Search(
            near=OBELISCO,
            radius_km=number % 30 + 1,
            trade=[None, "plomero", "nada", TRADES[1].name][number % 4],
            rating_min=None,
            price_min=None,
            price_max=Money(500_00) if number % 3 else None,
            available=None if number % 5 else True,
            beyond_reach=room,
            order=list(SearchOrder)[number % 3],
            page=page,
        ),
        QuoteCommission(amount=Money(number), professional_id=by.user_id, actor=by),  # type: ignore[arg-type]
    ]
    asked += [ExpireOffer(offer_id=offers[number % len(offers)])] if offers else []
    return asked + house_questions(by, number, page)


def house_questions(by: Actor, number: int, page: Page) -> list[Any]:
    """More of them, each with one of its filters."""
    dispute_status = [None, *DisputeStatus][number % (len(DisputeStatus) + 1)]
    payout_status = [None, *PayoutStatus][number % (len(PayoutStatus) + 1)]
    outcome = [None, *RegretOutcome][number % (len(RegretOutcome) + 1)]
    return [
        ListDisputes(status=dispute_status, page=page, actor=by),
        ListPayouts(status=payout_status, page=page, actor=by),
        ListRegrets(outcome=outcome, page=page, actor=by),
        ListNotices(read=[None, True, False][number % 3], event=None, page=page, actor=by),
        ListServices(trade=[None, "plomero", "nada", TRADES[1].name][number % 4], page=page),
        ListReviews(professional_id=by.user_id, page=page),  # type: ignore[arg-type]
        GetLeaderboard(limit=number % 3 + 1),
        GetProgress(user_id=by.user_id, actor=by),  # type: ignore[arg-type]
        GetStats(actor=by),
    ]


def everything(
    by: Actor, offers: list[Any], jobs: list[Any], disputes: list[Any], page: Page
) -> list[Any]:
    """All a person may ask, and what he may not."""
    asked: list[Any] = [
        GetMe(actor=by),
        GetBalance(actor=by),
        GetTrialBalance(actor=by),
        GetProfessional(actor=by),
        GetPublicProfessional(professional_id=by.user_id),  # type: ignore[arg-type]
        GetKycStatus(actor=by),
        ListMyTrades(actor=by),
        ListKycPending(page=page, actor=by),
        ListTrades(),
        GetGauges(),
        GetVersions(topics=(of_professional(by.user_id), "place/-35/-59")),  # type: ignore[arg-type]
        FindDelivery(event_id=EventId(UUID(int=7)), reaction="notify"),
        ListLevels(),
        ListSuspense(page=page, actor=by),
        ListWithdrawals(page=page, actor=by),
        ListDebts(page=page, actor=by),
        ListIncidents(page=page, actor=by),
        ListProposals(page=page, actor=by),
        ListUsers(role=None, words=None, page=page, actor=by),
        ListPendingEvents(page=page, actor=by),
        ListAudit(page=page, actor=by),
        ListMyServices(page=page, actor=by),
        GetPreferences(actor=by),
        FollowNotices(after=None, actor=by),
        FreshNotices(users=frozenset({by.user_id}), since=LONG_AGO),  # type: ignore[arg-type]
        GetDashboard(actor=by),
        GetUserMetrics(actor=by),
        ExportMe(session_id=SessionId(by.user_id), actor=by),  # type: ignore[arg-type]
    ]
    asked += [ListRefunds(status=s, page=page, actor=by) for s in (None, *RefundStatus)]
    for number in range(2):
        asked += questions(by, [], number, page._replace(limit=100 - number))
    for id in offers:
        asked += [GetOffer(offer_id=id, actor=by), GetOfferTimeline(offer_id=id, actor=by)]
    for id in jobs:
        asked += [GetJob(job_id=id, actor=by), GetJobTimeline(job_id=id, actor=by)]
    for id in disputes:
        asked += [
            GetDispute(dispute_id=id, actor=by),
            ListDisputeMessages(dispute_id=id, page=page, actor=by),
        ]
    return asked


def refunds(street: Street) -> list[Any]:
    """The ids of every intent."""
    query = ListRefunds(status=None, page=Page(0, 100), actor=street.first.admin)
    return [shown.id for shown in street.send(query).items]


async def account_sums(home: House) -> Any:
    """Every line, with its stored balance."""
    async with home.store.reading() as read:
        return list(await read.account_sums())


async def due(home: House) -> Any:
    """What the clock would find in a hundred days."""
    at = home.clock.now() + timedelta(days=100)
    async with home.store.reading() as read:
        return [
            list(found)
            for found in (
                await read.due_offers(at, 100),
                await read.due_jobs(at, 100),
                await read.due_checkouts(at, 100),
                await read.due_releases(at, 100),
                await read.due_refunds(at, 100),
                await read.due_offer_reminders(at, 100),
                await read.due_job_reminders(at, 100),
            )
        ]
