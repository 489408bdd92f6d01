"""Where the programs of the servers are, and how they are had."""

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

PACKAGES = ("postgresql-15-postgis-3", "pgbouncer", "redis-server")
INSTALL = "apt-get install --yes --no-install-recommends " + " ".join(PACKAGES)


class Missing(Exception):
    """A server can't be had; the message is the line to run."""


@cache
def postgresql() -> Path:
    """The folder of PostgreSQL's programs, with PostGIS and btree_gist beside them."""
    return _had(_postgresql)


@cache
def redis() -> Path:
    """`redis-server`."""
    return _had(lambda: _program("redis-server"))


@cache
def pgbouncer() -> Path:
    """`pgbouncer`."""
    return _had(lambda: _program("pgbouncer"))


def _had(find: Callable[[], Path | None]) -> Path:
    if found := find():
        return found
    with _alone():
        if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
            subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=sys.stderr, **quiet)
            subprocess.run(INSTALL.split(), check=False, stdout=sys.stderr, **quiet)
    if found := find():
        return found
    raise Missing(f"tests need their own servers; run: {INSTALL}")


def _postgresql() -> Path | None:
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        extensions = Path("/usr/share/postgresql") / programs.parent.name / "extension"
        if all((extensions / f"{name}.control").exists() for name in ("postgis", "btree_gist")):
            return programs
    return None


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


@contextmanager
def _alone() -> Iterator[None]:
    """Test processes that start together install once."""
    with (Path(gettempdir()) / "conectar-tests-install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
