"""A program whose clock is not the database's does nothing by it."""

import signal
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest

from conectar.adapters.inbound.worker.in_step import RIGHT, WRONG
from tests.http.api import Api
from tests.http.person import eventually, good
from tests.servers.running import answers, free_port
from tests.town import Program, Town

DAY_S, SWEEP_S = 24 * 3600, 0.5
LATE = """
import datetime, sys
from pathlib import Path
from conectar.adapters.outbound.system import clock
from conectar.bootstrap.main import main
off = Path(sys.argv.pop(1))
class Machine(datetime.datetime):
    @staticmethod
    def now(zone):
        return datetime.datetime.now(zone) + datetime.timedelta(seconds=float(off.read_text()))
clock.datetime = Machine
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


def test_a_running_worker_does_nothing_by_a_clock_that_jumped(
    api: Api, place: Town, tmp_path: Path
) -> None:
    ana, beto = api.client(nombre="Ana"), api.professional(nombre="Beto")
    job, _ = api.done(ana, beto)
    open_offer = api.offer(ana, beto)
    file = tmp_path / "seconds"
    be_off(file, "0")
    program = Program([], place.environment, tmp_path / "log")
    program.command = off_by(file, "worker")
    program.start()
    try:
        program.says("Conectar: worker")
        eventually(lambda: not api.admin.seen("/admin/events/pending"), 30)
        sleep(2 * SWEEP_S)  # whoever is between a look and his work when the clock jumps does it
        be_off(file, str(40 * DAY_S))
        program.says(WRONG)
        sleep(6 * SWEEP_S)
        assert ana.seen(f"/trabajos/{job['id']}")["estado"] == "COMPLETADO"
        assert ana.seen(f"/ofertas/{open_offer['id']}")["estado"] == "PENDIENTE"
        mail = len(place.letters(ana.email))
        good(beto.put(f"/ofertas/{open_offer['id']}/accept"))
        eventually(lambda: len(place.letters(ana.email)) > mail, 20)
        be_off(file, "0")
        program.says(RIGHT)
        assert program.end() == 0
    finally:
        program.end(signal.SIGKILL)
