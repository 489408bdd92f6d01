"""Disputes, as their parties and the administrators see them."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.disputes.shown import DisputeShower
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.queries.offers import party_filter
from conectar.application.views.work import DisputeMessageView, DisputeView
from conectar.domain.jobs.dispute import DisputeMessage
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import DisputeId


def message_view(message: DisputeMessage) -> DisputeMessageView:
    """What somebody said."""
    return DisputeMessageView(
        id=message.id,
        author_id=message.author_id,
        author_role=message.author_role,
        said=message.text,
        created_at=message.created_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDispute(Query[DisputeView]):
    """One dispute about a job of the caller's, with its files."""

    audited = True

    dispute_id: DisputeId
    actor: Actor


class GetDisputeHandler:
    """Reads it."""

    def __init__(self, shower: DisputeShower) -> None:
        self._shower = shower

    async def __call__(self, query: GetDispute, read: Readers) -> DisputeView:
        """Raises NotFound for a stranger."""
        return await self._shower.show(query.dispute_id, query.actor, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDisputes(Query[Listed[DisputeView]]):
    """The disputes about the caller's jobs, newest first; an administrator sees all."""

    audited = True

    status: DisputeStatus | None
    page: Page
    actor: Actor


class ListDisputesHandler:
    """Reads them."""

    def __init__(self, shower: DisputeShower) -> None:
        self._shower = shower

    async def __call__(self, query: ListDisputes, read: Readers) -> Listed[DisputeView]:
        """Refuses nothing."""
        of = party_filter(query.actor, as_professional_only=False)
        rows = await read.disputes(of, query.status, query.page)
        return Listed(tuple(self._shower.view(r, query.actor) for r in rows.items), rows.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDisputeMessages(Query[Listed[DisputeMessageView]]):
    """What was said in a dispute, newest first."""

    audited = True

    dispute_id: DisputeId
    page: Page
    actor: Actor


class ListDisputeMessagesHandler:
    """Reads them."""

    async def __call__(
        self, query: ListDisputeMessages, read: Readers
    ) -> Listed[DisputeMessageView]:
        """Raises NotFound for a stranger."""
        existing(await read.dispute(query.dispute_id)).job.roles_of(query.actor)
        found = await read.dispute_messages(query.dispute_id, query.page)
        return Listed(tuple(map(message_view, found.items)), found.total)
