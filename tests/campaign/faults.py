"""A gateway of which three calls of every ten go wrong, and three notices of every ten, while the
folder has a file of the name LYING.
"""

import random
from pathlib import Path

from conectar.sandbox.faults import API_FAULTS, WEBHOOK_FAULTS, Faults

LYING = "lying"
OF_TEN = 3
NOTICE = "webhook"


class Deck:
    """Ten cards, dealt one after the other and shuffled again: as many bad ones of every ten."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = sorted(kinds)
        self._bad: list[str] = []
        self._cards: list[bool] = []

    def deal(self) -> str | None:
        """What goes wrong; None when nothing does. Each kind as often as any other."""
        if not self._cards:
            self._cards = [n < OF_TEN for n in range(10)]
            random.shuffle(self._cards)
        if not self._cards.pop():
            return None
        if not self._bad:
            self._bad = random.sample(self._kinds, len(self._kinds))
        return self._bad.pop()


def put_in(folder: Path) -> None:
    """Into the sandbox of this program, whatever it does; what was asked for waits meanwhile."""
    calls, notices, asked_for = Deck(API_FAULTS), Deck(WEBHOOK_FAULTS), Faults.take

    def take(self: Faults, operation: str | None) -> str | None:
        if not (folder / LYING).exists():
            return asked_for(self, operation)
        return (notices if operation == NOTICE else calls).deal()

    Faults.take = take  # type: ignore[method-assign]
