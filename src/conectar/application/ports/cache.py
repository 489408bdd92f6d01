"""Copies of what the public reads, encoded, for every process to take."""

from typing import NamedTuple, Protocol


class Taken(NamedTuple):
    """`value`: what is kept, for `seconds` more. Without one, whoever asked loads it, and says
    `put` or `leave`."""

    value: bytes | None
    seconds: float = 0.0


class Cache(Protocol):
    """May forget anything at any time, and is asked nothing that it must not forget."""

    async def take(self, key: str) -> Taken:
        """What is kept under a key. Of all who find nothing one is told to load; the others wait
        for what he puts, for a moment at most."""
        ...

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value for so long at most, now or in a moment; who waits for it has it then."""
        ...

    async def leave(self, key: str) -> None:
        """It could not be loaded; who waits for it goes on."""
        ...
