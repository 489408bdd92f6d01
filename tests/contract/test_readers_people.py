"""Reads about people: who is found, counted, led, and told what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.message import Page
from conectar.application.ports.readers import NoticeFilter
from conectar.application.ports.unit_of_work import Store
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import NoticeId, ServiceId, TradeId, UserId
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import newcomer
from conectar.domain.people.regret import RegretOutcome
from tests.contract import records as r
from tests.contract import values as v
from tests.contract.kinds import approved

ALL = Page(0, 100)


async def test_accounts_by_role_and_by_words_of_name_or_address(store: Store) -> None:
    ana = v.user(first_name="Ana", last_name="Ñandú", email="ana_1@conectar.test")
    beto = v.user(Role.PROFESSIONAL, first_name="José", last_name="ÁLVAREZ", email="b%@x.test")
    eva = v.user(first_name="Eva", last_name="Paz", email="eva@otro.test")
    async with store.unit() as uow:
        for user in (ana, beto, eva):
            await uow.users.add(user)
        await uow.commit()

    async def found(words: str | None, role: Role | None = None) -> set[UserId]:
        async with store.reading() as read:
            users = await read.users(role, words, ALL)
        assert users.total == len(users.items)
        return {user.id for user in users.items} & {ana.id, beto.id, eva.id}

    assert await found(None) == {ana.id, beto.id, eva.id}
    assert await found(None, Role.CLIENT) == {ana.id, eva.id}
    assert await found("eva@otro") == {eva.id}
    assert await found("a paz") == {eva.id}, "across first and last name"
    assert await found("conectar", Role.PROFESSIONAL) == set()
    assert await found("_") == {ana.id}, "no wildcard"
    assert await found("%") == {beto.id}
    assert await found("\\") == set()
    assert await found("ñandú") == {ana.id}
    assert await found("josé álvarez") == {beto.id}, "capitals with accents, too"


def gained(before: Mapping[Any, int], after: Mapping[Any, int]) -> dict[Any, int]:
    """What was counted since."""
    return dict(Counter(after) - Counter(before))


async def test_people_and_proofs_are_counted(store: Store) -> None:
    async with store.unit() as uow:
        users, kyc = await uow.read.user_counts(), await uow.read.kyc_counts()
        users, kyc = dict(users), dict(kyc)
        a, b = await v.cast(uow), await v.cast(uow)
        await approved(uow, b)
        for status in (KycStatus.IN_REVIEW, KycStatus.IN_REVIEW, KycStatus.REJECTED):
            person = v.user(Role.PROFESSIONAL)
            await uow.users.add(person)
            await uow.professionals.add(replace(newcomer(person.id, "blur"), kyc=status))
        assert gained(users, await uow.read.user_counts()) == {Role.CLIENT: 2, Role.PROFESSIONAL: 5}
        assert gained(kyc, await uow.read.kyc_counts()) == {
            a.professional.kyc: 1,
            KycStatus.APPROVED: 1,
            KycStatus.IN_REVIEW: 2,
            KycStatus.REJECTED: 1,
        }


async def test_leaders_are_those_the_public_may_see_most_points_first(store: Store) -> None:
    async with store.unit() as uow:
        casts = [await v.cast(uow) for _ in range(6)]
        for c, points in zip(casts, (50, 200, 200, 0, 900, 900), strict=True):
            await approved(uow, c, points=points)
        unproven, banned = casts[4], casts[5]
        await uow.professionals.save(unproven.professional.changed(points=900))
        await uow.users.save(banned.user.ban(banned.client.id, "por algo"))
        await uow.jobs.save(replace(casts[0].job, status=JobStatus.APPROVED))
        for status in (JobStatus.APPROVED, JobStatus.CANCELLED):
            terms = v.offer(casts[0].client.id, casts[0].user.id)
            await uow.offers.add(terms)
            await uow.jobs.add(v.job(terms, status=status))
        twins = sorted(c.user.id for c in casts[1:3])
        expected = [*twins, casts[0].user.id, casts[3].user.id]
        rows = await uow.read.leaders(100)
        assert [row.user.id for row in rows] == expected
        assert [row.professional.points for row in rows] == [200, 200, 50, 0]
        assert [row.jobs_done for row in rows] == [0, 0, 2, 0]
        assert [row.user.id for row in await uow.read.leaders(2)] == twins


async def test_services_that_anybody_can_hire_and_a_professionals_own(store: Store) -> None:
    async with store.unit() as uow:
        a, hidden, refuses, banned = [await v.cast(uow) for _ in range(4)]
        await approved(uow, a, takes_instant=True, rating_sum=14, reviews=3)
        await approved(uow, refuses, takes_instant=False)
        await approved(uow, banned, takes_instant=True)
        await uow.users.save(banned.user.ban(a.client.id, "por algo"))
        one = r.service(a.user.id)
        other = r.service(a.user.id, trade_id=TRADES[1].id, created_at=v.T0 + v.TICK)
        gone = r.service(a.user.id, active=False)
        kept = [r.service(c.user.id) for c in (hidden, refuses, banned)]
        for service in (one, other, gone, *kept):
            await uow.services.add(service)
        read = uow.read

        async def seen(of: UserId | None, trade: TradeId | None) -> list[ServiceId]:
            found = await read.services(of, trade, ALL)
            assert found.total == len(found.items)
            return [row.service.id for row in found.items]

        assert await seen(None, None) == [other.id, one.id]
        assert await seen(None, TRADES[1].id) == [other.id]
        assert await seen(None, TRADES[2].id) == []
        assert await seen(a.user.id, None) == [other.id, one.id]
        assert await seen(a.user.id, TRADES[0].id) == [one.id]
        for c, service in zip((hidden, refuses, banned), kept, strict=True):
            assert await seen(c.user.id, None) == [service.id], "his own, seen or not"
        row = await read.service(one.id)
        assert row is not None and row.service == one
        assert (row.professional.id, row.professional.rating_average) == (a.user.id, 4.67)
        assert await read.service(gone.id) is None
        assert await read.service(ServiceId(uuid4())) is None


async def test_notices_of_one_person_by_event_and_whether_read(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        me = c.client.id
        new = r.notice(me)
        seen = r.notice(me, read_at=v.T0, event="oferta.created", created_at=v.T0 + v.TICK)
        for notice in (new, seen, r.notice(c.user.id)):
            await uow.notices.add(notice)
        read = uow.read

        async def found(**chosen: Any) -> list[Any]:
            notices = await read.notices(NoticeFilter(user=me, **chosen), ALL)
            assert notices.total == len(notices.items)
            return list(notices.items)

        assert await found() == [seen, new]
        assert await found(read=True) == [seen]
        assert await found(read=False) == [new]
        assert await found(event="oferta.created") == [seen]
        assert await found(event="oferta.created", read=False) == []
        assert (await read.unread(me), await read.unread(UserId(uuid4()))) == (1, 0)


async def test_notices_of_some_people_since_a_moment(store: Store) -> None:
    async with store.unit() as uow:
        c = await v.cast(uow)
        me, other = c.client.id, c.user.id
        old, first, second = (
            r.notice(who, created_at=v.T0 + v.TICK * n) for n, who in enumerate((me, me, other))
        )
        for notice in (second, old, first):
            await uow.notices.add(notice)
        read, since = uow.read, first.created_at
        assert list(await read.notices_since({me, other}, since, 9)) == [first, second]
        assert list(await read.notices_since({me, other}, since, 1)) == [first]
        assert list(await read.notices_since({me}, since, 9)) == [first]
        assert list(await read.notices_since({me}, since + v.TICK, 9)) == []
        assert list(await read.notices_since(set(), since, 9)) == []
        assert await read.notice(second.id) == second
        assert await read.notice(NoticeId(uuid4())) is None


async def test_regrets_by_what_came_of_them(store: Store) -> None:
    async with store.unit() as uow:
        regrets = {outcome: r.regret(outcome=outcome) for outcome in RegretOutcome}
        for regret in regrets.values():
            await uow.regrets.add(regret)
        for outcome, regret in regrets.items():
            found = await uow.read.regrets(outcome, ALL)
            assert (found.items, found.total) == ((regret,), 1)
        assert (await uow.read.regrets(None, ALL)).total == len(RegretOutcome)


async def test_what_was_regretted_under_one_address(store: Store) -> None:
    async with store.unit() as uow:
        old, *twins = [
            r.regret(email="una@conectar.test", created_at=v.T0 + v.TICK * n) for n in (0, 1, 1)
        ]
        for regret in (twins[0], old, twins[1], r.regret(email="otra@conectar.test")):
            await uow.regrets.add(regret)
        twins.sort(key=lambda regret: regret.id, reverse=True)
        assert list(await uow.read.regrets_of("una@conectar.test")) == [*twins, old]
        assert list(await uow.read.regrets_of("nadie@conectar.test")) == []
