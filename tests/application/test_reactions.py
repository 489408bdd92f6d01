"""Reactions: at least once on the road, exactly once in effect."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest

from conectar.adapters.inbound.worker.relay import Reacting
from conectar.adapters.vocabulary.events import EVENT_TYPES, EVENTS
from conectar.application.accounts.reset_password import RequestPasswordReset
from conectar.application.core import Core
from conectar.application.message import Command
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.ports.codec import Codec
from conectar.application.ports.outbox import Delivery
from conectar.application.ports.outside import GatewaySilent
from conectar.application.ports.system import Ids, Waker
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.application.queries.people import GetMe
from conectar.application.reactions.relay import (
    WAITS,
    ClaimDeliveries,
    FailDelivery,
    FindDelivery,
)
from conectar.application.settings import Policy
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.ids import PaymentId
from conectar.domain.payments.payment import NoticeReceived
from tests import actors
from tests.application.rooms import Heard, days, script
from tests.backends import House, everywhere
from tests.contract.values import user

SECOND = timedelta(seconds=1)


async def claim(home: House, reaction: str = "check_payment") -> tuple[Delivery, ...]:
    """What of one kind is due now."""
    due = await home.core.execute(ClaimDeliveries())
    return tuple(delivery for delivery in due if delivery.reaction == reaction)


def failed(delivery: Delivery) -> FailDelivery:
    """Once."""
    return FailDelivery(event_id=delivery.event_id, reaction=delivery.reaction, error="Oops")


async def paid_and_announced(home: House) -> tuple[actors.JobView, Delivery]:
    """A job whose payment the house has only been told of."""
    ana, beto = await actors.client(home), await actors.professional(home)
    job = await actors.unpaid_job(home, ana, beto)
    where = await actors.checkout(home, job, ana)
    payment = home.gateway.pay(where.preference_id)
    await home.core.execute(ReceiveNotice(notice_id="1", payment_id=payment))
    (delivery,) = await claim(home)
    return job, delivery


async def status(home: House, job: actors.JobView) -> JobStatus:
    """Where the job is."""
    return (await home.core.execute(GetJob(job_id=job.id, actor=home.admin))).status


@everywhere
@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "at once"])
async def test_the_same_delivery_many_times_is_one_effect(still: House, at_once: bool) -> None:
    job, delivery = await paid_and_announced(still)
    if at_once:
        await asyncio.gather(*(still.core.react(delivery) for _ in range(6)))
    else:
        for _ in range(6):
            await still.core.react(delivery)
    assert await status(still, job) is JobStatus.IN_PROGRESS
    steps = await still.core.execute(GetJobTimeline(job_id=job.id, actor=still.admin))
    assert len(steps) == 2
    assert (await still.core.execute(GetTrialBalance(actor=still.admin))).balanced
    still.clock.advance(Policy().delivery_lease + SECOND)
    assert await claim(still) == ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Greet(Command[None]):
    """A reaction inside the delivery's own unit."""


async def test_a_command_reacts_in_the_unit_that_says_it_is_done(still: House) -> None:
    greeted, fail = [user()], [True]

    async def greet(command: Greet, uow: UnitOfWork) -> None:
        greeted.append(user())
        await uow.users.add(greeted[-1])
        if fail.pop():
            raise RuntimeError("oops")

    core = Core(
        store=still.store,
        handlers={Greet: greet},
        reactions={"check_payment": lambda event: Greet()},
        codec=await still.container.get(Codec),
        clock=still.clock,
        telemetry=Heard(),
        waker=await still.container.get(Waker),
        ids=await still.container.get(Ids),
    )
    await still.core.execute(ReceiveNotice(notice_id="1", payment_id=PaymentId("1")))
    (delivery,) = await claim(still)
    with pytest.raises(RuntimeError):
        await core.react(delivery)
    fail[:] = [False] * 9
    await asyncio.gather(*(core.react(delivery) for _ in range(5)))
    await core.react(delivery)
    assert len(greeted) == 3, "once in vain and once for good"
    async with still.store.reading() as read:
        assert [await read.user(one.id) for one in greeted] == [None, None, greeted[2]]


async def test_one_mail_a_request_however_often_it_is_delivered(still: House) -> None:
    who = await actors.client(still)
    async with still.store.reading() as read:
        user = await read.user(who.user_id)  # type: ignore[arg-type]
    assert user is not None
    await still.core.execute(RequestPasswordReset(email=f"  {user.email.upper()} "))
    await still.core.execute(RequestPasswordReset(email="nadie@conectar.test"))
    (delivery,) = await claim(still, "mail_password_reset")
    for _ in range(3):
        await still.core.react(delivery)
    assert len(still.mailer.mails(user.email)) == len(still.mailer.mails()) == 1


