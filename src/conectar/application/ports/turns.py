"""Turns: what only one program at a time may do, and who has it until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`holder` does `name` until then; a holder who dies is followed by another one."""

    name: str
    holder: str
    until: datetime


class Turns(Protocol):
    """Unique: name."""

    async def take(self, turn: Turn, at: datetime) -> bool:
        """Takes a turn that nobody has had, whose time is over at `at`, or that its holder has
        already; False if somebody else has it."""
        ...
