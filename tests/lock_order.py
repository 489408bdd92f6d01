"""The written order of row locks, watched in every unit of work that a test runs on a database.

Whoever holds a lock waits only for one further down. A row of `OF_A_JOB` is guarded by its job: it
is locked after it, in any order among its like. Tables that are not here are guarded in the same
way by a row of one that is: a session by its user, a proposal by what it is about.

Of a professional's balances, whoever locks several locks what is payable to him first. Those of a
job are guarded by it.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Compiled

from conectar.adapters.outbound.sql.connection import Connection, Said
from conectar.adapters.outbound.sql.tables import BALANCES
from conectar.adapters.vocabulary.codes import code
from conectar.domain.payments.ledger import AccountKind

OF_A_JOB = ("payment_intents", "pagos", "reembolsos", "disputes")
ORDER = (
    *("claves_idempotencia", "usuarios", "ofertas", "trabajos"),
    *OF_A_JOB,
    *("profesionales", "retiros", "saldos"),
)
RANK = {name: rank for rank, name in enumerate(ORDER)}
FIRST = code(AccountKind.PAYABLE)
OF_A_PROFESSIONAL = {
    FIRST,
    code(AccountKind.PAYABLE_UNRELEASED),
    code(AccountKind.PAYOUT_PENDING),
    code(AccountKind.RECEIVABLE),
}


class Watch:
    """What was locked out of order on one database: a listener of it."""

    def __init__(self) -> None:
        self.wrong: set[str] = set()
        self._held: WeakKeyDictionary[Connection, list[str]] = WeakKeyDictionary()
        self._balances: WeakKeyDictionary[Connection, dict[UUID, str]] = WeakKeyDictionary()

    def expect_order(self) -> None:
        """To be asked when the house closes: an error in the middle of a statement is hard to
        read."""
        assert not self.wrong, f"{sorted(self.wrong)}: {ORDER}"

    def __call__(self, said: Said) -> AbstractContextManager[None]:
        """A connection is lent for one transaction."""
        held = self._held.setdefault(said.connection, [])
        for table in _locked(said.statement):
            if table not in RANK or table in held:
                continue
            above = [name for name in held if RANK[name] > RANK[table]]
            if above and table not in OF_A_JOB:
                self.wrong.add(f"{table} after {', '.join(above)}")
            held.append(table)
        if said.database == "postgresql":
            self._balances_of(said)
        return nullcontext()

    def _balances_of(self, said: Said) -> None:
        firsts = self._balances.setdefault(said.connection, {})
        for owner, kind in _balances(said):
            first = firsts.setdefault(owner, kind)
            if first not in {kind, FIRST}:
                self.wrong.add(f"{kind} after {first}")


def _balances(said: Said) -> list[tuple[UUID, str]]:
    """The balances of professionals that a statement locks; whoever inserts one waits, too."""
    statement = said.statement.statement if isinstance(said.statement, Compiled) else said.statement
    inserted = isinstance(statement, Insert) and statement.table is BALANCES
    if not inserted and BALANCES.name not in _locked(statement):
        return []
    return [
        (owner, kind)
        for row in said.parameters
        for kind in OF_A_PROFESSIONAL.intersection(row)
        for owner in row
        if isinstance(owner, UUID)
    ]


def _locked(said: Any) -> list[str]:
    statement = said.statement if isinstance(said, Compiled) else said
    if isinstance(statement, Insert):  # whoever inserts a key waits for whoever did before him
        return ["claves_idempotencia"] if statement.table.name == "claves_idempotencia" else []
    if isinstance(statement, Update | Delete):
        return [statement.table.name]
    asked = statement._for_update_arg if isinstance(statement, Select) else None
    if asked is None or asked.skip_locked:
        return []
    of = asked.of or statement.get_final_froms()
    return [table.name for table in of]
