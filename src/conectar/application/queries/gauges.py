"""What whoever watches over the house asks again and again."""

from dataclasses import dataclass

from conectar.application.message import Query
from conectar.application.ports.gauges import Gauges
from conectar.application.ports.readers import Readers
from conectar.application.ports.system import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class GetGauges(Query[Gauges]):
    """How many people are here and jobs are worked on; what is late, dead, unknown, parked, or
    waits for a person; and whether the ledger sums to zero. Of nobody in particular."""


class GetGaugesHandler:
    """Reads them at one moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, query: GetGauges, read: Readers) -> Gauges:
        """Refuses nobody: who may look is the affair of whoever shows them."""
        return await read.gauges(self._clock.now())
