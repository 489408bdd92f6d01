"""The lists: how each gets a row, how it is asked, and what identifies a row.

`make` gets a number and answers the row's place in the list and its identity; two numbers in a row
share their moment, so that the second part of the order is needed.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import uuid4

from conectar.application.message import Listed, Page
from conectar.application.ports.readers import MovementFilter, NoticeFilter, PartyFilter, Readers
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import DisputeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.movement import MovementKind
from conectar.domain.payments.payment import Flag, Verdict
from conectar.domain.payments.refund import RefundStatus
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import newcomer
from tests.contract import records as r
from tests.contract import values as v
from tests.contract.test_ledger import posting

ALL_KINDS = frozenset(MovementKind)
EVERYBODY = MovementFilter(party=None, kinds=ALL_KINDS)
READER = v.user()
"""Whose notices are listed."""
WORKER = v.user(Role.PROFESSIONAL)
"""Whose reviews are listed."""
QUARREL = DisputeId(uuid4())
"""What was said in it is listed."""
Place = tuple[Any, Any]


def moment(n: int) -> Any:
    """Two rows of every moment."""
    return v.T0 + v.TICK * (n // 2)


async def an_offer(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.offer(c.client.id, c.professional.id, created_at=moment(n))
    await uow.offers.add(made)
    return made.created_at, made.id


async def a_job(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    terms = v.offer(c.client.id, c.professional.id)
    await uow.offers.add(terms)
    made = v.job(terms, accepted_at=moment(n))
    await uow.jobs.add(made)
    return made.accepted_at, made.id


async def a_movement(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.movement(c.job, created_at=moment(n))
    await uow.movements.add(made)
    return made.created_at, made.id


async def a_refund(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.refund(c.payment, status=RefundStatus.SUCCEEDED, created_at=moment(n))
    await uow.refunds.add(made)
    return made.created_at, made.id


async def a_suspended(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.payment(c.checkout, verdict=Verdict.RETURNS, updated_at=moment(n))
    await uow.payments.add(made)
    return made.updated_at, made.id


async def an_incident(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.payment(c.checkout, flag=Flag.NO_ROW, updated_at=moment(n))
    await uow.payments.add(made)
    return made.updated_at, made.id


async def a_professional(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = v.user(Role.PROFESSIONAL, created_at=moment(n))
    await uow.users.add(made)
    return made.created_at, made.id


async def a_service(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    await approved(uow, c, takes_instant=True)
    made = r.service(c.professional.id, created_at=moment(n))
    await uow.services.add(made)
    return made.created_at, made.id


async def a_notice(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    if await uow.users.find(READER.id) is None:
        await uow.users.add(READER)
    made = r.notice(READER.id, created_at=moment(n))
    await uow.notices.add(made)
    return made.created_at, made.id


async def an_audit_entry(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = r.audit_entry(c.client.id, created_at=moment(n))
    await uow.audit.add(made)
    return made.created_at, made.id


async def a_regret(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = r.regret(created_at=moment(n))
    await uow.regrets.add(made)
    return made.created_at, made.id


async def a_dispute(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = r.dispute(c.job, status=DisputeStatus.RESOLVED, created_at=moment(n))
    await uow.disputes.add(made)
    return made.created_at, made.id


async def a_message(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    dispute = r.dispute(c.job, id=QUARREL)
    if await uow.disputes.find(QUARREL) is None:
        await uow.disputes.add(dispute)
    made = r.message(dispute, created_at=moment(n))
    await uow.dispute_messages.add(made)
    return made.id, made.id


async def a_waiting(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    person = v.user(Role.PROFESSIONAL)
    await uow.users.add(person)
    await uow.professionals.add(newcomer(person.id, "blur").changed(kyc=KycStatus.IN_REVIEW))
    made = r.proof(person.id, submitted_at=moment(n))
    await uow.kyc_submissions.add(made)
    return made.submitted_at, person.id


async def a_review(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    if await uow.users.find(WORKER.id) is None:
        await uow.users.add(WORKER)
        await uow.professionals.add(newcomer(WORKER.id, "blur"))
    terms = v.offer(c.client.id, WORKER.id)
    await uow.offers.add(terms)
    done = v.job(terms)
    await uow.jobs.add(done)
    made = r.review(done, created_at=moment(n))
    await uow.reviews.add(made)
    return made.created_at, made.id


async def a_payout(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = r.payout(c.professional.id, created_at=moment(n))
    await uow.payouts.add(made)
    return made.created_at, made.id


async def a_proposal(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    made = r.proposal(c.client.id, created_at=moment(n))
    await uow.proposals.add(made)
    return made.created_at, made.id


async def a_debt(uow: UnitOfWork, c: v.Cast, n: int) -> Place:
    """The most first, and two owe as much."""
    user = v.user(Role.PROFESSIONAL)
    await uow.users.add(user)
    amount = Money(100 + n // 2)
    await owe(uow, user.id, amount)
    return amount.cents, user.id


async def owe(uow: UnitOfWork, professional: UserId, amount: Money) -> None:
    """The house lent him that much."""
    legs = ledger.post(((ledger.receivable(professional), amount),), ((ledger.BANK, amount),))
    await uow.ledger.post(posting(f"debt:{professional}", legs))


def first_id(row: Any) -> Any:
    """Of the thing a row is about."""
    return row[0].id


def jobs_id(row: Any) -> Any:
    """Of a job that is listed."""
    return row.job.id


def own_id(row: Any) -> Any:
    """Of a row that is the thing."""
    return row.id


class Kind(NamedTuple):
    """A list: how it gets a row, how it is asked, what identifies a row."""

    make: Callable[[UnitOfWork, v.Cast, int], Awaitable[Place]]
    ask: Callable[[Readers, Page], Awaitable[Listed[Any]]]
    id_of: Callable[[Any], Any]
    there_already: int = 0


KINDS = {
    "offers": Kind(an_offer, lambda x, p: x.offers(PartyFilter(), None, p), first_id, 1),
    "jobs": Kind(a_job, lambda x, p: x.jobs(PartyFilter(), None, p), jobs_id, 1),
    "movements": Kind(a_movement, lambda x, p: x.movements(EVERYBODY, p), own_id),
    "refunds": Kind(a_refund, lambda x, p: x.refunds(None, p), own_id),
    "suspense": Kind(a_suspended, lambda x, p: x.suspense(p), first_id),
    "incidents": Kind(an_incident, lambda x, p: x.incidents(p), first_id),
    "users": Kind(a_professional, lambda x, p: x.users(Role.PROFESSIONAL, None, p), own_id, 1),
    "services": Kind(a_service, lambda x, p: x.services(None, None, p), first_id),
    "notices": Kind(a_notice, lambda x, p: x.notices(NoticeFilter(user=READER.id), p), own_id),
    "audit": Kind(an_audit_entry, lambda x, p: x.audit(p), own_id),
    "regrets": Kind(a_regret, lambda x, p: x.regrets(None, p), own_id),
    "disputes": Kind(a_dispute, lambda x, p: x.disputes(PartyFilter(), None, p), first_id),
    "messages": Kind(a_message, lambda x, p: x.dispute_messages(QUARREL, p), own_id),
    "waiting": Kind(a_waiting, lambda x, p: x.kyc_in_review(p), first_id),
    "reviews": Kind(a_review, lambda x, p: x.reviews(WORKER.id, p), first_id),
    "payouts": Kind(a_payout, lambda x, p: x.payouts(None, None, p), own_id),
    "proposals": Kind(a_proposal, lambda x, p: x.proposals(p), own_id),
    "debts": Kind(a_debt, lambda x, p: x.debts(p), first_id),
}


async def approved(uow: UnitOfWork, c: v.Cast, **changes: Any) -> None:
    """Makes the professional of a cast one the public may see."""
    await uow.professionals.save(c.professional.changed(kyc=KycStatus.APPROVED, **changes))
