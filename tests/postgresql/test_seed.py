"""`just seed` on an installation whose tables belong to another role than the application's."""

import asyncio
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgresql.test_fitness import settings
from tests.servers.postgresql import databases
from tests.town import ROOT

COUNT = 500


def test_the_database_is_filled_and_the_planner_is_told(tmp_path: Path) -> None:
    url = databases().new()
    owners = databases().owners(url)
    command = [sys.executable, "-m", "tools.seed", str(COUNT)]
    told = settings(tmp_path, url, owners)
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f"{COUNT} professionals\n")
    rows, known = asyncio.run(counted(owners))
    assert known == rows >= COUNT


async def counted(owners: str) -> tuple[int, int]:
    """The rows of search, and how many the planner knows of."""
    engine = create_async_engine(owners)
    try:
        async with engine.connect() as connection:
            rows = await connection.scalar(text("SELECT count(*) FROM busqueda"))
            of_table = "SELECT reltuples FROM pg_class WHERE relname = 'busqueda'"
            return int(rows), int(await connection.scalar(text(of_table)))
    finally:
        await engine.dispose()
