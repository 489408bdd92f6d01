"""Who may import whom: the contracts of `pyproject.toml`, and what they can't say."""

import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
INNER = ("conectar.domain", "conectar.application")


def test_the_import_contracts_are_kept() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_inner_rooms_use_nothing_but_the_standard_library() -> None:
    graph = grimp.build_graph("conectar", include_external_packages=True)
    imported = {
        (module, target)
        for module in graph.modules
        if module.startswith(INNER)
        for target in graph.find_modules_directly_imported_by(module)
        if not target.startswith("conectar")
        and target.partition(".")[0] not in sys.stdlib_module_names
    }
    assert imported == set()


def test_what_is_not_needed_when_embedded_is_not_imported() -> None:
    program = (
        "import sys, conectar.bootstrap.http, conectar.bootstrap.library;"
        "rest = 'firebase_admin redis saq coredis opentelemetry prometheus_client'.split();"
        "print([m for m in rest if m in sys.modules])"
    )
    run = [sys.executable, "-c", program]
    told = subprocess.run(run, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
