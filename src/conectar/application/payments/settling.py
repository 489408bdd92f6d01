"""The postings that a job's and a payment's moves ask for, with the movements that tell of them.

Everything here happens inside the unit of work of the move itself, and nothing calls the gateway:
money that must go back becomes a `Refund`, which a worker carries out.
"""

from dataclasses import replace
from datetime import datetime

from conectar.application.access import existing
from conectar.application.ports.system import Ids
from conectar.application.ports.telemetry_context import correlation_id, trace_parent
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import JobId, PaymentId, RefundId, TransactionId, UserId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.checkout import CheckoutStatus
from conectar.domain.payments.ledger import LedgerTransaction, Legs
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Bearer, Given, Payment, Verdict
from conectar.domain.payments.payout import Payout, PayoutRecalled
from conectar.domain.payments.refund import EarningsTaken, Refund, RefundOrigin, RefundStatus
from conectar.domain.payments.standing import unexplained


async def post(
    legs: Legs,
    source_ref: str,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
    job_id: JobId | None,
    payment_id: PaymentId | None,
    note: str | None = None,
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
                note=note,
            )
        )


async def close_checkout(job: Job, uow: UnitOfWork) -> None:
    """Nobody can fund a job that ended."""
    if checkout := await uow.checkouts.open_of(job.id):
        await uow.checkouts.save(checkout.close(CheckoutStatus.CLOSED))