async def test_a_reaction_that_fails_is_not_done_and_is_done_later(still: House) -> None:
    job, delivery = await paid_and_announced(still)
    script(still).fail("payment", GatewaySilent())
    with pytest.raises(GatewaySilent):
        await still.core.react(delivery)
    assert await status(still, job) is JobStatus.AWAITING_PAYMENT
    still.clock.advance(Policy().delivery_lease)
    (again,) = await claim(still)
    assert (again.event_id, again.attempts) == (delivery.event_id, 0)
    await still.core.react(again)
    assert await status(still, job) is JobStatus.IN_PROGRESS


async def test_the_relay_waits_longer_each_time_and_gives_up_in_the_end(still: House) -> None:
    """A notice of a payment the gateway never knew."""
    await still.background.run_due()
    await still.core.execute(ReceiveNotice(notice_id="1", payment_id=PaymentId("404")))
    for tried, wait in enumerate(WAITS, 1):
        assert await still.background.relay() == 0
        assert len(script(still).sent("payment")) == tried
        still.clock.advance(wait - SECOND / 10)
        assert await still.background.relay() == 0
        assert len(script(still).sent("payment")) == tried, "not before its time"
        still.clock.advance(SECOND / 10)
    assert await still.background.relay() == 0
    still.clock.advance(days(365))
    await still.background.relay()
    assert len(script(still).sent("payment")) == len(WAITS) + 1


async def test_the_waits_are_those_of_the_plan(still: House) -> None:
    await still.core.execute(ReceiveNotice(notice_id="1", payment_id=PaymentId("404")))
    for n, wait in enumerate((*WAITS, None)):
        for _lost in range(3):
            (delivery,) = await claim(still)
            assert delivery.attempts == n
            still.clock.advance(Policy().delivery_lease)
        await still.core.execute(failed(delivery))
        still.clock.advance(wait or days(365))
    assert await claim(still) == ()


async def test_what_failed_in_two_hands_failed_twice_and_what_is_done_never(still: House) -> None:
    _job, delivery = await paid_and_announced(still)
    for tried in (1, 2):
        await still.core.execute(failed(delivery))
        still.clock.advance(WAITS[tried - 1])
        (again,) = await claim(still)
        assert again.attempts == tried
    await still.core.react(again)
    await still.core.execute(failed(delivery))
    still.clock.advance(days(365))
    assert await claim(still) == ()


async def test_what_hangs_has_failed(still: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _job, _delivery = await paid_and_announced(still)
    monkeypatch.setattr("conectar.adapters.inbound.worker.relay.TAKES_S", 0.05)
    script(still).meanwhile["payment"] = asyncio.Event().wait
    still.clock.advance(Policy().delivery_lease)
    await still.background.relay()
    still.clock.advance(WAITS[0])
    (again,) = await claim(still)
    assert again.attempts == 1


async def test_one_bad_delivery_does_not_hold_up_the_others(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    where = await actors.checkout(still, job, ana)
    await still.background.run_due()
    payment = still.gateway.pay(where.preference_id)
    await still.core.execute(ReceiveNotice(notice_id="0", payment_id=PaymentId("404")))
    await still.core.execute(ReceiveNotice(notice_id="1", payment_id=payment))
    assert await still.background.relay() == 1
    assert await status(still, job) is JobStatus.IN_PROGRESS


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
@pytest.mark.parametrize("queued", [False, True], ids=["directly", "by the queue"])
async def test_what_this_version_cannot_read_waits_and_does_not_hold_up_the_others(
    still: House, queued: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, delivery = await paid_and_announced(still)
    client = await still.core.execute(GetMe(actor=await actors.client(still)))
    await still.background.run_due()
    before = len(still.mailer.mails(client.email))
    await still.core.execute(RequestPasswordReset(email=client.email))
    still.clock.advance(Policy().delivery_lease)
    with monkeypatch.context() as older_version:
        older_version.delitem(EVENT_TYPES, EVENTS[NoticeReceived])
        if queued:
            wanted = FindDelivery(event_id=delivery.event_id, reaction=delivery.reaction)
            found = await still.core.execute(wanted)
            assert found and not await Reacting(still.core).react(found)
        assert await still.background.relay()
        assert len(still.mailer.mails(client.email)) == before + 1
    still.clock.advance(WAITS[0])
    (again,) = await claim(still)
    assert (again.event_id, again.attempts) == (delivery.event_id, 1)
    await still.core.react(again)
    assert await status(still, job) is JobStatus.IN_PROGRESS


@everywhere
async def test_two_relays_share_the_work(still: House) -> None:
    for n in range(7):
        await still.core.execute(ReceiveNotice(notice_id=str(n), payment_id=PaymentId("404")))
    batches = await asyncio.gather(*(claim(still) for _ in range(4)))
    claimed = [delivery.event_id for batch in batches for delivery in batch]
    assert len(claimed) == len(set(claimed)) == 7
