"""What the application's role may do on PostgreSQL, when the tables belong to another one.

It reads and writes rows; it makes no table, and what is written once it can only add to.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql.engine import SESSION
from conectar.adapters.outbound.sql.migrations import ONE_AT_A_TIME, VERSION_TABLE
from conectar.adapters.outbound.sql.tables import ENTRIES, LEDGER, OUTBOX, TIMELINE

ADD_ONLY = (LEDGER.name, ENTRIES.name, TIMELINE.name, OUTBOX.name)
READ_ONLY = (VERSION_TABLE, "transiciones")


async def grant(engine: AsyncEngine, role: str) -> None:
    """Grants all of it, as often as you like. `engine` is the owner's."""
    named = engine.dialect.identifier_preparer.quote(role)
    async with engine.begin() as connection:
        for said in (
            ONE_AT_A_TIME,
            f"GRANT USAGE ON SCHEMA public TO {named}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {named}",
            f"REVOKE UPDATE, DELETE ON {', '.join(ADD_ONLY)} FROM {named}",
            f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(READ_ONLY)} FROM {named}",
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
