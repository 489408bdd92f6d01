"""The written order of row locks, watched in every unit of work that a test runs on a database.

Whoever holds a lock waits only for one further down. A row of `OF_A_JOB` is guarded by its job: it
is locked after it, in any order among its like. Tables that are not here are guarded in the same
way by a row of one that is: a session by its user, a proposal by what it is about.
"""

from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update, event
from sqlalchemy.engine import Compiled, Engine

OF_A_JOB = ("payment_intents", "pagos", "reembolsos", "disputes")
ORDER = (
    *("claves_idempotencia", "usuarios", "ofertas", "trabajos"),
    *OF_A_JOB,
    *("profesionales", "retiros", "saldos"),
)
RANK = {name: rank for rank, name in enumerate(ORDER)}
HELD = "locks of this unit"


class Watch:
    """What was locked out of order on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.wrong: set[str] = set()
        event.listen(engine, "before_execute", self._takes)
        for name in ("commit", "rollback"):
            event.listen(engine, name, self._ends)

    def expect_order(self) -> None:
        """To be asked when the house closes: an error in the middle of a statement is hard to
        read."""
        assert not self.wrong, f"{sorted(self.wrong)}: {ORDER}"

    def _ends(self, connection: Connection) -> None:
        if not connection.invalidated:
            connection.info.pop(HELD, None)

    def _takes(self, connection: Connection, statement: Any, *_: Any) -> None:
        for table in _locked(statement):
            held = connection.info.setdefault(HELD, [])
            if table not in RANK or table in held:
                continue
            above = [name for name in held if RANK[name] > RANK[table]]
            if above and table not in OF_A_JOB:
                self.wrong.add(f"{table} after {', '.join(above)}")
            held.append(table)


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
