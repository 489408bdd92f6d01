"""The tables, each from the class whose values it keeps, with what the database itself refuses.

Names of constraints are constants; `REFUSALS` says which rule each stands for.
"""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    TextClause,
    or_,
    text,
)

from conectar.adapters.outbound.sql.mapping import Entity, column
from conectar.adapters.vocabulary.codes import code
from conectar.adapters.vocabulary.tables import TABLES
from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.turns import Turn
from conectar.application.search_rows import SearchRow
from conectar.domain.jobs.dispute import Dispute, DisputeMessage, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import QUARRELLING, EscrowStatus, FrozenBy
from conectar.domain.jobs.refusals import InvalidTransition
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError
from conectar.domain.levels.points import PointGrant
from conectar.domain.notices.notice import Notice, Preferences
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Offer, OfferNotPending
from conectar.domain.offers.service import Service
from conectar.domain.payments.checkout import Checkout, CheckoutStatus, NotPayable
from conectar.domain.payments.ledger import AccountKind, AlreadyPosted, Overdrawn
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutBatch
from conectar.domain.payments.proposal import Proposal, ProposalSpent
from conectar.domain.payments.refund import OUTSTANDING, Refund, RefundOutstanding
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.professional import Professional, Trade
from conectar.domain.people.regret import Regret
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import EmailTaken, User
from conectar.domain.reviews.review import AlreadyReviewed, Review

USER_EMAIL = f"uq_{TABLES['users']}_email"
JOB_OFFER = f"uq_{TABLES['jobs']}_offer"
CHECKOUT_OPEN = f"uq_{TABLES['checkouts']}_open"
PAYMENT_FUNDS = f"uq_{TABLES['payments']}_funds"
REFUND_OUTSTANDING = f"uq_{TABLES['refunds']}_outstanding"
MOVEMENT_FACT = f"uq_{TABLES['movements']}_fact"
POSTING_FACT = f"uq_{TABLES['ledger_transactions']}_fact"
BALANCE_FLOOR = f"ck_{TABLES['balances']}_floor"
DISPUTE_OPEN = f"uq_{TABLES['disputes']}_open"
REVIEW_JOB = f"uq_{TABLES['reviews']}_job"
PROPOSAL_STANDING = f"uq_{TABLES['proposals']}_standing"
EVENT_STEP = f"uq_{TABLES['outbox']}_step"
ENTRY_ZERO = f"ck_{TABLES['entries']}_zero"

REFUSALS: dict[str, type[DomainError]] = {
    USER_EMAIL: EmailTaken,
    JOB_OFFER: OfferNotPending,
    CHECKOUT_OPEN: NotPayable,
    PAYMENT_FUNDS: NotPayable,
    REFUND_OUTSTANDING: RefundOutstanding,
    MOVEMENT_FACT: AlreadyPosted,
    POSTING_FACT: AlreadyPosted,
    BALANCE_FLOOR: Overdrawn,
    DISPUTE_OPEN: InvalidTransition,
    REVIEW_JOB: AlreadyReviewed,
    PROPOSAL_STANDING: ProposalSpent,
}

Condition = ColumnElement[bool] | TextClause
METADATA = MetaData()

USERS = Entity(METADATA, "users", User)
PROFESSIONALS = Entity(METADATA, "professionals", Professional)
TRADES = Entity(METADATA, "trades", Trade)
SESSIONS = Entity(METADATA, "sessions", Session)
PASSWORD_RESETS = Entity(METADATA, "password_resets", PasswordReset)
KYC_SUBMISSIONS = Entity(
    METADATA, "kyc_submissions", KycSubmission, primary=("professional_id", "submitted_at")
)
OFFERS = Entity(METADATA, "offers", Offer)
JOBS = Entity(METADATA, "jobs", Job)
CHECKOUTS = Entity(METADATA, "checkouts", Checkout)
PAYMENTS = Entity(METADATA, "payments", Payment, currency_of="amount")
REFUNDS = Entity(METADATA, "refunds", Refund, currency_of="amount")
DISPUTES = Entity(METADATA, "disputes", Dispute)
DISPUTE_MESSAGES = Entity(METADATA, "dispute_messages", DisputeMessage)
EVIDENCE = Entity(METADATA, "evidence", Evidence)
REVIEWS = Entity(METADATA, "reviews", Review)
POINT_GRANTS = Entity(METADATA, "point_grants", PointGrant, primary=("source_ref",))
SERVICES = Entity(METADATA, "services", Service)
NOTICES = Entity(METADATA, "notices", Notice)
PREFERENCES = Entity(METADATA, "preferences", Preferences, primary=("user_id",))
REGRETS = Entity(METADATA, "regrets", Regret)
AUDIT = Entity(METADATA, "audit", AuditEntry)
PAYOUTS = Entity(METADATA, "payouts", Payout)
PAYOUT_BATCHES = Entity(METADATA, "payout_batches", PayoutBatch)
PROPOSALS = Entity(METADATA, "proposals", Proposal, currency_of="amount")
MOVEMENTS = Entity(METADATA, "movements", Movement, currency_of="amount")
KEYS = Entity(METADATA, "idempotency_keys", StoredAnswer, primary=("owner", "key"))
TURNS = Entity(METADATA, "turns", Turn, primary=("name",))
SEARCH = Entity(METADATA, "search_rows", SearchRow, primary=())
VERSIONS = Table(
    TABLES["versions"],
    METADATA,
    column("topic", str, primary_key=True),
    column("part", int, primary_key=True, autoincrement=False),
    column("version", int),
)

