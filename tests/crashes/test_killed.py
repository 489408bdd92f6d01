"""Killed between the commit and the answer, or anywhere else: one effect, one answer."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conectar.application.message import Page
from conectar.application.once import Once
from conectar.application.ports.codec import Codec
from conectar.application.queries.jobs import GetJob, GetJobTimeline, ListJobs
from conectar.application.queries.money import GetTrialBalance
from conectar.domain.jobs.lifecycle import EscrowStatus, JobStatus
from conectar.domain.kernel.actor import Actor
from conectar.domain.kernel.ids import JobId, OfferId
from tests import actors
from tests.application.rooms import START, room
from tests.backends import House
from tests.crashes.victim import message

ROOT = Path(__file__).parents[2]
J, E = JobStatus, EscrowStatus
ENDS = {
    "accept": (J.AWAITING_PAYMENT, E.EMPTY, 1),
    "pay": (J.AWAITING_PAYMENT, E.EMPTY, 1),
    "complete": (J.COMPLETED, E.HELD, 3),
    "approve": (J.APPROVED, E.RELEASED, 4),
    "cancel": (J.CANCELLED, E.REFUNDING, 3),
}
COMMITS = {"accept": 1, "complete": 1, "approve": 1, "cancel": 1, "pay": 3}
"""The last one has the answer with it."""
POINTS = {
    what: [f"{when}:{n}" for n in range(1, last + 1) for when in ("before", "after")]
    for what, last in COMMITS.items()
}
DEATHS = [
    *[(what, point) for what in ("accept", "complete", "cancel") for point in POINTS[what]] * 8,
    *[("approve", point) for point in POINTS["approve"]] * 8,
    *[("pay", point) for point in POINTS["pay"]] * 2,
    *[(what, "any time") for what in COMMITS] * 4,
    *[("pay", f"after:{COMMITS['pay']}")] * 4,
]
LEASE_S = 31


class Victim:
    """The program that forks."""

    def __init__(self, folder: Path) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.victim", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, order: dict[str, Any]) -> dict[str, Any]:
        """One life; how it ended."""
        assert self._program.stdin and self._program.stdout
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return dict(json.loads(self._program.stdout.readline()))

    def close(self) -> None:
        """No more orders."""
        assert self._program.stdin and self._program.stdout
        self._program.stdin.close()
        self._program.stdout.close()
        self._program.wait(10)


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    """On the test's folder."""
    program = Victim(tmp_path)
    yield program
    program.close()


async def ready(home: House, what: str, ana: Actor, beto: Actor) -> tuple[str, Actor]:
    """Something to do it to, and who does it."""
    match what:
        case "accept":
            return str((await actors.offer(home, ana, beto)).id), beto
        case "pay":
            return str((await actors.unpaid_job(home, ana, beto)).id), ana
        case "complete" | "cancel":
            return str((await actors.paid_job(home, ana, beto))[0].id), beto
    return str((await actors.finished_job(home, ana, beto))[0].id), ana


async def test_a_hundred_deaths(tmp_path: Path, victim: Victim) -> None:
    assert len(DEATHS) == 100
    chance = random.Random(7)
    async with room("sqlite", tmp_path) as home:
        home.clock.advance(datetime.now(UTC) - START)  # the victims' clock is a real one
        ana, beto = await actors.client(home), await actors.professional(home)
        orders = []
        for number, (what, point) in enumerate(DEATHS):
            id, by = await ready(home, what, ana, beto)
            how = {"wait": chance.uniform(0, 0.12)} if point == "any time" else {"point": point}
            order = {"what": what, "id": id, "actor": str(by.user_id), "role": by.role.value}
            orders.append((order | {"key": f"llave-{number:04d}"}, how))
    answers: dict[str, str] = {}
    for order, how in orders:
        died = victim.send(order | how)
        assert died["killed"] or "wait" in how, died
        again = victim.send(order)
        if again["refusal"] == "KeyInProgress":
            assert order["what"] == "pay", "only what works in steps holds its key by a lease"
            again = victim.send(order | {"later": LEASE_S})
        assert again["refusal"] is None, again
        if how.get("point") == f"after:{COMMITS[order['what']]}":
            assert again["replayed"], "it had happened, and the answer was kept"
        if how.get("point") == "before:1":
            assert not again["replayed"], "it had not happened"
        if "answer" in died:
            assert died["answer"] == again["answer"], "what was answered stays"
        answers[order["id"]] = again["answer"]
    async with room("sqlite", tmp_path) as home:
        await everything_happened_once(home, [order for order, _ in orders], answers)


async def everything_happened_once(
    home: House, orders: list[dict[str, Any]], answers: dict[str, str]
) -> None:
    """Each job is where one effect leaves it, with one row a step, and the books balance; asked a
    third time, the answer is the same."""
    held, codec = 0, await home.container.get(Codec)
    for order in orders:
        third = await home.core.execute_once(message(order), Once(order["key"]))
        assert third.replayed and codec.encode(third.value).decode() == answers[order["id"]]
        job = JobId(order["id"])
        if order["what"] == "accept":
            job = JobId(json.loads(answers[order["id"]])["id"])
        view = await home.core.execute(GetJob(job_id=job, actor=home.admin))
        steps = await home.core.execute(GetJobTimeline(job_id=job, actor=home.admin))
        assert (view.status, view.escrow, len(steps)) == ENDS[order["what"]], order
        held += view.escrow is E.HELD
        async with home.store.reading() as read:
            opened = await read.checkouts_of(job)
        assert len(opened) == (order["what"] != "accept")
    query = ListJobs(status=None, page=Page(0, 100), actor=home.admin)
    listed = (await home.core.execute(query)).items
    assert len(listed) == len(orders)
    assert len({OfferId(view.offer_id) for view in listed}) == len(orders), "one job an offer"
    trial = await home.core.execute(GetTrialBalance(actor=home.admin))
    books = {a.account: a.balance.cents for a in trial.accounts}
    price = actors.PRICE.cents
    ends = [order["what"] for order in orders]
    assert trial.balanced
    assert books["escrow"] == held * price
    assert books["refund_pending"] == ends.count("cancel") * price
    assert books["payable_unreleased"] + books["commission"] == ends.count("approve") * price
