"""What must hold after every thousand jobs, entry by entry; and the gateway's own truth."""

from collections import Counter, defaultdict
from itertools import islice
from random import Random

from tests.application.rooms import script
from tests.backends import House

from conectar.adapters.outbound.memory.store import MemoryStore
from conectar.domain.jobs.job import Job
from conectar.domain.jobs.lifecycle import FINAL_JOBS, LIFECYCLE, EscrowStatus, Trigger
from conectar.domain.kernel.ids import JobId, PaymentId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import PER_OWNER, Account, AccountKind
from conectar.domain.payments.payment import Fact, Payment, PaymentStatus, Verdict
from conectar.domain.payments.payout import OPEN
from conectar.domain.payments.refund import UNSETTLED, RefundOrigin
from conectar.domain.payments.standing import follows

NEXT_WORDS = {
    "approved": {"in_mediation:pending", "charged_back:in_process", "refunded:bpp_refunded"},
    "in_mediation": {"approved:accredited", "refunded:bpp_refunded", "charged_back:in_process"},
    "charged_back:in_process": {"charged_back:settled", "charged_back:reimbursed"},
    "charged_back:settled": {"charged_back:reimbursed"},
    "charged_back:reimbursed": {"charged_back:in_process"},
    "refunded": {"charged_back:in_process"},
}
"""What the gateway may say after what it said."""
ARROWS = {(s.before.status, s.after.status, s.after.escrow) for s in LIFECYCLE.steps}
GATEWAY = (ledger.gateway(False), ledger.gateway(True))


