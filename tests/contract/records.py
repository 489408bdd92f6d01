"""Plain records around a job, for the stores' tests: each belongs to things of a cast."""

import dataclasses
from typing import Any, TypeVar
from uuid import uuid4

from conectar.adapters.vocabulary.trades import TRADES
from conectar.domain.jobs.dispute import Dispute, DisputeMessage, DisputeReason, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import (
    AuditId,
    BatchId,
    DisputeId,
    EvidenceId,
    MessageId,
    NoticeId,
    PayoutId,
    ProposalId,
    ReviewId,
    ServiceId,
    UserId,
)
from conectar.domain.kernel.money import Money
from conectar.domain.notices.notice import Notice
from conectar.domain.offers.service import Service
from conectar.domain.payments.payout import Payout, PayoutBatch, PayoutStatus
from conectar.domain.payments.proposal import Proposal
from conectar.domain.people.audit import AuditEntry
from conectar.domain.people.kyc import Document, DocumentKind, KycSubmission
from conectar.domain.people.regret import Regret, RegretOutcome
from conectar.domain.reviews.review import Review
from tests.contract.values import T0

T = TypeVar("T")


def _but(made: T, changes: dict[str, Any]) -> T:
    return dataclasses.replace(made, **changes)  # type: ignore[type-var]


def dispute(of: Job, **changes: Any) -> Dispute:
    """One its client has just opened."""
    made = Dispute(
        id=DisputeId(uuid4()),
        job_id=of.id,
        opened_by=of.client_id,
        opener=Role.CLIENT,
        cause=DisputeReason.LATE,
        description="No vino",
        status=DisputeStatus.OPEN,
        created_at=T0,
    )
    return _but(made, changes)


def message(of: Dispute, **changes: Any) -> DisputeMessage:
    """What its opener says."""
    made = DisputeMessage(
        id=MessageId(uuid4()),
        dispute_id=of.id,
        author_id=of.opened_by,
        author_role=of.opener,
        text="Sigo esperando",
        created_at=T0,
    )
    return _but(made, changes)


def evidence(of: Dispute, **changes: Any) -> Evidence:
    """What its opener shows."""
    made = Evidence(
        id=EvidenceId(uuid4()),
        dispute_id=of.id,
        uploaded_by=of.opened_by,
        name="canilla.png",
        key=f"disputes/{of.id}/{uuid4()}",
        media_type="image/png",
        created_at=T0,
    )
    return _but(made, changes)


def review(of: Job, **changes: Any) -> Review:
    """Four stars."""
    made = Review(
        id=ReviewId(uuid4()),
        job_id=of.id,
        professional_id=of.professional_id,
        client_id=of.client_id,
        rating=4,
        text="Prolijo",
        created_at=T0,
    )
    return _but(made, changes)


def service(professional: UserId, **changes: Any) -> Service:
    """One that may be hired."""
    made = Service(
        id=ServiceId(uuid4()),
        professional_id=professional,
        name="Destapar",
        description=None,
        price=Money(5_000_00),
        trade_id=TRADES[0].id,
        active=True,
        created_at=T0,
    )
    return _but(made, changes)


def notice(reader: UserId, **changes: Any) -> Notice:
    """One nobody has read."""
    made = Notice(
        id=NoticeId(uuid4()),
        user_id=reader,
        event="trabajo.paid",
        title="Pago recibido",
        text="Ya podés empezar",
        letter="Hola",
        about={},
        created_at=T0,
        mail_wanted=True,
    )
    return _but(made, changes)


def regret(**changes: Any) -> Regret:
    """A case for an administrator."""
    made = Regret(
        id=f"ARR-{uuid4()}",
        email="ana@conectar.test",
        job_id=None,
        reason=None,
        outcome=RegretOutcome.CASE,
        created_at=T0,
    )
    return _but(made, changes)


def audit_entry(admin: UserId, **changes: Any) -> AuditEntry:
    """Something an administrator looked at."""
    made = AuditEntry(
        id=AuditId(uuid4()), admin_id=admin, action="GetJob", subject=None, created_at=T0
    )
    return _but(made, changes)


def payout(professional: UserId, **changes: Any) -> Payout:
    """One that has just been asked for."""
    made = Payout(
        id=PayoutId(uuid4()),
        professional_id=professional,
        amount=Money(900_00),
        destination="alias.de.beto",
        holder_cuit="20123456786",
        holder="Beto Paz",
        status=PayoutStatus.REQUESTED,
        created_at=T0,
        not_before=T0,
    )
    return _but(made, changes)


def batch(admin: UserId, **changes: Any) -> PayoutBatch:
    """A bank file of one line."""
    made = PayoutBatch(
        id=BatchId(uuid4()),
        created_by=admin,
        created_at=T0,
        payouts=1,
        total=Money(900_00),
        content=b"1;2;3\r\n",
    )
    return _but(made, changes)


def proposal(admin: UserId, **changes: Any) -> Proposal:
    """One that stands."""
    made = Proposal(
        id=ProposalId(uuid4()),
        subject=f"payment:{uuid4()}",
        message="RefundPayment",
        payload=b"{}",
        amount=Money(1_000_000_00),
        proposed_by=admin,
        created_at=T0,
    )
    return _but(made, changes)


def proof(professional: UserId, **changes: Any) -> KycSubmission:
    """A proof of identity with one document."""
    made = KycSubmission(
        professional_id=professional,
        dni="12345678",
        cuit="20123456786",
        submitted_at=T0,
        documents=(Document(DocumentKind.SELFIE, f"kyc/{uuid4()}", "image/png"),),
    )
    return _but(made, changes)
