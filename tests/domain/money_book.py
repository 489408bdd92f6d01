"""A ledger book of a few lines, with the floors of the rules, and what one payment went through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from conectar.domain.kernel.ids import JobId, PaymentId, TransactionId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.payments import ledger, postings
from conectar.domain.payments.commission import Shares, divide
from conectar.domain.payments.ledger import PER_OWNER, Account, AccountKind, LedgerTransaction, Legs
from conectar.domain.payments.payment import Given

K = AccountKind
OUTSIDE = frozenset({K.GATEWAY_UNRELEASED, K.GATEWAY_AVAILABLE, K.BANK})
COSTS = frozenset({K.GATEWAY_FEE, K.TAX_WITHHELD})
FLOORED = PER_OWNER | {K.SUSPENSE}


@dataclass
class Life:
    """A payment and the job it funds (or only names, when its money may not fund)."""

    job: JobId
    payment: PaymentId
    pro: UserId
    price: int
    rate: Rate
    stage: str = "held"
    released: bool = False
    frozen: bool = False
    left: int = 0
    """What of the released price nobody gave back to the client."""
    pending: int = 0
    """On its way to the client, and not sent yet."""
    given: int = 0
    """What the gateway gave the client by itself, written off as the house's loss."""
    by_chargeback: int = 0
    """The part of that which a chargeback took."""
    charged: int = 0
    charged_pending: int = 0
    on_house: bool = False
    gone: int = 0
    """What really left again, by refunds and chargebacks, for this payment."""

    @property
    def written_off(self) -> Given:
        """The two parts."""
        return Given(Money(self.given - self.by_chargeback), Money(self.by_chargeback))

    @property
    def shares(self) -> Shares:
        """How what is left is divided."""
        return divide(Money(self.left), self.rate)


class Book:
    """Every posting goes through a transaction, is named once, and may overdraw nobody."""

    def __init__(self) -> None:
        self.cents: Counter[Account] = Counter()
        self.of_job: Counter[tuple[JobId, Account]] = Counter()
        self.of_payment: Counter[tuple[PaymentId, Account]] = Counter()
        self.posted = 0

    def post(self, legs: Legs, life: Life | None = None) -> None:
        if not legs:
            return
        self.posted += 1
        posted = LedgerTransaction(
            id=TransactionId(UUID(int=self.posted)),
            source_ref=f"fact:{self.posted}",
            at=datetime(2026, 3, 2, tzinfo=UTC),
            entries=legs,
            job_id=life.job if life else None,
            payment_id=life.payment if life else None,
        )
        for entry in posted.entries:
            self.cents[entry.account] += entry.cents
            if life:
                self.of_job[life.job, entry.account] += entry.cents
                self.of_payment[life.payment, entry.account] += entry.cents
            self.expect_floor(entry.account)

    def expect_floor(self, account: Account) -> None:
        if account.kind in FLOORED:
            assert self.balance(account) >= 0, f"{account} is overdrawn"

    def balance(self, account: Account) -> int:
        return account.balance(self.cents[account]).cents

    def money(self, account: Account) -> Money:
        return account.balance(self.cents[account])

    def part_of(self, life: Life, account: Account) -> Money:
        return account.balance(self.of_job[life.job, account])

    def total(self, kinds: frozenset[AccountKind]) -> int:
        """The debits less the credits of these kinds."""
        return sum(cents for account, cents in self.cents.items() if account.kind in kinds)

    def owed_for(self, life: Life) -> int:
        """What the house still keeps for anybody out of this job's price."""
        inside = {a for _, a in self.of_job if a.kind not in OUTSIDE | COSTS}
        return -sum(self.of_job[life.job, account] for account in inside)

    def open_accounts(self) -> list[Account]:
        return [a for a, cents in self.cents.items() if cents and a.kind in FLOORED]


PROS = [UserId(UUID(int=1)), UserId(UUID(int=2))]


class Lives(RuleBasedStateMachine):
    """`at_gateway` and `at_bank` are kept by hand: what a statement of the outside would show."""

    def __init__(self) -> None:
        super().__init__()
        self.book, self.lives = Book(), list[Life]()
        self.asked, self.exported = list[tuple[UserId, int]](), list[tuple[UserId, int]]()
        self.paid_out = list[tuple[UserId, int, bool]]()
        self.at_gateway = self.at_bank = 0

    def pick(self, n: int, *stages: str, frozen: bool = False) -> Life | None:
        found = [life for life in self.lives if life.stage in stages and life.frozen is frozen]
        return found[n % len(found)] if found else None

    def has(self, *stages: str, frozen: bool = False) -> bool:
        return self.pick(0, *stages, frozen=frozen) is not None

    def payable_of(self, n: int) -> int:
        return self.book.balance(ledger.payable(PROS[n % 2]))

    def debt_of(self, n: int) -> int:
        return self.book.balance(ledger.receivable(PROS[n % 2]))

    def settle_debt(self, pro: UserId) -> None:
        """Money that became payable pays a debt at once."""
        owes, has = self.book.money(ledger.receivable(pro)), self.book.money(ledger.payable(pro))
        self.book.post(postings.debt_repaid(pro, min(owes, has)))

    def recall_payouts(self, pro: UserId) -> None:
        """Who owes is not paid: what was not sent yet goes back and pays the debt."""
        if not self.book.balance(ledger.receivable(pro)):
            return
        for owner, amount in [payout for payout in self.asked if payout[0] == pro]:
            self.book.post(postings.payout_failed(owner, Money(amount)))
        self.asked = [payout for payout in self.asked if payout[0] != pro]
        self.settle_debt(pro)

    def gateway_releases_one(self, life: Life) -> None:
        if life.released:
            return
        left = Money(self.book.of_payment[life.payment, ledger.gateway(False)])
        self.book.post(postings.payment_released(left), life)
        life.released = True
        assert self.book.of_payment[life.payment, ledger.gateway(False)] == 0
        earned = self.book.part_of(life, ledger.payable_unreleased(life.pro))
        self.book.post(postings.earnings_released(life.pro, earned), life)
        self.settle_debt(life.pro)

    def leaves(self, life: Life, cents: int, by_bank: bool = False) -> None:
        life.gone += cents
        if by_bank:
            self.at_bank -= cents
        else:
            self.at_gateway -= cents

    def begin(self, price: int, rate: Rate, n: int, stage: str) -> Life:
        number = len(self.lives) + 1
        job, payment = JobId(UUID(int=1000 + number)), PaymentId(str(number))
        life = Life(job, payment, PROS[n % 2], price, rate, stage)
        self.lives.append(life)
        self.at_gateway += price
        return life
