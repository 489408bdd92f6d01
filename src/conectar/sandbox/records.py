"""What the sandbox remembers. Amounts are integer cents, times are aware UTC datetimes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, field


class Preference(Struct):
    """A checkout preference; ``document`` is the JSON that came, kept to be echoed."""

    id: str
    document: str
    amount: int
    currency: str
    title: str
    external_reference: str | None
    notification_url: str | None
    payable_from: datetime | None
    payable_until: datetime | None
    created_at: datetime
    updated_at: datetime


class Payment(Struct):
    """A payment as the gateway knows it; ``refunded`` counts approved refunds only."""

    id: int
    preference_id: str
    collector_id: int
    external_reference: str | None
    notification_url: str | None
    title: str
    currency: str
    amount: int
    status: str
    status_detail: str
    created_at: datetime
    updated_at: datetime
    approved_at: datetime | None = None
    release_at: datetime | None = None
    released: bool = False
    fee: int = 0
    tax: int = 0
    charges_returned: bool = False
    refunded: int = 0

    @property
    def subject(self) -> str:
        """The name under which the ledger files this payment's entries."""
        return f"payment:{self.id}"

    @property
    def left(self) -> int:
        """What hasn't been refunded yet."""
        return self.amount - self.refunded


class Refund(Struct):
    """An approved refund; ``origin`` is ``api``, ``outside`` or ``mediation``."""

    id: int
    payment_id: int
    amount: int
    origin: str
    created_at: datetime


class Chargeback(Struct):
    """One chargeback; ``status`` is ``in_process``, ``settled`` or ``reimbursed``."""

    id: str
    payment_id: int
    amount: int
    currency: str
    status: str
    taken: bool
    created_at: datetime
    updated_at: datetime


class Payout(Struct):
    """Money sent to a bank; ``status``: pending, approved, rejected or refunded (came back)."""

    id: str
    external_reference: str
    amount: int
    currency: str
    account_type: str
    account_number: str
    owner_type: str
    owner_number: str
    notification_url: str | None
    status: str
    status_detail: str
    created_at: datetime
    updated_at: datetime

    @property
    def subject(self) -> str:
        """The name under which the ledger files this payout's entries."""
        return f"payout:{self.id}"


class Posting(Struct):
    """One ledger transaction: entries by account, which sum to zero."""

    kind: str
    subject: str
    currency: str
    at: datetime
    entries: dict[str, int]


class KeyUse(Struct):
    """An idempotency key that was answered, with the answer."""

    fingerprint: str
    status: int
    body: str


class Notification(Struct):
    """A webhook; ``status``: pending, held, delivered, failed, dropped or refused."""

    id: int
    url: str
    topic: str
    action: str
    user_id: int
    data_id: str
    data_status: str | None
    created_at: datetime
    copies: int = 1
    status: str = "pending"
    attempts: int = 0
    last_answer: str | None = None


class Mail(Struct):
    """A message that was delivered to the mailbox."""

    id: str
    para: str
    asunto: str
    texto: str
    html: str | None
    enviado_at: datetime


class Push(Struct):
    """A push notification that was delivered to a telephone."""

    id: str
    para: str
    titulo: str
    texto: str
    datos: dict[str, Any]
    enviado_at: datetime


class Call(Struct):
    """A call that the API received; ``estado`` is None while it has no answer."""

    numero: int
    recibida_at: datetime
    metodo: str
    ruta: str
    consulta: str
    clave: str | None
    cuerpo_sha256: str
    estado: int | None = None
    repetida: bool = False
    fallo: str | None = None


class Counters(Struct):
    """The last numbers given out, and how far the clock was moved."""

    base: int = 0
    given: dict[str, int] = field(default_factory=dict)
    clock_offset_s: int = 0
