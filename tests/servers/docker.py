"""Servers out of Docker's images, where an engine answers: each program of theirs is wrapped in a
file of its name, which is started, told things and ended like an installed one."""

import atexit
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp

POSTGRESQL = ("initdb", "postgres", "pg_isready", "psql", "pg_dump", "pg_restore")
NOT_AS_ROOT = ("initdb", "postgres", "pgbouncer")
NOBODY = 65534
"""Whom those are when root starts them."""
IMAGES = {
    **dict.fromkeys(POSTGRESQL, "postgis/postgis:15-3.3"),
    "redis-server": "redis:7",
    "pgbouncer": "edoburu/pgbouncer:v1.23.1-p3",
}
PREFIX = "conectar-docker-"
WRAPPER = """#!/bin/sh
exec docker run --rm --network host --cidfile "{folder}/$$" --entrypoint {program} \\
    --user "{user}" --volume /etc/passwd:/etc/passwd:ro --volume "{tmp}:{tmp}" {image} "$@"
"""
VERBS = {signal.SIGSTOP: ["pause"], signal.SIGCONT: ["unpause"]}
"""What freezes every process of a container; other signals are the first one's."""


@cache
def folder() -> Path | None:
    """Of the wrappers; None where no engine answers."""
    if not shutil.which("docker"):
        return None
    with suppress(subprocess.SubprocessError):
        subprocess.run(["docker", "info"], capture_output=True, check=True, timeout=30)
        return _wrapped()
    return None


def _wrapped() -> Path:
    made = Path(mkdtemp(prefix=PREFIX))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    made.chmod(0o755)
    for program, image in IMAGES.items():
        other = NOBODY if program in NOT_AS_ROOT else 0
        user = f"{os.geteuid() or other}:{os.getegid() or other}"
        told = {"folder": made, "program": program, "image": image, "user": user}
        (made / program).write_text(WRAPPER.format(tmp=gettempdir(), **told))
        (made / program).chmod(0o755)
    return made


def wraps(program: Path) -> bool:
    """Whether it is a wrapper."""
    return program.parent.name.startswith(PREFIX)


def tell(program: Path, pid: int, how: signal.Signals) -> bool:
    """Signals a wrapped program that runs as `pid`; False if it is none."""
    container = program.parent / str(pid)
    if not wraps(program) or not container.exists():
        return False
    verb = VERBS.get(how, ["kill", "--signal", str(int(how))])
    command = ["docker", *verb, container.read_text()]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
