"""Whether two people may deal with each other at all."""

from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId
from conectar.domain.offers.offer import KycPending, NotAvailable
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Professional


async def hold(client_id: UserId, professional_id: UserId, uow: UnitOfWork) -> None:
    """Locks both accounts, always in the same order: while something new begins between them,
    neither is banned. Where an offer stands already its own lock is enough, for a ban closes it."""
    for id in sorted((client_id, professional_id)):
        await uow.users.find(id)


async def expect_available(
    client_id: UserId, professional_id: UserId, actor: Actor, uow: UnitOfWork
) -> Professional:
    """Both accounts active, the professional's identity approved, and not the same person; answers
    the professional.

    Raises KycPending for a professional who acts without approval, NotFound for a counterpart who
    does not exist in that role, NotAvailable for the rest.
    """
    if client_id == professional_id:
        raise NotAvailable()
    client, user = await uow.users.peek(client_id), await uow.users.peek(professional_id)
    professional = await uow.professionals.peek(professional_id)
    approved = professional is not None and professional.kyc is KycStatus.APPROVED
    if actor.role is Role.PROFESSIONAL and not approved:
        raise KycPending()
    if client is None or client.role is not Role.CLIENT or user is None or professional is None:
        raise NotFound()
    if not (client.active and user.active and approved):
        raise NotAvailable()
    return professional
