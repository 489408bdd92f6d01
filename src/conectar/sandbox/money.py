"""The sandbox's own double-entry record, against which others are compared.

Every posting sums to zero in its currency. Positive is money that an account holds: what buyers
paid in stands there as a negative balance. A collector has two accounts, ``unreleased`` (approved,
not yet at his disposal) and ``available``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from conectar.sandbox.records import Posting
from conectar.sandbox.state import Table

BUYER_PAID = "buyer_paid"
BUYER_REFUNDED = "buyer_refunded"
CHARGED_BACK = "charged_back"
REIMBURSED = "reimbursed"
FEES = "mercadopago_fees"
TAXES = "taxes"
PAYOUTS_PENDING = "payouts_pending"
PAID_OUT = "paid_out"


def unreleased(collector_id: int) -> str:
    """A collector's money that isn't at his disposal yet."""
    return f"unreleased:{collector_id}"


def available(collector_id: int) -> str:
    """A collector's money that he may refund and pay out from; a debt when negative."""
    return f"available:{collector_id}"


class Ledger:
    """Postings, and the balances that follow from them."""

    def __init__(self, postings: Table[Posting]) -> None:
        self._postings = postings
        self._by_account: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._by_subject: defaultdict[tuple[str, str], int] = defaultdict(int)

    def rebuild(self) -> None:
        """Sum the stored postings again (after a restart)."""
        self._by_account.clear()
        self._by_subject.clear()
        for posting in self._postings:
            self._count(posting)

    def post(
        self, kind: str, subject: str, currency: str, at: datetime, entries: dict[str, int]
    ) -> None:
        """Record a posting; zero entries are left out. Raises AssertionError if unbalanced."""
        entries = {account: cents for account, cents in entries.items() if cents != 0}
        if not entries:
            return
        assert sum(entries.values()) == 0, f"{kind} {subject} doesn't balance: {entries}"
        posting = Posting(kind, subject, currency, at, entries)
        self._postings.put(len(self._postings) + 1, posting)
        self._count(posting)

    def balance(self, account: str, currency: str) -> int:
        """What an account holds, in cents."""
        return self._by_account.get((account, currency), 0)

    def share(self, account: str, subject: str) -> int:
        """What one payment or payout contributed to an account, in cents."""
        return self._by_subject.get((account, subject), 0)

    def problems(self) -> Iterator[str]:
        """What doesn't add up when everything is summed afresh; nothing when all is well."""
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for key, posting in self._postings.items():
            if sum(posting.entries.values()) != 0:
                yield f"posting {key} doesn't balance"
            for account, cents in posting.entries.items():
                sums[account, posting.currency] += cents
        if sums != self._by_account:
            yield "the running balances aren't the sum of the postings"
        for (account, currency), cents in sums.items():
            if account.startswith("unreleased:") and cents < 0:
                yield f"{account} is below zero in {currency}"

    def _count(self, posting: Posting) -> None:
        for account, cents in posting.entries.items():
            self._by_account[account, posting.currency] += cents
            self._by_subject[account, posting.subject] += cents
