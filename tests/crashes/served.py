"""The embedded program, which dies right after the commit of one command.

`python -m tests.crashes.served FOLDER`: for each line it reads it forks a server, says its process
id, and when it is dead how it died; forking spares the imports. In a server the command under a key
that begins with `muere-` commits and is never answered, if the file FOLDER/armed is there; it is
taken away first. The address it serves is in FOLDER/address.
"""

import asyncio
import os
import signal
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from conectar.adapters.outbound.sql.store import SqlUnit
from conectar.application.core import Core
from conectar.application.once import Once, Outcome
from conectar.bootstrap.http import address, embedded, listen
from conectar.bootstrap.settings import Settings

DEADLY = "muere-"
_armed: ContextVar[bool] = ContextVar("armed", default=False)


def arm(folder: Path) -> None:
    """Puts the bomb in."""
    execute, commit = Core.execute_once, SqlUnit.commit

    async def execute_once(core: Core, message: Any, once: Once) -> Outcome:
        _armed.set(once.key.startswith(DEADLY))
        return await execute(core, message, once)

    async def deadly(unit: SqlUnit) -> None:
        await commit(unit)
        if _armed.get() and (folder / "armed").exists():
            (folder / "armed").unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    Core.execute_once = execute_once  # type: ignore[method-assign]
    SqlUnit.commit = deadly  # type: ignore[method-assign]


async def main(folder: Path) -> None:
    """Serves until it is killed."""
    bound = listen("127.0.0.1", 0)
    settings = Settings(data_dir=folder, rate_limit="off", rate_limit_login="off")
    async with embedded(settings, bound):
        draft = folder / "address.draft"
        draft.write_text(address(bound))
        draft.rename(folder / "address")
        await asyncio.Event().wait()


def life(folder: Path) -> None:
    """One server, to its end."""
    pid = os.fork()
    if pid == 0:
        arm(folder)
        asyncio.run(main(folder))
        os._exit(0)
    sys.stdout.write(f"{pid}\n")
    sys.stdout.flush()
    _, status = os.waitpid(pid, 0)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for _ in sys.stdin:
        life(Path(sys.argv[1]))
