"""Money is locked from its job downwards.

The job is the lock of everything that is about it, so whoever starts from a payment or a refund
looks first whose it is, without a lock, and then comes down from the job as everybody does.
"""

from conectar.application.access import existing
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.ids import PaymentId, RefundId
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import Refund


async def hold_refund(refund_id: RefundId, uow: UnitOfWork) -> Refund | None:
    """An intent to give money back, locked after its job and its payment."""
    known = await uow.refunds.peek(refund_id)
    if known is None:
        return None
    await hold_payment(known.payment_id, uow)
    return await uow.refunds.find(refund_id)


async def hold_payment(payment_id: PaymentId, uow: UnitOfWork) -> tuple[Payment, Job | None]:
    """A payment with the job it names, which is locked first, and the payouts that what comes may
    recall. Raises NotFound."""
    job_id = existing(await uow.payments.peek(payment_id)).job_id
    job = await uow.jobs.find(job_id) if job_id else None
    payment = existing(await uow.payments.find(payment_id))
    if job:
        await uow.payouts.unsent_of(job.professional_id)
    return payment, job
