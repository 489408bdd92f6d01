"""What an accepted offer becomes."""

from datetime import datetime

from conectar.application.offers.parties import Sides
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.jobs import job_view
from conectar.application.settings import Policy
from conectar.application.views.work import JobView
from conectar.domain.jobs.job import begin
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId
from conectar.domain.offers.offer import Offer


async def begin_job(
    offer: Offer,
    between: Sides,
    by: Actor,
    now: datetime,
    ids: Ids,
    policy: Policy,
    uow: UnitOfWork,
) -> JobView:
    """The job, with price, words, rate and terms frozen."""
    job, events = begin(
        id=JobId(ids.new()),
        offer_id=offer.id,
        client_id=offer.client_id,
        professional_id=offer.professional_id,
        description=offer.description,
        price=offer.amount,
        rate=between.professional.tier(policy.tiers).commission,
        by=by,
        at=now,
        terms=policy.terms,
    )
    await uow.jobs.add(job)
    await uow.outbox.record(*events)
    return job_view(between.job_row(job), by, now)
