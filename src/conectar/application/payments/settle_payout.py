"""An administrator says what the bank did with a payout."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.payouts import payout_view
from conectar.application.views.money import PayoutView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import PayoutId
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.ledger import Legs
from conectar.domain.payments.movement import MovementStatus
from conectar.domain.payments.payout import (
    Payout,
    PayoutCompleted,
    PayoutFailed,
    PayoutResult,
    PayoutStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlePayout(Command[PayoutView]):
    """Notes, with evidence, that an exported payout was sent, or that it failed, also after it had
    been sent; what failed is in the professional's balance again and pays what he owes."""

    payout_id: PayoutId
    result: PayoutResult
    evidence: str
    actor: Actor


class SettlePayoutHandler:
    """Notes."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def __call__(self, command: SettlePayout, uow: UnitOfWork) -> PayoutView:
        """Raises WrongRole, NotFound, InvalidPayoutStep."""
        only(command.actor, Role.ADMIN)
        now = self._clock.now()
        before = existing(await uow.payouts.find(command.payout_id))
        payout = before.settle(command.result, command.evidence, now)
        await uow.payouts.save(payout)
        ref = ledger.payout_ref(payout.id, payout.status.value)
        await settling.post(
            _legs(payout), ref, now, self._ids, uow, None, None, note=command.evidence
        )
        sent = payout.status is PayoutStatus.CONFIRMED
        status = MovementStatus.COMPLETED if sent else MovementStatus.FAILED
        await settling.tell_payout(payout, status, now, uow)
        if not sent:
            pro = payout.professional_id
            await settling.repay_debt(pro, ref, now, self._ids, uow, None, None)
        told = PayoutCompleted if sent else PayoutFailed
        await uow.outbox.record(
            told(
                at=now,
                payout_id=payout.id,
                professional_id=payout.professional_id,
                amount=payout.amount,
            )
        )
        return payout_view(payout)


def _legs(payout: Payout) -> Legs:
    pro, amount = payout.professional_id, payout.amount
    if payout.status is PayoutStatus.CONFIRMED:
        return postings.payout_confirmed(pro, amount, by_bank=True)
    if payout.status is PayoutStatus.RETURNED:
        return postings.payout_returned(pro, amount, by_bank=True)
    return postings.payout_failed(pro, amount)
