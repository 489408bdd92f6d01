"""Instant services, as professionals and anybody see them."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import ServiceRow
from conectar.application.queries.search import plain
from conectar.application.views.work import ServiceView
from conectar.domain.kernel.actor import Actor, Role, person


def service_view(row: ServiceRow) -> ServiceView:
    """An instant service with its professional."""
    service = row.service
    return ServiceView(
        id=service.id,
        professional_id=service.professional_id,
        professional=row.professional,
        name=service.name,
        description=service.description,
        fixed_price=service.price,
        trade_id=service.trade_id,
        created_at=service.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMyServices(Query[Listed[ServiceView]]):
    """The caller's own instant services, newest first."""

    page: Page
    actor: Actor


class ListMyServicesHandler:
    """Reads them."""

    async def __call__(self, query: ListMyServices, read: Readers) -> Listed[ServiceView]:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        rows = await read.services(person(query.actor), None, query.page)
        return Listed(tuple(map(service_view, rows.items)), rows.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListServices(Query[Listed[ServiceView]]):
    """The instant services that can be hired now, newest first. `trade` is an id, a name, or the
    tradesperson's word; an unknown one finds nothing."""

    trade: str | None
    page: Page


class ListServicesHandler:
    """Reads them."""

    async def __call__(self, query: ListServices, read: Readers) -> Listed[ServiceView]:
        """Refuses nothing."""
        trade = await read.trade_named(plain(query.trade)) if query.trade else None
        if query.trade and trade is None:
            return Listed((), 0)
        rows = await read.services(None, trade, query.page)
        return Listed(tuple(map(service_view, rows.items)), rows.total)
