"""Money out: transfers from the available balance to a bank account.

The request follows MercadoPago's money-out page for Brazil and Chile (``transaction-intents``);
for Argentina no official page confirms it, so the account is a CBU, CVU or alias with its owner's
CUIT, in pesos. Payouts are approved at once unless a control asked for something else.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from conectar.sandbox import money
from conectar.sandbox.amounts import cents_from_number
from conectar.sandbox.clock import later_than, to_milliseconds
from conectar.sandbox.documents import Document
from conectar.sandbox.errors import bad_request, impossible, not_found
from conectar.sandbox.money import Ledger
from conectar.sandbox.payments import Payments
from conectar.sandbox.records import Payout
from conectar.sandbox.state import Table

CURRENCY = "ARS"
_CBU = re.compile(r"\d{22}")
_ALIAS = re.compile(r"[A-Za-z0-9.\-]{6,20}")
_CUIT = re.compile(r"\d{11}")


class Payouts:
    """Sends money out, and lets a test decide what the bank answered."""

    def __init__(
        self,
        table: Table[Payout],
        payments: Payments,
        ledger: Ledger,
        now: Callable[[], datetime],
        notify: Callable[[Payout, str], None],
        collector_id: int,
    ) -> None:
        self._table = table
        self._payments = payments
        self._ledger = ledger
        self._now = now
        self._notify = notify
        self._available = money.available(collector_id)
        self._collector_id = collector_id
        self._by_reference: defaultdict[str, list[str]] = defaultdict(list)
        self.next_results: deque[str] = deque()

    def rebuild(self) -> None:
        """Index the stored payouts again (after a restart)."""
        for payout in self._table:
            self._by_reference[payout.external_reference].append(payout.id)

    def send(self, document: Document) -> Payout:
        """Take the money and send it; 400 if malformed or above the available balance."""
        return self._dispatch(_read(document, to_milliseconds(self._now())))

    def withdraw(self, amount: int) -> Payout:
        """The owner of the account sends available money to his own bank; a 400 above it."""
        now = to_milliseconds(self._now())
        return self._dispatch(
            Payout(
                id=uuid4().hex,
                external_reference="owner",
                amount=amount,
                currency=CURRENCY,
                account_type="cbu",
                account_number="0" * 22,
                owner_type="CUIT",
                owner_number="0" * 11,
                notification_url=None,
                status="pending",
                status_detail="in_process",
                created_at=now,
                updated_at=now,
            )
        )

    def _dispatch(self, payout: Payout) -> Payout:
        if payout.amount > self._payments.spendable(self._collector_id, CURRENCY):
            raise bad_request("insufficient_funds", "Insufficient available balance")
        self._table.put(payout.id, payout)
        self._by_reference[payout.external_reference].append(payout.id)
        self._move(payout, "sent", self._available, money.PAYOUTS_PENDING)
        result = self.next_results.popleft() if self.next_results else "approved"
        if result == "approved":
            self._approve(payout)
        elif result == "rejected":
            self._reject(payout)
        self._notify(payout, "transaction_intent.created")
        return payout

    def get(self, payout_id: str) -> Payout:
        """The payout, or a 404."""
        payout = self._table.get(payout_id)
        if payout is None:
            raise not_found("Transaction intent not found")
        return payout

    def find(self, reference: str) -> list[Payout]:
        """The payouts with an external reference, oldest first."""
        return [self.get(payout_id) for payout_id in self._by_reference.get(reference, [])]

    def all(self) -> list[Payout]:
        """Every payout, oldest first."""
        return list(self._table)

    def decide(self, payout: Payout, action: str) -> None:
        """``approve`` or ``reject`` a pending payout, ``return`` an approved one; else refuse."""
        needed = "approved" if action == "return" else "pending"
        if payout.status != needed:
            raise impossible(f"La acción {action} no es posible: el payout está {payout.status}.")
        {"approve": self._approve, "reject": self._reject, "return": self._return}[action](payout)
        self._notify(payout, "transaction_intent.updated")

    def _approve(self, payout: Payout) -> None:
        self._move(payout, "approved", money.PAYOUTS_PENDING, money.PAID_OUT)
        self._become(payout, "approved", "accredited")

    def _reject(self, payout: Payout) -> None:
        self._move(payout, "rejected", money.PAYOUTS_PENDING, self._available)
        self._become(payout, "rejected", "rejected_by_bank")

    def _return(self, payout: Payout) -> None:
        self._move(payout, "returned", money.PAID_OUT, self._available)
        self._become(payout, "refunded", "returned_by_bank")

    def _become(self, payout: Payout, status: str, detail: str) -> None:
        payout.status, payout.status_detail = status, detail
        payout.updated_at = later_than(payout.updated_at, self._now())
        self._table.put(payout.id, payout)

    def _move(self, payout: Payout, kind: str, source: str, target: str) -> None:
        self._ledger.post(
            f"payout {kind}",
            payout.subject,
            payout.currency,
            self._now(),
            {source: -payout.amount, target: payout.amount},
        )


def _read(document: Document, now: datetime) -> Payout:
    reference = document.get("external_reference")
    if not isinstance(reference, str) or not 1 <= len(reference) <= 64:
        raise bad_request("invalid_external_reference", "external_reference is invalid")
    transaction = _object(document, "transaction")
    source = _only_account(transaction, "from")
    target = _only_account(transaction, "to")
    amount = cents_from_number(transaction.get("total_amount"), "total_amount")
    for account in (source, target):
        if cents_from_number(account.get("amount"), "amount") != amount:
            raise bad_request("invalid_amount", "amounts of from, to and total must be equal")
    currencies = {
        str(each.get("currency_id", CURRENCY)) for each in (document, transaction, target)
    }
    if currencies != {CURRENCY}:
        raise bad_request("invalid_currency_id", "Only ARS can be paid out")
    number = _number(target)
    owner_type, owner_number = _owner(target)
    return Payout(
        id=uuid4().hex,
        external_reference=reference,
        amount=amount,
        currency=CURRENCY,
        account_type=str(target.get("type", "cbu")),
        account_number=number,
        owner_type=owner_type,
        owner_number=owner_number,
        notification_url=_notification_url(document),
        status="pending",
        status_detail="in_process",
        created_at=now,
        updated_at=now,
    )


def _only_account(transaction: Document, side: str) -> Document:
    accounts = _object(transaction, side).get("accounts")
    if not isinstance(accounts, list) or len(accounts) != 1 or not isinstance(accounts[0], dict):
        raise bad_request("invalid_accounts", f"transaction.{side} needs exactly one account")
    return accounts[0]


def _number(account: Document) -> str:
    number = account.get("number")
    shape = _ALIAS if account.get("type") == "alias" else _CBU
    if not isinstance(number, str) or not shape.fullmatch(number):
        raise bad_request("invalid_account", "number must be a CBU, a CVU or an alias")
    return number


def _owner(account: Document) -> tuple[str, str]:
    identification = _object(_object(account, "owner"), "identification")
    kind, number = identification.get("type"), identification.get("number")
    if kind not in ("CUIT", "CUIL") or not isinstance(number, str) or not _CUIT.fullmatch(number):
        raise bad_request("invalid_owner", "owner.identification must be a CUIT or CUIL")
    return kind, number


def _notification_url(document: Document) -> str | None:
    configuration = document.get("seller_configuration")
    info = configuration.get("notification_info") if isinstance(configuration, dict) else None
    url = info.get("notification_url") if isinstance(info, dict) else None
    return url if isinstance(url, str) and url.startswith(("http://", "https://")) else None


def _object(document: Document, field: str) -> dict[str, Any]:
    value = document.get(field)
    if not isinstance(value, dict):
        raise bad_request("bad_request", f"{field} is required")
    return value