async def release(job: Job, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """The held price becomes the professional's, less the commission, and less what a division
    gives back to the client."""
    payment = existing(await uow.payments.funding(job.id))
    shares, pro = job.shares, job.professional_id
    ref = ledger.job_ref(job.id, "release")
    legs = postings.job_released(job.id, pro, shares, payment.released)
    if job.to_client is not None:
        given, owed = await _given_already(job.to_client, payment, uow)
        legs = postings.split(job.id, pro, owed, given, shares, payment.released)
    await post(legs, ref, at, ids, uow, job.id, payment.id)
    if payment.released:
        await repay_debt(pro, ref, at, ids, uow, job.id, payment.id)
    for kind, amount in (
        (MovementKind.RELEASE, shares.net),
        (MovementKind.COMMISSION, shares.commission),
    ):
        if amount:
            await uow.movements.add(_movement(kind, amount, job, payment.id, at, ids))
    if job.to_client is not None and owed:
        await order_refund(payment, owed, RefundOrigin.ESCROW, at, ids, uow)


async def refund_held(job: Job, at: datetime, ids: Ids, uow: UnitOfWork) -> bool:
    """The held price starts its way back; False if the client has all of it already."""
    payment = existing(await uow.payments.funding(job.id))
    given, owed = await _given_already(job.price, payment, uow)
    legs = postings.refund_decided(job.id, owed, given)
    await post(legs, ledger.job_ref(job.id, "refund"), at, ids, uow, job.id, payment.id)
    if owed:
        await order_refund(payment, owed, RefundOrigin.ESCROW, at, ids, uow)
    return bool(owed)


async def _given_already(amount: Money, payment: Payment, uow: UnitOfWork) -> tuple[Given, Money]:
    """What of it the gateway gave the client without us, which the house wrote off or will, once a
    person has looked; and the rest that he is owed."""
    refunded, taken = payment.given
    given = Given(refunded + await outside(payment, uow), taken).up_to(amount)
    return given, amount - given.total


async def outside(payment: Payment, uow: UnitOfWork) -> Money:
    """What the gateway refunded without us, and nobody has closed yet."""
    return unexplained(payment, await uow.refunds.of_payment(payment.id)).outside


async def return_payment(payment: Payment, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """Money that may not fund: through suspense, and whole on its way back."""
    job_id = _of_ours(payment)
    ref = ledger.payment_ref(payment.id, "approved")
    await post(postings.suspended(payment.amount), ref, at, ids, uow, job_id, payment.id)
    legs = postings.suspense_refund_decided(job_id, payment.amount)
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
) -> Refund:
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
        correlation_id=correlation_id(),
        trace_parent=trace_parent(),
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
    return refund


async def payment_released(payment: Payment, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """The gateway made a payment's money available, and with it what the job already earned."""
    ref = ledger.payment_ref(payment.id, "released")
    left = await uow.ledger.of_payment(ledger.gateway(False), payment.id)
    await post(postings.payment_released(left), ref, at, ids, uow, payment.job_id, payment.id)
    job = await uow.jobs.find(payment.job_id) if payment.job_id else None
    if job is None or job.released_as is None or payment.verdict is not Verdict.FUNDS:
        return
    pro = job.professional_id
    earned = await uow.ledger.of_job(ledger.payable_unreleased(pro), job.id)
    ref = ledger.payment_ref(payment.id, "earnings")
    await post(postings.earnings_released(pro, earned), ref, at, ids, uow, job.id, payment.id)
    await repay_debt(pro, ref, at, ids, uow, job.id, payment.id)


async def has_and_owes(professional: UserId, uow: UnitOfWork) -> tuple[Money, Money]:
    """What he has and what he owes, locked in the order in which a posting locks them: who took
    them the other way round and he who posts would wait for each other."""
    has = await uow.ledger.balance(ledger.payable(professional))
    return has, await uow.ledger.balance(ledger.receivable(professional))


async def repay_debt(
    professional: UserId,
    cause: str,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
    job_id: JobId | None,
    payment_id: PaymentId | None,
) -> None:
    """Money that becomes payable pays what its owner owes first."""
    has, owes = await has_and_owes(professional, uow)
    legs = postings.debt_repaid(professional, least(owes, has))
    await post(legs, f"{cause}:debt", at, ids, uow, job_id, payment_id)


async def left_of(job: Job, payment: Payment, uow: UnitOfWork) -> Money:
    """What of a job's price nobody has given back to the client, or decided to: neither we nor the
    gateway."""
    refunds = await uow.refunds.of_payment(payment.id)
    given = [refund.amount for refund in refunds if refund.status is not RefundStatus.VOID]
    return job.price - sum(given, payment.given.total) - await outside(payment, uow)


async def recall_payouts(professional: UserId, at: datetime, ids: Ids, uow: UnitOfWork) -> None:
    """Who owes is not paid: payouts not sent yet go back to his balance and pay the debt."""
    _, owes = await has_and_owes(professional, uow)
    if not owes:
        return
    for payout in await uow.payouts.unsent_of(professional):
        await uow.payouts.save(payout.recall(at))
        ref = ledger.payout_ref(payout.id, "recalled")
        legs = postings.payout_failed(professional, payout.amount)
        await post(legs, ref, at, ids, uow, None, None)
        await tell_payout(payout, MovementStatus.FAILED, at, uow)
        await uow.outbox.record(
            PayoutRecalled(
                at=at,
                payout_id=payout.id,
                professional_id=professional,
                amount=payout.amount,
            )
        )
    await repay_debt(professional, f"debt:{ids.new()}", at, ids, uow, None, None)


# -- the readable face -------------------------------------------------------------------------


async def tell_refund(
    refund: Refund, status: MovementStatus, at: datetime, uow: UnitOfWork
) -> None:
    """How a refund went, on the client's line about it."""
    if refund.origin is not RefundOrigin.UNPOSTED:
        await _tell(ledger.refund_ref(refund.id, "movement"), status, at, uow)


async def tell_payout(
    payout: Payout, status: MovementStatus, at: datetime, uow: UnitOfWork
) -> None:
    """How a payout went, on the professional's line about it."""
    await _tell(ledger.payout_ref(payout.id, "movement"), status, at, uow)


async def tell_charged_back(
    net: Money, job: Job, payment: Payment, at: datetime, ids: Ids, uow: UnitOfWork
) -> None:
    """The professional's line about what a chargeback took from him."""
    await uow.movements.add(_movement(MovementKind.CHARGEBACK, net, job, payment.id, at, ids))


async def tell_taken(
    taken: Money, refund: Refund, job: Job, at: datetime, ids: Ids, uow: UnitOfWork
) -> None:
    """The professional's line about what an administrator gave back of his."""
    if taken:
        movement = _movement(MovementKind.CHARGEBACK, taken, job, refund.payment_id, at, ids)
        ref = ledger.refund_ref(refund.id, "taken")
        await uow.movements.add(replace(movement, source_ref=ref))
        await uow.outbox.record(
            EarningsTaken(
                at=at,
                refund_id=refund.id,
                job_id=job.id,
                professional_id=job.professional_id,
                amount=taken,
            )
        )


async def tell_reimbursed(job: Job, payment: Payment, at: datetime, uow: UnitOfWork) -> None:
    """It took nothing after all, of the professional or of the house."""
    kind = MovementKind.CHARGEBACK.value
    borne_by_house = payment.charged_to is Bearer.HOUSE
    ref = ledger.payment_ref(payment.id, kind) if borne_by_house else ledger.job_ref(job.id, kind)
    if line := await uow.movements.of_fact(ref):
        await uow.movements.save(line.become(MovementStatus.FAILED, at))


async def note(
    kind: MovementKind,
    amount: Money,
    job: Job,
    payment: Payment,
    at: datetime,
    ids: Ids,
    uow: UnitOfWork,
) -> None:
    """A finished line about money that left a job, for its client and the house."""
    movement = replace(
        _movement(kind, amount, job, payment.id, at, ids),
        source_ref=ledger.payment_ref(payment.id, kind.value),
        professional_id=None,
    )
    await uow.movements.add(movement)


async def _tell(ref: str, status: MovementStatus, at: datetime, uow: UnitOfWork) -> None:
    line = existing(await uow.movements.of_fact(ref))
    await uow.movements.save(line.become(status, at))


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
