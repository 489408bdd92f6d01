"""Where the world is kept: tables in memory, a snapshot and a journal on disk.

A commit appends one line, ``[[table, key, value-or-null], ...]``, to ``<state_file>.journal``, so
that a killed process loses no answered call and a commit is whole or absent. Now and then, and at
start, the journal is folded into the snapshot (written beside and moved over it). Lines are
upserts, so replaying a journal over a snapshot that already has it changes nothing. Each begins
with its line break, so that a write that failed half-way spoils no other.
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
        if self._path is not None:
            changes = [
                (name, key, table.get(key))
                for name, table in self._tables.items()
                for key in sorted(table.dirty)
            ]
            if changes:
                self._append(b"\n" + msgspec.json.encode(changes))
        for table in self._tables.values():
            table.dirty.clear()

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

    def _append(self, line: bytes) -> None:
        with open(self._journal_path, "ab", buffering=0, opener=_private) as file:
            file.write(line)
        self._lines += 1
        if self._lines >= _COMPACT_EVERY_LINES:
            self._compact()

    def _compact(self) -> None:
        assert self._path is not None
        rows = [
            (name, key, row) for name, table in self._tables.items() for key, row in table.items()
        ]
        beside = self._path.with_name(self._path.name + ".new")
        with open(beside, "wb", opener=_private) as file:
            file.write(msgspec.json.encode(rows))
        beside.replace(self._path)
        self._journal_path.unlink(missing_ok=True)
        self._lines = 0


def _private(path: str, flags: int) -> int:
    """Letters hold links that let people in: nobody else reads the files."""
    return os.open(path, flags, 0o600)
