"""Fills a PostgreSQL database with professionals who can be found: `just seed 1000000`.

The same number gives the same people at the same places. Two fifths live around Buenos Aires, the
rest around other cities; trades are unevenly spread. The database is that of the settings,
which is filled as the owner of its tables; it must be migrated, and hold no professionals yet.
"""

import asyncio
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.engine import migrating_engine
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.people.seed_trades import SeedTrades
from conectar.application.search_rows import rows_of
from conectar.bootstrap.library import execute_alone
from conectar.bootstrap.place import find_place
from conectar.bootstrap.settings import load
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import UserId
from conectar.domain.kernel.money import Money
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Point, Professional, newcomer
from conectar.domain.people.user import User

CAPITAL, CAPITALS_SHARE, CAPITAL_KM = Point(-34.6037, -58.3816), 0.4, 20.0
CITIES = (
    *(Point(-31.4201, -64.1888), Point(-32.9442, -60.6505), Point(-32.8895, -68.8458)),
    *(Point(-26.8083, -65.2176), Point(-34.9205, -57.9536), Point(-38.0055, -57.5426)),
    *(Point(-24.7821, -65.4232), Point(-31.6107, -60.6973), Point(-31.5375, -68.5364)),
    *(Point(-27.4514, -58.9867), Point(-27.4692, -58.8306), Point(-38.9516, -68.0591)),
    *(Point(-27.3671, -55.8961), Point(-38.7183, -62.2663), Point(-31.7333, -60.5297)),
    *(Point(-24.1858, -65.2995), Point(-33.3017, -66.3378), Point(-28.4696, -65.7852)),
    *(Point(-29.4131, -66.8558), Point(-45.8656, -67.4822), Point(-26.1775, -58.1781)),
    *(Point(-36.6167, -64.2833), Point(-41.1335, -71.3103), Point(-54.8019, -68.3030)),
)
CITY_KM = 8.0
BATCH = 20_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
KM_A_DEGREE = 111.195


def _place(chance: random.Random) -> Point:
    """Somewhere in a city, thinner outwards."""
    capital = chance.random() < CAPITALS_SHARE
    centre, spread = (CAPITAL, CAPITAL_KM) if capital else (chance.choice(CITIES), CITY_KM)
    north, east = chance.gauss(0, spread), chance.gauss(0, spread)
    shrink = math.cos(math.radians(centre.latitude))
    return Point(
        centre.latitude + north / KM_A_DEGREE, centre.longitude + east / KM_A_DEGREE / shrink
    )


def people(count: int) -> Iterator[tuple[User, Professional]]:
    """Professionals with their accounts, the same every time."""
    chance = random.Random(count)
    for number in range(count):
        id = UserId(UUID(int=(0x0190_0000_0000 + number) << 80 | 7 << 76 | 2 << 62 | number))
        user = User(
            id=id,
            email=f"p{number}@example.com",
            password_hash="!",
            first_name=f"Nombre{number % 997}",
            last_name=f"Apellido{number % 1009}",
            role=Role.PROFESSIONAL,
            phone=None,
            active=True,
            email_verified=True,
            created_at=EPOCH,
        )
        yield user, _professional(user.id, chance)


def _professional(id: UserId, chance: random.Random) -> Professional:
    reviews = 0 if chance.random() < 0.3 else 1 + int(chance.expovariate(0.05))
    stars = min(5.0, max(2.5, 5.0 - chance.expovariate(2.0)))
    rate = Money(chance.randrange(200_000, 2_000_000)) if chance.random() < 0.9 else None
    first, second = (TRADES[_skewed(chance)].id for _ in range(2))
    both = chance.random() < 0.5 and first != second
    return replace(
        newcomer(id, str(id)),
        kyc=KycStatus.APPROVED,
        location=_place(chance),
        radius_km=chance.choice((5, 10, 15, 20, 30, 50, 100)),
        available=chance.random() < 0.7,
        takes_instant=chance.random() < 0.3,
        hourly_rate=rate,
        reviews=reviews,
        rating_sum=round(stars * reviews),
        points=int(chance.expovariate(0.001)),
        trades=(first, second) if both else (first,),
    )


def _skewed(chance: random.Random) -> int:
    return min(len(TRADES) - 1, int(chance.expovariate(0.25)))


async def fill(engine: AsyncEngine, count: int) -> None:
    """Copies them in."""
    names = {trade.id: trade.name for trade in TRADES}
    left = people(count)
    while some := list(islice(left, BATCH)):
        await _copy(engine, t.USERS.table, [t.USERS.values(user) for user, _ in some])
        rows = [t.PROFESSIONALS.values(professional) for _, professional in some]
        await _copy(engine, t.PROFESSIONALS.table, rows)
        found = [row for one in some for row in rows_of(*one, names)]
        await _copy(engine, t.SEARCH.table, [t.SEARCH.values(row) for row in found])


async def _copy(engine: AsyncEngine, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = {column.key: column.name for column in table.columns}
    records = [tuple(_cell(row[key]) for key in columns) for row in rows]
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.copy_records_to_table(
            table.name, records=records, columns=list(columns.values())
        )


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict | tuple) else value


async def main(count: int) -> None:
    """Into the database of the settings."""
    settings = load().settings
    await execute_alone(settings, SeedTrades(trades=TRADES))
    engine = migrating_engine(find_place(settings, "http://127.0.0.1:9").migrations_url)
    await fill(engine, count)
    async with engine.connect() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.commit()
    await engine.dispose()
    print(f"{count} professionals")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
