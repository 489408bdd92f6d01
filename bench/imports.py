"""How long until it is there, and how much room does it take?"""

import resource
import statistics
import subprocess
import sys
import urllib.request
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from bench.measure import line

ROUNDS = 5
INNER = (
    "import pkgutil, importlib, conectar.domain as d, conectar.application as a\n"
    "for p in (d, a):\n"
    "    for m in pkgutil.walk_packages(p.__path__, p.__name__ + '.'):\n"
    "        importlib.import_module(m.name)"
)
DEPENDENCIES = (
    "import litestar, uvicorn, dishka.integrations.litestar, sqlalchemy.ext.asyncio, aiosqlite, "
    "advanced_alchemy.alembic.commands, alembic, mercadopago, obstore, httpx, structlog, jwt, "
    "argon2, limits.aio.strategies, msgspec, dotenv, uuid_utils"
)


def python(program: str) -> float:
    """Seconds of a whole interpreter that runs a program."""
    started = perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return perf_counter() - started


def median(work: object, *arguments: object) -> float:
    """Of some rounds."""
    return statistics.median(work(*arguments) for _ in range(ROUNDS))  # type: ignore[operator]


def until_live() -> float:
    """Seconds from `conectar serve` to the first answer of /health/live."""
    with TemporaryDirectory() as folder:
        started = perf_counter()
        program = subprocess.Popen(
            [sys.executable, "-m", "conectar.bootstrap.main", "serve", "--port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert program.stdout is not None
            url = program.stdout.readline().split()[1].removesuffix("/docs")
            while True:
                try:
                    urllib.request.urlopen(f"{url}/health/live", timeout=1)
                    return perf_counter() - started
                except OSError:
                    sleep(0.01)
        finally:
            program.terminate()
            program.wait()


def demo_mebibytes() -> float:
    """The largest resident set of a whole demo."""
    subprocess.run(
        [sys.executable, "-m", "conectar.bootstrap.main", "demo"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Everything."""
    print(line("largest resident set of the demo", demo_mebibytes(), "MiB", 200))
    empty = median(python, "pass")
    inner = median(python, INNER) - empty
    print(line("import of every inner module", inner * 1000, "ms", 300))
    dependencies = median(python, DEPENDENCIES) - empty
    print(line("import of what serve depends on", dependencies, "s"))
    live = median(until_live)
    print(line("serve until /health/live", live, "s", 1.5 * dependencies + 1))


if __name__ == "__main__":
    main()
