"""A client hires an instant service."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.offers.hiring import begin_job
from conectar.application.offers.parties import expect_available, hold
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.work import JobView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import OfferId, ServiceId
from conectar.domain.offers.offer import NotAvailable, propose


@dataclass(frozen=True, slots=True, kw_only=True)
class HireService(Command[JobView]):
    """Makes a job of an instant service at once: its price, words and the professional's rate are
    frozen, as if he had offered them and the client had accepted. He has to take instant work."""

    service_id: ServiceId
    actor: Actor


class HireServiceHandler:
    """Hires."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: HireService, uow: UnitOfWork) -> JobView:
        """Raises WrongRole, NotFound, NotAvailable, AmountTooSmall."""
        only(command.actor, Role.CLIENT)
        now, client = self._clock.now(), person(command.actor)
        service = existing(await uow.services.find(command.service_id))
        if not service.active:
            raise NotFound()
        await hold(client, service.professional_id, uow)
        sides = await expect_available(client, service.professional_id, command.actor, uow)
        if not sides.professional.takes_instant:
            raise NotAvailable()
        offered = propose(
            id=OfferId(self._ids.new()),
            client_id=client,
            professional_id=service.professional_id,
            description=service.terms,
            amount=service.price,
            valid_days=self._policy.offers.days,
            by=Actor(Role.PROFESSIONAL, service.professional_id),
            at=now,
            limits=self._policy.offers,
        )
        accepted = offered.offer.accept(by=command.actor, at=now, seen=None)
        await uow.offers.add(accepted.offer)
        await uow.outbox.record(*offered.events, *accepted.events)
        return await begin_job(
            accepted.offer, sides, command.actor, now, self._ids, self._policy, uow
        )
