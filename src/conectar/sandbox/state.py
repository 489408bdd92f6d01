"""Where the world is kept: tables in memory, a snapshot and a journal on disk.

A commit appends one line, ``[[table, key, value-or-null], ...]``, to ``<state_file>.journal``, so
that a killed process loses no answered call and a commit is whole or absent. Now and then, and at
start, the journal is folded into the snapshot (written beside and moved over it). Lines are
upserts, so replaying a journal over a snapshot that already has it changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

Record = TypeVar("Record", bound=msgspec.Struct)
_Line = list[tuple[str, str, msgspec.Raw]]
_COMPACT_EVERY_LINES = 5_000


class Table(Generic[Record]):
    """Records by key, in the order in which they came; ``put`` is what makes a change last."""

    def __init__(self, kind: type[Record], dirty: set[str]) -> None:
        self.kind = kind
        self.dirty = dirty
        self._rows: dict[str, Record] = {}

    def get(self, key: str | int) -> Record | None:
        """The record, or None."""
        return self._rows.get(str(key))

    def put(self, key: str | int, record: Record) -> None:
        """Store a record, or note that a stored one was changed."""
        self._rows[str(key)] = record
        self.dirty.add(str(key))

    def drop_oldest(self, keep: int) -> None:
        """Forget the oldest records beyond ``keep``."""
        for key in list(self._rows)[: max(0, len(self._rows) - keep)]:
            del self._rows[key]
            self.dirty.add(key)

    def load(self, key: str, raw: bytes | msgspec.Raw) -> None:
        """Take one stored value; null removes."""
        if bytes(raw) == b"null":
            self._rows.pop(key, None)
        else:
            self._rows[key] = msgspec.json.decode(raw, type=self.kind)

    def items(self) -> Iterator[tuple[str, Record]]:
        """Keys and records, oldest first."""
        return iter(self._rows.items())

    def __iter__(self) -> Iterator[Record]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)


class Store:
    """All tables, and the files behind them (none when ``path`` is None)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._tables: dict[str, Table[Any]] = {}
        self._journal: int | None = None
        self._lines = 0

    def table(self, name: str, kind: type[Record]) -> Table[Record]:
        """Declare a table; all are declared before ``open``."""
        table = Table(kind, set())
        self._tables[name] = table
        return table

    def open(self) -> None:
        """Read what was kept, fold the journal in, and be ready to commit."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            self._replay(self._path.read_bytes())
        if self._journal_path.exists():
            for line in self._journal_path.read_bytes().split(b"\n"):
                self._replay(line, torn_allowed=True)
        self._compact()

    def commit(self) -> None:
        """Make every change since the last commit last."""
        lines = [
            (name, key, table.get(key))
            for name, table in self._tables.items()
            for key in sorted(table.dirty)
        ]
        for table in self._tables.values():
            table.dirty.clear()
        if self._journal is None or not lines:
            return
        os.write(self._journal, msgspec.json.encode(lines) + b"\n")
        self._lines += 1
        if self._lines >= _COMPACT_EVERY_LINES:
            self._compact()

    def close(self) -> None:
        """Commit and let go of the files."""
        self.commit()
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None

    @property
    def _journal_path(self) -> Path:
        assert self._path is not None
        return self._path.with_name(self._path.name + ".journal")

    def _replay(self, line: bytes, *, torn_allowed: bool = False) -> None:
        if not line.strip():
            return
        try:
            changes = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            if torn_allowed:  # the process died while writing it, so nobody was answered
                return
            raise
        for name, key, raw in changes:
            if name in self._tables:
                self._tables[name].load(key, raw)

    def _compact(self) -> None:
        assert self._path is not None
        rows = [(name, key, row) for name, table in self._tables.items()
                for key, row in table.items()]
        beside = self._path.with_name(self._path.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(rows))
        beside.replace(self._path)
        if self._journal is not None:
            os.close(self._journal)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._journal = os.open(self._journal_path, flags, 0o600)
        self._lines = 0
