"""The clock of the machine, moved by what the sandbox was asked to skip."""

from datetime import UTC, datetime, timedelta

NOTHING = timedelta(0)
HELD_BACK = timedelta(seconds=2)
"""A clock that is set back further than this was wrong before."""


class SystemClock:
    """Real time plus an offset. It does not run backwards when the machine's clock is set back a
    little: then it stands still until that has caught up. Back by more, it goes along."""

    def __init__(self, offset: timedelta = NOTHING) -> None:
        self._offset = offset
        self._latest = datetime.min.replace(tzinfo=UTC)

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the machine."""
        return self._offset

    def now(self) -> datetime:
        """The moment, in UTC."""
        moment = datetime.now(UTC) + self._offset
        if not moment < self._latest <= moment + HELD_BACK:
            self._latest = moment
        return self._latest

    def advance(self, delta: timedelta) -> None:
        """Skips ahead. Raises ValueError for a step back."""
        if delta < NOTHING:
            raise ValueError("time only moves forward")
        self._offset += delta
