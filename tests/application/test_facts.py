"""A payment's facts may come in any order, late and often: the end is the same."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.queries.jobs import GetJob, GetJobTimeline
from conectar.application.queries.money import GetTrialBalance
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Fact, PaymentStatus
from tests import actors
from tests.application.rooms import room
from tests.backends import House, everywhere

P = PaymentStatus
SECOND = timedelta(seconds=1)
PRICE = actors.PRICE


class Told(NamedTuple):
    """What the gateway said once."""

    status: PaymentStatus
    released: bool = False
    fee: int = 0
    taxes: int = 0


WAITS = st.sampled_from([P.PENDING, P.IN_PROCESS, P.AUTHORIZED, P.REJECTED, P.CANCELLED])
COSTS = st.integers(0, 900_00)
LATER = st.builds(Told, st.just(P.APPROVED), st.booleans(), COSTS, COSTS)


def in_order(before: list[PaymentStatus], after: list[Told]) -> list[Told]:
    """A payment's life: never released twice, and never less than released again."""
    lives, released = [Told(status) for status in before], False
    for told in after:
        released = released or told.released
        lives.append(told._replace(released=released))
    return lives


LIVES = st.builds(in_order, st.lists(WAITS, max_size=3), st.lists(LATER, min_size=1, max_size=3))


def facts(of: Fact, life: Sequence[Told]) -> list[Fact]:
    """One a moment."""
    return [
        replace(
            of,
            status=told.status,
            released=told.released,
            fee=Money(told.fee),
            taxes=Money(told.taxes),
            updated_at=of.updated_at + SECOND * n,
        )
        for n, told in enumerate(life)
    ]


async def apply(home: House, told: Sequence[Fact], at_once: bool) -> None:
    """All of them."""
    steps = [home.core.execute(ApplyFact(fact=fact)) for fact in told]
    if at_once:
        await asyncio.gather(*steps)
    for step in [] if at_once else steps:
        await step
        trial = await home.core.execute(GetTrialBalance(actor=home.admin))
        assert trial.balanced, "after each of them"


async def end(home: House, job: actors.JobView, fact: Fact) -> dict[str, Any]:
    """Where everything is."""
    view = await home.core.execute(GetJob(job_id=job.id, actor=home.admin))
    steps = await home.core.execute(GetJobTimeline(job_id=job.id, actor=home.admin))
    trial = await home.core.execute(GetTrialBalance(actor=home.admin))
    async with home.store.reading() as read:
        kept = await read.payment(fact.id)
    assert kept is not None and trial.balanced
    return {
        "job": (view.status, view.escrow, len(steps)),
        "accounts": {a.account: a.balance.cents for a in trial.accounts if a.balance},
        "payment": (kept.status, kept.verdict, kept.flag, kept.released, kept.updated_at),
    }


async def lived(backend: str, life: list[Told], order: Sequence[int], at_once: bool) -> Any:
    """The end of a life told in an order, in a house of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with room(backend, Path(folder)) as home:
            ana, beto = await actors.client(home), await actors.professional(home)
            job = await actors.unpaid_job(home, ana, beto)
            where = await actors.checkout(home, job, ana)
            fact = await home.gateway.payment(
                home.gateway.pay(where.preference_id, status="pending")
            )
            assert fact is not None
            told = facts(fact, life)
            await apply(home, [told[n] for n in order], at_once)
            return await end(home, job, fact)


@everywhere
@settings(max_examples=20)
@given(life=LIVES, chance=st.randoms(use_true_random=False), at_once=st.booleans())
async def test_any_order_with_repetitions_ends_alike(
    backend: str, life: list[Told], chance: Any, at_once: bool
) -> None:
    straight = list(range(len(life)))
    order = [*straight, *chance.choices(straight, k=chance.randint(0, 3))]
    chance.shuffle(order)
    told_in_order = await lived("memory", life, straight, at_once=False)
    assert await lived(backend, life, order, at_once) == told_in_order
    books, last = told_in_order["accounts"], life[-1]
    assert told_in_order["job"] == (JobStatus.IN_PROGRESS, EscrowStatus.HELD, 2)
    assert books["escrow"] == PRICE.cents
    assert (books.get("gateway_fee", 0), books.get("tax_withheld", 0)) == (last.fee, last.taxes)
    at_gateway = PRICE.cents - last.fee - last.taxes
    there = "gateway_available" if last.released else "gateway_unreleased"
    assert books.get(there, 0) == at_gateway
    assert sum(books.get(name, 0) for name in ("gateway_available", "gateway_unreleased")) == (
        at_gateway
    )


async def test_a_fact_of_the_same_moment_changes_nothing_but_a_release(still: House) -> None:
    """That is the gateway's clock, which may tell no news of its own."""
    ana, beto = await actors.client(still), await actors.professional(still)
    job, payment = await actors.paid_job(still, ana, beto)
    fact = await still.gateway.payment(payment)
    assert fact is not None
    before = await end(still, job, fact)
    await apply(still, [replace(fact, fee=Money(1))], at_once=False)
    assert await end(still, job, fact) == before
    await apply(still, [replace(fact, fee=Money(1), released=True)], at_once=False)
    after = await end(still, job, fact)
    assert after["payment"][3] and "gateway_unreleased" not in after["accounts"]
    assert after["accounts"]["gateway_fee"] == before["accounts"]["gateway_fee"]
