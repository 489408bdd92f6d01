"""A hundred thousand jobs in memory, with everything that goes wrong: do the sums still hold?

A seed decides everything: who hires whom, who pays what, who falls silent, when the gateway answers
nothing, what a bank takes back. After every thousand jobs all invariants are looked at, entry by
entry. The seed is printed; the same seed is the same life again.

    python -m bench.simulation [jobs] [seed]
"""

import asyncio
import gc
import logging
import random
import statistics
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import structlog
from dishka import Provider, Scope, provide
from tests import actors
from tests.application.rooms import Counted, room, script
from tests.backends import House

from bench.simulation_checks import Books
from bench.straight import Recorder
from conectar.adapters.outbound.telemetry.logs import NullTelemetry
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.disputes.say_in_dispute import SayInDispute
from conectar.application.disputes.take_dispute import TakeDispute
from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.message import Message, Page, Query
from conectar.application.notices.read_notices import ChangePreferences
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.counter_offer import CounterOffer
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.ports.system import Telemetry
from conectar.application.queries.incidents import ListIncidents
from conectar.application.queries.money import GetBalance, ListRefunds
from conectar.application.queries.payouts import ListDebts, ListPayouts
from conectar.application.reviews.write_review import WriteReview
from conectar.application.views.money import TreasuryWay
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import DisputeId, JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payout import PayoutResult, PayoutStatus
from conectar.domain.payments.refund import RefundStatus, Resolution

SEASON, STEPS, CLIENTS, PROFESSIONALS = 250, 7, 25, 12
CHECK_EVERY, HOUSE_HOLDS = 1000, 10_000
RATIO_LEAST = 0.25
WORDS = (
    ("in_mediation", "pending"),
    ("approved", "accredited"),
    ("refunded", "bpp_refunded"),
    ("charged_back", "in_process"),
    ("charged_back", "settled"),
    ("charged_back", "reimbursed"),
)
ALL = Page(0, 100)
NO_MAIL = {f"email_{topic}": False for topic in ("offers", "jobs", "payments", "messages")}
"""Notices are written; nobody wants them by mail."""


@dataclass
class Live:
    """A job of this season; `dispute` is the newest about it."""

    client: Actor
    professional: Actor
    job: JobId
    price: Money
    payments: list[PaymentId] = field(default_factory=list)
    dispute: DisputeId | None = None


class Quiet(Provider):
    """Nothing is told to anybody."""

    scope = Scope.APP

    @provide(override=True)
    def telemetry(self) -> Telemetry:
        """Of a program that keeps no log."""
        return NullTelemetry()


