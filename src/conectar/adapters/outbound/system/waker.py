"""The wake-up call between a request and the background tasks of the same process."""

import asyncio


class InProcessWaker:
    """Implements Waker. May be made and woken before an event loop runs; then belongs to one."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """There is something to do. To be called in the loop's own thread."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109
        """Sleeps until woken (True) or for `timeout` seconds (False). A call that came while
        nobody slept counts, once."""
        try:
            async with asyncio.timeout(timeout):  # `wait_for` may swallow a cancellation
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
