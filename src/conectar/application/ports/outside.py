"""The outside world: the payment gateway, mail, files. None is called inside a unit of work."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from conectar.application.ports.rows import Affair
from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import CheckoutId, JobId, PaymentId, RefundKey
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact
from conectar.domain.payments.payout import Payout
from conectar.domain.people.user import User


class Unavailable(DomainError):
    """Something we need does not answer; nothing was changed and it may be tried again."""

    kind = Kind.UNAVAILABLE


class GatewaySilent(Unavailable):
    """The gateway gave no answer that tells whether it did what was asked."""


class GatewayRefused(DomainError):
    """The gateway understood and said no, for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceRequest:
    """What the gateway needs to let somebody pay one checkout."""

    checkout_id: CheckoutId
    job_id: JobId
    title: str
    amount: Money
    payer_email: str
    expires_at: datetime


class Preference(NamedTuple):
    """The gateway's page for one checkout."""

    id: str
    init_point: str


class PaymentGateway(Protocol):
    """Somebody who takes the client's money and can give it back."""

    @property
    def collector_id(self) -> str:
        """Our own account there."""
        ...

    async def open_preference(self, request: PreferenceRequest) -> Preference:
        """A page to pay on; the checkout's id is the idempotency key. Raises GatewaySilent,
        GatewayRefused."""
        ...

    async def payment(self, id: PaymentId) -> Fact | None:
        """What it says of a payment; None if it knows none. Raises GatewaySilent."""
        ...

    async def payments_of(self, checkout: CheckoutId) -> Sequence[Fact]:
        """Every payment with that external reference. Raises GatewaySilent."""
        ...

    async def refund(self, key: RefundKey, payment: PaymentId, amount: Money | None) -> str:
        """Gives money back (all of it without an amount) under an idempotency key; answers the
        gateway's id. Raises GatewaySilent, GatewayRefused."""
        ...


class Mail(NamedTuple):
    """One mail. The id is the same whenever the same mail is tried again."""

    id: str
    to: str
    subject: str
    text: str


class Post(Protocol):
    """A mail server that answered."""

    async def send(self, mail: Mail) -> None:
        """Raises Unavailable only if it is sure that the mail went nowhere."""
        ...


class Mailer(Protocol):
    """Somebody who delivers mail."""

    def open(self) -> AbstractAsyncContextManager[Post]:
        """Until the block ends. Raises Unavailable if nobody answers."""
        ...


class Words(NamedTuple):
    """A notice in somebody's language, and the mail about it; `kind` is the event's stable name."""

    kind: str
    title: str
    text: str
    letter: str


class Letters(Protocol):
    """What people read, in their language."""

    def password_reset(self, name: str, token: str) -> tuple[str, str]:
        """(subject, text) with the link that carries the token."""
        ...

    def verification(self, name: str, token: str) -> tuple[str, str]:
        """(subject, text) with the link that carries the token."""
        ...

    def notice(self, event: Event, to: User, about: Affair | None, *, mailed: bool) -> Words:
        """What somebody reads of an event that concerns him; the letter only if it is mailed."""
        ...


class Links(Protocol):
    """Addresses that people follow."""

    def file(self, token: str) -> str:
        """Where a signed file is shown."""
        ...


class Stored(NamedTuple):
    """A file as it comes out of the storage."""

    content: bytes
    media_type: str


class Storage(Protocol):
    """Private files by key."""

    async def put(self, key: str, content: bytes) -> None: ...

    async def get(self, key: str) -> bytes | None: ...

    async def delete(self, key: str) -> None: ...


class BankFiles(Protocol):
    """The files a bank reads."""

    def payouts(self, payouts: Sequence[Payout]) -> bytes:
        """One line a payout; the same payouts give the same bytes."""
        ...
