"""The ledger, in memory."""

from typing import TypeVar

from conectar.adapters.outbound.memory.tables import Journal
from conectar.domain.kernel.ids import JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.ledger import (
    PER_OWNER,
    Account,
    AlreadyPosted,
    LedgerTransaction,
    Overdrawn,
)

K = TypeVar("K")


class Ledger:
    """Append only; balances of per-owner accounts are kept and have a floor of zero.

    Sums by job and by payment are kept beside them, so that no question reads every entry.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.posted_refs: dict[str, LedgerTransaction] = {}
        self.balances: dict[Account, int] = {}
        self._by_job: dict[tuple[Account, JobId | None], int] = {}
        self._by_payment: dict[tuple[Account, PaymentId | None], int] = {}

    async def post(self, transaction: LedgerTransaction) -> None:
        """Raises AlreadyPosted, Overdrawn."""
        if transaction.source_ref in self.posted_refs:
            raise AlreadyPosted(source=transaction.source_ref)
        for entry in transaction.entries:
            account = entry.account
            if account.kind in PER_OWNER:
                self._add(self.balances, account, entry.cents)
                if account.balance(self.balances[account]) < Money.ZERO:
                    raise Overdrawn()
            self._add(self._by_job, (account, transaction.job_id), entry.cents)
            self._add(self._by_payment, (account, transaction.payment_id), entry.cents)
        self._journal.put(self.posted_refs, transaction.source_ref, transaction)

    async def posted(self, source_ref: str) -> bool:
        """Whether a fact is in the ledger."""
        return source_ref in self.posted_refs

    async def balance(self, account: Account) -> Money:
        """The stored balance of a per-owner account."""
        return account.balance(self.balances.get(account, 0))

    async def of_payment(self, account: Account, payment: PaymentId) -> Money:
        """What one payment's entries leave in an account."""
        return account.balance(self._by_payment.get((account, payment), 0))

    async def of_job(self, account: Account, job: JobId) -> Money:
        """What one job's entries leave in an account."""
        return account.balance(self._by_job.get((account, job), 0))

    def _add(self, sums: dict[K, int], key: K, cents: int) -> None:
        self._journal.put(sums, key, sums.get(key, 0) + cents)
