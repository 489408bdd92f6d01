"""Breaks each guard in a copy of the project and sees its tests fail.

A guard is something that must not be lost: a unique index, an owner check, a lease, a rule of the
architecture. Each is a piece of text with what stands there when it is gone, and the tests that say
so. The tests must pass before anything is broken. `just guards` runs all of them, `just guards
NAME…` some. A guard whose tests pass without it is reported as survived, and the program fails.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.guard import Guard
from tools.guard_list import GUARDS

ROOT = Path(__file__).parent.parent
TIMEOUT_S = 600


def copied(folder: Path) -> Path:
    """Everything that git knows or would take, without a history."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, told.stdout.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, target)
    return folder


def fails(tree: Path, tests: str, only: str) -> bool:
    """Whether the tests fail (and not merely find nothing to run)."""
    there = [path for path in tests.split() if (tree / path).exists()]
    assert there, f"no such tests: {tests}"
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", only, *there],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"},
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return ended.returncode not in (0, 5)


def broken(tree: Path, guard: Guard) -> bool:
    """Breaks it, asks its tests, mends it; whether they failed."""
    file = tree / guard.file
    whole = file.read_text()
    assert guard.before in whole, f"{guard.name}: {guard.file} has no such text"
    file.write_text(whole.replace(guard.before, guard.after))
    try:
        return fails(tree, guard.tests, guard.only)
    finally:
        file.write_text(whole)


def main(names: list[str]) -> int:
    """0 if every guard was seen to fail."""
    chosen = [g for g in GUARDS if not names or any(name in g.name for name in names)]
    survived = 0
    with TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for tests, only in dict.fromkeys((guard.tests, guard.only) for guard in chosen):
            if fails(tree, tests, only):
                sys.exit(f"{tests} fail with every guard in place")
        for guard in chosen:
            red = broken(tree, guard)
            survived += not red
            print(f"{'red     ' if red else 'SURVIVED'} {guard.name}", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} guards were seen to fail")
    return survived


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
