"""The house moves its own money between the gateway and the bank."""

from dataclasses import dataclass

from conectar.application.access import only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.money import Agreed, TreasuryView, TreasuryWay
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import TransactionId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import postings
from conectar.domain.payments.payout import AmountNotPositive


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTreasury(Command[Agreed[TreasuryView]]):
    """Notes, with evidence, that money available at the gateway went to the bank, or back. Above
    the house's limit another administrator has to agree."""

    direction: TreasuryWay
    amount: Money
    evidence: str
    reason: str
    actor: Actor
    second: Second | None = None


class MoveTreasuryHandler:
    """Notes."""

    def __init__(self, clock: Clock, ids: Ids, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._seconding = seconding

    async def __call__(self, command: MoveTreasury, uow: UnitOfWork) -> Agreed[TreasuryView]:
        """Raises WrongRole, AmountNotPositive, SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        if command.amount <= Money.ZERO:
            raise AmountNotPositive()
        if proposal := await self._seconding.needed(command, command.amount, "treasury", uow):
            return Agreed(proposal=proposal)
        now, id = self._clock.now(), TransactionId(self._ids.new())
        legs = postings.treasury(command.amount, command.direction is TreasuryWay.TO_BANK)
        note = f"{command.evidence}: {command.reason}"
        await settling.post(legs, f"treasury:{id}", now, self._ids, uow, None, None, note=note)
        return Agreed(
            done=TreasuryView(
                id=id,
                direction=command.direction,
                amount=command.amount,
                evidence=command.evidence,
                created_at=now,
            )
        )
