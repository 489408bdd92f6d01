"""The clock of the machine, moved by what the sandbox was asked to skip."""

from datetime import UTC, datetime, timedelta

NOTHING = timedelta(0)


class SystemClock:
    """Real time plus an offset. It never runs backwards, even when the machine's clock is set
    back: then it stands still until that has caught up."""

    def __init__(self, offset: timedelta = NOTHING) -> None:
        self._offset = offset
        self._latest = datetime.min.replace(tzinfo=UTC)

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the machine."""
        return self._offset

    def now(self) -> datetime:
        """The moment, in UTC; never before an earlier answer."""
        self._latest = max(self._latest, datetime.now(UTC) + self._offset)
        return self._latest

    def advance(self, delta: timedelta) -> None:
        """Skips ahead. Raises ValueError for a step back."""
        if delta < NOTHING:
            raise ValueError("time only moves forward")
        self._offset += delta
