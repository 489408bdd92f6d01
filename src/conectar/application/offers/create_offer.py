"""Somebody proposes terms to somebody else."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.message import Command
from conectar.application.offers.parties import expect_available, hold
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.offers import offer_view
from conectar.application.settings import Policy
from conectar.application.views.work import OfferView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import OfferId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.offer import propose


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOffer(Command[OfferView]):
    """Proposes what is to be done, for how much, and until when the offer stands (1-60 days).

    A client proposes to a professional whose identity is approved; a professional whose identity
    is approved proposes to a client.
    """

    to: UserId
    description: str
    amount: Money
    valid_days: int | None
    actor: Actor


class CreateOfferHandler:
    """Proposes."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: CreateOffer, uow: UnitOfWork) -> OfferView:
        """Raises WrongRole, KycPending, NotFound, NotAvailable, AmountTooSmall, OutOfRange."""
        now, actor = self._clock.now(), command.actor
        if actor.role is not Role.PROFESSIONAL:
            only(actor, Role.CLIENT)
        by_client = actor.role is Role.CLIENT
        client_id, professional_id = (
            (person(actor), command.to) if by_client else (command.to, person(actor))
        )
        await hold(client_id, professional_id, uow)
        sides = await expect_available(client_id, professional_id, actor, uow)
        decision = propose(
            id=OfferId(self._ids.new()),
            client_id=client_id,
            professional_id=professional_id,
            description=command.description,
            amount=command.amount,
            valid_days=self._policy.offers.days
            if command.valid_days is None
            else command.valid_days,
            by=actor,
            at=now,
            limits=self._policy.offers,
        )
        await uow.offers.add(decision.offer)
        await uow.outbox.record(*decision.events)
        return offer_view(sides.offer_row(decision.offer), actor, now)
