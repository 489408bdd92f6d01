"""What administrators did and looked at."""

from dataclasses import dataclass
from datetime import datetime

from conectar.domain.kernel.ids import AuditId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`action` is the name of the message, `subject` what it was about, if it was one thing."""

    id: AuditId
    admin_id: UserId
    action: str
    subject: str | None
    created_at: datetime
