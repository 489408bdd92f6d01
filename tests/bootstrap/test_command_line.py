"""The command line, as people use it: one program a command."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from alembic.script import ScriptDirectory

from conectar.adapters.outbound.sql.migrations import history
from tests.servers.redis import redis_url
from tests.servers.running import free_port

CONECTAR = Path(sys.executable).with_name("conectar")


def conectar(
    folder: Path, *words: str, given: str = "", **environment: str
) -> tuple[int, str, str]:
    """(exit code, output, errors) of a command run in a folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CONECTAR_")}
    told = subprocess.run(
        [CONECTAR, *words],
        cwd=folder,
        env={**clean, **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return told.returncode, told.stdout, told.stderr


def test_the_demo_ends_well(tmp_path: Path) -> None:
    code, told, _ = conectar(tmp_path, "demo")
    assert code == 0 and "Todo coincide al centavo." in told
    assert list(tmp_path.iterdir()) == [], "a throwaway instance leaves nothing"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_serve_refuses_to_expose_the_sandbox(tmp_path: Path, host: str) -> None:
    code, _, told = conectar(tmp_path, "serve", "--host", host)
    assert code == 1 and "--expose-sandbox" in told and len(told.strip().splitlines()) == 1


def test_serve_of_memory_is_refused(tmp_path: Path) -> None:
    code, _, told = conectar(tmp_path, "serve", CONECTAR_PROFILE="memory")
    assert code == 1 and "CONECTAR_PROFILE" in told


def test_serve_answers_and_stops_when_told(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [CONECTAR, "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert program.stdout is not None
        url = program.stdout.readline().split()[1].removesuffix("/docs")
        assert httpx.get(f"{url}/health/ready").json() == {"status": "ready"}
        assert httpx.get(f"{url}/sandbox/oracle").json()["cuadra"] is True
    finally:
        program.terminate()
    assert program.wait(20) == 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path, server: object) -> None:
    port = str(server.url).rpartition(":")[2]  # type: ignore[attr-defined]
    code, _, told = conectar(tmp_path, "serve", "--port", port)
    assert code == 1 and len(told.strip().splitlines()) == 1


def test_an_administrator_is_made_once(tmp_path: Path) -> None:
    assert conectar(tmp_path, "create-admin", "a@b.example", given="un-secreto-9\n")[0] == 0
    code, _, told = conectar(tmp_path, "create-admin", "a@b.example", given="un-secreto-9\n")
    assert code == 1 and "EmailTaken" in told
    code, _, told = conectar(tmp_path, "create-admin", "b@b.example", given="corta\n")
    assert code == 1 and "WeakPassword" in told


def test_the_doctor_sees_a_newer_database(tmp_path: Path) -> None:
    assert conectar(tmp_path, "migrate")[0] == 0
    code, told, _ = conectar(tmp_path, "doctor", CONECTAR_NONSENSE="1")
    assert code == 0 and "CONECTAR_NONSENSE: not a setting" in told
    newest = ScriptDirectory(str(history())).get_current_head()
    assert re.search(f"database +ok +at {newest}", told)
    with sqlite3.connect(tmp_path / ".conectar" / "conectar.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    code, told, _ = conectar(tmp_path, "doctor")
    assert code == 1 and "newer" in told
    code, _, told = conectar(tmp_path, "migrate")
    assert code == 1 and "newer" in told


def test_the_doctor_sees_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / ".conectar").mkdir()
    (tmp_path / ".conectar" / "conectar.db").write_bytes(b"not a database" * 100)
    code, told, _ = conectar(tmp_path, "doctor")
    assert code == 1 and "does not answer" in told


def test_the_doctor_asks_redis_where_one_is_set(tmp_path: Path) -> None:
    assert "redis " not in conectar(tmp_path, "doctor")[1].split("\n\n")[-1]
    code, told, _ = conectar(tmp_path, "doctor", CONECTAR_REDIS_URL=redis_url())
    assert code == 0 and re.search("redis +ok +answers", told)
    for wrong, why in (
        (f"redis://127.0.0.1:{free_port()}/0", "does not answer"),
        ("redis://:a-wrong-word@" + redis_url()[8:], "refuses the password"),
    ):
        code, told, _ = conectar(tmp_path, "doctor", CONECTAR_REDIS_URL=wrong)
        assert code == 1 and re.search(f"redis +ERROR +{why}", told)
        assert "a-wrong-word" not in told.split("\n\n")[-1]


def test_the_books_of_a_new_house_balance(tmp_path: Path) -> None:
    code, told, _ = conectar(tmp_path, "trial-balance")
    assert code == 0 and told.endswith("balanced\n")


def test_a_bad_setting_is_one_clear_line(tmp_path: Path) -> None:
    code, _, told = conectar(tmp_path, "migrate", CONECTAR_DEADLINE_WORK="soon")
    assert code == 1 and told.startswith("conectar: CONECTAR_DEADLINE_WORK")
