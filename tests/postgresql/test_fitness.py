"""A database that can't be used is one clear line and exit 1, whoever is started."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from conectar.adapters.outbound.sql.engine import LIMITS
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgresql import APPLICATION, Cluster, databases
from tests.servers.redis import redis_url
from tests.servers.running import free_port
from tests.town import environment

SERVING = ("serve", "worker")
CONNECTING = ("doctor", "migrate", *SERVING)
NO_WORKER = ("embedded", "worker")
NOBODYS_REDIS = "redis://127.0.0.1:9/0"


def conectar(command: str, told: dict[str, str]) -> tuple[int, str, str]:
    """One command; its exit code, what it printed, and what it said went wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "conectar.bootstrap.main", command],
        env=told,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def complains(command: str, told: dict[str, str]) -> str:
    """The one line in which it says why it can't be started."""
    code, out, wrong = conectar(command, told)
    assert code == 1, (out, wrong)
    if command == "doctor":
        assert not wrong
        (line,) = [
            line for line in out.splitlines() if line.startswith("database") and "ERR" in line
        ]
        return line
    (line,) = wrong.splitlines()
    assert line.startswith("conectar: ") and not out
    return line


def settings(folder: Path, url: str, owners: str, profile: str = "production") -> dict[str, str]:
    """Those of a program on this database."""
    if profile == "production":
        mail = {"CONECTAR_SMTP_URL": "smtp://127.0.0.1:9?starttls=off"}
        return environment(folder, url, owners, NOBODYS_REDIS, free_port(), **mail)
    return os.environ | {
        "CONECTAR_DATA_DIR": str(folder),
        "CONECTAR_DATABASE_URL": url,
        "CONECTAR_MIGRATIONS_URL": owners,
    }


@pytest.mark.parametrize(
    ("profile", "command"),
    [(p, c) for p in ("embedded", "production") for c in CONNECTING if (p, c) != NO_WORKER],
)
def test_nobody_there(tmp_path: Path, command: str, profile: str) -> None:
    url = f"postgresql+asyncpg://ana:secreta@127.0.0.1:{free_port()}/conectar"
    line = complains(command, settings(tmp_path, url, url, profile))
    assert "does not answer" in line and "secreta" not in line


@pytest.mark.parametrize("command", CONNECTING)
def test_no_such_database(tmp_path: Path, command: str) -> None:
    url = make_url(databases().new()).set(database="nada").render_as_string(hide_password=False)
    assert "is not there" in complains(command, settings(tmp_path, url, url))


@pytest.fixture(scope="module")
def guarded_cluster() -> Iterator[Cluster]:
    """A server that asks `ana` for her password and does not want `beto`."""
    made = Cluster()
    made.ask_first("host all ana 127.0.0.1/32 scram-sha-256", "host all beto 127.0.0.1/32 reject")
    yield made
    made.end()


@pytest.mark.parametrize("command", CONNECTING)
@pytest.mark.parametrize(
    ("role", "told"), [("ana", "refuses the password"), ("beto", "refuses the role")]
)
def test_wrong_credentials(
    tmp_path: Path, guarded_cluster: Cluster, command: str, role: str, told: str
) -> None:
    there = make_url(guarded_cluster.url).set(username=role, password="falsa")
    url = there.render_as_string(hide_password=False)
    line = complains(command, settings(tmp_path, url, url))
    assert told in line and "falsa" not in line


@pytest.mark.parametrize("command", CONNECTING)
def test_no_postgis(tmp_path: Path, command: str) -> None:
    """The owner of the tables may not make it; he says what has to be said by whom."""
    url = databases().new("bare")
    line = complains(command, settings(tmp_path, url, databases().owners(url)))
    assert "its superuser says CREATE EXTENSION postgis" in line


@pytest.mark.parametrize("command", ["doctor", *SERVING])
def test_no_btree_gist(tmp_path: Path, command: str) -> None:
    """The owner of the tables may make it, and does when he migrates."""
    url = databases().new("bare")
    databases().do(url, "CREATE EXTENSION postgis")
    told = settings(tmp_path, url, databases().owners(url))
    assert "CREATE EXTENSION btree_gist" in complains(command, told)
    assert conectar("migrate", told)[0] == 0
    assert conectar("doctor", told)[1].count("ERROR") == 1, "Redis"