LEDGER = Table(
    TABLES["ledger_transactions"],
    METADATA,
    column("id", UUID, primary_key=True),
    column("source_ref", str),
    column("at", datetime),
    column("job_id", UUID | None),
    column("payment_id", str | None),
    column("note", str | None),
)
ENTRIES = Table(
    TABLES["entries"],
    METADATA,
    column("ledger_transaction_id", UUID, primary_key=True),
    column("step", int, primary_key=True, autoincrement=False),
    column("account", AccountKind),
    column("owner", UUID | None),
    column("cents", int),
    column("job_id", UUID | None),
    column("payment_id", str | None),
)
BALANCES = Table(
    TABLES["balances"],
    METADATA,
    column("account", AccountKind, primary_key=True),
    column("owner", UUID, primary_key=True),
    column("balance", int),
)
TIMELINE = Table(
    TABLES["timeline"],
    METADATA,
    column("subject_id", UUID, primary_key=True),
    column("version", int, primary_key=True, autoincrement=False),
    column("before", str | None),
    column("status", str),
    column("escrow", EscrowStatus | None),
    column("actor", UUID | None),
    column("actor_role", Role),
    column("reason", str | None),
    column("at", datetime),
)
OUTBOX = Table(
    TABLES["outbox"],
    METADATA,
    column("id", UUID, primary_key=True),
    column("name", str),
    column("payload", bytes),
    column("at", datetime),
    column("correlation_id", str | None),
    column("subject_id", UUID | None),
    column("version", int | None),
    column("trace_parent", str | None),
)
DELIVERIES = Table(
    TABLES["deliveries"],
    METADATA,
    column("event_id", UUID, primary_key=True),
    column("reaction", str, primary_key=True),
    column("next_at", datetime | None),
    column("attempts", int),
    column("error", str | None),
    column("settled_at", datetime | None),
)


def _refer(*references: tuple[Column[Any], Table]) -> None:
    """What a row points at must be there."""
    for source, target in references:
        name = f"fk_{source.table.name}_{source.name}"
        key = ForeignKeyConstraint([source], [target.c.id], name=name)
        source.table.append_constraint(key)


def is_(of: ColumnElement[Any], *values: Enum) -> ColumnElement[bool]:
    """The column holds one of these values, said in the statement itself: a plan that knows no
    parameter yet finds the partial index, too."""
    in_order = sorted(values, key=lambda value: str(value.value))
    return or_(*(of == text(f"'{code(value)}'") for value in in_order))


def _unique(name: str, *columns: ColumnElement[Any], where: Condition | None = None) -> None:
    Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


def _index(name: str, *columns: Column[Any], where: Condition | None = None) -> None:
    full = f"ix_{columns[0].table.name}_{name}"
    Index(full, *columns, sqlite_where=where, postgresql_where=where)


_user, _offer, _job = USERS.table.c, OFFERS.table.c, JOBS.table.c
_checkout, _payment, _refund = CHECKOUTS.table.c, PAYMENTS.table.c, REFUNDS.table.c
_movement, _entry, _search = MOVEMENTS.table.c, ENTRIES.c, SEARCH.table.c

# what points at what
_refer(
    (PROFESSIONALS.table.c.id, USERS.table),
    (SESSIONS.table.c.user_id, USERS.table),
    (PASSWORD_RESETS.table.c.user_id, USERS.table),
    (KYC_SUBMISSIONS.table.c.professional_id, PROFESSIONALS.table),
    (_search.professional_id, PROFESSIONALS.table),
    (_search.trade_id, TRADES.table),
    (_offer.client_id, USERS.table),
    (_offer.professional_id, PROFESSIONALS.table),
    (_job.offer_id, OFFERS.table),
    (_job.client_id, USERS.table),
    (_job.professional_id, PROFESSIONALS.table),
    (_checkout.job_id, JOBS.table),
    (_checkout.client_id, USERS.table),
    (_payment.checkout_id, CHECKOUTS.table),
    (_payment.job_id, JOBS.table),
    (_refund.payment_id, PAYMENTS.table),
    (_refund.job_id, JOBS.table),
    (DISPUTES.table.c.job_id, JOBS.table),
    (DISPUTES.table.c.opened_by, USERS.table),
    (DISPUTE_MESSAGES.table.c.dispute_id, DISPUTES.table),
    (DISPUTE_MESSAGES.table.c.author_id, USERS.table),
    (EVIDENCE.table.c.dispute_id, DISPUTES.table),
    (EVIDENCE.table.c.uploaded_by, USERS.table),
    (REVIEWS.table.c.job_id, JOBS.table),
    (REVIEWS.table.c.professional_id, PROFESSIONALS.table),
    (REVIEWS.table.c.client_id, USERS.table),
    (POINT_GRANTS.table.c.professional_id, PROFESSIONALS.table),
    (SERVICES.table.c.professional_id, PROFESSIONALS.table),
    (SERVICES.table.c.trade_id, TRADES.table),
    (NOTICES.table.c.user_id, USERS.table),
    (PREFERENCES.table.c.user_id, USERS.table),
    (AUDIT.table.c.admin_id, USERS.table),
    (PAYOUTS.table.c.professional_id, PROFESSIONALS.table),
    (PAYOUTS.table.c.batch_id, PAYOUT_BATCHES.table),
    (PAYOUT_BATCHES.table.c.created_by, USERS.table),
    (PROPOSALS.table.c.proposed_by, USERS.table),
    (_movement.job_id, JOBS.table),
    (_movement.payment_id, PAYMENTS.table),
    (LEDGER.c.job_id, JOBS.table),
    (LEDGER.c.payment_id, PAYMENTS.table),
    (_entry.job_id, JOBS.table),
    (_entry.payment_id, PAYMENTS.table),
    (ENTRIES.c.ledger_transaction_id, LEDGER),
    (DELIVERIES.c.event_id, OUTBOX),
)

