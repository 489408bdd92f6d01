"""A queue for what nobody's money waits for: mails, notices, files to drop."""

from collections.abc import Sequence
from typing import Protocol

from conectar.application.ports.outbox import Delivery

DELIVER = "deliver"
"""The name of the one kind of job there is."""


class Queue(Protocol):
    """Carries deliveries to whoever has time, by their ids alone. What it loses comes again: the
    store knows what is done."""

    async def has_room(self) -> bool:
        """Whether it answers, and its workers keep up: what waits in it longer than a lease is
        claimed again, and a crowd of second tries helps nobody."""
        ...

    async def put(self, deliveries: Sequence[Delivery]) -> None:
        """All of them. Raises Unavailable; some may be in it then."""
        ...
