"""From an offer to released money, on every storage."""

from conectar.application.queries.jobs import GetJob
from conectar.application.queries.money import GetBalance, GetTrialBalance
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.money import Money
from tests import actors
from tests.backends import House


async def test_approved_money_waits_at_the_gateway_and_then_is_the_professionals(
    home: House,
) -> None:
    ana, beto = await actors.client(home), await actors.professional(home)
    job, payment = await actors.approved_job(home, ana, beto)
    assert (job.status, job.escrow) == (JobStatus.APPROVED, EscrowStatus.RELEASED)
    before = await home.core.execute(GetBalance(actor=beto))
    assert (before.available_balance, before.pending_balance) == (Money.ZERO, Money(12_750_42))
    home.gateway.release(payment)
    await actors.notice(home, payment)
    after = await home.core.execute(GetBalance(actor=beto))
    assert (after.available_balance, after.pending_balance) == (Money(12_750_42), Money.ZERO)
    shown = await home.core.execute(GetJob(job_id=job.id, actor=ana))
    assert shown.commission + shown.professional_net == shown.amount
    assert (await home.core.execute(GetTrialBalance(actor=home.admin))).balanced