@pytest.mark.parametrize("command", ["doctor", *SERVING])
def test_sessions_of_a_pgbouncer_that_are_not_as_they_must_be(tmp_path: Path, command: str) -> None:
    url = databases().new("whole")
    between = PgBouncer(url)
    try:
        told = settings(tmp_path, between.url, databases().owners(url))
        told["CONECTAR_DATABASE_POOLED"] = "1"
        assert "need lock_timeout = 2s: run `conectar migrate`" in complains(command, told)
        for name, value in LIMITS.items():
            own = f"ALTER ROLE {APPLICATION} IN DATABASE {make_url(url).database} SET {name}"
            databases().do(url, f"{own} = '{value}'")
        between.reconnect()
        assert "need plan_cache_mode = force_generic_plan" in complains(command, told)
    finally:
        between.end()


@pytest.mark.parametrize("command", SERVING)
def test_a_redis_that_lets_nobody_in(tmp_path: Path, command: str) -> None:
    url = databases().new("whole")
    redis = redis_url().replace("//", "//:falsa@")
    told = settings(tmp_path, url, databases().owners(url)) | {"CONECTAR_REDIS_URL": redis}
    line = complains(command, told)
    assert "Redis refuses the password" in line and "falsa" not in line


@pytest.mark.parametrize("command", ["doctor", *SERVING])
@pytest.mark.parametrize("at", ["nothing", "0008"])
def test_behind(tmp_path: Path, command: str, at: str) -> None:
    url = databases().new("empty" if at == "nothing" else "whole")
    if at != "nothing":
        databases().do(url, f"UPDATE alembic_version SET version_num = '{at}'")
    line = complains(command, settings(tmp_path, url, databases().owners(url)))
    assert f"at {at}" in line and "`conectar migrate`" in line


@pytest.mark.parametrize("command", CONNECTING)
def test_ahead(tmp_path: Path, command: str) -> None:
    url = databases().new()
    databases().do(url, "UPDATE alembic_version SET version_num = '9999'")
    told = settings(tmp_path, url, databases().owners(url))
    assert "newer than this version of Conectar" in complains(command, told)


@pytest.mark.parametrize("command", CONNECTING)
def test_a_database_of_somebody_else(tmp_path: Path, command: str) -> None:
    """Its tables are not ours, for we may not look at them."""
    url = databases().new("empty")
    databases().do(url, "CREATE TABLE alembic_version (version_num text)")
    told = settings(tmp_path, url, databases().owners(url))
    why = "permission denied" if command == "migrate" else " of ours"
    assert why in complains(command, told)


def test_behind_and_brought_up(tmp_path: Path) -> None:
    url = databases().new("empty")
    told = settings(tmp_path, url, databases().owners(url), "embedded")
    code, out, _ = conectar("doctor", told)
    assert code == 0 and "empty" in out
    assert conectar("migrate", told)[0] == 0
    code, out, _ = conectar("doctor", told)
    assert code == 0 and "; the next start" not in out
    assert conectar("trial-balance", told)[0] == 0


def test_who_migrates_while_another_does_says_so(tmp_path: Path) -> None:
    """He stands no longer before a lock than others may wait behind him."""
    url = databases().new("empty")
    told = settings(tmp_path, url, databases().owners(url))
    with databases().held(url, "SELECT pg_advisory_xact_lock(hashtext('conectar migrations'))"):
        assert "somebody else" in complains("migrate", told)
    assert conectar("migrate", told)[0] == 0


def test_who_owns_the_tables_keeps_his_rights(tmp_path: Path) -> None:
    """The same role by two addresses, as where PgBouncer stands between."""
    owners = databases().owners(databases().new("whole"))
    there = make_url(owners).set(host="localhost").render_as_string(hide_password=False)
    code, _, wrong = conectar("migrate", settings(tmp_path, there, owners))
    assert code == 0, wrong

    async def may() -> Any:
        engine = create_async_engine(owners)
        async with engine.connect() as connection:
            asked = text("SELECT has_table_privilege('alembic_version', 'UPDATE')")
            return (await connection.execute(asked)).scalar_one()

    assert asyncio.run(may())