class Books:
    """Reads the house's tables and the gateway's facts, and believes neither."""

    def __init__(self, home: House) -> None:
        assert isinstance(home.store, MemoryStore)
        self._home, self._store = home, home.store
        self._seen, self._sums = 0, Counter[Account]()
        self._of_payment: Counter[tuple[PaymentId | None, Account]] = Counter()

    # -- the gateway ---------------------------------------------------------------------------

    async def tells(self, payment: PaymentId, word: str, detail: str, chance: Random) -> None:
        """The gateway has another word for a payment, if it may follow the last one. A third of
        the chargebacks are about some part of it."""
        fact = await self._fact(payment)
        said = {f"{fact.status.value}:{fact.detail}", fact.status.value}
        allowed = set[str]().union(*(NEXT_WORDS.get(one, set()) for one in said))
        if f"{word}:{detail}" in allowed:
            whole = fact.amount if word == "refunded" else None
            part = Money(chance.randint(1, fact.amount.cents), fact.amount.currency)
            disputed = part if detail == "in_process" and chance.random() < 1 / 3 else None
            self._home.gateway.change(payment, word, detail, refunded=whole, disputed=disputed)

    async def refunds_a_part(self, payment: PaymentId, chance: Random) -> None:
        """The gateway gives something back without us."""
        fact = await self._fact(payment)
        left = fact.amount.cents - fact.refunded.cents
        if fact.status is PaymentStatus.APPROVED and left > 1:
            part = Money(fact.refunded.cents + chance.randint(1, left - 1), fact.amount.currency)
            self._home.gateway.change(payment, "approved", "partially_refunded", refunded=part)

    async def up_to_date(self, payment: PaymentId) -> bool:
        """Whether the house has heard the gateway's last word of a payment."""
        stored = self._store.repositories.payments.rows[payment]
        return stored.updated_at == (await self._fact(payment)).updated_at

    async def really_lost(self, payment: PaymentId) -> tuple[Money | None, Money | None]:
        """What the ledger believes to be at the gateway beyond what is there, and the other way."""
        stored = self._store.repositories.payments.rows[payment]
        if stored.verdict not in (Verdict.FUNDS, Verdict.RETURNS) or not stored.job_id:
            return None, None
        self._take_in()
        more = self._at_gateway(payment) - _there(await self._fact(payment))
        return Money(max(more, 0)), Money(max(-more, 0))

    async def _fact(self, payment: PaymentId) -> Fact:
        return self._home.gateway._facts[payment]

    # -- the checks ----------------------------------------------------------------------------

    async def check(self) -> None:
        """Raises AssertionError for the first thing that does not hold."""
        self._take_in()
        self._balances()
        for job in self._store.repositories.jobs:
            self._job(job)
        for payment in self._store.repositories.payments:
            self._payment(payment, await self._fact(payment.id))
        self._keys()
        self._payouts()
        self._people()
        self._deliveries()

    def _take_in(self) -> None:
        posted = self._store.ledger.posted_refs
        for transaction in islice(posted.values(), self._seen, None):
            legs = [entry.cents for entry in transaction.entries]
            assert len(legs) > 1 and 0 not in legs and sum(legs) == 0, transaction
            for entry in transaction.entries:
                self._sums[entry.account] += entry.cents
                self._of_payment[transaction.payment_id, entry.account] += entry.cents
        self._seen = len(posted)

    def _balances(self) -> None:
        assert sum(self._sums.values()) == 0
        for account, cents in self._sums.items():
            if account.kind in PER_OWNER:
                assert self._store.ledger.balances[account] == cents, account
                assert account.balance(cents) >= Money.ZERO, account
        assert self._sums[ledger.SUSPENSE] == 0

    def _job(self, job: Job) -> None:
        steps = self._store.outbox.timeline(job.id)
        assert job.version == len(steps), job
        for before, step in zip((None, *steps), steps, strict=False):
            assert step.status_before is (before.status if before else None), job
            arrow = (step.status_before, step.status, step.escrow)
            assert before is None or arrow in ARROWS, arrow
        held = job.price if job.escrow is EscrowStatus.HELD else Money.ZERO
        assert self._balance(ledger.escrow(job.id)) == held, job
        going_back = [
            refund.amount.cents
            for refund in self._store.repositories.refunds.by("job", job.id)
            if refund.status in UNSETTLED and refund.origin is not RefundOrigin.UNPOSTED
        ]
        voided = job.frozen and job.escrow is EscrowStatus.REFUNDING  # until the thaw
        pending = self._balance(ledger.refund_pending(job.id)).cents
        assert pending == sum(going_back) or (voided and pending > sum(going_back)), job
        waits = job.status not in FINAL_JOBS and not job.frozen
        assert not waits or job.deadline_at is not None, job
        funding = self._funding(job.id)
        assert len(funding) == (job.paid_at is not None), job
        assert all(payment.amount == job.price for payment in funding), job

    def _payment(self, payment: Payment, fact: Fact) -> None:
        refunds = self._store.repositories.refunds.by("payment", payment.id)
        ours = [r.amount.cents for r in refunds if r.status in UNSETTLED or r.gateway_id]
        assert sum(ours) <= payment.amount.cents, payment
        known = payment.updated_at == fact.updated_at and payment.flag is None
        settled = not any(refund.status in UNSETTLED for refund in refunds)
        if payment.verdict is Verdict.FUNDS and payment.job_id:
            job = self._store.repositories.jobs.rows[payment.job_id]
            given = [refund.amount for refund in refunds if refund.gateway_id]
            move = follows(payment, job, job.price - sum(given, payment.given.total))
            parked = isinstance(move, Trigger) or payment.closed_word is not None
            assert not known or not settled or parked or move is None or payment.flag, payment
        ours_here = payment.verdict in (Verdict.FUNDS, Verdict.RETURNS)
        if known and settled and ours_here:
            assert self._at_gateway(payment.id) == _there(fact), (payment, fact)

    def _keys(self) -> None:
        keys = {refund.key for refund in self._store.repositories.refunds}
        former = {key.rpartition("-")[0] for key in keys}
        for key in script(self._home).sent("refund"):
            assert key in keys or str(key) in former or str(key).rpartition("-")[0] in former, key

    def _payouts(self) -> None:
        reserved: Counter[object] = Counter()
        for payout in self._store.repositories.payouts:
            if payout.status in OPEN:
                reserved[payout.professional_id] += payout.amount.cents
        for account, cents in self._sums.items():
            if account.kind is AccountKind.PAYOUT_PENDING:
                assert account.balance(cents).cents == reserved[account.owner], account

    def _people(self) -> None:
        points, stars = Counter[object](), defaultdict[object, list[int]](list)
        for grant in self._store.repositories.point_grants:
            points[grant.professional_id] += grant.points
        for review in self._store.repositories.reviews:
            stars[review.professional_id].append(review.rating)
        for professional in self._store.repositories.professionals:
            assert professional.points == points[professional.id]
            given = stars[professional.id]
            assert (professional.rating_sum, professional.reviews) == (sum(given), len(given))

    def _deliveries(self) -> None:
        for delivery in self._store.outbox.waiting.values():
            assert delivery.next_at is not None, f"dead: {delivery}"

    # -- the pieces ----------------------------------------------------------------------------

    def _balance(self, account: Account) -> Money:
        return account.balance(self._sums[account])

    def _at_gateway(self, payment: PaymentId) -> int:
        return sum(self._of_payment[payment, account] for account in GATEWAY)

    def _funding(self, job: JobId) -> list[Payment]:
        payments = self._store.repositories.payments.by("job", job)
        return [payment for payment in payments if payment.verdict is Verdict.FUNDS]


def _there(fact: Fact) -> int:
    """The cents of a payment that the gateway really has."""
    if fact.approved_at is None:
        return 0
    left = fact.amount.cents - fact.refunded.cents - fact.taken.cents
    return left - fact.fee.cents - fact.taxes.cents
