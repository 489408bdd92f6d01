"""What the application's role may do on PostgreSQL, when the tables belong to another one.

It reads and writes rows; it makes no table, what is written once it can only add to, and it deletes
only what may be forgotten.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import SESSION
from conectar.adapters.outbound.sql.migrations import ONE_AT_A_TIME, VERSION_TABLE

ADD_ONLY = (t.LEDGER.name, t.ENTRIES.name, t.TIMELINE.name, t.OUTBOX.name)
FORGETS = tuple(
    table.name
    for table in (
        *(t.SESSIONS.table, t.KYC_SUBMISSIONS.table, t.NOTICES.table, t.KEYS.table),
        *(t.DELIVERIES, t.SEARCH.table),
    )
)
READ_ONLY = (VERSION_TABLE, "transiciones")


async def grant(engine: AsyncEngine, role: str) -> None:
    """Grants all of it, as often as you like. `engine` is the owner's."""
    named = engine.dialect.identifier_preparer.quote(role)
    async with engine.begin() as connection:
        for said in (
            ONE_AT_A_TIME,
            f"GRANT USAGE ON SCHEMA public TO {named}",
            f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {named}",
            f"REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM {named}",
            f"GRANT DELETE ON {', '.join(FORGETS)} TO {named}",
            f"REVOKE UPDATE ON {', '.join(ADD_ONLY)} FROM {named}",
            f"REVOKE INSERT, UPDATE ON {', '.join(READ_ONLY)} FROM {named}",
        ):
            await connection.execute(text(said))


async def settle(engine: AsyncEngine) -> None:
    """Makes the settings of our sessions the role's own in this database, for every session that
    PgBouncer begins from then on. `engine` is the application's."""
    async with engine.begin() as connection:
        await connection.execute(text(ONE_AT_A_TIME))
        database = (await connection.execute(text("SELECT current_database()"))).scalar_one()
        where = engine.dialect.identifier_preparer.quote(database)
        for name, value in SESSION.items():
            said = f"ALTER ROLE CURRENT_USER IN DATABASE {where} SET {name} = '{value}'"
            await connection.execute(text(said))
