"""What the gateway does by itself, and what waits for a second administrator."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.house.seconding import proposal_view
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import Incident
from conectar.application.views.money import IncidentView, ProposalView
from conectar.domain.jobs.lifecycle import FrozenBy
from conectar.domain.kernel.actor import Actor, Role


def incident_view(incident: Incident) -> IncidentView:
    """A payment the gateway does something with."""
    payment, job = incident.payment, incident.job
    return IncidentView(
        gateway_payment_id=payment.id,
        job_id=payment.job_id,
        amount=payment.amount,
        currency=payment.amount.currency,
        refunded_by_gateway=payment.refunded,
        taken_by_chargebacks=payment.taken,
        payment_status=payment.status,
        payment_detail=payment.detail,
        frozen_by=job.frozen_by if job and job.frozen_by is not FrozenBy.NONE else None,
        job_status=job.status if job else None,
        escrow=job.escrow if job else None,
        flag=payment.flag,
        updated_at=payment.updated_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListIncidents(Query[Listed[IncidentView]]):
    """The payments the gateway froze, and those it said something of that no rule knows."""

    page: Page
    actor: Actor


class ListIncidentsHandler:
    """Reads them."""

    async def __call__(self, query: ListIncidents, read: Readers) -> Listed[IncidentView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.incidents(query.page)
        return Listed(tuple(map(incident_view, found.items)), found.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProposals(Query[Listed[ProposalView]]):
    """What waits for a second administrator, newest first."""

    page: Page
    actor: Actor


class ListProposalsHandler:
    """Reads them."""

    async def __call__(self, query: ListProposals, read: Readers) -> Listed[ProposalView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.proposals(query.page)
        return Listed(tuple(map(proposal_view, found.items)), found.total)
