"""Whole lives of money, in any order: nothing is lost, nobody is overdrawn, all can be emptied."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from conectar.domain.jobs.dispute import clients_part
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import Shares, divide

from .money_book import OUTSIDE, PROS, Life, Lives

M = Money
CENTS = st.integers(1, 20_000_00)
PICK = st.integers(0, 10**6)
RATES = st.sampled_from([Rate(800), Rate(1000), Rate(1200), Rate(1500), Rate(0), Rate(10_000)])
RELEASED = ("released", "split")
CHARGED = "charged back "
CHARGED_BACK = tuple(CHARGED + stage for stage in RELEASED)


pytestmark = pytest.mark.no_cover


class MoneyLives(Lives):
    """Each rule posts one move, and notes what a statement of the outside would show of it."""

    # -- money comes ---------------------------------------------------------------------------

    @initialize(prices=st.lists(CENTS, min_size=3, max_size=6), rate=RATES)
    def some_work_is_paid(self, prices: list[int], rate: Rate) -> None:
        for n, price in enumerate(prices):
            self.fund(price, rate, n)

    @rule(price=CENTS, rate=RATES, n=PICK)
    def fund(self, price: int, rate: Rate, n: int) -> None:
        life = self.begin(price, rate, n, "held")
        self.book.post(postings.funded(life.job, M(price)), life)

    @precondition(lambda self: self.has("held"))
    @rule(amount=CENTS, n=PICK)
    def may_not_fund(self, amount: int, n: int) -> None:
        life = self.begin(amount, Rate(0), n, "suspended")
        self.book.post(postings.suspended(M(amount)), life)

    @precondition(lambda self: self.has("suspended"))
    @rule(n=PICK)
    def return_suspense(self, n: int) -> None:
        if life := self.pick(n, "suspended"):
            self.book.post(postings.suspense_refund_decided(life.job, M(life.price)), life)
            life.stage, life.pending = "refunding", life.price

    @precondition(lambda self: self.lives)
    @rule(n=PICK, fee=st.integers(-500, 500), taxes=st.integers(-500, 500))
    def charge(self, n: int, fee: int, taxes: int) -> None:
        if self.lives:
            life = self.lives[n % len(self.lives)]
            self.book.post(postings.charges(M(fee), M(taxes), life.released), life)
            self.at_gateway -= fee + taxes

    @precondition(lambda self: any(not life.released for life in self.lives))
    @rule(n=PICK)
    def gateway_releases(self, n: int) -> None:
        waiting = [life for life in self.lives if not life.released]
        if waiting:
            self.gateway_releases_one(waiting[n % len(waiting)])

    # -- held money departs --------------------------------------------------------------------

    def expect_parts(self, life: Life, to_client: int, shares: Shares) -> None:
        """What the client, the professional and the house get is the price."""
        assert shares == divide(M(life.price - to_client), life.rate)
        assert to_client + shares.net.cents + shares.commission.cents == life.price
        owed = self.book.part_of(life, ledger.owed(life.pro, life.released))
        assert owed == shares.net
        assert self.book.part_of(life, ledger.COMMISSION) == shares.commission

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK)
    def release(self, n: int) -> None:
        if life := self.pick(n, "held"):
            shares = divide(M(life.price), life.rate)
            self.book.post(postings.job_released(life.job, life.pro, shares, life.released), life)
            self.expect_parts(life, 0, shares)
            life.stage, life.left = "released", life.price - life.given
            self.settle_debt(life.pro)

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK, percent=st.integers(1, 99))
    def split(self, n: int, percent: int) -> None:
        """By a dispute or by order; what the client has already counts."""
        if life := self.pick(n, "held"):
            part = clients_part(M(life.price), percent)
            rest = divide(M(life.price) - part, life.rate)
            given = life.written_off.up_to(part)
            owed, pro = part - given.total, life.pro
            legs = postings.split(life.job, pro, owed, given, rest, life.released)
            self.book.post(legs, life)
            self.expect_parts(life, part.cents, rest)
            life.stage, life.pending = "split", owed.cents
            life.left = life.price - life.pending - life.given
            self.settle_debt(pro)

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK)
    def release_what_is_available(self, n: int) -> None:
        if life := self.pick(n, "held"):
            self.gateway_releases_one(life)
            self.release(n)

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK)
    def decide_refund(self, n: int) -> None:
        if life := self.pick(n, "held"):
            owed = life.price - life.given
            self.book.post(postings.refund_decided(life.job, M(owed), life.written_off), life)
            life.stage, life.pending = "refunding", owed

    @precondition(lambda self: any(life.pending for life in self.lives))
    @rule(n=PICK, by_bank=st.booleans())
    def confirm_refund(self, n: int, by_bank: bool) -> None:
        """By the gateway, or by a person with evidence; also what was sent before a freeze."""
        waiting = [life for life in self.lives if life.pending]
        if not waiting:
            return
        life = waiting[n % len(waiting)]
        amount = M(life.pending)
        by_gateway = postings.refund_confirmed(life.job, amount, life.released)
        self.book.post(postings.refund_by_bank(life.job, amount) if by_bank else by_gateway, life)
        self.leaves(life, life.pending, by_bank)
        life.pending, life.frozen = 0, False
        if life.stage == "refunding":
            life.stage = "over"

    # -- the gateway stops it ------------------------------------------------------------------

    @precondition(lambda self: self.has("held", "refunding"))
    @rule(n=PICK)
    def freeze(self, n: int) -> None:
        """Mediation or a chargeback begins: nothing moves, in the ledger either."""
        if life := self.pick(n, "held", "refunding"):
            life.frozen = True

    @precondition(lambda self: self.has("held", "refunding", frozen=True))
    @rule(n=PICK)
    def thaw(self, n: int) -> None:
        if life := self.pick(n, "held", "refunding", frozen=True):
            life.frozen = False

    def taken_while_in_care(self, life: Life) -> None:
        """All that the gateway still had of it; what it had given before was a loss till now."""
        held = self.book.money(ledger.escrow(life.job))
        pending = self.book.money(ledger.refund_pending(life.job))
        given = life.written_off if held else postings.NOTHING
        legs = postings.taken_outside(life.job, held, pending, given, life.released)
        self.book.post(legs, life)
        self.leaves(life, (held + pending - given.total).cents)
        life.stage, life.pending, life.frozen = "over", 0, False

    @precondition(lambda self: self.has("held", "refunding", frozen=True))
    @rule(n=PICK)
    def lose(self, n: int) -> None:
        if life := self.pick(n, "held", "refunding", frozen=True):
            self.taken_while_in_care(life)

    @precondition(lambda self: self.has("refunding") or self.has("refunding", frozen=True))
    @rule(n=PICK, frozen=st.booleans())
    def refund_outside(self, n: int, frozen: bool) -> None:
        if life := self.pick(n, "held", "refunding", frozen=frozen):
            self.taken_while_in_care(life)

    @precondition(lambda self: self.has("held", *RELEASED))
    @rule(n=PICK, cents=CENTS, by_chargeback=st.booleans())
    def give_a_part_outside(self, n: int, cents: int, by_chargeback: bool) -> None:
        """No rule knows it: a person looks at it and writes it off."""
        life = self.pick(n, "held", *RELEASED)
        if life is None or life.pending:
            return
        room = life.price - life.given if life.stage == "held" else life.left
        part = min(cents, room - 1)
        if part > 0:
            ways = (M(0), M(part)) if by_chargeback else (M(part), M(0))
            self.book.post(postings.lost(*ways, life.released), life)
            self.leaves(life, part)
            life.given += part
            life.by_chargeback += part * by_chargeback
            life.left -= part * (life.stage != "held")

    # -- after release -------------------------------------------------------------------------

    @precondition(lambda self: self.has(*RELEASED))
    @rule(n=PICK, on_house=st.sampled_from([False, False, True]))
    def charge_back(self, n: int, on_house: bool) -> None:
        """Borne by the professional or the house; a refund not sent yet goes, too."""
        if not (life := self.pick(n, *RELEASED)):
            return
        job, pro, left, pending = life.job, life.pro, M(life.left), M(life.pending)
        if on_house:
            legs = postings.charged_back_on_platform(job, left, pending, life.released)
        else:
            own = self.book.part_of(life, ledger.payable_unreleased(pro))
            has = self.book.money(ledger.payable(pro))
            legs = postings.charged_back(job, pro, life.shares, own, has, pending, life.released)
        self.book.post(legs, life)
        self.leaves(life, life.left + life.pending)
        life.charged, life.charged_pending, life.on_house = life.left, life.pending, on_house
        life.stage, life.pending = CHARGED + life.stage, 0
        self.recall_payouts(pro)

    @precondition(lambda self: self.has(*CHARGED_BACK))
    @rule(n=PICK)
    def reimburse(self, n: int) -> None:
        """Everybody has again what he had, and the client's refund is on its way again."""
        if not (life := self.pick(n, *CHARGED_BACK)):
            return
        job, pro, pending = life.job, life.pro, M(life.charged_pending)
        if life.on_house:
            back = M(life.charged)
            legs = postings.reimbursed_to_platform(job, back, pending, life.released)
        else:
            owes = self.book.money(ledger.receivable(pro))
            legs = postings.reimbursed(job, pro, life.shares, owes, pending, life.released)
        self.book.post(legs, life)
        self.leaves(life, -(life.charged + life.charged_pending))
        life.stage, life.pending = life.stage.removeprefix(CHARGED), life.charged_pending

    @precondition(lambda self: self.has(*RELEASED))
    @rule(n=PICK, part=st.integers(1, 10_000))
    def refund_after_release(self, n: int, part: int) -> None:
        """Again and again, until nothing is left; one at a time."""
        life = self.pick(n, *RELEASED)
        if life is None or life.pending:
            return
        amount = M(life.left).share(Rate(part))
        before, after = life.shares, divide(M(life.left) - amount, life.rate)
        own = self.book.part_of(life, ledger.payable_unreleased(life.pro))
        has = self.book.money(ledger.payable(life.pro))
        legs = postings.refunded_after_release(
            life.job, life.pro, amount, before.commission - after.commission, own, has, before.net
        )
        self.book.post(legs, life)
        life.left, life.pending = life.left - amount.cents, amount.cents

    @precondition(lambda self: self.has("over"))
    @rule(n=PICK, cents=CENTS, back=st.booleans())
    def charge_back_after_refund(self, n: int, cents: int, back: bool) -> None:
        """The house loses what MercadoPago really took, says a person; or got it back after all."""
        if life := self.pick(n, "over"):
            self.book.post(postings.lost(M(0), M(cents), life.released), life)
            self.leaves(life, cents)
            if back:
                self.book.post(postings.recovered(M(0), M(cents), life.released), life)
                self.leaves(life, -cents)

    # -- payouts, debts, treasury --------------------------------------------------------------

    @precondition(lambda self: self.payable_of(0) or self.payable_of(1))
    @rule(n=PICK, cents=CENTS)
    def ask_payout(self, n: int, cents: int) -> None:
        n += not self.payable_of(n)
        pro, amount = PROS[n % 2], min(cents, self.payable_of(n))
        if amount:
            self.book.post(postings.payout_asked(pro, M(amount)))
            self.asked.append((pro, amount))

    @precondition(lambda self: self.asked)
    @rule()
    def export_payouts(self) -> None:
        """Into a bank file: what is in it can't be recalled."""
        self.exported, self.asked = self.exported + self.asked, []

    @precondition(lambda self: self.payable_of(0) or self.payable_of(1))
    @rule(by_bank=st.booleans())
    def cash_everything(self, by_bank: bool) -> None:
        for n in range(2):
            self.ask_payout(n, 10**12)
        self.export_payouts()
        while self.exported:
            self.confirm_payout(0, by_bank)

    @precondition(lambda self: self.exported)
    @rule(n=PICK, by_bank=st.booleans())
    def confirm_payout(self, n: int, by_bank: bool) -> None:
        pro, amount = self.exported.pop(n % len(self.exported))
        self.book.post(postings.payout_confirmed(pro, M(amount), by_bank))
        self.at_bank -= amount * by_bank
        self.at_gateway -= amount * (not by_bank)
        self.paid_out.append((pro, amount, by_bank))

    @precondition(lambda self: self.exported)
    @rule(n=PICK)
    def fail_payout(self, n: int) -> None:
        pro, amount = self.exported.pop(n % len(self.exported))
        self.book.post(postings.payout_failed(pro, M(amount)))
        self.settle_debt(pro)

    @precondition(lambda self: self.paid_out)
    @rule(n=PICK)
    def fail_after_success(self, n: int) -> None:
        pro, amount, by_bank = self.paid_out.pop(n % len(self.paid_out))
        self.book.post(postings.payout_returned(pro, M(amount), by_bank))
        self.at_bank += amount * by_bank
        self.at_gateway += amount * (not by_bank)
        self.settle_debt(pro)

    @precondition(lambda self: self.debt_of(0) or self.debt_of(1))
    @rule(n=PICK, cents=CENTS)
    def write_off(self, n: int, cents: int) -> None:
        n += not self.debt_of(n)
        owes = M(min(cents, self.debt_of(n)))
        self.book.post(postings.debt_written_off(PROS[n % 2], owes))

    @precondition(lambda self: self.paid_out)
    @rule(cents=CENTS, to_bank=st.booleans())
    def treasury(self, cents: int, to_bank: bool) -> None:
        self.book.post(postings.treasury(M(cents), to_bank))
        moved = cents if to_bank else -cents
        self.at_gateway, self.at_bank = self.at_gateway - moved, self.at_bank + moved

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def the_whole_ledger_sums_to_zero(self) -> None:
        assert sum(self.book.cents.values()) == 0

    @invariant()
    def nobody_is_overdrawn(self) -> None:
        for account in list(self.book.cents):
            self.book.expect_floor(account)

    @invariant()
    def the_outside_agrees(self) -> None:
        bank = frozenset({ledger.BANK.kind})
        assert self.book.total(bank) == self.at_bank
        assert self.book.total(OUTSIDE - bank) == self.at_gateway

    @invariant()
    def every_price_is_accounted_for(self) -> None:
        for life in self.lives:
            assert self.book.owed_for(life) == life.price - life.gone

    @invariant()
    def nobody_is_owed_and_owes(self) -> None:
        for pro in PROS:
            owes, has = (
                self.book.balance(a) for a in (ledger.receivable(pro), ledger.payable(pro))
            )
            assert min(owes, has) == 0

    @invariant()
    def each_job_holds_what_its_place_says(self) -> None:
        for life in self.lives:
            held = life.price if life.stage == "held" else 0
            assert self.book.balance(ledger.escrow(life.job)) == held
            assert self.book.balance(ledger.refund_pending(life.job)) == life.pending

    @invariant()
    def what_waits_at_the_bank_is_reserved(self) -> None:
        for pro in PROS:
            waits = sum(amount for owner, amount in self.asked + self.exported if owner == pro)
            assert self.book.balance(ledger.payout_pending(pro)) == waits

    @invariant()
    def who_owes_waits_for_no_payout_of_his(self) -> None:
        for pro in PROS:
            if self.book.balance(ledger.receivable(pro)):
                assert pro not in {owner for owner, _ in self.asked}

    @invariant()
    def a_loss_by_refunds_is_never_made_good_twice(self) -> None:
        for loss in (ledger.REFUND_LOSS, ledger.CHARGEBACK_LOSS):
            assert self.book.total(frozenset({loss.kind})) >= 0

    def teardown(self) -> None:
        """From anywhere, every account of an owner, and suspense, can be emptied."""
        for _ in self.lives:
            self.thaw(0)
            self.return_suspense(0)
            self.decide_refund(0)
        while any(life.pending for life in self.lives):
            self.confirm_refund(0, by_bank=False)
        while any(not life.released for life in self.lives):
            self.gateway_releases(0)
        self.cash_everything(by_bank=True)
        for n in range(2):
            self.write_off(n, 10**12)
        assert self.book.open_accounts() == []
        assert sum(self.book.cents.values()) == 0


TestMoneyLives = MoneyLives.TestCase
TestMoneyLives.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
