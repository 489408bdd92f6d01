"""Readers: flat rows for queries, each list in one statement with a total order.

Lists are newest first and say how long they are, counted to TOTAL_MAX and no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from conectar.application.message import Listed, Page
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
from conectar.domain.payments.ledger import AccountKind
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import Refund, RefundStatus
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Point, Professional
from conectar.domain.people.session import Session
from conectar.domain.people.user import User


class SignedIn(NamedTuple):
    """A session with its account."""

    session: Session
    user: User


class Known(NamedTuple):
    """A professional with his account and trades."""

    user: User
    professional: Professional
    trades: tuple[TradeView, ...]


class OfferRow(NamedTuple):
    """An offer with the names of its parties."""

    offer: Offer
    client: ClientPartyView
    professional: ProfessionalPartyView


class HeldRefund(NamedTuple):
    """The newest refund of a job's own held money."""

    amount: Money
    status: RefundStatus
    created_at: datetime


class JobRow(NamedTuple):
    """A job with the names of its parties and its refund."""

    job: Job
    client: ClientPartyView
    professional: ProfessionalPartyView
    refund: HeldRefund | None


class KycRow(NamedTuple):
    """A proof that waits, with whose it is."""

    user: User
    submission: KycSubmission


class PeopleReader(Protocol):
    """Accounts, professionals, trades."""

    async def signed_in(self, session: SessionId) -> SignedIn | None: ...
    async def user(self, id: UserId) -> User | None: ...
    async def user_by_email(self, email: str) -> User | None: ...
    async def sessions(self, user: UserId, at: datetime) -> Sequence[Session]: ...
    async def professional(self, id: UserId) -> Known | None: ...
    async def trades(self) -> Sequence[TradeView]: ...
    async def kyc_in_review(self, page: Page) -> Listed[KycRow]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFilter:
    """Whose offers or jobs: either side for a party, everybody's for an administrator."""

    party: UserId | None = None
    as_professional_only: bool = False


class WorkReader(Protocol):
    """Offers, jobs and their timelines."""

    async def offer(self, id: OfferId) -> OfferRow | None: ...

    async def offers(
        self, of: PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[OfferRow]: ...

    async def job(self, id: JobId) -> JobRow | None: ...

    async def jobs(
        self, of: PartyFilter, status: JobStatus | None, page: Page
    ) -> Listed[JobRow]: ...

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFilter:
    """Which movements. `kinds` is what the caller may see; `party` whose they are."""

    party: UserId | None
    kinds: frozenset[MovementKind]
    status: MovementStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


class AccountSum(NamedTuple):
    """The entries of one kind of account, summed, and what its stored balances say (None for
    kinds that store none), both as debit-positive cents."""

    kind: AccountKind
    debits: int
    credits: int
    stored: int | None


class Parked(NamedTuple):
    """A payment that may not fund anything, and how far its newest refund got."""

    payment: Payment
    refund: RefundStatus | None


class MoneyReader(Protocol):
    """Movements, balances, intents."""

    async def movements(self, of: MovementFilter, page: Page) -> Listed[Movement]: ...
    async def account_sums(self) -> Sequence[AccountSum]: ...
    async def owner_balance(self, kind: AccountKind, owner: UserId) -> Money: ...
    async def movement_total(self, kind: MovementKind, professional: UserId) -> Money: ...
    async def payment(self, id: PaymentId) -> Payment | None: ...
    async def checkouts_of(self, job: JobId) -> Sequence[CheckoutId]: ...
    async def refunds(self, status: RefundStatus | None, page: Page) -> Listed[Refund]: ...
    async def suspense(self, page: Page) -> Listed[Parked]: ...


class SearchOrder(Enum):
    """How results are sorted; ties break by distance, then id."""

    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCriteria:
    """What is looked for. `trade` None: any. `reach_only`: only those who travel that far."""

    near: Point
    radius_m: float
    trade: TradeId | None
    rating_min: float | None
    price_min: Money | None
    price_max: Money | None
    available: bool | None
    reach_only: bool
    order: SearchOrder
    page: Page


class Hit(NamedTuple):
    """A professional as search has him; `distance_m` from the moved point, in metres."""

    id: UserId
    first_name: str
    last_name: str
    trades: tuple[str, ...]
    hourly_rate: Money | None
    rating_average: float | None
    total_reviews: int
    points: int
    takes_instant: bool
    distance_m: float


SEARCH_TOTAL_MAX = 200
SEARCH_NEAREST = 1000
"""Order by rating or price works on so many of the nearest."""


class SearchReader(Protocol):
    """Search."""

    async def trade_named(self, words: str) -> TradeId | None:
        """The trade with that name or word, given in lower case without accents, or id."""
        ...

    async def search(self, criteria: SearchCriteria) -> Listed[Hit]:
        """The total counts to SEARCH_TOTAL_MAX + 1 and no further."""
        ...


class DueReader(Protocol):
    """What the clock has to look at, oldest first."""

    async def due_offers(self, at: datetime, limit: int) -> Sequence[OfferId]: ...
    async def due_jobs(self, at: datetime, limit: int) -> Sequence[JobId]: ...
    async def due_checkouts(self, at: datetime, limit: int) -> Sequence[CheckoutId]: ...
    async def due_releases(self, at: datetime, limit: int) -> Sequence[PaymentId]: ...
    async def due_refunds(self, at: datetime, limit: int) -> Sequence[RefundId]: ...


class Readers(PeopleReader, WorkReader, MoneyReader, SearchReader, DueReader, Protocol):
    """All of them, over one consistent view."""
