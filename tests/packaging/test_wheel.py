"""The wheel, installed outside the checkout in an empty environment, tells the whole demo."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a program prints; it must go well."""
    told = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `conectar` of an environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    run("uv", "build", "--wheel", "--quiet", "--out-dir", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    pins = folder / "pins.txt"
    export = ("uv", "export", "--no-dev", "--no-hashes", "--no-emit-project", "--quiet")
    run(*export, "--output-file", pins, cwd=ROOT)
    venv = folder / "venv"
    run("uv", "venv", "--quiet", venv, cwd=folder)
    install = ("uv", "pip", "install", "--quiet", "--constraint", pins, wheel)
    run(*install, cwd=folder, VIRTUAL_ENV=str(venv))
    return venv / "bin" / "conectar"


def test_the_installed_wheel_tells_the_demo(installed: Path, tmp_path: Path) -> None:
    assert "Todo coincide al centavo" in run(installed, "demo", cwd=tmp_path)


def test_the_installed_wheel_migrates_and_knows_its_routes(installed: Path, tmp_path: Path) -> None:
    run(installed, "migrate", cwd=tmp_path)
    newest = f"{len(list((ROOT / 'alembic' / 'versions').glob('*.py'))):04}"
    assert f"at {newest}" in run(installed, "doctor", cwd=tmp_path)
    assert '"openapi": "3.1.0"' in run(installed, "openapi", cwd=tmp_path)
    assert "balanced" in run(installed, "trial-balance", cwd=tmp_path)
