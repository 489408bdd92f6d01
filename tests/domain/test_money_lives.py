"""Whole lives of money, in any order: nothing is lost, nobody is overdrawn, all can be emptied."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments import ledger
from conectar.domain.payments.commission import Shares, divide

from .money_book import OUTSIDE, PROS, Life, Lives

M = Money
CENTS = st.integers(1, 20_000_00)
PICK = st.integers(0, 10**6)
RATES = st.sampled_from([Rate(800), Rate(1000), Rate(1200), Rate(1500), Rate(0), Rate(10_000)])
RELEASED = ("released", "split")
CHARGED = "charged back "


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
        self.book.post(ledger.funded(life.job, M(price)), life)

    @precondition(lambda self: self.has("held"))
    @rule(amount=CENTS, n=PICK)
    def may_not_fund(self, amount: int, n: int) -> None:
        life = self.begin(amount, Rate(0), n, "suspended")
        self.book.post(ledger.suspended(M(amount)), life)

    @precondition(lambda self: self.has("suspended"))
    @rule(n=PICK)
    def return_suspense(self, n: int) -> None:
        if life := self.pick(n, "suspended"):
            self.book.post(ledger.suspense_refund_decided(life.job, M(life.price)), life)
            life.stage, life.pending = "refunding", life.price

    @precondition(lambda self: self.lives)
    @rule(n=PICK, fee=st.integers(-500, 500), taxes=st.integers(-500, 500))
    def charge(self, n: int, fee: int, taxes: int) -> None:
        if self.lives:
            life = self.lives[n % len(self.lives)]
            self.book.post(ledger.charges(M(fee), M(taxes), life.released), life)
            self.at_gateway -= fee + taxes

    @precondition(lambda self: any(not life.released for life in self.lives))
    @rule(n=PICK)
    def gateway_releases(self, n: int) -> None:
        waiting = [life for life in self.lives if not life.released]
        if waiting:
            self.gateway_releases_one(waiting[n % len(waiting)])

    # -- held money departs --------------------------------------------------------------------

    def expect_parts(self, life: Life, refund: int, shares: Shares) -> None:
        assert shares == divide(M(life.price - refund), life.rate)
        assert refund + shares.net.cents + shares.commission.cents == life.price
        assert self.book.balance(ledger.escrow(life.job)) == 0
        assert self.book.balance(ledger.refund_pending(life.job)) == refund
        owed = self.book.part_of(life, ledger.owed(life.pro, life.released))
        assert owed == shares.net
        assert self.book.part_of(life, ledger.COMMISSION) == shares.commission
        life.net, life.commission, life.pending = shares.net.cents, shares.commission.cents, refund

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK)
    def release(self, n: int) -> None:
        if life := self.pick(n, "held"):
            shares = divide(M(life.price), life.rate)
            self.book.post(ledger.job_released(life.job, life.pro, shares, life.released), life)
            self.expect_parts(life, 0, shares)
            life.stage = "released"
            self.settle_debt(life.pro)

    @precondition(lambda self: self.has("held"))
    @rule(n=PICK, percent=st.integers(1, 99))
    def split(self, n: int, percent: int) -> None:
        if life := self.pick(n, "held"):
            part = M(life.price).share(Rate(percent * 100))
            rest = divide(M(life.price) - part, life.rate)
            self.book.post(ledger.split(life.job, life.pro, part, rest, life.released), life)
            self.expect_parts(life, part.cents, rest)
            life.stage = "split"
            self.settle_debt(life.pro)

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
            self.book.post(ledger.refund_decided(life.job, M(life.price)), life)
            life.stage, life.pending = "refunding", life.price
            assert self.book.balance(ledger.refund_pending(life.job)) == life.price

    @precondition(lambda self: any(life.pending for life in self.lives))
    @rule(n=PICK, by_bank=st.booleans())
    def confirm_refund(self, n: int, by_bank: bool) -> None:
        stages = ("refunding", *RELEASED, "refunded after release")
        if (life := self.pick(n, *stages)) and life.pending:
            amount = M(life.pending)
            by_gateway = ledger.refund_confirmed(life.job, amount, life.released)
            self.book.post(ledger.refund_by_bank(life.job, amount) if by_bank else by_gateway, life)
            self.leaves(life, life.pending, by_bank)
            life.pending = 0
            if life.stage == "refunding":
                life.stage = "over"

    @precondition(lambda self: self.has("refunding"))
    @rule(n=PICK)
    def taken_outside(self, n: int) -> None:
        """A refund that is not ours, or a chargeback lost while held or refunding."""
        if life := self.pick(n, "held", "refunding"):
            held = self.book.money(ledger.escrow(life.job))
            pending = self.book.money(ledger.refund_pending(life.job))
            self.book.post(ledger.taken_outside(life.job, held, pending, life.released), life)
            self.leaves(life, life.price)
            life.stage, life.pending = "over", 0

    # -- after release -------------------------------------------------------------------------

    @precondition(lambda self: self.has(*RELEASED))
    @rule(n=PICK, platform=st.sampled_from([False, False, True]))
    def charge_back(self, n: int, platform: bool) -> None:
        if not (life := self.pick(n, *RELEASED)):
            return
        shares, pending = Shares(M(life.commission), M(life.net)), M(life.pending)
        pro, taken = life.pro, life.net + life.commission + life.pending
        if platform:
            bears = M(life.net + life.commission)
            self.book.post(ledger.charged_back_on_platform(bears, life.released), life)
            self.book.post(ledger.taken_outside(life.job, M(0), pending, life.released), life)
        else:
            own = self.book.part_of(life, ledger.payable_unreleased(pro))
            has = self.book.money(ledger.payable(pro))
            unsent = (life.job, pending) if life.pending else None
            gone = ledger.charged_back(pro, shares, own, has, unsent, life.released)
            self.book.post(gone, life)
        self.leaves(life, taken)
        can_return = not (platform or life.pending)
        life.stage, life.pending = CHARGED + life.stage if can_return else "over", 0

    @precondition(lambda self: self.has(*(CHARGED + stage for stage in RELEASED)))
    @rule(n=PICK)
    def reimburse(self, n: int) -> None:
        if life := self.pick(n, *(CHARGED + stage for stage in RELEASED)):
            shares = Shares(M(life.commission), M(life.net))
            owes = self.book.money(ledger.receivable(life.pro))
            self.book.post(ledger.reimbursed(life.pro, shares, owes, life.released), life)
            self.leaves(life, -(life.net + life.commission))
            life.stage = life.stage.removeprefix(CHARGED)

    @precondition(lambda self: self.has("released"))
    @rule(n=PICK, part=st.integers(1, 10_000))
    def refund_after_release(self, n: int, part: int) -> None:
        if life := self.pick(n, "released"):
            amount, back = M(life.price).share(Rate(part)), M(life.commission).share(Rate(part))
            own = self.book.part_of(life, ledger.payable_unreleased(life.pro))
            has = self.book.money(ledger.payable(life.pro))
            legs = ledger.refunded_after_release(
                life.job, life.pro, amount, back, own, has, M(life.net)
            )
            self.book.post(legs, life)
            life.stage, life.pending = "refunded after release", amount.cents

    @precondition(lambda self: self.has("refunded after release"))
    @rule(n=PICK)
    def charge_back_after_refund(self, n: int) -> None:
        """The house loses what MercadoPago really took."""
        if (life := self.pick(n, "refunded after release")) and not life.pending:
            taken = life.price - life.gone
            self.book.post(ledger.charged_back_on_platform(M(taken), life.released), life)
            self.leaves(life, taken)
            life.stage = "over"

    # -- payouts, debts, treasury --------------------------------------------------------------

    @precondition(lambda self: self.payable_of(0) or self.payable_of(1))
    @rule(n=PICK, cents=CENTS)
    def ask_payout(self, n: int, cents: int) -> None:
        n += not self.payable_of(n)
        pro, amount = PROS[n % 2], min(cents, self.payable_of(n))
        if amount:
            self.book.post(ledger.payout_asked(pro, M(amount)))
            self.payouts.append((pro, amount))

    @precondition(lambda self: self.payable_of(0) or self.payable_of(1))
    @rule(by_bank=st.booleans())
    def cash_everything(self, by_bank: bool) -> None:
        for n in range(2):
            self.ask_payout(n, 10**12)
        while self.payouts:
            self.confirm_payout(0, by_bank)

    @precondition(lambda self: self.payouts)
    @rule(n=PICK, by_bank=st.booleans())
    def confirm_payout(self, n: int, by_bank: bool) -> None:
        pro, amount = self.payouts.pop(n % len(self.payouts))
        self.book.post(ledger.payout_confirmed(pro, M(amount), by_bank))
        self.at_bank -= amount * by_bank
        self.at_gateway -= amount * (not by_bank)
        self.paid_out.append((pro, amount, by_bank))

    @precondition(lambda self: self.payouts)
    @rule(n=PICK)
    def fail_payout(self, n: int) -> None:
        pro, amount = self.payouts.pop(n % len(self.payouts))
        self.book.post(ledger.payout_failed(pro, M(amount)))
        self.settle_debt(pro)

    @precondition(lambda self: self.paid_out)
    @rule(n=PICK)
    def fail_after_success(self, n: int) -> None:
        pro, amount, by_bank = self.paid_out.pop(n % len(self.paid_out))
        self.book.post(ledger.payout_returned(pro, M(amount), by_bank))
        self.at_bank += amount * by_bank
        self.at_gateway += amount * (not by_bank)
        self.settle_debt(pro)

    @precondition(lambda self: self.debt_of(0) or self.debt_of(1))
    @rule(n=PICK, cents=CENTS)
    def write_off(self, n: int, cents: int) -> None:
        n += not self.debt_of(n)
        owes = M(min(cents, self.debt_of(n)))
        self.book.post(ledger.debt_written_off(PROS[n % 2], owes))

    @precondition(lambda self: self.paid_out)
    @rule(cents=CENTS, to_bank=st.booleans())
    def treasury(self, cents: int, to_bank: bool) -> None:
        self.book.post(ledger.treasury(M(cents), to_bank))
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

    def teardown(self) -> None:
        """From anywhere, every account of an owner, and suspense, can be emptied."""
        for n in range(len(self.lives)):
            self.return_suspense(n)
            self.decide_refund(n)
        for life in self.lives:
            pending = M(life.pending)
            self.book.post(ledger.refund_confirmed(life.job, pending, life.released), life)
        while any(not life.released for life in self.lives):
            self.gateway_releases(0)
        self.cash_everything(by_bank=True)
        for n in range(2):
            self.write_off(n, 10**12)
        assert self.book.open_accounts() == []
        assert sum(self.book.cents.values()) == 0


TestMoneyLives = MoneyLives.TestCase
TestMoneyLives.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
