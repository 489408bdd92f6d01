"""Whether two people may deal with each other at all."""

from typing import NamedTuple

from conectar.application.ports.rows import JobRow, OfferRow
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import ClientPartyView, ProfessionalPartyView
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId
from conectar.domain.offers.offer import KycPending, NotAvailable, Offer
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Professional
from conectar.domain.people.user import User


async def hold(client_id: UserId, professional_id: UserId, uow: UnitOfWork) -> None:
    """Locks both accounts, always in the same order: while something new begins between them,
    neither is banned. Where an offer stands already its own lock is enough, for a ban closes it."""
    for id in sorted((client_id, professional_id)):
        await uow.users.find(id)


class Sides(NamedTuple):
    """Two people who may deal with each other."""

    client: User
    worker: User
    professional: Professional

    def offer_row(self, offer: Offer) -> OfferRow:
        """An offer between them, as queries read it."""
        return OfferRow(offer, *self._views())

    def job_row(self, job: Job) -> JobRow:
        """A job that has just begun between them, as queries read it."""
        return JobRow(job, *self._views(), refund=None, reviewed=False)

    def _views(self) -> tuple[ClientPartyView, ProfessionalPartyView]:
        worker = ProfessionalPartyView.of(self.worker, self.professional)
        return ClientPartyView.of(self.client), worker


async def expect_available(
    client_id: UserId, professional_id: UserId, actor: Actor, uow: UnitOfWork
) -> Sides:
    """Both accounts active, the professional's identity approved, and not the same person.

    Raises KycPending for a professional who acts without approval, NotFound for a counterpart who
    does not exist in that role, NotAvailable for the rest.
    """
    if client_id == professional_id:
        raise NotAvailable()
    client, worker, professional = await uow.read.parties(client_id, professional_id)
    approved = professional is not None and professional.kyc is KycStatus.APPROVED
    if actor.role is Role.PROFESSIONAL and not approved:
        raise KycPending()
    if client is None or client.role is not Role.CLIENT or worker is None or professional is None:
        raise NotFound()
    if not (client.active and worker.active and approved):
        raise NotAvailable()
    return Sides(client, worker, professional)
