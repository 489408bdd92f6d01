"""Reads about offers, jobs, disputes and reviews, in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conectar.adapters.outbound.memory.reading import Reading, page_of, same
from conectar.adapters.outbound.memory.tables import Table
from conectar.application.message import Listed, Page
from conectar.application.ports import readers as port
from conectar.application.ports import rows
from conectar.application.views.work import StepView
from conectar.domain.jobs.dispute import Dispute, DisputeMessage, Evidence
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import FINAL_JOBS, DisputeStatus, JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import DisputeId, JobId, OfferId, UserId
from conectar.domain.offers.events import OfferStatus
from conectar.domain.offers.offer import Offer
from conectar.domain.payments.refund import Refund, RefundOrigin
from conectar.domain.reviews.review import Review

OF_JOBS = (RefundOrigin.ESCROW, RefundOrigin.RELEASED)


class WorkReader(Reading):
    """Offers, jobs, disputes, reviews, timelines."""

    async def parties(self, client: UserId, professional: UserId) -> rows.Parties:
        """Both accounts, and the profile."""
        users, profiles = self._r.users.rows, self._r.professionals.rows
        return rows.Parties(users.get(client), users.get(professional), profiles.get(professional))

    async def offer(self, id: OfferId) -> rows.OfferRow | None:
        """An offer with its parties."""
        offer = self._r.offers.rows.get(id)
        return self._offer_row(offer) if offer else None

    async def offers(
        self, of: port.PartyFilter, status: OfferStatus | None, page: Page
    ) -> Listed[rows.OfferRow]:
        """Newest first."""
        mine = _mine(self._r.offers, of)
        found = [o for o in mine if status in (None, o.status)]
        found.sort(key=lambda o: (o.created_at, o.id), reverse=True)
        return page_of(found, page, self._offer_row)

    async def job(self, id: JobId) -> rows.JobRow | None:
        """A job with its parties."""
        job = self._r.jobs.rows.get(id)
        return self._job_row(job) if job else None

    async def jobs(
        self, of: port.PartyFilter, status: JobStatus | None, page: Page
    ) -> Listed[rows.JobRow]:
        """Newest first."""
        found = [j for j in _mine(self._r.jobs, of) if status in (None, j.status)]
        found.sort(key=lambda j: (j.accepted_at, j.id), reverse=True)
        return page_of(found, page, self._job_row)

    async def timeline(
        self, subject: OfferId | JobId, status: type[OfferStatus] | type[JobStatus]
    ) -> Sequence[StepView]:
        """Oldest first."""
        return self._outbox.timeline(subject)

    async def offer_affair(self, id: OfferId) -> rows.Affair | None:
        """An offer and two names."""
        return self._affair(self._r.offers.rows.get(id))

    async def job_affair(self, id: JobId) -> rows.Affair | None:
        """A job and two names."""
        return self._affair(self._r.jobs.rows.get(id))

    async def dispute(self, id: DisputeId) -> rows.DisputeRow | None:
        """With its files."""
        dispute = self._r.disputes.rows.get(id)
        return self._dispute_row(dispute) if dispute else None

    async def disputes(
        self, of: port.PartyFilter, status: DisputeStatus | None, page: Page
    ) -> Listed[rows.DisputeRow]:
        """Newest first."""
        found = [
            d
            for d in self._r.disputes
            if status in (None, d.status) and _concerns(self._r.jobs.rows[d.job_id], of)
        ]
        found.sort(key=lambda d: (d.created_at, d.id), reverse=True)
        return page_of(found, page, self._dispute_row)

    async def dispute_messages(self, id: DisputeId, page: Page) -> Listed[DisputeMessage]:
        """Newest first."""
        found = sorted(self._r.dispute_messages.by("dispute", id), key=lambda m: m.id, reverse=True)
        return page_of(found, page, same)

    async def messages_by(self, author: UserId) -> Sequence[DisputeMessage]:
        """Newest first."""
        said = (m for m in self._r.dispute_messages if m.author_id == author)
        return sorted(said, key=lambda m: (m.created_at, m.id), reverse=True)

    async def evidence_by(self, person: UserId) -> Sequence[Evidence]:
        """Newest first."""
        shown = (e for e in self._r.evidence if e.uploaded_by == person)
        return sorted(shown, key=lambda e: (e.created_at, e.id), reverse=True)

    async def reviews(self, professional: UserId, page: Page) -> Listed[rows.ReviewRow]:
        """Newest first."""
        found = self._r.reviews.by("professional", professional)
        found.sort(key=lambda r: (r.created_at, r.id), reverse=True)
        return page_of(found, page, self._review_row)

    async def reviews_by(self, client: UserId) -> Sequence[rows.ReviewRow]:
        """Newest first."""
        found = [r for r in self._r.reviews if r.client_id == client]
        found.sort(key=lambda r: (r.created_at, r.id), reverse=True)
        return list(map(self._review_row, found))

    async def work_record(self, professional: UserId) -> rows.WorkRecord:
        """How he worked."""
        jobs = self._r.jobs.by("professional", professional)
        ended = [j for j in jobs if j.paid_at is not None and j.status in FINAL_JOBS]
        done = sum(j.status is JobStatus.APPROVED for j in ended)
        offers = self._r.offers.by("professional", professional)
        waits = [w for w in map(self._answered_after, offers) if w is not None]
        return rows.WorkRecord(done, len(ended), sum(waits) / len(waits) if waits else None)

    async def job_counts(self) -> Mapping[JobStatus, int]:
        """How many in each state."""
        return Counter(job.status for job in self._r.jobs)

    def _answered_after(self, offer: Offer) -> float | None:
        first, *later = self._outbox.timelines.get(offer.id) or (None,)
        if first is None or first.actor.role is not Role.CLIENT:
            return None
        answers = (step.at for step in later if step.actor.role is Role.PROFESSIONAL)
        answered = next(answers, None)
        return (answered - first.at).total_seconds() if answered else None

    def _dispute_row(self, dispute: Dispute) -> rows.DisputeRow:
        job = self._r.jobs.rows[dispute.job_id]
        banned = self._r.users.rows[job.professional_id].banned_by is not None
        files = sorted(self._r.evidence.by("dispute", dispute.id), key=lambda e: e.id)
        return rows.DisputeRow(dispute, job, banned, tuple(files))

    def _review_row(self, review: Review) -> rows.ReviewRow:
        return rows.ReviewRow(review, self.client(review.client_id))

    def _offer_row(self, offer: Offer) -> rows.OfferRow:
        return rows.OfferRow(
            offer, self.client(offer.client_id), self.worker(offer.professional_id)
        )

    def _affair(self, of: Job | Offer | None) -> rows.Affair | None:
        if of is None:
            return None
        users = self._r.users.rows
        client, professional = users[of.client_id], users[of.professional_id]
        return rows.Affair(of, client.full_name, professional.full_name)

    def _job_row(self, job: Job) -> rows.JobRow:
        refunds = [r for r in self._r.refunds.by("job", job.id) if r.origin in OF_JOBS]
        newest = max(refunds, key=lambda r: r.id, default=None)
        return rows.JobRow(
            job,
            self.client(job.client_id),
            self.worker(job.professional_id),
            _held(newest) if newest else None,
            self._r.reviews.the(job.id) is not None,
        )


def _held(refund: Refund) -> rows.HeldRefund:
    return rows.HeldRefund(refund.amount, refund.status, refund.created_at)


def _mine(table: Table[Any, Any], of: port.PartyFilter) -> Iterable[Any]:
    if of.party is None:
        return table
    as_client = [] if of.as_professional_only else table.by("client", of.party)
    return as_client + table.by("professional", of.party)


def _concerns(job: Job, of: port.PartyFilter) -> bool:
    return of.party is None or of.party in (job.client_id, job.professional_id)
