"""An administrator gives a payment back."""

from dataclasses import dataclass
from datetime import timedelta

from conectar.application.access import only
from conectar.application.house.seconding import Second, Seconding
from conectar.application.jobs import moving
from conectar.application.message import Command
from conectar.application.payments import settling
from conectar.application.payments.holding import hold_payment
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.money import refund_view
from conectar.application.views.money import Agreed, RefundView
from conectar.domain.jobs.asking import ask
from conectar.domain.jobs.job import Decision, Job
from conectar.domain.jobs.lifecycle import EscrowStatus, Trigger
from conectar.domain.jobs.refusals import InvalidTransition, PaymentFrozen
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import divide
from conectar.domain.payments.payment import Payment, Verdict
from conectar.domain.payments.refund import UNSETTLED, RefundOrigin, RefundOutstanding

REFUNDABLE_FOR = timedelta(days=180)
"""The gateway gives back no longer than that after its approval."""
RELEASED = (EscrowStatus.RELEASED, EscrowStatus.SPLIT)
TRIGGERS = {
    (True, True): Trigger.RESOLVE_REFUND,
    (True, False): Trigger.RESOLVE_SPLIT,
    (False, True): Trigger.ORDER_REFUND,
    (False, False): Trigger.ORDER_SPLIT,
}
"""By (whether a dispute is open, whether the whole goes back)."""


class AmountTooLarge(DomainError):
    """More than there is left to give back."""


class TooOldToRefund(DomainError):
    """The gateway takes no refund of so old a payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPayment(Command[Agreed[RefundView]]):
    """Gives a payment back, whole or in part. Held money as a dispute would be resolved: the whole
    ends the job, a part divides it. Released money up to 180 days after the payment: the
    professional's part of it first, his commission in proportion, and what he no longer has is the
    house's loss. Above the house's limit another administrator has to agree."""

    payment_id: PaymentId
    amount: Money | None
    reason: str
    actor: Actor
    second: Second | None = None


class RefundPaymentHandler:
    """Gives back."""

    def __init__(self, clock: Clock, ids: Ids, seconding: Seconding) -> None:
        self._clock = clock
        self._ids = ids
        self._seconding = seconding

    async def __call__(self, command: RefundPayment, uow: UnitOfWork) -> Agreed[RefundView]:
        """Raises WrongRole, NotFound, InvalidTransition, PaymentFrozen, RefundOutstanding,
        TooOldToRefund, AmountTooLarge, SameAdministrator, ProposalSpent."""
        only(command.actor, Role.ADMIN)
        payment, job = await hold_payment(command.payment_id, uow)
        if await self._outstanding(payment, uow):
            raise RefundOutstanding()
        if job is None or payment.verdict is not Verdict.FUNDS:
            raise InvalidTransition(status=payment.status.value)
        self._expect_refundable(command, job, payment)
        left = await settling.left_of(job, payment, uow)
        amount = left if command.amount is None else command.amount
        if not Money.ZERO < amount <= left:
            raise AmountTooLarge(left=str(left))
        given = payment.given.total + await settling.outside(payment, uow)
        decision = self._decide(command, job, None if amount == left else amount + given)
        subject = f"payment:{payment.id}"
        if proposal := await self._seconding.needed(command, amount, subject, uow):
            return Agreed(proposal=proposal)
        if decision:
            await moving.keep(job, decision, self._ids, uow)
        else:
            await self._take_back(job, payment, amount, left, uow)
        newest = (await uow.refunds.of_payment(payment.id))[-1]
        return Agreed(done=refund_view(newest))

    def _expect_refundable(self, command: RefundPayment, job: Job, payment: Payment) -> None:
        """The state is looked at before the amount."""
        now = self._clock.now()
        if job.escrow not in RELEASED:
            ask(job, TRIGGERS[job.quarrelling, True], command.actor, now)
        elif payment.flag:
            raise PaymentFrozen()
        elif payment.approved_at is None or now > payment.approved_at + REFUNDABLE_FOR:
            raise TooOldToRefund()

    def _decide(self, command: RefundPayment, job: Job, to_client: Money | None) -> Decision | None:
        """What happens to held money; None for money that was released. What the gateway gave the
        client by itself is part of what he gets; None is all of it."""
        if job.escrow in RELEASED:
            return None
        return job.resolve(
            TRIGGERS[job.quarrelling, to_client is None],
            by=command.actor,
            at=self._clock.now(),
            reason=command.reason,
            to_client=to_client,
        )

    async def _take_back(
        self, job: Job, payment: Payment, amount: Money, left: Money, uow: UnitOfWork
    ) -> None:
        now, pro = self._clock.now(), job.professional_id
        before, after = divide(left, job.rate), divide(left - amount, job.rate)
        legs = postings.refunded_after_release(
            job.id,
            pro,
            amount,
            before.commission - after.commission,
            await uow.ledger.of_job(ledger.payable_unreleased(pro), job.id),
            await uow.ledger.balance(ledger.payable(pro)),
            before.net,
        )
        origin = RefundOrigin.RELEASED
        refund = await settling.order_refund(payment, amount, origin, now, self._ids, uow)
        ref = ledger.refund_ref(refund.id, "decided")
        await settling.post(legs, ref, now, self._ids, uow, job.id, payment.id)
        his = {ledger.payable(pro), ledger.payable_unreleased(pro)}
        taken = Money(sum(entry.cents for entry in legs if entry.account in his))
        await settling.tell_taken(taken, refund, job, now, self._ids, uow)

    async def _outstanding(self, payment: Payment, uow: UnitOfWork) -> bool:
        return any(r.status in UNSETTLED for r in await uow.refunds.of_payment(payment.id))
