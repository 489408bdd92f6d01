"""Whoever names a server for the tests has them run there."""

import asyncio
import os
import subprocess
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.servers.postgresql import APPLICATION, GIVEN, Cluster
from tests.town import ROOT


async def known(url: str, role: str) -> bool:
    """Whether a server has that role."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            asked = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
            return bool(await connection.scalar(asked, {"role": role}))
    finally:
        await engine.dispose()


def test_a_named_server_is_used() -> None:
    cluster = Cluster()
    try:
        assert not asyncio.run(known(cluster.url, APPLICATION))
        some = ["tests/contract/test_turns.py", "-k", "postgresql", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", "-q", *some]
        subprocess.run(command, cwd=ROOT, env=os.environ | {GIVEN: cluster.url}, check=True)
        assert asyncio.run(known(cluster.url, APPLICATION))
    finally:
        cluster.end()
