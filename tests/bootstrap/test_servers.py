"""Tests bring their own servers: in which order they look for them, and how they end without.

What is not on this machine is played by a small program on the path."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.programs import INSTALL
from tests.servers.redis import GIVEN
from tests.town import ROOT

ENGINE = "#!/bin/sh\nexit 0\n"
NO_ENGINE = "#!/bin/sh\nexit 1\n"
INSTALLER = '#!/bin/sh\necho "$*" >>"$0.log"\n: >"${0%/*}/redis-server"\n'
INSTALLER += '/bin/chmod +x "${0%/*}/redis-server"\n'
FINDS = """
import os
from tests.servers.programs import redis
os.geteuid = lambda: 0  # who may install
print(redis())
print(redis().read_text())
"""


def program(folder: Path, name: str, text: str) -> None:
    """On the path, and runs."""
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def found(folder: Path) -> tuple[Path, str]:
    """Where the tests' Redis is from, with this folder as the path; and its text."""
    command = [sys.executable, "-c", FINDS]
    environment = {"PATH": str(folder)}
    told = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    where, _, text = told.stdout.partition("\n")
    return Path(where), text


def test_what_is_installed_goes_before_docker_and_docker_before_installing(tmp_path: Path) -> None:
    program(tmp_path, "apt-get", INSTALLER)
    program(tmp_path, "docker", ENGINE)
    wrapper, text = found(tmp_path)
    assert wrapper.parent != tmp_path and "docker run" in text
    assert not (tmp_path / "apt-get.log").exists()
    program(tmp_path, "redis-server", ENGINE)
    assert found(tmp_path)[0] == tmp_path / "redis-server"


def test_without_an_engine_it_is_installed(tmp_path: Path) -> None:
    program(tmp_path, "docker", NO_ENGINE)
    program(tmp_path, "apt-get", INSTALLER)
    assert found(tmp_path)[0] == tmp_path / "redis-server"
    assert (tmp_path / "apt-get.log").read_text() == f"update -qq\n{INSTALL[8:]}\n"


@pytest.mark.parametrize("processes", ["0", "2"])
def test_without_anything_the_first_test_says_what_to_run_and_is_the_last(
    tmp_path: Path, processes: str
) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", processes]
    asked = [*command, "tests/adapters/test_limiter.py", "tests/contract/test_cache.py"]
    ended = subprocess.run(
        [*asked, "-k", "redis"],
        env={"PATH": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (1, 2)
    said = ended.stdout.splitlines()
    assert f"these tests need servers of their own; run: {INSTALL}" in said
    assert not [line for line in said if " passed" in line or line.startswith("E  ")]
    errors = [line for line in said if line.startswith("ERROR")]
    assert 1 <= len(errors) <= max(1, int(processes)), "one a process"


def test_who_is_named_is_asked_and_nobody_else_is_looked_for(tmp_path: Path) -> None:
    command = "from tests.servers.redis import redis_url; print(redis_url())"
    named = "redis://127.0.0.1:1/0"
    told = subprocess.run(
        [sys.executable, "-c", command],
        env={"PATH": str(tmp_path), GIVEN: named},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == named
