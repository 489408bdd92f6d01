"""What every reader in memory does: look into the tables, cut a page."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar

from conectar.adapters.outbound.memory.ledger import Ledger
from conectar.adapters.outbound.memory.outbox import Outbox
from conectar.adapters.outbound.memory.repositories import Repositories
from conectar.application.message import TOTAL_MAX, Listed, Page
from conectar.application.views.work import ClientPartyView, ProfessionalPartyView
from conectar.domain.kernel.ids import UserId

T = TypeVar("T")
V = TypeVar("V")


class Reading:
    """The tables to read from."""

    def __init__(self, repositories: Repositories, ledger: Ledger, outbox: Outbox) -> None:
        self._r = repositories
        self._ledger = ledger
        self._outbox = outbox

    def client(self, id: UserId) -> ClientPartyView:
        """A client by his name."""
        return ClientPartyView.of(self._r.users.rows[id])

    def worker(self, id: UserId) -> ProfessionalPartyView:
        """A professional by his name."""
        return ProfessionalPartyView.of(self._r.users.rows[id], self._r.professionals.rows[id])


def page_of(found: Sequence[T], page: Page, view: Callable[[T], V]) -> Listed[V]:
    """A page of what was found, which is in order."""
    shown = found[page.skip : page.skip + page.limit]
    return Listed(tuple(map(view, shown)), min(len(found), TOTAL_MAX + 1))


def same(item: T) -> T:
    """As it is."""
    return item


def due(found: Iterable[Any], field: str, at: datetime, limit: int) -> list[Any]:
    """The ids of what is due by the moment in a field, oldest first."""
    moment = attrgetter(field)
    ready = [one for one in found if moment(one) <= at]
    ready.sort(key=attrgetter(field, "id"))
    return [one.id for one in ready[:limit]]