class Simulation:
    """One house and its seasons."""

    def __init__(self, home: House, seed: int) -> None:
        self.home, self.chance = home, random.Random(seed)
        self.clients, self.professionals = list[Actor](), list[Actor]()
        self.live: list[Live] = []
        self.told: Counter[str] = Counter()
        self.books = Books(home)
        self.moving = 0.0
        """Seconds inside the core for what changes something; drawing lots and looking at lists
        are not moves."""

    async def open(self) -> None:
        """Everybody moves in."""
        self.clients = [await actors.client(self.home) for _ in range(CLIENTS)]
        for number in range(PROFESSIONALS):
            account = f"alias.numero.{number}"
            moved = await actors.professional(self.home, payout_account=account)
            self.professionals.append(moved)
        for who in (*self.clients, *self.professionals):
            await self.home.core.execute(ChangePreferences(changes=NO_MAIL, actor=who))

    async def season(self, jobs: int) -> None:
        """So many jobs from the offer to the end, and all that silence brings."""
        gc.freeze()  # what a house keeps for ever is not garbage to look through
        for _ in range(jobs):
            await self._hire()
        for _ in range(STEPS):
            for live in self.live:
                if self.chance.random() < 0.75:
                    await self._do(live)
            await self._house()
            await self._pass(timedelta(hours=self.chance.choice((1, 20, 60, 200, 500))))
        for _ in range(3):
            await self._pass(timedelta(days=80))
            await self._house()
        self.live.clear()

    async def try_(self, message: Message[Any]) -> Any:
        """The answer; None for a refusal, which is as good a move as any."""
        started = perf_counter()
        try:
            answer = await self.home.core.execute(message)
        except DomainError as refusal:
            self.told[f"{type(message).__name__}: {refusal.code}"] += 1
            return None
        finally:
            if not isinstance(message, Query):
                self.moving += perf_counter() - started
        self.told[type(message).__name__] += 1
        return answer

    # -- people --------------------------------------------------------------------------------

    async def _hire(self) -> None:
        client = self.chance.choice(self.clients)
        professional = self.chance.choice(self.professionals)
        price = Money(self.chance.randint(100_00, 90_000_00))
        offer = CreateOffer(
            to=person(professional),
            description="Algo que hacer en la casa",
            amount=price,
            valid_days=None,
            actor=client,
        )
        made = await self.try_(offer)
        by = professional
        if self.chance.random() < 0.2:
            counter = CounterOffer(
                offer_id=made.id, amount=price, description=None, actor=professional
            )
            await self.try_(counter)
            by = client
        if self.chance.random() < 0.05:
            return  # nobody answers: it expires
        job = await self.try_(AcceptOffer(offer_id=made.id, version=None, actor=by))
        live = Live(client, professional, job.id, price)
        self.live.append(live)
        if self.chance.random() < 0.93:
            await self._pay(live)

    async def _pay(self, live: Live) -> None:
        page = await self.try_(OpenCheckout(job_id=live.job, actor=live.client))
        if page is None:
            return
        odd = self.chance.random()
        amount = Money(live.price.cents - 1) if odd < 0.03 else None
        status = "pending" if odd > 0.97 else "rejected" if odd > 0.94 else "approved"
        currency = "USD" if 0.03 <= odd < 0.04 else "ARS"
        live.payments.append(self.home.gateway.pay(page.preference_id, amount, currency, status))
        if self.chance.random() < 0.9:  # or the notice is lost, and polling finds it
            await self.try_(ReceiveNotice(notice_id="1", payment_id=live.payments[-1]))

    async def _do(self, live: Live) -> None:
        ways = (
            self._work,
            self._work,
            self._work,
            self._work,
            self._quarrel,
            self._gateway,
            self._pay if self.chance.random() < 0.1 else self._work,
        )
        await self.chance.choice(ways)(live)

    async def _work(self, live: Live) -> None:
        client, professional, job = live.client, live.professional, live.job
        moves: tuple[Callable[[], Message[Any]], ...] = (
            lambda: CompleteJob(job_id=job, notes=None, actor=professional),
            lambda: CompleteJob(job_id=job, notes=None, actor=professional),
            lambda: ApproveJob(job_id=job, actor=client),
            lambda: ApproveJob(job_id=job, actor=client),
            lambda: RequestChanges(job_id=job, reason="Falta algo", actor=client),
            lambda: CancelJob(
                job_id=job, reason=None, actor=self.chance.choice((client, professional))
            ),
            lambda: WriteReview(
                job_id=job, rating=self.chance.randint(1, 5), text="Bien", actor=client
            ),
        )
        weights = (6, 6, 4, 4, 2, 1, 3)
        await self.try_(self.chance.choices(moves, weights)[0]())

    async def _quarrel(self, live: Live) -> None:
        if live.dispute is None:
            opened = await self.try_(
                OpenDispute(
                    job_id=live.job,
                    cause=DisputeReason.OTHER,
                    description="No quedó como se dijo",
                    actor=self.chance.choice((live.client, live.professional)),
                )
            )
            live.dispute = opened.id if opened else None
            return
        dispute, admin, draw = live.dispute, self.home.admin, self.chance.random()
        if draw < 0.2:
            await self.try_(SayInDispute(dispute_id=dispute, text="Sí", actor=live.client))
        elif draw < 0.35:
            await self.try_(TakeDispute(dispute_id=dispute, actor=admin))
        elif draw < 0.5:
            by = self.chance.choice((live.client, live.professional))
            if await self.try_(WithdrawDispute(dispute_id=dispute, actor=by)):
                live.dispute = None
        else:
            ruling = self.chance.choice(list(Ruling))
            percent = self.chance.randint(1, 99) if ruling is Ruling.SPLIT else None
            await self.try_(
                ResolveDispute(
                    dispute_id=dispute,
                    ruling=ruling,
                    client_percent=percent,
                    explanation="Visto",
                    actor=admin,
                )
            )

    # -- the gateway and the house -------------------------------------------------------------

    async def _gateway(self, live: Live) -> None:
        """Something happens to a payment by itself, or the gateway stops answering."""
        if not live.payments:
            return
        payment, draw = self.chance.choice(live.payments), self.chance.random()
        if draw < 0.45:
            word, detail = self.chance.choice(WORDS)
            await self.books.tells(payment, word, detail, self.chance)
            await self.try_(ReceiveNotice(notice_id="2", payment_id=payment))
        elif draw < 0.55:
            await self.books.refunds_a_part(payment, self.chance)
            await self.try_(ReceiveNotice(notice_id="3", payment_id=payment))
        elif draw < 0.85:
            what = self.chance.choice(("refund", "refund", "payment", "payments_of", "open"))
            silent, after = GatewaySilent(operation=what), self.chance.random() < 0.5
            script(self.home).fail(what, silent, after=after)
        elif draw < 0.9:
            script(self.home).fail("refund", GatewayRefused(status=400))
        else:
            amount = None if draw < 0.97 else Money(self.chance.randint(1, live.price.cents))
            await self.try_(
                RefundPayment(
                    payment_id=payment, amount=amount, reason="Error", actor=self.home.admin
                )
            )

    async def _house(self) -> None:
        """What administrators and professionals do with money of an evening."""
        admin, chance = self.home.admin, self.chance
        for who in chance.sample(self.professionals, 4):
            balance = await self.try_(GetBalance(actor=who))
            if balance.available_balance:
                asked = Money(chance.randint(1, balance.available_balance.cents))
                await self.try_(AskPayout(amount=asked, actor=who))
        await self.try_(MakePayoutBatch(actor=admin))
        exported = ListPayouts(status=PayoutStatus.EXPORTED, page=ALL, actor=admin)
        sent = ListPayouts(status=PayoutStatus.CONFIRMED, page=Page(0, 3), actor=admin)
        for payout in (await self.try_(exported)).items:
            result = chance.choices(list(PayoutResult), (9, 1))[0]
            await self.try_(self._settled(payout.id, result))
        for payout in (await self.try_(sent)).items:
            if chance.random() < 0.1:
                await self.try_(self._settled(payout.id, PayoutResult.FAILED))
        await self._lists()

    def _settled(self, id: Any, result: PayoutResult) -> SettlePayout:
        return SettlePayout(payout_id=id, result=result, evidence="T-1", actor=self.home.admin)

    async def _lists(self) -> None:
        """Whatever waits for a person gets one."""
        admin, chance = self.home.admin, self.chance
        manual = ListRefunds(status=RefundStatus.MANUAL, page=ALL, actor=admin)
        for refund in (await self.try_(manual)).items:
            ways = (Resolution.RETRY, Resolution.BANK_TRANSFER)
            await self.try_(
                ResolveRefund(
                    refund_id=refund.id,
                    resolution=chance.choice(ways),
                    evidence="C-1",
                    reason="Visto",
                    actor=admin,
                )
            )
        for incident in (await self.try_(ListIncidents(page=ALL, actor=admin))).items:
            id = incident.gateway_payment_id
            if incident.flag and await self.books.up_to_date(id) and chance.random() < 0.5:
                loss, recovery = await self.books.really_lost(id)
                await self.try_(
                    CloseIncident(
                        payment_id=id,
                        loss=loss,
                        recovery=recovery,
                        evidence="E-1",
                        reason="Visto",
                        actor=admin,
                    )
                )
        for debt in (await self.try_(ListDebts(page=ALL, actor=admin))).items:
            if chance.random() < 0.1:
                await self.try_(
                    WriteOffDebt(
                        professional_id=debt.professional_id,
                        amount=None,
                        evidence="E-2",
                        reason="Incobrable",
                        actor=admin,
                    )
                )
        moved = Money(chance.randint(1, 10**7))
        way = chance.choice(list(TreasuryWay))
        await self.try_(
            MoveTreasury(direction=way, amount=moved, evidence="B", reason="Caja", actor=admin)
        )

    async def _pass(self, time: timedelta) -> None:
        self.home.clock.advance(time)
        started = perf_counter()
        await self.home.background.run_due()
        self.moving += perf_counter() - started


