"""The written order of row locks, watched in every unit of work that a test runs on a database.

Whoever holds a lock waits only for one further down. A row of `OF_A_JOB` is guarded by its job: it
is locked after it, in any order among its like. Tables that are not here are guarded in the same
way by a row of one that is: a session by its user, a proposal by what it is about.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Compiled

from conectar.adapters.outbound.sql.connection import Connection, Said

OF_A_JOB = ("payment_intents", "pagos", "reembolsos", "disputes")
ORDER = (
    *("claves_idempotencia", "usuarios", "ofertas", "trabajos"),
    *OF_A_JOB,
    *("profesionales", "retiros", "saldos"),
)
RANK = {name: rank for rank, name in enumerate(ORDER)}


class Watch:
    """What was locked out of order on one database: a listener of it."""

    def __init__(self) -> None:
        self.wrong: set[str] = set()
        self._held: WeakKeyDictionary[Connection, list[str]] = WeakKeyDictionary()

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
        return nullcontext()


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
