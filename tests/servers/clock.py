"""A clock that whole programs share and a test sets forward: libfaketime stands between them and
the system's. What they measure waits with (the monotonic clock) is left alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.servers.programs import libfaketime


class SharedClock:
    """The system's, and so many seconds ahead of it; that again when nobody has it any more."""

    def __init__(self) -> None:
        folder = Path(mkdtemp(prefix="conectar-clock-"))
        folder.chmod(0o755)  # servers that are somebody else read it, too
        self._file = folder / "clock"
        self._lent = 0
        self._set(0)

    @property
    def environment(self) -> dict[str, str]:
        """Whoever is started with this goes by it."""
        return {
            "LD_PRELOAD": str(libfaketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    @contextmanager
    def lent(self) -> Iterator[None]:
        """To somebody who may set it forward."""
        self._lent += 1
        try:
            yield
        finally:
            self._lent -= 1
            if not self._lent:
                self._set(0)

    def advance(self, seconds: int) -> None:
        """For everybody, from one moment to the next."""
        self._set(self.ahead + seconds)

    def _set(self, ahead: int) -> None:
        self.ahead = ahead
        new = self._file.with_suffix(".new")
        new.write_text(f"+{ahead}")
        os.replace(new, self._file)


@cache
def shared_clock() -> SharedClock:
    """That of this test process's towns, and of the PostgreSQL under them."""
    return SharedClock()
