"""A clock that whole programs share and a test sets forward: libfaketime stands between them and
the system's. What they measure waits with (the monotonic clock) is left alone."""

import os
from pathlib import Path

from tests.servers.programs import libfaketime


class SharedClock:
    """The system's, and so many seconds ahead of it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._ahead = 0
        self.advance(0)

    @property
    def environment(self) -> dict[str, str]:
        """Whoever is started with this goes by it."""
        return {
            "LD_PRELOAD": str(libfaketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def advance(self, seconds: int) -> None:
        """For everybody, from one moment to the next."""
        self._ahead += seconds
        new = self._file.with_suffix(".new")
        new.write_text(f"+{self._ahead}")
        os.replace(new, self._file)