# at most one
_unique(USER_EMAIL, _user.email)
_unique(JOB_OFFER, _job.offer_id)
_unique(CHECKOUT_OPEN, _checkout.job_id, where=is_(_checkout.status, CheckoutStatus.OPEN))
_unique(PAYMENT_FUNDS, _payment.job_id, where=is_(_payment.verdict, Verdict.FUNDS))
_unique(
    REFUND_OUTSTANDING,
    _refund.payment_id,
    where=is_(_refund.status, *OUTSTANDING),
)
_dispute = DISPUTES.table.c
_unique(
    DISPUTE_OPEN,
    _dispute.job_id,
    where=is_(_dispute.status, *QUARRELLING),
)
_unique(REVIEW_JOB, REVIEWS.table.c.job_id)
_standing = PROPOSALS.table.c.standing
_unique(PROPOSAL_STANDING, PROPOSALS.table.c.subject, where=text(f"{_standing.name} IS TRUE"))
_unique(MOVEMENT_FACT, _movement.source_ref)
_unique(POSTING_FACT, LEDGER.c.source_ref)
_unique(EVENT_STEP, OUTBOX.c.subject_id, OUTBOX.c.version)
BALANCES.append_constraint(CheckConstraint(BALANCES.c.balance >= 0, name=BALANCE_FLOOR))
ENTRIES.append_constraint(CheckConstraint(ENTRIES.c.cents != 0, name=ENTRY_ZERO))

# lists, newest first
_index("client", _offer.client_id, _offer.created_at, _offer.id)
_index("professional", _offer.professional_id, _offer.created_at, _offer.id)
_index("client", _job.client_id, _job.accepted_at, _job.id)
_index("professional", _job.professional_id, _job.accepted_at, _job.id)
_index("client", _movement.client_id, _movement.created_at, _movement.id)
_index("professional", _movement.professional_id, _movement.created_at)
_index("user", SESSIONS.table.c.user_id)
_index("job", _checkout.job_id)
_index("job", _payment.job_id)
_index("payment", _refund.payment_id)
_index("job", _entry.job_id)
_index("payment", _entry.payment_id)
_index("professional", _search.professional_id)
_index("place", _search.trade_id, _search.latitude, _search.longitude)
_index("job", DISPUTES.table.c.job_id)
_index("status", DISPUTES.table.c.status, DISPUTES.table.c.created_at)
_index("dispute", DISPUTE_MESSAGES.table.c.dispute_id)
_index("dispute", EVIDENCE.table.c.dispute_id)
_index("professional", REVIEWS.table.c.professional_id, REVIEWS.table.c.created_at)
_index("professional", SERVICES.table.c.professional_id)
_index("trade", SERVICES.table.c.trade_id)
_index("user", NOTICES.table.c.user_id, NOTICES.table.c.created_at)
_index("old", AUDIT.table.c.created_at)
_index("professional", PAYOUTS.table.c.professional_id, PAYOUTS.table.c.created_at)
_index("job", _refund.job_id)
_index("client", _refund.client_id)
_index("flag", _payment.flag, where=_payment.flag.is_not(None))
_index("frozen", _job.frozen_by, where=~is_(_job.frozen_by, FrozenBy.NONE))

# what the clock looks for
_index("due", _offer.expires_at, where=is_(_offer.status, OfferStatus.PENDING))
_index("due", _job.deadline_at, where=_job.deadline_at.is_not(None))
_index("reminder", _offer.remind_at, where=_offer.remind_at.is_not(None))
_index("reminder", _job.remind_at, where=_job.remind_at.is_not(None))
_index("due", _checkout.check_at, where=_checkout.check_at.is_not(None))
_index("due", _payment.ask_release_at, where=_payment.ask_release_at.is_not(None))
_index("due", DELIVERIES.c.next_at, where=DELIVERIES.c.next_at.is_not(None))
_index("done", DELIVERIES.c.settled_at)
_index("old", KEYS.table.c.created_at)