@asynccontextmanager
async def simulation(seed: int) -> AsyncIterator[Simulation]:
    """A fresh house in memory, whose whole life the seed decides."""
    with TemporaryDirectory() as folder:
        async with room("memory", Path(folder), Counted(), Quiet()) as home:
            life = Simulation(home, seed)
            await life.open()
            yield life


async def live(
    jobs: int, seed: int, checked: Callable[[int], None] = lambda _: None
) -> Counter[str]:
    """A life of so many jobs; every thousand of them all invariants are looked at."""
    async with simulation(seed) as life:
        for number in range(0, jobs, SEASON):
            await life.season(min(SEASON, jobs - number))
            if (number + SEASON) % CHECK_EVERY == 0 or number + SEASON >= jobs:
                await life.books.check()
                checked(number + SEASON)
        return life.told


async def ratio(seed: int, jobs: int = 1000) -> float:
    """The moves of a life a second, over the same moves applied straight to the aggregates."""
    async with simulation(seed) as life:
        with Recorder() as recorder:
            await _seasons(life, jobs)
    gc.collect()
    gc.freeze()  # what was noted is not garbage to look through while the clock runs
    pairs = [(recorder.replay(), await _timed(seed, jobs)) for _ in range(5)]
    return statistics.median(straight / through for straight, through in pairs)


async def _timed(seed: int, jobs: int) -> float:
    async with simulation(seed) as life:
        gc.collect()
        await _seasons(life, jobs)
        return life.moving


async def _seasons(life: Simulation, jobs: int) -> None:
    for number in range(0, jobs, SEASON):
        await life.season(min(SEASON, jobs - number))


async def main(jobs: int, seed: int) -> None:
    """The whole of it."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(f"seed {seed}")
    found = await ratio(seed)
    verdict = "ok" if found >= RATIO_LEAST else "MISSED"
    print(f"moves through the core over moves of bare aggregates {found:.3f}  {verdict}")
    told: Counter[str] = Counter()
    started = perf_counter()
    for number, first in enumerate(range(0, jobs, HOUSE_HOLDS)):
        told += await live(min(HOUSE_HOLDS, jobs - first), seed + number)
        print(f"{min(first + HOUSE_HOLDS, jobs):>8} jobs, all invariants hold", flush=True)
    print(f"{perf_counter() - started:.0f} s")
    for what, times in told.most_common(60):
        print(f"  {what:<60}{times:>9}")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    jobs, seed = (given + [100_000, random.randrange(10**9)][len(given) :])[:2]
    asyncio.run(main(jobs, seed))
