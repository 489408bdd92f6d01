"""The wake-up call between a request and the loops that work in the background."""

import asyncio


class Alarm:
    """One loop's own: a call that came while it was busy counts, once. May be made and called
    before an event loop runs; then belongs to one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """There is something to do. To be called in the loop's own thread."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109
        """Sleeps until it rings (True) or for `timeout` seconds (False)."""
        try:
            async with asyncio.timeout(timeout):  # `wait_for` may swallow a cancellation
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class InProcessWaker:
    """Implements Waker for the loops of this program."""

    def __init__(self) -> None:
        self._alarms: list[Alarm] = []

    def alarm(self) -> Alarm:
        """A new loop's."""
        self._alarms.append(made := Alarm())
        return made

    def wake(self) -> None:
        """Rings all of them."""
        for alarm in self._alarms:
            alarm.ring()
