"""Whether two people may deal with each other at all."""

from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId
from conectar.domain.offers.offer import KycPending, NotAvailable
from conectar.domain.people.kyc import KycStatus


async def expect_available(
    client_id: UserId, professional_id: UserId, actor: Actor, uow: UnitOfWork
) -> None:
    """Both accounts active, the professional's identity approved, and not the same person.

    Raises KycPending for a professional who acts without approval, NotFound for a counterpart who
    does not exist in that role, NotAvailable for the rest.
    """
    if client_id == professional_id:
        raise NotAvailable()
    client, user = await uow.users.find(client_id), await uow.users.find(professional_id)
    professional = await uow.professionals.find(professional_id)
    approved = professional is not None and professional.kyc is KycStatus.APPROVED
    if actor.role is Role.PROFESSIONAL and not approved:
        raise KycPending()
    if client is None or client.role is not Role.CLIENT or user is None or professional is None:
        raise NotFound()
    if not (client.active and user.active and approved):
        raise NotAvailable()
