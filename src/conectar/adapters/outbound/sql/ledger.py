"""The ledger, in SQL."""

from sqlalchemy import ColumnElement, select, update

from conectar.adapters.outbound.sql.connection import Connection
from conectar.adapters.outbound.sql.dialect import insert_missing, lock, total
from conectar.adapters.outbound.sql.statements import adding
from conectar.adapters.outbound.sql.tables import BALANCES, ENTRIES, LEDGER
from conectar.adapters.vocabulary.codes import code
from conectar.domain.kernel.ids import JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.ledger import PER_OWNER, Account, Entry, LedgerTransaction


class Ledger:
    """Append only; the database keeps the floor of per-owner balances, which are stored in their
    natural sign."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def post(self, transaction: LedgerTransaction) -> None:
        """Raises AlreadyPosted, Overdrawn."""
        owned = [e for e in transaction.entries if e.account.kind in PER_OWNER]
        await self._connection.change(adding(LEDGER), _head(transaction))
        await self._connection.change_each(adding(ENTRIES), _legs(transaction))
        for entry in sorted(owned, key=lambda e: str(e.account)):
            await self._move(entry)

    async def posted(self, source_ref: str) -> bool:
        """Whether a fact is in the ledger."""
        query = select(LEDGER.c.id).where(LEDGER.c.source_ref == source_ref)
        return await self._connection.row(query) is not None

    async def balance(self, account: Account) -> Money:
        """The stored balance of a per-owner account, locked until the unit ends."""
        whose = BALANCES.c.account == code(account.kind), BALANCES.c.owner == account.owner
        query = lock(select(BALANCES.c.balance).where(*whose))
        return Money(await self._connection.cell(query) or 0)

    async def of_payment(self, account: Account, payment: PaymentId) -> Money:
        """What one payment's entries leave in an account."""
        return await self._sum(account, ENTRIES.c.payment_id == payment)

    async def of_job(self, account: Account, job: JobId) -> Money:
        """What one job's entries leave in an account."""
        return await self._sum(account, ENTRIES.c.job_id == job)

    async def _sum(self, account: Account, of: ColumnElement[bool]) -> Money:
        owner = ENTRIES.c.owner
        whose = owner.is_(None) if account.owner is None else owner == account.owner
        query = select(total(ENTRIES.c.cents)).where(
            of, ENTRIES.c.account == code(account.kind), whose
        )
        return account.balance(await self._connection.cell(query) or 0)

    async def _move(self, entry: Entry) -> None:
        """Two statements: a row of zero first, for a database checks a row before it finds that
        the row is there already."""
        account, delta = entry.account, entry.account.balance(entry.cents).cents
        row = {"account": code(account.kind), "owner": account.owner}
        await insert_missing(self._connection, BALANCES, {**row, "balance": 0})
        await self._connection.change(
            update(BALANCES)
            .where(BALANCES.c.account == row["account"], BALANCES.c.owner == row["owner"])
            .values(balance=BALANCES.c.balance + delta)
        )


def _head(transaction: LedgerTransaction) -> dict[str, object]:
    return {
        "id": transaction.id,
        "source_ref": transaction.source_ref,
        "at": transaction.at,
        "job_id": transaction.job_id,
        "payment_id": transaction.payment_id,
        "note": transaction.note,
    }


def _legs(transaction: LedgerTransaction) -> list[dict[str, object]]:
    return [
        {
            "ledger_transaction_id": transaction.id,
            "step": step,
            "account": code(entry.account.kind),
            "owner": entry.account.owner,
            "cents": entry.cents,
            "job_id": transaction.job_id,
            "payment_id": transaction.payment_id,
        }
        for step, entry in enumerate(transaction.entries, 1)
    ]
