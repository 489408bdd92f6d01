"""A program whose clock is not the database's does nothing by it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.person import eventually
from tests.servers.running import answers, free_port
from tests.town import Program, Town

LATE = """
import sys
from datetime import timedelta
from pathlib import Path
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.bootstrap.main import main
right, off = SystemClock.now, Path(sys.argv.pop(1))
SystemClock.now = lambda clock: right(clock) + timedelta(seconds=float(off.read_text()))
main()
"""
"""A program whose clock is off by the seconds that a file says."""


def be_off(file: Path, seconds: str) -> None:
    """At once: whoever reads meanwhile reads the one or the other."""
    draft = file.with_suffix(".draft")
    draft.write_text(seconds)
    draft.rename(file)


def off_by(file: Path, *command: str) -> list[str]:
    """As it is started."""
    return [sys.executable, "-c", LATE, str(file), *command]


@pytest.mark.parametrize("command", ["doctor", "serve", "worker"])
@pytest.mark.parametrize(("seconds", "told"), [("5", "s ahead of"), ("-5", "s behind")])
def test_it_is_not_started(
    place: Town, tmp_path: Path, command: str, seconds: str, told: str
) -> None:
    file = tmp_path / "seconds"
    file.write_text(seconds)
    ended = subprocess.run(
        off_by(file, command),
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = [line for line in (ended.stdout + ended.stderr).splitlines() if "the clock of" in line]
    assert ended.returncode == 1 and len(said) == 1 and told in said[0]
    assert "Traceback" not in ended.stderr


def test_it_is_not_ready_until_its_clock_is_right_again(place: Town, tmp_path: Path) -> None:
    file, port = tmp_path / "seconds", free_port()
    be_off(file, "1")
    program = Program([], place.environment, tmp_path / "log")
    program.command = off_by(file, "serve", "--port", str(port))
    program.start()

    def health(path: str = "") -> Any:
        return httpx.get(f"http://127.0.0.1:{port}/health{path}", timeout=10)

    try:
        program.says("/docs")
        eventually(lambda: answers(port), 30)
        assert health("/ready").status_code == 200
        for seconds in ("3", "-3"):
            be_off(file, seconds)
            assert health("/ready").status_code == 503
            assert health().json()["checks"]["database"]["status"] == "error"
            assert health("/live").status_code == 200
        be_off(file, "0")
        assert health("/ready").status_code == 200
    finally:
        program.end()
