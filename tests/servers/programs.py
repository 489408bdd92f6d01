"""Where the programs of the servers are: installed, else in Docker's images, else installed now."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from tests.servers import docker

PACKAGES = ("postgresql-15-postgis-3", "pgbouncer", "redis-server", "libfaketime")
INSTALL = "apt-get install --yes --no-install-recommends " + " ".join(PACKAGES)


class Missing(Exception):
    """A server can't be had; the message is the line to run. It ends the session."""


@cache
def postgresql() -> Path:
    """The folder of PostgreSQL's programs, with PostGIS and btree_gist beside them."""
    return _had(_postgresql, docker.folder)


@cache
def redis() -> Path:
    """`redis-server`."""
    return _program("redis-server")


@cache
def pgbouncer() -> Path:
    """`pgbouncer`."""
    return _program("pgbouncer")


@cache
def libfaketime() -> Path:
    """What stands between a program and the system's clock; it is no server, so Docker has none."""
    return _had(_libfaketime, lambda: None)


Find = Callable[[], Path | None]


def _program(name: str) -> Path:
    def wrapped() -> Path | None:
        folder = docker.folder()
        return folder and folder / name

    return _had(lambda: _installed(name), wrapped)


def _had(installed: Find, in_docker: Find) -> Path:
    if found := installed() or in_docker():
        return found
    with _alone():
        if not installed() and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
            for command in ("apt-get update -qq", INSTALL):
                subprocess.run(command.split(), check=False, stdout=sys.stderr, **quiet)
    if found := installed():
        return found
    raise Missing(f"these tests need servers of their own; run: {INSTALL}")


def _postgresql() -> Path | None:
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        extensions = Path("/usr/share/postgresql") / programs.parent.name / "extension"
        if all((extensions / f"{name}.control").exists() for name in ("postgis", "btree_gist")):
            return programs
    return None


def _libfaketime() -> Path | None:
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def _installed(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


@contextmanager
def _alone() -> Iterator[None]:
    """Test processes that start together install once."""
    with (Path(gettempdir()) / "conectar-tests-install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
