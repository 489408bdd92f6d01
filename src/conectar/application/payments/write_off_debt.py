"""The house gives up what a professional owes."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.payments.refund_payment import AmountTooLarge
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.money import Agreed, DebtView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffDebt(Command[Agreed[DebtView]]):
    """Writes off what a professional owes, or a part of it, with evidence that it can't be got.
    Above the house's limit another administrator has to agree."""

    professional_id: UserId
    amount: Money | None
    evidence: str
    reason: str
    actor: Actor
    second: Second | None = None


class WriteOffDebtHandler:
    """Writes off."""

    def __init__(self, clock: Clock, ids: Ids, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._seconding = seconding

    async def __call__(self, command: WriteOffDebt, uow: UnitOfWork) -> Agreed[DebtView]:
        """Raises WrongRole, NotFound, AmountTooLarge, SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        pro = command.professional_id
        user = existing(await uow.users.find(pro))
        existing(await uow.professionals.find(pro))
        owes = await uow.ledger.balance(ledger.receivable(pro))
        amount = owes if command.amount is None else command.amount
        if not Money.ZERO < amount <= owes:
            raise AmountTooLarge(left=str(owes))
        if proposal := await self._seconding.needed(command, amount, f"debt:{pro}", uow):
            return Agreed(proposal=proposal)
        now, note = self._clock.now(), f"{command.evidence}: {command.reason}"
        ref = f"debt:{pro}:{self._ids.new()}:written_off"
        legs = postings.debt_written_off(pro, amount)
        await settling.post(legs, ref, now, self._ids, uow, None, None, note=note)
        return Agreed(
            done=DebtView(
                professional_id=pro,
                first_name=user.first_name,
                last_name=user.last_name,
                email=user.email,
                debt=owes - amount,
            )
        )
