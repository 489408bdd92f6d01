"""Writes a migration from what the tables say now, against a fresh database at today's head."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from conectar.adapters.outbound.sql.engine import make_engine
from conectar.adapters.outbound.sql.migrations import commands, history


def main(message: str) -> None:
    """The file gets the next number."""
    number = f"{len(list((history() / 'versions').glob('*.py'))) + 1:04}"
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'now.db'}"
        commands(make_engine(url)).upgrade("head")
        commands(make_engine(url)).revision(message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(sys.argv[1])
