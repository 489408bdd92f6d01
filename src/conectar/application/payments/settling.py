"""The postings that a job's and a payment's moves ask for, with the movements that tell of them.

Everything here happens inside the unit of work of the move itself, and nothing calls the gateway:
money that must go back becomes a `Refund`, which a worker carries out.
"""

from datetime import datetime

from conectar.application.access import existing
from conectar.application.ports.system import Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.ids import JobId, PaymentId, RefundId, TransactionId, UserId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments import ledger
from conectar.domain.payments.checkout import CheckoutStatus
from conectar.domain.payments.ledger import LedgerTransaction, Legs
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import Refund, RefundOrigin, RefundStatus


async def post(
    legs: Legs,
    source_ref: str,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
    job_id: JobId | None,
    payment_id: PaymentId | None,
) -> None:
    """One fact into the ledger; a move of nothing is not a fact."""
    if legs:
        await uow.ledger.post(
            LedgerTransaction(
                id=TransactionId(ids.new()),
                source_ref=source_ref,
                at=at,
                entries=legs,
                job_id=job_id,
                payment_id=payment_id,
            )
        )


async def close_checkout(job: Job, uow: UnitOfWork) -> None:
    """Nobody can fund a job that ended."""
    if checkout := await uow.checkouts.open_of(job.id):
        await uow.checkouts.save(checkout.close(CheckoutStatus.CLOSED))


async def release(job: Job, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """The held price becomes the professional's, less the commission."""
    payment = existing(await uow.payments.funding(job.id))
    shares = job.shares
    legs = ledger.job_released(job.id, job.professional_id, shares, payment.released)
    ref = ledger.job_ref(job.id, "release")
    await post(legs, ref, at, ids, uow, job.id, payment.id)
    if payment.released:
        await repay_debt(job.professional_id, ref, at, ids, uow, job.id, payment.id)
    for kind, amount in (
        (MovementKind.RELEASE, shares.net),
        (MovementKind.COMMISSION, shares.commission),
    ):
        if amount:
            await uow.movements.add(_movement(kind, amount, job, payment.id, at, ids))


async def refund_held(job: Job, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """The whole held price starts its way back."""
    payment = existing(await uow.payments.funding(job.id))
    legs = ledger.refund_decided(job.id, job.price)
    await post(legs, ledger.job_ref(job.id, "refund"), at, ids, uow, job.id, payment.id)
    await order_refund(payment, job.price, RefundOrigin.ESCROW, at, ids, uow)


async def return_payment(payment: Payment, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """Money that may not fund: through suspense, and whole on its way back."""
    job_id = _of_ours(payment)
    ref = ledger.payment_ref(payment.id, "approved")
    await post(ledger.suspended(payment.amount), ref, at, ids, uow, job_id, payment.id)
    legs = ledger.suspense_refund_decided(job_id, payment.amount)
    ref = ledger.payment_ref(payment.id, "refund")
    await post(legs, ref, at, ids, uow, job_id, payment.id)
    await order_refund(payment, payment.amount, RefundOrigin.SUSPENSE, at, ids, uow)


async def order_refund(
    payment: Payment,
    amount: Money,
    origin: RefundOrigin,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
) -> None:
    """The intent, and the client's line about it."""
    assert payment.client_id is not None, "ours, so somebody's"
    refund = Refund(
        id=RefundId(ids.new()),
        payment_id=payment.id,
        job_id=_of_ours(payment),
        client_id=payment.client_id,
        amount=amount,
        whole=amount == payment.amount,
        origin=origin,
        status=RefundStatus.CREATED,
        created_at=at,
        next_at=at,
    )
    await uow.refunds.add(refund)
    if origin is not RefundOrigin.UNPOSTED:
        await uow.movements.add(
            Movement(
                id=TransactionId(ids.new()),
                source_ref=ledger.refund_ref(refund.id, "movement"),
                kind=MovementKind.REFUND,
                status=MovementStatus.PROCESSING,
                amount=amount,
                job_id=refund.job_id,
                client_id=refund.client_id,
                professional_id=None,
                payment_id=payment.id,
                created_at=at,
            )
        )


async def payment_released(payment: Payment, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """The gateway made a payment's money available, and with it what the job already earned."""
    ref = ledger.payment_ref(payment.id, "released")
    left = await uow.ledger.of_payment(ledger.gateway(False), payment.id)
    await post(ledger.payment_released(left), ref, at, ids, uow, payment.job_id, payment.id)
    job = await uow.jobs.find(payment.job_id) if payment.job_id else None
    if job is None or job.escrow not in (EscrowStatus.RELEASED, EscrowStatus.SPLIT):
        return
    pro = job.professional_id
    earned = await uow.ledger.of_job(ledger.payable_unreleased(pro), job.id)
    ref = ledger.payment_ref(payment.id, "earnings")
    await post(ledger.earnings_released(pro, earned), ref, at, ids, uow, job.id, payment.id)
    await repay_debt(pro, ref, at, ids, uow, job.id, payment.id)


async def repay_debt(
    professional: UserId,
    cause: str,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
    job_id: JobId,
    payment_id: PaymentId,
) -> None:
    """Money that becomes payable pays what its owner owes first."""
    owes = await uow.ledger.balance(ledger.receivable(professional))
    has = await uow.ledger.balance(ledger.payable(professional))
    legs = ledger.debt_repaid(professional, least(owes, has))
    await post(legs, f"{cause}:debt", at, ids, uow, job_id, payment_id)


def _movement(
    kind: MovementKind, amount: Money, job: Job, payment: PaymentId, at: datetime, ids: Ids
) -> Movement:
    return Movement(
        id=TransactionId(ids.new()),
        source_ref=ledger.job_ref(job.id, kind.value),
        kind=kind,
        status=MovementStatus.COMPLETED,
        amount=amount,
        job_id=job.id,
        client_id=job.client_id,
        professional_id=job.professional_id,
        payment_id=payment,
        created_at=at,
        completed_at=at,
    )


def _of_ours(payment: Payment) -> JobId:
    assert payment.job_id is not None, "a payment of ours belongs to a job"
    return payment.job_id
