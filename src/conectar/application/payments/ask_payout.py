"""A professional asks for his money."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.payouts import withdrawal_view
from conectar.application.views.money import WithdrawalView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.ids import PayoutId, TransactionId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.offer import KycPending
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payout import (
    AmountNotPositive,
    NoDestination,
    Payout,
    PayoutRequested,
    PayoutStatus,
)
from conectar.domain.people.kyc import KycStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPayout(Command[WithdrawalView]):
    """Reserves a part of the caller's balance, less what he owes, for a payout to the account he
    has now, whose holder is the person whose identity was approved. A changed account waits for
    some days."""

    amount: Money
    actor: Actor


class AskPayoutHandler:
    """Reserves."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: AskPayout, uow: UnitOfWork) -> WithdrawalView:
        """Raises WrongRole, AmountNotPositive, AccountSuspended, KycPending, NoDestination,
        Overdrawn."""
        only(command.actor, Role.PROFESSIONAL)
        if command.amount <= Money.ZERO:
            raise AmountNotPositive()
        now, me = self._clock.now(), person(command.actor)
        user = existing(await uow.users.find(me))
        user.expect_active()
        professional = existing(await uow.professionals.find(me))
        if professional.kyc is not KycStatus.APPROVED or professional.cuit is None:
            raise KycPending()
        if professional.payout_account is None:
            raise NoDestination()
        payout = Payout(
            id=PayoutId(self._ids.new()),
            professional_id=me,
            amount=command.amount,
            destination=professional.payout_account,
            holder_cuit=professional.cuit,
            holder=f"{user.first_name} {user.last_name}",
            status=PayoutStatus.REQUESTED,
            created_at=now,
            not_before=max(now, professional.payout_usable_at or now),
        )
        await uow.payouts.add(payout)
        ref = ledger.payout_ref(payout.id, "asked")
        legs = postings.payout_asked(me, payout.amount)
        await settling.post(legs, ref, now, self._ids, uow, None, None)
        await uow.movements.add(self._movement(payout))
        await uow.outbox.record(
            PayoutRequested(at=now, payout_id=payout.id, professional_id=me, amount=payout.amount)
        )
        return withdrawal_view(payout)

    def _movement(self, payout: Payout) -> Movement:
        return Movement(
            id=TransactionId(self._ids.new()),
            source_ref=ledger.payout_ref(payout.id, "movement"),
            kind=MovementKind.PAYOUT,
            status=MovementStatus.PENDING,
            amount=payout.amount,
            job_id=None,
            client_id=None,
            professional_id=payout.professional_id,
            payment_id=None,
            created_at=payout.created_at,
        )
