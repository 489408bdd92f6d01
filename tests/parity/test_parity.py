"""Whatever is asked, in whatever order, memory, SQLite and PostgreSQL answer alike."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.message import Page
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.counter_offer import CounterOffer
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.offers.edit_offer import EditOffer
from conectar.application.offers.reject_offer import RejectOffer
from conectar.application.offers.withdraw_offer import WithdrawOffer
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.payments.receive_notice import ReceiveNotice
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.ports.outside import GatewayRefused, GatewaySilent
from conectar.application.queries.money import GetPaymentStatus, GetTrialBalance
from conectar.application.sweeps.sweep import Due, Sweep
from conectar.domain.kernel.ids import JobId, OfferId, PaymentId, RefundId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Bearer
from conectar.domain.payments.refund import Resolution
from tests.application.rooms import script
from tests.parity import desk, people, quarrels, questions
from tests.parity.street import Street

PICK = st.integers(0, 10**6)
NUMBERS = st.integers(0, 251)
AMOUNTS = st.sampled_from([Money(n) for n in (99_99, 100_00, 333_33, 15_000_50)])
STEPS = st.sampled_from([timedelta(minutes=1), timedelta(hours=1), timedelta(hours=25)])
SIDES = st.sampled_from(["ana", "beto", "ana", "beto", "eva", "fabi"])
DETAILS = ("in_process", "settled", "reimbursed")
PARTS = {"refunded": "refunded", "partially_refunded": "approved"}
LEAPS = st.sampled_from([timedelta(days=n) for n in (6, 16, 76)])


pytestmark = pytest.mark.no_cover
"""It compares; measured lines cost it twice the time."""


class Parity(RuleBasedStateMachine):
    """Ids are taken from what the house in memory answered; any of them may be wrong by now."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0
        self.offers: list[OfferId] = []
        self.jobs: list[JobId] = []
        self.pages: list[str] = []
        self.payments: list[PaymentId] = []

    @initialize(
        begun=st.sampled_from(["hire", "fall out", "fall out", "earn", "earn"]),
        amount=AMOUNTS.filter(lambda amount: amount >= Money(100_00)),
        number=NUMBERS,
        limit=st.sampled_from([None, None, Money(200_00)]),
        bearer=st.sampled_from(Bearer),
    )
    def people_move_in(
        self, begun: str, amount: Money, number: int, limit: Money | None, bearer: Bearer
    ) -> None:
        self.street = Street(second_admin_above=limit, chargeback_bearer=bearer)
        self.cast = people.move_in(self.street)
        if begun == "hire":
            self.hire(amount, "its payment")
        elif begun == "fall out":
            self.fall_out(amount, "a ruling", number)
        else:
            self.earn(amount, "a payout", number)
        self.wait(timedelta(minutes=1))

    def teardown(self) -> None:
        if hasattr(self, "cast"):
            self.everything_is_the_same()
            self.sent = self.street.sent()
        if hasattr(self, "street"):
            self.street.close()

    def do(self, message: Any, keyed: bool = False) -> Any:
        """With or without a key; the answer itself, or None for a refusal."""
        if keyed:
            self.keys += 1
            outcome = self.street.once(message, f"llave-{self.keys:06d}")
            return None if type(outcome).__name__ == "Refused" else outcome[0]
        answer = self.street.send(message)
        return None if type(answer).__name__ == "Refused" else answer

    def one(self, of: list[Any], pick: int) -> Any:
        """The newest more often than any other."""
        return of[-1] if pick % 2 else of[pick % len(of)]

    # -- haggling ------------------------------------------------------------------------------

    @rule(pick=PICK, by=SIDES, to=SIDES, amount=AMOUNTS, days=st.sampled_from([None, 1, 20, 61]))
    def propose(self, pick: int, by: str, to: str, amount: Money, days: int | None) -> None:
        other = getattr(self.cast, to)
        made = self.do(
            CreateOffer(
                to=other.user_id,
                description="Cambiar la canilla",
                amount=amount,
                valid_days=days,
                actor=getattr(self.cast, by),
            ),
            keyed=bool(pick % 3),
        )
        self.offers += [made.id] if made else []

    @rule(amount=AMOUNTS, as_far_as=st.sampled_from(["a job", "a page", "its payment"]))
    def hire(self, amount: Money, as_far_as: str) -> None:
        """The usual way to a paid job, or a part of it."""
        self.propose(1, "ana", "beto", amount, None)
        if self.offers:
            self.accept(1, "beto", None, True)
        if self.jobs and as_far_as != "a job":
            self.open_page(1, "ana", False)
        if self.pages and as_far_as == "its payment":
            self.pay(1, None, "ARS", "approved", True)

    @rule(
        amount=AMOUNTS,
        as_far_as=st.sampled_from(["a dispute", "a look", "a ruling", "a ruling"]),
        number=NUMBERS,
    )
    def fall_out(self, amount: Money, as_far_as: str, number: int) -> None:
        """A quarrel about a job that is paid, or done."""
        self.hire(amount, "its payment")
        if self.jobs and number % 2:
            self.work(1, "beto", True, "complete")
        steps = [quarrels.quarrel, quarrels.argue]
        steps += [quarrels.take] if as_far_as != "a dispute" else []
        steps += [quarrels.rule] if as_far_as == "a ruling" else []
        for step in steps:
            step(self.street, self.cast, number // 2, 3 * number + 1)

    @rule(
        amount=AMOUNTS,
        as_far_as=st.sampled_from(["a review", "its release", "a wish", "a payout"]),
        number=NUMBERS,
    )
    def earn(self, amount: Money, as_far_as: str, number: int) -> None:
        """Work that is approved, and money that goes out."""
        self.hire(amount, "its payment")
        if self.jobs:
            self.work(1, "beto", True, "complete")
            quarrels.review(self.street, self.cast, 0, 3 * number + 1)
            self.work(1, "ana", True, "approve")
        if self.payments and as_far_as != "a review":
            self.notice(0, "release")
        steps = [desk.ask_payout] if as_far_as in ("a wish", "a payout") else []
        steps += [desk.pay_out, desk.agree, desk.pay_out] if as_far_as == "a payout" else []
        for step in steps:
            step(self.street, self.cast, 0, 5 * number + 1)

    @precondition(lambda self: self.offers)
    @rule(
        which=PICK,
        who=SIDES,
        move=st.sampled_from(["edit", "counter", "reject", "withdraw"]),
        amount=AMOUNTS,
    )
    def haggle(self, which: int, who: str, move: str, amount: Money) -> None:
        id, by = self.one(self.offers, which), getattr(self.cast, who)
        days = None if which % 3 else 3
        self.do(
            {
                "edit": EditOffer(
                    offer_id=id, amount=amount, description=None, valid_days=days, actor=by
                ),
                "counter": CounterOffer(
                    offer_id=id, amount=amount, description="Otra cosa", actor=by
                ),
                "reject": RejectOffer(offer_id=id, reason="caro", actor=by),
                "withdraw": WithdrawOffer(offer_id=id, actor=by),
            }[move],
            keyed=bool(which % 3),
        )

    @precondition(lambda self: self.offers)
    @rule(which=PICK, who=SIDES, version=st.sampled_from([None, None, 1, 2]), keyed=st.booleans())
    def accept(self, which: int, who: str, version: int | None, keyed: bool) -> None:
        by = getattr(self.cast, who)
        accept = AcceptOffer(offer_id=self.one(self.offers, which), version=version, actor=by)
        made = self.do(accept, keyed)
        self.jobs += [made.id] if made else []

    # -- work and money ------------------------------------------------------------------------

    @precondition(lambda self: self.jobs)
    @rule(
        which=PICK,
        who=SIDES,
        keyed=st.booleans(),
        move=st.sampled_from(["complete", "complete", "approve", "approve", "changes", "cancel"]),
    )
    def work(self, which: int, who: str, keyed: bool, move: str) -> None:
        id, by = self.one(self.jobs, which), getattr(self.cast, who)
        self.do(
            {
                "complete": CompleteJob(job_id=id, notes="listo", actor=by),
                "approve": ApproveJob(job_id=id, actor=by),
                "changes": RequestChanges(job_id=id, reason="gotea", actor=by),
                "cancel": CancelJob(job_id=id, reason=None, actor=by),
            }[move],
            keyed,
        )

    @precondition(lambda self: self.jobs)
    @rule(which=PICK, who=SIDES, keyed=st.booleans())
    def open_page(self, which: int, who: str, keyed: bool) -> None:
        wish = OpenCheckout(job_id=self.one(self.jobs, which), actor=getattr(self.cast, who))
        made = self.do(wish, keyed)
        if made and made.preference_id not in self.pages:
            self.pages.append(made.preference_id)

    @precondition(lambda self: self.pages)
    @rule(
        which=PICK,
        other=st.sampled_from([None, None, None, Money(1)]),
        currency=st.sampled_from(["ARS", "ARS", "ARS", "USD"]),
        status=st.sampled_from(["approved", "approved", "pending", "rejected"]),
        told=st.booleans(),
    )
    def pay(self, which: int, other: Any, currency: str, status: str, told: bool) -> None:
        page = self.one(self.pages, which)
        made = [h.gateway.pay(page, other, currency, status) for h in self.street.homes]
        assert made[0] == made[1]
        self.payments.append(made[0])
        if told:
            self.notice(0, None)

    @precondition(lambda self: self.payments)
    @rule(
        which=PICK,
        word=st.sampled_from(
            ["approved", "approved", "rejected", "in_mediation", "release", *DETAILS, *PARTS, None]
        ),
    )
    def notice(self, which: int, word: str | None) -> None:
        """The gateway says something of a payment; `DETAILS` are of chargebacks, and `PARTS` how
        much it gave back by itself."""
        payment = self.payments[-1] if which == 0 else self.one(self.payments, which)
        for home in self.street.homes:
            if word == "release":
                home.gateway.release(payment)
            elif word in DETAILS:
                home.gateway.change(payment, "charged_back", word)
            elif word in PARTS:
                whole = home.gateway.change(payment, PARTS[word]).amount
                part = whole if word == "refunded" else Money(1, whole.currency)
                home.gateway.change(payment, PARTS[word], word, refunded=part)
            elif word:
                home.gateway.change(payment, word)
        self.do(ReceiveNotice(notice_id=str(which), payment_id=payment))
        self.run_due()

    @rule()
    def a_notice_of_nothing(self) -> None:
        self.do(ReceiveNotice(notice_id="0", payment_id=PaymentId("404")))
        self.run_due()

    @precondition(lambda self: self.payments)
    @rule(which=PICK, who=PICK)
    def ask_for_a_payment(self, which: int, who: int) -> None:
        payment = self.one(self.payments, which) if which % 7 else PaymentId("404")
        self.do(GetPaymentStatus(payment_id=payment, actor=self.cast.anybody(who)))

    @rule(
        what=st.sampled_from(["refund", "refund", "payment", "payments_of", "open"]),
        after=st.booleans(),
        for_good=st.booleans(),
    )
    def the_gateway_will_fail(self, what: str, after: bool, for_good: bool) -> None:
        for home in self.street.homes:
            refused = for_good and not after and what in ("refund", "open")
            error = GatewayRefused(status=400) if refused else GatewaySilent(operation=what)
            script(home).fail(what, error, after=after)

    @rule(which=PICK, how=st.sampled_from(Resolution), evidence=st.sampled_from([None, "C-1"]))
    def resolve(self, which: int, how: Resolution, evidence: str | None) -> None:
        shown = questions.refunds(self.street)
        id = self.one(shown, which) if shown else RefundId(self.cast.anybody(0).user_id)
        by = self.cast.anybody(which) if which % 5 == 0 else self.street.first.admin
        self.do(
            ResolveRefund(refund_id=id, resolution=how, evidence=evidence, reason="v", actor=by),
            keyed=bool(which % 2),
        )

    # -- time, people, questions ---------------------------------------------------------------

    @rule(step=STEPS)
    def wait(self, step: timedelta) -> None:
        self.street.advance(step)
        self.run_due()

    @rule(leap=LEAPS)
    def wait_long(self, leap: timedelta) -> None:
        self.wait(leap)

    @rule(due=st.sampled_from(Due))
    def sweep(self, due: Due) -> None:
        self.do(Sweep(due=due))

    @rule(what=st.sampled_from(people.DOINGS), who=PICK, number=PICK)
    def somebody_does(self, what: Any, who: int, number: int) -> None:
        what(self.street, self.cast, who, number)

    @rule(what=st.sampled_from(quarrels.DOINGS), who=NUMBERS, number=NUMBERS)
    def somebody_quarrels(self, what: Any, who: int, number: int) -> None:
        what(self.street, self.cast, who, number)

    @rule(what=st.sampled_from(desk.DOINGS), who=NUMBERS, number=NUMBERS)
    def the_house_does(self, what: Any, who: int, number: int) -> None:
        what(self.street, self.cast, who, number)

    @rule(who=PICK, number=PICK, page=st.builds(Page, st.integers(0, 2), st.integers(1, 3)))
    def somebody_asks(self, who: int, number: int, page: Page) -> None:
        self.street.ask(questions.questions(self.cast.anybody(who), self.offers, number, page))

    def run_due(self) -> None:
        """Everything that is due, in every house."""
        people.run_due(self.street)

    # -- the end -------------------------------------------------------------------------------

    @invariant()
    def the_books_balance(self) -> None:
        if hasattr(self, "cast"):
            assert self.street.send(GetTrialBalance(actor=self.street.first.admin)).balanced

    def everything_is_the_same(self) -> None:
        """Everybody's view of everything, whole."""
        page = Page(0, 100)
        shown = quarrels.jobs(self.street), quarrels.disputes(self.street)
        jobs, disputes = ([one.id for one in some] for some in shown)
        for by in (self.street.first.admin, self.cast.ana, self.cast.beto):
            self.street.ask(questions.everything(by, self.offers, jobs, disputes, page))
        self.street.each(questions.account_sums)
        self.street.each(questions.due)


Parity.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestParity = Parity.TestCase
