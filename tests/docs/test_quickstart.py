"""The quickstart's commands, run in their order against a real server."""

import os
import re
import subprocess
from pathlib import Path

from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.server import running_server

PAGE = Path(__file__).parents[2] / "docs" / "quickstart.md"


def test_the_whole_journey_of_the_quickstart_works_as_it_is_written(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) > 8
    script = "\n".join(blocks).replace("admin@example.com", ADMIN_EMAIL)
    script = script.replace("una-clave-9", ADMIN_PASSWORD)
    with running_server(tmp_path / "data") as server:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={**os.environ, "BASE": server.url, "NO_PROXY": "127.0.0.1"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert ran.returncode == 0, ran.stderr + ran.stdout[-2000:]
    assert '"cuadra":true' in ran.stdout
