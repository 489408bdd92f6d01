"""What repositories find and drop beside the three verbs: whose, which, and in which order."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from conectar.application.message import Page
from conectar.application.ports.readers import NoticeFilter
from conectar.application.ports.unit_of_work import Store
from conectar.domain.jobs.lifecycle import FINAL_JOBS, JobStatus
from conectar.domain.kernel.ids import JobId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import OfferStatus
from conectar.domain.payments.payment import PaymentStatus
from conectar.domain.payments.payout import PayoutStatus
from tests.contract import records as r
from tests.contract import values as v


async def test_pending_offers_of_either_party_oldest_first(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        offers = [a.offer]
        for status in OfferStatus:
            made = v.offer(a.client.id, a.professional.id, status=status)
            await uow.offers.add(made)
            offers += [made] if status is OfferStatus.PENDING else []
        cross = v.offer(a.client.id, b.professional.id)
        await uow.offers.add(cross)
        mine, his = sorted(offers, key=lambda o: o.id), uow.offers.pending_of
        assert list(await his(a.professional.id)) == mine
        assert list(await his(a.client.id)) == sorted([*mine, cross], key=lambda o: o.id)
        assert list(await his(b.professional.id)) == sorted([b.offer, cross], key=lambda o: o.id)
        await uow.offers.save(replace(cross, status=OfferStatus.REJECTED))
        assert list(await his(a.client.id)) == mine
        assert list(await his(UserId(uuid4()))) == []


async def test_open_jobs_of_either_party_oldest_first(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        jobs = [c.job]
        for status in JobStatus:
            terms = v.offer(c.client.id, c.professional.id)
            await uow.offers.add(terms)
            made = v.job(terms, status=status)
            await uow.jobs.add(made)
            jobs += [] if status in FINAL_JOBS else [made]
        jobs.sort(key=lambda j: j.id)
        assert len(jobs) == 5
        for party in (c.client.id, c.professional.id):
            assert list(await uow.jobs.open_of(party)) == jobs
        await uow.jobs.save(replace(jobs[0], status=JobStatus.CANCELLED))
        assert list(await uow.jobs.open_of(c.client.id)) == jobs[1:]
        assert list(await uow.jobs.open_of(UserId(uuid4()))) == []


async def test_the_newest_proof_counts_and_all_are_erased_with_their_keys(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        shown = [r.proof(a.user.id, submitted_at=v.T0 + v.DAY * n) for n in (1, 2, 0)]
        other = r.proof(b.user.id)
        for proof in (*shown, other):
            await uow.kyc_submissions.add(proof)
        assert await uow.kyc_submissions.newest_of(a.user.id) == shown[1]
        newest_first = [shown[1], shown[0], shown[2]]
        assert list(await uow.read.identities(a.user.id)) == newest_first
        keys = await uow.kyc_submissions.erase_of(a.user.id)
        assert sorted(keys) == sorted(p.documents[0].key for p in shown)
        assert await uow.kyc_submissions.newest_of(a.user.id) is None
        assert list(await uow.read.identities(a.user.id)) == []
        assert list(await uow.kyc_submissions.erase_of(a.user.id)) == []
        assert await uow.kyc_submissions.newest_of(b.user.id) == other


def _session(user: UserId, **changes: Any) -> v.Session:
    made = v.Session(
        id=v.SessionId(uuid4()),
        user_id=user,
        device="d",
        generation=1,
        created_at=v.T0,
        last_used_at=v.T0,
        expires_at=v.T0 + v.DAY * 30,
    )
    return replace(made, **changes)


async def test_sessions_that_let_nobody_in_are_forgotten_in_batches(store: Store) -> None:
    at = v.T0 + v.DAY
    async with store.unit() as uow:
        c = await v.cast(uow)
        gone = [
            _session(c.client.id, ended_at=at - v.TICK),
            _session(c.client.id, expires_at=at - v.TICK),
            _session(c.client.id, expires_at=at - v.TICK, ended_at=at + v.DAY),
        ]
        kept = [
            _session(c.client.id),
            _session(c.client.id, ended_at=at),
            _session(c.client.id, expires_at=at),
        ]
        for session in (*gone, *kept):
            await uow.sessions.add(session)
        assert [await uow.sessions.forget_ended(at, 2) for _ in range(3)] == [2, 1, 0]
        assert [await uow.sessions.find(s.id) for s in gone] == [None] * 3
        assert [await uow.sessions.find(s.id) for s in kept] == kept


async def test_all_sessions_of_one_person_are_forgotten(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        mine = [_session(c.client.id), _session(c.client.id, ended_at=v.T0)]
        other = _session(c.user.id)
        for session in (*mine, other):
            await uow.sessions.add(session)
        await uow.sessions.forget_of(c.client.id)
        assert [await uow.sessions.find(s.id) for s in mine] == [None, None]
        assert list(await uow.sessions.live_of(c.client.id, v.T0)) == []
        assert list(await uow.sessions.live_of(c.user.id, v.T0)) == [other]


async def test_unread_notices_of_one_person_and_their_end(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        unread = [r.notice(c.client.id) for _ in range(3)]
        read, other = r.notice(c.client.id, read_at=v.T0), r.notice(c.user.id)
        for notice in (*unread, read, other):
            await uow.notices.add(notice)
        found = await uow.notices.unread_of(c.client.id)
        assert {n.id for n in found} == {n.id for n in unread}
        assert await uow.read.unread(c.client.id) == 3
        await uow.notices.save(unread[0].read(c.client.id, v.T0))
        assert await uow.read.unread(c.client.id) == 2
        await uow.notices.forget_of(c.client.id)
        assert list(await uow.notices.unread_of(c.client.id)) == []
        assert (await uow.read.notices(NoticeFilter(user=c.client.id), Page())).total == 0
        assert await uow.notices.find(read.id) is None
        assert list(await uow.notices.unread_of(c.user.id)) == [other]


async def test_payouts_to_send_are_those_whose_wait_is_over_and_whose_owner_is_not_banned(
    store: Store,
) -> None:
    at = v.T0 + v.DAY
    async with store.unit() as uow:
        a, banned = await v.cast(uow), await v.cast(uow)
        await uow.users.save(banned.user.ban(a.client.id, "por algo"))
        ready = [r.payout(a.user.id, not_before=at - n * v.HOUR) for n in range(4)]
        waits, late = r.payout(a.user.id, not_before=at + v.TICK), r.payout(banned.user.id)
        for payout in (*ready, waits, late):
            await uow.payouts.add(payout)
        for status in PayoutStatus:
            if status is not PayoutStatus.REQUESTED:
                await uow.payouts.add(r.payout(a.user.id, status=status))
        ready.sort(key=lambda p: p.id)
        assert list(await uow.payouts.exportable(at, 100)) == ready
        assert list(await uow.payouts.exportable(at, 3)) == ready[:3]
        unsent = sorted([*ready, waits], key=lambda p: p.id)
        assert list(await uow.payouts.unsent_of(a.user.id)) == unsent
        assert list(await uow.payouts.unsent_of(banned.user.id)) == [late], "banned or not"
        await uow.users.save(banned.user)
        assert late in await uow.payouts.exportable(at, 100)
        batch = r.batch(a.client.id)
        await uow.payout_batches.add(batch)
        await uow.payouts.save(ready[0].export(batch.id))
        assert ready[0] not in await uow.payouts.unsent_of(a.user.id)
        assert list(await uow.payouts.exportable(v.T0 - v.DAY, 100)) == []


async def test_what_belongs_to_one_job_dispute_or_professional(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        said, dispute, quiet = r.review(a.job), r.dispute(a.job), r.dispute(b.job)
        await uow.reviews.add(said)
        for one in (dispute, quiet):
            await uow.disputes.add(one)
        for _ in range(3):
            await uow.evidence.add(r.evidence(dispute))
        active, withdrawn = r.service(a.user.id), r.service(a.user.id, active=False)
        for service in (active, withdrawn, r.service(b.user.id)):
            await uow.services.add(service)
        assert await uow.reviews.of_job(a.job.id) == said
        assert await uow.reviews.of_job(b.job.id) is None
        assert await uow.reviews.of_job(JobId(uuid4())) is None
        assert await uow.evidence.count_of(dispute.id) == 3
        assert await uow.evidence.count_of(quiet.id) == 0
        assert list(await uow.services.active_of(a.user.id)) == [active]


async def test_a_payment_that_waits_keeps_its_job_waiting(store: Store) -> None:
    async with store.unit() as uow:
        a, b = await v.cast(uow), await v.cast(uow)
        assert await uow.payments.pending_of(a.job.id)
        paid = replace(a.payment, status=PaymentStatus.REJECTED)
        await uow.payments.save(paid)
        assert not await uow.payments.pending_of(a.job.id)
        assert await uow.payments.pending_of(b.job.id)
        await uow.payments.add(v.payment(a.checkout, amount=Money(1)))
        assert await uow.payments.pending_of(a.job.id)
