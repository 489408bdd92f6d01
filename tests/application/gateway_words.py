"""What the gateway may say of a payment, jobs whose money is in every place, and their books."""

from enum import Enum

from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Page
from conectar.application.queries.disputes import GetDispute
from conectar.application.queries.incidents import ListIncidents
from conectar.application.queries.jobs import GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.application.views.money import IncidentView
from conectar.application.views.work import DisputeView, JobView
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import EscrowStatus
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import DisputeId, JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.refund import Refund
from tests import actors
from tests.backends import House

PRICE = actors.PRICE
PART = Money(1_000_25)


class Word(Enum):
    """(status, detail) of the gateway."""

    FINE = ("approved", "accredited")
    MEDIATION = ("in_mediation", "pending")
    CHARGEBACK = ("charged_back", "in_process")
    SETTLED = ("charged_back", "settled")
    REIMBURSED = ("charged_back", "reimbursed")
    REFUNDED = ("refunded", "refunded")
    PARTLY = ("approved", "partially_refunded")
    UNHEARD = ("charged_back", "something new")


REFUNDS = {Word.REFUNDED: PRICE, Word.PARTLY: PART}


class Place(Enum):
    """Where a job's money is when the gateway speaks."""

    WORKING = "working"
    DONE = "done"
    QUARREL = "quarrel"
    RETURNING = "returning"
    RELEASED = "released"
    SPLIT = "split"


HELD = (Place.WORKING, Place.DONE, Place.QUARREL, Place.RETURNING)
AFTER = (Place.RELEASED, Place.SPLIT)


class Scene:
    """A job with its parties and the payment that funds it."""

    def __init__(self, home: House, job: JobView, payment: PaymentId) -> None:
        self.home, self.job_id, self.payment_id = home, job.id, payment
        self.ana = Actor(Role.CLIENT, job.client_id)
        self.beto = Actor(Role.PROFESSIONAL, job.professional_id)

    async def told(self, word: Word, disputed: Money | None = None) -> None:
        """The gateway says so, and everything that follows is done; a chargeback of the whole, or
        of what is `disputed`."""
        status, detail = word.value
        self.home.gateway.change(
            self.payment_id, status, detail, refunded=REFUNDS.get(word), disputed=disputed
        )
        await actors.notice(self.home, self.payment_id)

    async def job(self) -> Job:
        """The job itself."""
        async with self.home.store.reading() as read:
            row = await read.job(self.job_id)
        assert row is not None
        return row.job

    async def where(self) -> tuple[str, str, str, str]:
        """Its joint state, and who froze it."""
        job = await self.job()
        return job.status.value, job.escrow.value, job.dispute.value, job.frozen_by.value

    async def payment(self) -> Payment:
        """The payment as the house knows it."""
        async with self.home.store.reading() as read:
            found = await read.payment(self.payment_id)
        assert found is not None
        return found

    async def refunds(self) -> list[Refund]:
        """Its intents, oldest first."""
        async with self.home.store.reading() as read:
            found = await read.refunds(None, Page())
        return [r for r in reversed(found.items) if r.payment_id == self.payment_id]

    async def steps(self) -> int:
        """How many rows the timeline has."""
        query = GetJobTimeline(job_id=self.job_id, actor=self.home.admin)
        return len(await self.home.core.execute(query))

    async def dispute(self) -> DisputeView:
        """Its newest dispute."""
        id = (await self.job()).dispute_id
        assert id is not None
        query = GetDispute(dispute_id=DisputeId(id), actor=self.home.admin)
        return await self.home.core.execute(query)


async def scene(home: House, place: Place) -> Scene:
    """A new job of new people whose money is there, all that it caused done."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job, payment = await actors.paid_job(home, ana, beto)
    if place in (Place.DONE, Place.RELEASED):
        await home.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
    if place is Place.RELEASED:
        await home.core.execute(ApproveJob(job_id=job.id, actor=ana))
    if place in (Place.QUARREL, Place.SPLIT):
        dispute = await quarrel(home, job.id, ana)
        if place is Place.SPLIT:
            await rule(home, dispute.id, Ruling.SPLIT, 40)
    if place is Place.RETURNING:
        await home.core.execute(CancelJob(job_id=job.id, reason=None, actor=beto))
    return Scene(home, job, payment)


async def quarrel(home: House, job: JobId, by: Actor) -> DisputeView:
    """A party opens a dispute."""
    return await home.core.execute(
        OpenDispute(job_id=job, cause=DisputeReason.NOT_DONE, description="No vino", actor=by)
    )


async def rule(home: House, dispute: DisputeId, ruling: Ruling, percent: int | None) -> None:
    """The administrator decides it."""
    await home.core.execute(
        ResolveDispute(
            dispute_id=dispute,
            ruling=ruling,
            client_percent=percent,
            explanation="visto",
            actor=home.admin,
        )
    )


async def accounts(home: House) -> dict[str, int]:
    """What is not zero, in cents; the books balance and no stored balance differs."""
    trial = await home.core.execute(GetTrialBalance(actor=home.admin))
    assert trial.balanced
    return {a.account: a.balance.cents for a in trial.accounts if a.balance}


async def incidents(home: House) -> list[IncidentView]:
    """The list of what the gateway does by itself."""
    query = ListIncidents(page=Page(), actor=home.admin)
    return list((await home.core.execute(query)).items)


async def audit(made: Scene, by_bank: Money = Money.ZERO, unposted: Money = Money.ZERO) -> None:
    """What was paid is somewhere: held, going back, the professional's, the house's, lost, or
    really gone at the gateway (asked there, not in our books) or by bank."""
    await accounts(made.home)
    fact = await made.home.gateway.payment(made.payment_id)
    assert fact is not None
    gone = fact.refunded + fact.taken
    job = await made.job()
    pro = job.professional_id
    grows = (
        ledger.escrow(job.id),
        ledger.refund_pending(job.id),
        ledger.payable_unreleased(pro),
        ledger.payable(pro),
        ledger.COMMISSION,
    )
    shrinks = (ledger.receivable(pro), ledger.CHARGEBACK_LOSS, ledger.REFUND_LOSS)
    async with made.home.store.unit() as uow:
        has = [await uow.ledger.of_job(account, job.id) for account in grows]
        lost = [await uow.ledger.of_job(account, job.id) for account in shrinks]
        await uow.commit()
    kept = sum(has, Money.ZERO) - sum(lost, Money.ZERO)
    assert kept == PRICE - gone - by_bank + unposted, (has, lost)
    if job.escrow in (EscrowStatus.REFUNDED, EscrowStatus.CHARGED_BACK):
        assert has[0] == Money.ZERO, "nothing is held any more"
