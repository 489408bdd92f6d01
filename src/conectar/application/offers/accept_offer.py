"""The standing terms become a job."""

from dataclasses import dataclass

from conectar.application.message import Command
from conectar.application.offers.haggling import find, keep
from conectar.application.offers.hiring import begin_job
from conectar.application.offers.parties import expect_available
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.work import JobView
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command[JobView]):
    """Accepts the terms the other side proposed. Price, commission rate and description are frozen
    on the job, which now waits for the client's payment. `version` is that of the terms the caller
    saw; if others stand, nothing is accepted.
    """

    offer_id: OfferId
    version: int | None
    actor: Actor


class AcceptOfferHandler:
    """Accepts."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(self, command: AcceptOffer, uow: UnitOfWork) -> JobView:
        """Raises NotFound, WrongSide, OfferNotPending, OfferOverdue, OfferChanged, NotAvailable,
        KycPending."""
        now, actor = self._clock.now(), command.actor
        offer = await find(command.offer_id, actor, uow)
        decision = offer.accept(by=actor, at=now, seen=command.version)
        sides = await expect_available(offer.client_id, offer.professional_id, actor, uow)
        await keep(decision, uow)
        return await begin_job(offer, sides, actor, now, self._ids, self._policy, uow)
