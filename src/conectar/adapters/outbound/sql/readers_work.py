"""Reads about offers, jobs and timelines, in SQL."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from conectar.adapters.outbound.sql import tables as t
from conectar.adapters.outbound.sql.connection import Row
from conectar.adapters.outbound.sql.dialect import total
from conectar.adapters.outbound.sql.mapping import Entity
from conectar.adapters.outbound.sql.reading import Latest, Reading, dressed
from conectar.adapters.vocabulary.codes import code, values
from conectar.application.message import Listed, Page
from conectar.application.ports.readers import PartyFilter
from conectar.application.ports.rows import (
    Affair,
    HeldRefund,
    JobRow,
    OfferRow,
    Parties,
    WorkRecord,
)
from conectar.application.views.work import (
    ClientPartyView,
    ProfessionalPartyView,
    StepView,
)
from conectar.domain.jobs.lifecycle import FINAL_JOBS, EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.refund import RefundOrigin, RefundStatus

OFFER, JOB, STEP = t.OFFERS.table.c, t.JOBS.table.c, t.TIMELINE.c
CLIENT, WORKER = t.USERS.table.alias("client"), t.USERS.table.alias("worker")
PRO = t.PROFESSIONALS.table.c
PARTIES = (
    CLIENT.c.id,
    CLIENT.c.first_name,
    CLIENT.c.last_name,
    WORKER.c.id,
    WORKER.c.first_name,
    WORKER.c.last_name,
    PRO.rating_sum,
    PRO.reviews,
)
NAMES = (CLIENT.c.first_name, CLIENT.c.last_name, WORKER.c.first_name, WORKER.c.last_name)
HELD = t.REFUNDS.table.c
REFUND = (HELD.amount, HELD.status, HELD.created_at)
REVIEWED = t.REVIEWS.table.alias("reviewed")
ROWS_KEPT = 32_768
REFUND_STATUS, ESCROW, ROLE = values(RefundStatus), values(EscrowStatus), values(Role)


class WorkReader(Reading):
    """Offers, jobs, timelines."""

    async def parties(self, client: UserId, professional: UserId) -> Parties:
        """Both accounts, and the profile."""
        row = await self.row(_the_parties(), client=client, worker=professional)
        assert row is not None, "a row of nothing is a row"
        users = t.USERS.width
        return Parties(
            t.USERS.read_any(row),
            t.USERS.read_any(row[users:]),
            t.PROFESSIONALS.read_any(row[2 * users :]),
        )

    async def offer(self, id: OfferId) -> OfferRow | None:
        """An offer with its parties."""
        row = await self.row(_the_offer(), id_=id)
        return _offer_row(row) if row else None

    async def offers(
        self, of: PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[OfferRow]:
        """Newest first."""
        listed = _offer_list(whose(of), status is not None)
        return await self.listed(listed, page, _offer_row, **asked(of, status))

    async def job(self, id: JobId) -> JobRow | None:
        """A job with its parties."""
        row = await self.row(_the_job(), id_=id)
        return _job_row(row) if row else None

    async def jobs(self, of: PartyFilter, status: JobStatus | None, page: Page) -> Listed[JobRow]:
        """Newest first."""
        listed = _job_list(whose(of), status is not None)
        return await self.listed(listed, page, _job_row, **asked(of, status))

    async def offer_affair(self, id: OfferId) -> Affair | None:
        """An offer and two names."""
        return await self._affair(t.OFFERS, id)

    async def job_affair(self, id: JobId) -> Affair | None:
        """A job and two names."""
        return await self._affair(t.JOBS, id)

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]:
        """Oldest first."""
        columns = (STEP.before, STEP.status, STEP.escrow, STEP.actor, STEP.actor_role)
        query = (
            select(*columns, STEP.reason, STEP.at)
            .where(STEP.subject_id == subject)
            .order_by(STEP.version)
        )
        words: dict[str, Any] = dict(values(status))
        return [
            StepView(
                status_before=words[before] if before else None,
                status=words[now],
                escrow=ESCROW[escrow] if escrow else None,
                actor=actor,
                actor_role=ROLE[role],
                reason=reason,
                at=at,
            )
            for before, now, escrow, actor, role, reason, at in await self.rows(query)
        ]

    async def work_record(self, professional: UserId) -> WorkRecord:
        """How he worked."""
        mine = JOB.professional_id == professional
        ended = t.is_(JOB.status, *FINAL_JOBS) & JOB.paid_at.is_not(None)
        done = case((t.is_(JOB.status, JobStatus.APPROVED), 1), else_=0)
        counted = await self.row(
            select(func.coalesce(total(done), 0), func.count()).where(mine, ended)
        )
        assert counted is not None, "a sum has a row"
        asked, answered = t.TIMELINE.alias("asked"), t.TIMELINE.alias("answered")
        waits = await self.rows(
            select(asked.c.at, func.min(answered.c.at))
            .join(answered, answered.c.subject_id == asked.c.subject_id)
            .join(t.OFFERS.table, OFFER.id == asked.c.subject_id)
            .where(
                OFFER.professional_id == professional,
                asked.c.version == 1,
                asked.c.actor_role == code(Role.CLIENT),
                answered.c.actor_role == code(Role.PROFESSIONAL),
            )
            .group_by(asked.c.subject_id, asked.c.at)
        )
        seconds = [(later - first).total_seconds() for first, later in waits]
        mean = sum(seconds) / len(seconds) if seconds else None
        return WorkRecord(counted[0], counted[1], mean)

    async def _affair(self, of: Entity[Any], id: JobId | OfferId) -> Affair | None:
        row = await self.row(_the_affair(of), id_=id)
        if row is None:
            return None
        first, last, worker_first, worker_last = row[of.width :]
        return Affair(of.read(row), f"{first} {last}", f"{worker_first} {worker_last}")

    async def job_counts(self) -> Mapping[JobStatus, int]:
        """How many in each state."""
        counted = await self.rows(select(JOB.status, func.count()).group_by(JOB.status))
        words = values(JobStatus)
        return {words[status]: many for status, many in counted}


def client_view(row: Sequence[Any]) -> ClientPartyView:
    """A client of the three first columns of PARTIES."""
    client, name, surname = row
    return ClientPartyView(id=client, first_name=name, last_name=surname, avatar_url=None)


def _offers(of: FromClause) -> Select[Any]:
    """`of`: the offers, or some of them."""
    return _with_parties(select(of, *PARTIES), of)


def _jobs(of: FromClause) -> Select[Any]:
    """`of`: the jobs, or some of them."""
    newest = (
        select(HELD.id)
        .where(
            HELD.job_id == of.c.id,
            t.is_(HELD.origin, RefundOrigin.ESCROW, RefundOrigin.RELEASED),
        )
        .order_by(HELD.id.desc())
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )
    query = _with_parties(select(of, *PARTIES, *REFUND, REVIEWED.c.id), of)
    query = query.outerjoin(REVIEWED, REVIEWED.c.job_id == of.c.id)
    return query.outerjoin(t.REFUNDS.table, HELD.id == newest)


def _with_parties(query: Select[Any], of: FromClause) -> Select[Any]:
    return (
        query.join(CLIENT, CLIENT.c.id == of.c.client_id)
        .join(WORKER, WORKER.c.id == of.c.professional_id)
        .join(t.PROFESSIONALS.table, PRO.id == of.c.professional_id)
    )


class Whose(Enum):
    """Whose offers or jobs a list has."""

    EVERYBODYS = "everybody's"
    MINE = "mine, on either side"
    MY_WORK = "mine, as a professional"


def whose(of: PartyFilter) -> Whose:
    """What a filter asks for."""
    if of.party is None:
        return Whose.EVERYBODYS
    return Whose.MY_WORK if of.as_professional_only else Whose.MINE


def asked(of: PartyFilter, status: Enum | None) -> dict[str, Any]:
    """The values that a list left open."""
    return {
        **({} if of.party is None else {"party": of.party}),
        **({"status_": code(status)} if status else {}),
    }


@cache
def _the_parties() -> Select[Any]:
    """One row always, whoever is missing."""
    one = select(literal(1).label("one")).subquery()
    client: BindParameter[Any] = bindparam("client")
    worker: BindParameter[Any] = bindparam("worker")
    return (
        select(CLIENT, WORKER, t.PROFESSIONALS.table)
        .select_from(one)
        .outerjoin(CLIENT, CLIENT.c.id == client)
        .outerjoin(WORKER, WORKER.c.id == worker)
        .outerjoin(t.PROFESSIONALS.table, PRO.id == worker)
    )


@cache
def _the_offer() -> Select[Any]:
    return _offers(t.OFFERS.table).where(OFFER.id == bindparam("id_"))


@cache
def _the_job() -> Select[Any]:
    return _jobs(t.JOBS.table).where(JOB.id == bindparam("id_"))


@cache
def _the_affair(of: Entity[Any]) -> Select[Any]:
    columns = of.table.c
    return (
        select(of.table, *NAMES)
        .join(CLIENT, CLIENT.c.id == columns.client_id)
        .join(WORKER, WORKER.c.id == columns.professional_id)
        .where(columns.id == bindparam("id_"))
    )


@cache
def _offer_list(who: Whose, by_status: bool) -> Select[Any]:
    met = meeting(OFFER, who, OFFER.status if by_status else None)
    return dressed(t.OFFERS.table, met, (OFFER.created_at, OFFER.id), _offers)


@cache
def _job_list(who: Whose, by_status: bool) -> Select[Any]:
    met = meeting(JOB, who, JOB.status if by_status else None)
    return dressed(t.JOBS.table, met, (JOB.accepted_at, JOB.id), _jobs)


def meeting(of: Any, who: Whose, status: Any) -> list[ColumnElement[bool]]:
    """`of`: whose parties; `status`: the column that is asked for, if one is."""
    party: BindParameter[Any] = bindparam("party")
    met: list[ColumnElement[bool]] = [] if status is None else [status == bindparam("status_")]
    match who:
        case Whose.MY_WORK:
            met.append(of.professional_id == party)
        case Whose.MINE:
            met.append(or_(of.client_id == party, of.professional_id == party))
    return met


def _parties(row: Sequence[Any]) -> tuple[ClientPartyView, ProfessionalPartyView]:
    return client_view(row[:3]), worker_view(row[3:])


def worker_view(row: Sequence[Any]) -> ProfessionalPartyView:
    """A professional of the five last columns of PARTIES."""
    worker, first, last, rating, reviews = row
    return ProfessionalPartyView(
        id=worker,
        first_name=first,
        last_name=last,
        avatar_url=None,
        rating_average=round(rating / reviews, 2) if reviews else None,
    )


def _offer_row(row: Row) -> OfferRow:
    width = t.OFFERS.width
    return OfferRow(t.OFFERS.read(row), *_parties(row[width : width + len(PARTIES)]))


def _job_row(row: Row) -> JobRow:
    return JOBS_READ.get(row[0], row[:JOB_WIDTH])


def _read_job(row: Sequence[Any]) -> JobRow:
    width = t.JOBS.width
    parties, refund = width + len(PARTIES), width + len(PARTIES) + len(REFUND)
    job = t.JOBS.read(row)
    reviewed = row[refund] is not None
    return JobRow(job, *_parties(row[width:parties]), _refund(row[parties:refund]), reviewed)


JOB_WIDTH = t.JOBS.width + len(PARTIES) + len(REFUND) + 1
JOBS_READ = Latest(_read_job, ROWS_KEPT)
"""Who lists his jobs again finds most of them as they were."""


def _refund(cells: Sequence[Any]) -> HeldRefund | None:
    amount, status, created_at = cells
    return None if amount is None else HeldRefund(Money(amount), REFUND_STATUS[status], created_at)
