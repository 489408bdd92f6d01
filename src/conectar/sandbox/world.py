"""The world outside: one object that has everything and knows what time it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from conectar.sandbox import records
from conectar.sandbox.amounts import CURRENCIES
from conectar.sandbox.chargebacks import Chargebacks
from conectar.sandbox.errors import Refusal, malformed
from conectar.sandbox.faults import Faults
from conectar.sandbox.idempotency import Idempotency
from conectar.sandbox.mailbox import Mailbox
from conectar.sandbox.money import Ledger
from conectar.sandbox.moves import Moves
from conectar.sandbox.numbers import Numbers
from conectar.sandbox.oracle import Oracle
from conectar.sandbox.payments import Payments
from conectar.sandbox.payouts import Payouts
from conectar.sandbox.preferences import Preferences
from conectar.sandbox.records import Payment, Payout
from conectar.sandbox.refunds import Refunds
from conectar.sandbox.settings import SandboxSettings
from conectar.sandbox.state import Store
from conectar.sandbox.webhooks import Webhooks


class World:
    """Everything that the sandbox is; safe to share between the tasks of one event loop.

    ``now`` gives aware UTC datetimes; ``advance`` moves that same clock when ``POST /clock`` asks.
    Every rule runs without awaiting, so calls never see each other half done.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        *,
        now: Callable[[], datetime],
        advance: Callable[[timedelta], Awaitable[None]],
    ) -> None:
        self.settings = settings
        self._advance = advance
        self._now = now
        self._stopping = asyncio.Event()
        self._store = Store(settings.state_file)
        self.faults = Faults()
        self._build_services()
        self._build_money()
        self._store.open()
        for part in (self.ledger, self.payments, self.refunds, self.payouts):
            part.rebuild()

    def _build_services(self) -> None:
        table = self._store.table
        self.numbers = Numbers(table("counters", records.Counters), self.now)
        self.keys = Idempotency(table("keys", records.KeyUse))
        self.mailbox = Mailbox(
            table("mails", records.Mail), table("pushes", records.Push), self.now
        )
        self.webhooks = Webhooks(
            self._store,
            table("notifications", records.Notification),
            self.faults,
            self.numbers,
            self.now,
            self.settings.webhook_secret,
        )

    def _build_money(self) -> None:
        table, now, numbers = self._store.table, self.now, self.numbers
        collector_id = self.settings.collector_id
        self.ledger = Ledger(table("postings", records.Posting))
        self.preferences = Preferences(table("preferences", records.Preference), now, collector_id)
        self.payments = Payments(
            table("payments", Payment), self.ledger, numbers, now, self._announce_payment
        )
        self.refunds = Refunds(
            table("refunds", records.Refund), self.payments, self.ledger, numbers, now, collector_id
        )
        self.chargebacks = Chargebacks(
            table("chargebacks", records.Chargeback), self.payments, self.ledger, numbers, now
        )
        self.payouts = Payouts(
            table("payouts", Payout),
            self.payments,
            self.ledger,
            now,
            self._announce_payout,
            collector_id,
        )
        self.moves = Moves(self.payments, self.refunds, self.chargebacks)
        self.oracle = Oracle(
            table("calls", records.Call),
            self.ledger,
            self.payments,
            self.refunds,
            self.payouts,
            self.webhooks,
            collector_id,
        )

    def now(self) -> datetime:
        """The world's time, in UTC."""
        return self._now().astimezone(UTC)

    @property
    def clock_offset(self) -> timedelta:
        """How far ``POST /clock`` has moved the clock since the state file began."""
        return timedelta(seconds=self.numbers.clock_offset_s)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[World]:
        """Send webhooks while inside; on the way out stop at once and keep the state."""
        self._stopping = asyncio.Event()
        self.webhooks.start()
        try:
            yield self
        finally:
            self._stopping.set()
            await self.webhooks.stop()
            self.commit()

    async def pause(self, seconds: float) -> None:
        """Wait in real time, but not past the end of ``running``."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def move_clock(self, seconds: int) -> datetime:
        """Advance the clock and let what fell due happen; the new time."""
        self.numbers.move_clock(seconds)
        self.commit()  # before, so that a killed process doesn't go back in time
        await self._advance(timedelta(seconds=seconds))
        self.catch_up()
        self.commit()
        return self.now()

    def catch_up(self) -> None:
        """Let happen what time alone makes happen."""
        self.payments.release_due()

    def commit(self) -> None:
        """Make all changes so far survive the process."""
        self._store.commit()

    def pay(
        self,
        preference_id: str,
        result: str,
        *,
        amount: int | None = None,
        currency: str | None = None,
        reference: str | None = None,
        collector_id: int | None = None,
        force: bool = False,
    ) -> Payment:
        """What a buyer does on the checkout page. A closed preference is refused unless forced
        (a cash voucher paid late, say); nothing here knows of jobs."""
        preference = self.preferences.get(preference_id)
        closed = self.preferences.closed_because(preference)
        if closed is not None and not force:
            raise Refusal(400, "PREFERENCIA_CERRADA", closed)
        if currency is not None and currency not in CURRENCIES:
            raise malformed(f"moneda: {currency} no existe.")
        payment = self.payments.create(
            preference,
            self.settings.collector_id if collector_id is None else collector_id,
            preference.amount if amount is None else amount,
            currency or preference.currency,
            preference.external_reference if reference is None else reference,
        )
        if result == "approved":
            self.payments.approve(payment, "created")
        elif result == "rejected":
            self.payments.become(payment, "rejected", "cc_rejected_other_reason", "created")
        else:
            self.payments.become(payment, "pending", "pending_waiting_payment", "created")
        return payment

    def _announce_payment(self, payment: Payment, action: str) -> None:
        self.webhooks.announce(
            payment.notification_url, "payment", action, payment.collector_id, str(payment.id)
        )

    def _announce_payout(self, payout: Payout, action: str) -> None:
        self.webhooks.announce(
            payout.notification_url,
            "transaction_intent",
            action,
            self.settings.collector_id,
            payout.id,
            payout.status,
        )
