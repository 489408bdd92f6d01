"""What readers answer: flat rows, each with what one look shows together."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from conectar.application.views.people import TradeView
from conectar.application.views.work import (
    ClientPartyView,
    JobView,
    ProfessionalPartyView,
)
from conectar.domain.jobs.dispute import Dispute, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import EventId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.offer import Offer
from conectar.domain.offers.service import Service
from conectar.domain.payments.ledger import AccountKind
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import RefundStatus
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional
from conectar.domain.people.session import Session
from conectar.domain.people.user import User
from conectar.domain.reviews.review import Review


class SignedIn(NamedTuple):
    """A session with its account."""

    session: Session
    user: User


class Known(NamedTuple):
    """A professional with his account and trades."""

    user: User
    professional: Professional
    trades: tuple[TradeView, ...]


class Parties(NamedTuple):
    """Who would be the two sides of something; None is who is not there."""

    client: User | None
    worker: User | None
    professional: Professional | None


class OfferRow(NamedTuple):
    """An offer with the names of its parties."""

    offer: Offer
    client: ClientPartyView
    professional: ProfessionalPartyView


class Affair(NamedTuple):
    """A job or an offer, and the full names of its client and its professional: what a letter
    speaks of."""

    of: Job | Offer
    client: str
    professional: str


class HeldRefund(NamedTuple):
    """The newest refund of a job's own held money."""

    amount: Money
    status: RefundStatus
    created_at: datetime


class Look(NamedTuple):
    """How a job looked to somebody in that role, and in which time it looks like that: from one
    moment until before another, if there is one."""

    role: Role
    since: datetime
    until: datetime | None
    view: JobView


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with the names of its parties, its refund, and whether it was reviewed; and how it
    looked last to each who looked."""

    job: Job
    client: ClientPartyView
    professional: ProfessionalPartyView
    refund: HeldRefund | None
    reviewed: bool
    looks: dict[UserId | None, Look] = field(default_factory=dict, compare=False, repr=False)


class DisputeRow(NamedTuple):
    """A dispute with its job, whether its professional is banned, and its files, oldest first."""

    dispute: Dispute
    job: Job
    banned: bool
    evidence: tuple[Evidence, ...]


class ReviewRow(NamedTuple):
    """A review with its client."""

    review: Review
    client: ClientPartyView


class ServiceRow(NamedTuple):
    """An instant service with its professional."""

    service: Service
    professional: ProfessionalPartyView


class LeaderRow(NamedTuple):
    """A professional by his points."""

    user: User
    professional: Professional
    jobs_done: int


class WorkRecord(NamedTuple):
    """How a professional worked: `ended` jobs were paid and came to an end, `done` of them were
    approved; `answer_seconds` is the mean time to his first answer to an offer."""

    done: int
    ended: int
    answer_seconds: float | None


class DebtRow(NamedTuple):
    """A professional who owes."""

    user: User
    amount: Money


class PendingDelivery(NamedTuple):
    """A reaction that has not happened yet; without `next_at` it waits for a person."""

    event_id: EventId
    event: str
    reaction: str
    attempts: int
    error: str | None
    next_at: datetime | None
    created_at: datetime


class KycRow(NamedTuple):
    """A proof that waits, with whose it is."""

    user: User
    submission: KycSubmission


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


class Released(NamedTuple):
    """Sums of finished movements: net to professionals, and back to clients."""

    net: Money
    refunded: Money


class Incident(NamedTuple):
    """A payment that the gateway does something with, and its job if it funds one."""

    payment: Payment
    job: Job | None
