"""A database that can't be used is one clear line, and exit 1."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.servers.postgresql import databases
from tests.servers.running import free_port


def conectar(folder: Path, command: str, **urls: str) -> tuple[int, str]:
    """One command; its exit code and what it said."""
    named = {f"CONECTAR_{name.upper()}": value for name, value in urls.items()}
    done = subprocess.run(
        [sys.executable, "-m", "conectar.bootstrap.main", command],
        env=os.environ | named | {"CONECTAR_DATA_DIR": str(folder)},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["doctor", "migrate", "serve"])
def test_nobody_there(tmp_path: Path, command: str) -> None:
    url = f"postgresql+asyncpg://ana:secreta@127.0.0.1:{free_port()}/conectar"
    code, told = conectar(tmp_path, command, database_url=url)
    assert code == 1 and "does not answer" in told
    assert "Traceback" not in told and "secreta" not in told


def test_no_such_database(tmp_path: Path) -> None:
    url = make_url(databases().new()).set(database="nada").render_as_string(hide_password=False)
    for command in ("doctor", "migrate"):
        code, told = conectar(tmp_path, command, database_url=url)
        assert code == 1 and "is not there" in told


def test_a_missing_extension(tmp_path: Path) -> None:
    """Its owner may not make it, and says what has to be said by whom."""
    url = databases().new("bare")
    for command in ("doctor", "migrate"):
        code, told = conectar(tmp_path, command, database_url=databases().owners(url))
        assert code == 1 and "CREATE EXTENSION postgis" in told and "Traceback" not in told


def test_behind_and_brought_up(tmp_path: Path) -> None:
    url = databases().new("empty")
    urls = {"database_url": url, "migrations_url": databases().owners(url)}
    code, told = conectar(tmp_path, "doctor", **urls)
    assert code == 0 and "empty" in told
    assert conectar(tmp_path, "migrate", **urls)[0] == 0
    code, told = conectar(tmp_path, "doctor", **urls)
    assert code == 0 and "; the next start" not in told
    assert conectar(tmp_path, "trial-balance", **urls)[0] == 0
