"""Reads about disputes, reviews and how somebody worked."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from conectar.application.message import Listed, Page
from conectar.application.ports.readers import PartyFilter, Readers
from conectar.application.ports.unit_of_work import Store, UnitOfWork
from conectar.domain.jobs.lifecycle import FINAL_JOBS, DisputeStatus, JobStatus
from conectar.domain.kernel.actor import CLOCK, Actor, Role
from conectar.domain.kernel.ids import DisputeId, JobId, MessageId, OfferId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferCreated, OfferMoved, OfferRejected
from conectar.domain.offers.events import OfferStatus as S
from conectar.domain.offers.offer import Offer
from conectar.domain.payments.refund import RefundOrigin
from tests.contract import records as r
from tests.contract import values as v

ALL = Page(0, 100)


async def test_a_dispute_tells_its_job_its_files_and_whether_its_professional_is_banned(
    store: Store,
) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        dispute = r.dispute(c.job)
        await uow.disputes.add(dispute)
        files = sorted((r.evidence(dispute) for _ in range(3)), key=lambda e: e.id)
        for shown in (files[2], files[0], files[1]):
            await uow.evidence.add(shown)
        row = await uow.read.dispute(dispute.id)
        assert row is not None
        assert (row.dispute, row.job, row.banned) == (dispute, c.job, False)
        assert row.evidence == tuple(files)
        await uow.users.save(c.user.ban(c.client.id, "por algo"))
        row = await uow.read.dispute(dispute.id)
        assert row is not None and row.banned
        (listed,) = (await uow.read.disputes(PartyFilter(), None, ALL)).items
        assert listed == row, "a list has them, too"
        assert await uow.read.dispute(DisputeId(uuid4())) is None


async def test_the_files_of_a_page_of_disputes_are_each_with_its_own(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        ended = DisputeStatus.RESOLVED
        days = [v.T0 + v.TICK * n for n in range(5)]
        disputes = [r.dispute(c.job, status=ended, created_at=day) for day in days]
        files = {dispute.id: list[Any]() for dispute in disputes}
        for n, dispute in enumerate(disputes):
            await uow.disputes.add(dispute)
            for _ in range(n):
                await uow.evidence.add(file := r.evidence(dispute))
                files[dispute.id].append(file)
        rows = (await uow.read.disputes(PartyFilter(), None, ALL)).items
        for dispute, row in zip(reversed(disputes), rows, strict=True):
            assert row.evidence == tuple(sorted(files[dispute.id], key=lambda file: file.id))
        cut = await uow.read.disputes(PartyFilter(), None, Page(1, 2))
        assert (cut.items, cut.total) == (rows[1:3], 5), "files are no disputes"


async def test_disputes_of_a_party_and_by_where_they_are(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        terms = v.offer(a.client.id, a.user.id)
        await uow.offers.add(terms)
        await uow.jobs.add(another := v.job(terms))
        jobs = dict.fromkeys(DisputeStatus, a.job) | {DisputeStatus.REVIEW: another}
        mine = {status: r.dispute(job, status=status) for status, job in jobs.items()}
        other = r.dispute(b.job, status=DisputeStatus.REVIEW)
        for dispute in (*mine.values(), other):
            await uow.disputes.add(dispute)
        read = uow.read

        async def seen(of: PartyFilter, status: DisputeStatus | None = None) -> set[Any]:
            found = await read.disputes(of, status, ALL)
            assert found.total == len(found.items)
            return {row.dispute for row in found.items}

        assert await seen(PartyFilter()) == {*mine.values(), other}
        for party in (a.client.id, a.user.id):
            assert await seen(PartyFilter(party=party)) == set(mine.values())
        assert await seen(PartyFilter(party=UserId(uuid4()))) == set()
        for status, dispute in mine.items():
            expected = {dispute, other} if status is DisputeStatus.REVIEW else {dispute}
            assert await seen(PartyFilter(), status) == expected


async def test_what_was_said_comes_newest_first_in_pages(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        dispute, other = r.dispute(c.job), r.dispute(c.job, status=DisputeStatus.WITHDRAWN)
        for one in (dispute, other):
            await uow.disputes.add(one)
        ids = sorted(MessageId(uuid4()) for _ in range(7))
        said = [r.message(dispute, id=id) for id in ids]
        for message in (*said[::-2], *said[1::2], r.message(other)):
            await uow.dispute_messages.add(message)
        await uow.commit()
    async with store.reading() as read:
        pages = [await read.dispute_messages(dispute.id, Page(n, 3)) for n in (0, 3, 6, 9)]
        assert [m for page in pages for m in page.items] == said[::-1]
        assert [page.total for page in pages] == [7] * 4
        assert await read.dispute_messages(DisputeId(uuid4()), ALL) == Listed((), 0)


async def test_what_one_person_said_showed_and_wrote(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        me, moments = a.client.id, (v.T0 + v.TICK, v.T0, v.T0 + v.TICK)
        said, shown, written = list[Any](), list[Any](), list[Any]()
        for at in moments:
            dispute = r.dispute(a.job, status=DisputeStatus.RESOLVED)
            await uow.disputes.add(dispute)
            said.append(r.message(dispute, created_at=at))
            shown.append(r.evidence(dispute, created_at=at))
            await uow.dispute_messages.add(r.message(dispute, author_id=a.user.id))
            await uow.evidence.add(r.evidence(dispute, uploaded_by=a.user.id))
            terms = v.offer(me, a.user.id)
            await uow.offers.add(terms)
            await uow.jobs.add(job := v.job(terms))
            written.append(r.review(job, created_at=at))
        for message, file, review in zip(said, shown, written, strict=True):
            await uow.dispute_messages.add(message)
            await uow.evidence.add(file)
            await uow.reviews.add(review)
        await uow.reviews.add(r.review(b.job))
        for of in (said, shown, written):
            of.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        read = uow.read
        assert list(await read.messages_by(me)) == said
        assert list(await read.evidence_by(me)) == shown
        rows = await read.reviews_by(me)
        assert [row.review for row in rows] == written
        assert {row.client.id for row in rows} == {me}
        for nothing in (read.messages_by, read.evidence_by, read.reviews_by):
            assert list(await nothing(b.user.id)) == []


async def test_a_review_tells_its_client_and_its_job_that_it_was_reviewed(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        assert [await _reviewed(uow.read, c) for c in (a, b)] == [False, False]
        review = r.review(a.job)
        await uow.reviews.add(review)
        (row,) = (await uow.read.reviews(a.user.id, ALL)).items
        assert (row.review, row.client.id, row.client.first_name) == (review, a.client.id, "Ana")
        assert (await uow.read.reviews(b.user.id, ALL)).total == 0
        assert [await _reviewed(uow.read, c) for c in (a, b)] == [True, False]


async def _reviewed(read: Readers, c: v.Cast) -> bool:
    row = await read.job(c.job.id)
    assert row is not None
    (listed,) = (await read.jobs(PartyFilter(party=c.client.id), None, ALL)).items
    assert listed == row
    return row.reviewed


async def test_a_refund_after_release_is_the_jobs_own(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        refund = v.refund(c.payment, origin=RefundOrigin.RELEASED, amount=Money(7))
        await uow.refunds.add(refund)
        row = await uow.read.job(c.job.id)
    assert row is not None and row.refund == (Money(7), refund.status, v.T0)


async def test_what_a_letter_speaks_of_has_both_names(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        names = c.client.full_name, c.user.full_name
        await uow.commit()
    async with store.reading() as read:
        assert await read.job_affair(c.job.id) == (c.job, *names)
        assert await read.offer_affair(c.offer.id) == (c.offer, *names)
        assert await read.job_affair(JobId(uuid4())) is None
        assert await read.offer_affair(OfferId(uuid4())) is None


async def add_offer(uow: UnitOfWork, c: v.Cast, *steps: tuple[Role, int]) -> Offer:
    """One with a timeline: who did something, and after how many hours."""
    offer = v.offer(c.client.id, c.user.id)
    await uow.offers.add(offer)
    await tell(uow, offer, *steps)
    return offer


async def tell(uow: UnitOfWork, of: Offer, *steps: tuple[Role, int]) -> None:
    """Its timeline."""
    people = {Role.CLIENT: of.client_id, Role.PROFESSIONAL: of.professional_id}
    for version, (role, hours) in enumerate(steps, 1):
        told: type[OfferMoved] = OfferCreated if version == 1 else OfferRejected
        await uow.outbox.record(
            told(
                at=v.T0 + hours * v.HOUR,
                version=version,
                actor=CLOCK if role is Role.CLOCK else Actor(role, people[role]),
                reason=None,
                offer_id=of.id,
                client_id=of.client_id,
                professional_id=of.professional_id,
                before=S.PENDING if version > 1 else None,
                status=S.PENDING,
            )
        )


async def test_how_a_professional_worked(store: Store) -> None:
    client, pro, clock = Role.CLIENT, Role.PROFESSIONAL, Role.CLOCK
    async with store.unit() as uow:
        c, other = await v.cast(uow), await v.cast(uow)
        await tell(uow, c.offer, (client, 0))
        await tell(uow, other.offer, (client, 0), (pro, 9))
        empty = await uow.read.work_record(c.user.id)
        assert tuple(empty) == (0, 0, None)
        await add_offer(uow, c, (client, 1), (client, 2), (pro, 5), (pro, 8))
        await add_offer(uow, c, (client, 0), (pro, 2))
        await add_offer(uow, c, (pro, 0), (client, 1), (pro, 2))
        await add_offer(uow, c, (client, 0), (clock, 99))
        for status in JobStatus:
            for paid_at in (None, v.T0):
                terms = await add_offer(uow, c, (client, 0))
                await uow.jobs.add(v.job(terms, status=status, paid_at=paid_at))
        await uow.commit()
    async with store.unit() as uow:
        record = await uow.read.work_record(c.user.id)
        assert tuple(record) == (1, len(FINAL_JOBS), 3 * 3600.0)
        his = await uow.read.work_record(other.user.id)
        assert tuple(his) == (0, 0, 9 * 3600.0)


async def test_jobs_are_counted_by_where_they_are(store: Store) -> None:
    async with store.unit() as uow:
        assert not any((await uow.read.job_counts()).values())
        c = await v.cast(uow)
        await v.cast(uow)
        await uow.jobs.save(replace(c.job, status=JobStatus.DISPUTED))
        counts = await uow.read.job_counts()
        found = {status: many for status, many in counts.items() if many}
    assert found == {JobStatus.DISPUTED: 1, JobStatus.AWAITING_PAYMENT: 1}
