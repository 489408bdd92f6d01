"""Identifiers. All are UUIDv7, made outside the domain; a professional's id is the user's id."""

from typing import NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
TradeId = NewType("TradeId", UUID)
OfferId = NewType("OfferId", UUID)
JobId = NewType("JobId", UUID)
CheckoutId = NewType("CheckoutId", UUID)
"""Of a payment intent: what the gateway gets as external reference."""
DisputeId = NewType("DisputeId", UUID)
MessageId = NewType("MessageId", UUID)
EvidenceId = NewType("EvidenceId", UUID)
ProposalId = NewType("ProposalId", UUID)
PayoutId = NewType("PayoutId", UUID)
BatchId = NewType("BatchId", UUID)
ReviewId = NewType("ReviewId", UUID)
NoticeId = NewType("NoticeId", UUID)
ServiceId = NewType("ServiceId", UUID)
AuditId = NewType("AuditId", UUID)
RefundId = NewType("RefundId", UUID)
TransactionId = NewType("TransactionId", UUID)
EventId = NewType("EventId", UUID)
RefundKey = NewType("RefundKey", str)
"""The idempotency key of a refund at the gateway."""
PaymentId = NewType("PaymentId", str)
"""The gateway's own, digits."""
