"""An administrator makes the bank's file of the day."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.ports.outside import BankFiles
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.payouts import batch_view
from conectar.application.views.money import Agreed, BatchView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import BatchId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payout import Payout, PayoutBatch

LINES_MAX = 1000


class NothingToExport(DomainError):
    """No payout is ready to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePayoutBatch(Command[Agreed[BatchView]]):
    """Puts every payout that is ready into one file, which is frozen. Left out, and waiting, are
    payouts to an account that changed lately, those of banned professionals, and those whose money
    came of a payment that a person still has to look at; who owes gets his back and pays."""

    actor: Actor
    second: Second | None = None


class MakePayoutBatchHandler:
    """Makes it."""

    def __init__(self, clock: Clock, ids: Ids, files: BankFiles, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._files = files
        self._seconding = seconding

    async def __call__(self, command: MakePayoutBatch, uow: UnitOfWork) -> Agreed[BatchView]:
        """Raises WrongRole, NothingToExport, SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        ready = await self._ready(uow)
        if not ready:
            raise NothingToExport()
        total = sum((payout.amount for payout in ready), Money.ZERO)
        if proposal := await self._seconding.needed(command, total, "payout_batch", uow):
            return Agreed(proposal=proposal)
        batch = PayoutBatch(
            id=BatchId(self._ids.new()),
            created_by=person(command.actor),
            created_at=self._clock.now(),
            payouts=len(ready),
            total=total,
            content=self._files.payouts(ready),
        )
        await uow.payout_batches.add(batch)
        for payout in ready:
            await uow.payouts.save(payout.export(batch.id))
            await settling.tell_payout(payout, MovementStatus.PROCESSING, batch.created_at, uow)
        return Agreed(done=batch_view(batch))

    async def _ready(self, uow: UnitOfWork) -> list[Payout]:
        found = await uow.payouts.exportable(self._clock.now(), LINES_MAX)
        return [payout for payout in found if await self._free(payout, uow)]

    async def _free(self, payout: Payout, uow: UnitOfWork) -> bool:
        pro = payout.professional_id
        left, owes = await settling.has_and_owes(pro, uow)
        return not owes and await uow.read.parked_of(pro) <= left
