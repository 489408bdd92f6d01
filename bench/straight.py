"""What the same moves cost without anything around them: the calls of the domain, again.

While a recorder is on, every outermost call into the aggregates, and into the rules beside them
that a use case decides by, is noted with its arguments. The aggregates are values, so the same
calls can be made again and again, and do the same. What a call answers is kept in a dictionary, and
a transaction is added to the sums of a ledger of dictionaries, for whoever makes moves keeps what
comes of them; nothing else is done.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from time import perf_counter
from types import FunctionType, ModuleType
from typing import Any

import conectar.application
from conectar.domain.jobs.dispute import Dispute, DisputeMessage
from conectar.domain.jobs.job import Job
from conectar.domain.kernel.money import Money
from conectar.domain.levels.points import PointGrant
from conectar.domain.notices.notice import Notice
from conectar.domain.offers.offer import Offer
from conectar.domain.payments import postings
from conectar.domain.payments.checkout import Checkout
from conectar.domain.payments.ledger import PER_OWNER, LedgerTransaction
from conectar.domain.payments.movement import Movement
from conectar.domain.payments.payment import Payment
from conectar.domain.payments.payout import Payout, PayoutBatch
from conectar.domain.payments.refund import Refund
from conectar.domain.people.professional import Professional
from conectar.domain.reviews.review import Review

AGGREGATES = (
    Checkout,
    Dispute,
    DisputeMessage,
    Job,
    LedgerTransaction,
    Movement,
    Notice,
    Offer,
    Payment,
    Payout,
    PayoutBatch,
    PointGrant,
    Professional,
    Refund,
    Review,
)
VOCABULARY = "conectar.domain.kernel"
"""Its functions say what words mean, and no move is made with them."""


def rules() -> Iterator[tuple[ModuleType, str]]:
    """Where a use case finds a function of the domain, and the name it has there. What is only
    shown, queries ask."""
    rooms = walk_packages(conectar.application.__path__, "conectar.application.")
    uses = (r.name for r in rooms if not r.name.startswith("conectar.application.queries"))
    for module in (postings, *map(import_module, uses)):
        for name, function in vars(module).items():
            home = function.__module__ if isinstance(function, FunctionType) else ""
            if home.startswith("conectar.domain.") and not home.startswith(VOCABULARY):
                yield module, name


class Sums:
    """The least a ledger has to do: facts once, sums by account, job and payment, the floor."""

    def __init__(self) -> None:
        self.facts: dict[str, LedgerTransaction] = {}
        self.accounts: Counter[Any] = Counter()
        self.parts: Counter[Any] = Counter()

    def post(self, transaction: LedgerTransaction) -> None:
        """Adds it up."""
        assert transaction.source_ref not in self.facts
        self.facts[transaction.source_ref] = transaction
        for entry in transaction.entries:
            account = entry.account
            self.accounts[account] += entry.cents
            self.parts[account, transaction.job_id] += entry.cents
            self.parts[account, transaction.payment_id] += entry.cents
            if account.kind in PER_OWNER:
                assert account.balance(self.accounts[account]) >= Money.ZERO


class Recorder:
    """Notes the calls made inside the block."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []
        self._inside = False
        self._undo: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> "Recorder":
        for aggregate in AGGREGATES:
            for name, method in list(vars(aggregate).items()):
                if callable(method) and not name.startswith("_"):
                    self._wrap(aggregate, name, method, method)
            self._wrap(aggregate, "__init__", aggregate.__init__, aggregate)
        for module, name in list(rules()):
            function = getattr(module, name)
            self._wrap(module, name, function, function)
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, original in self._undo:
            setattr(owner, name, original)

    def replay(self) -> float:
        """Makes every call again; answers the seconds."""
        kept: dict[Any, Any] = {}
        sums = Sums()
        gc.collect()
        started = perf_counter()
        for call, arguments, named in self.calls:
            made = call(*arguments, **named)
            if isinstance(made, LedgerTransaction):
                sums.post(made)
            elif id := getattr(made, "id", None):
                kept[id] = made
        return perf_counter() - started

    def _wrap(
        self, owner: Any, name: str, original: Callable[..., Any], call: Callable[..., Any]
    ) -> None:
        """`call` is what does it again: for a constructor the class, which needs no self."""

        def noted(*arguments: Any, **named: Any) -> Any:
            if self._inside:
                return original(*arguments, **named)
            self._inside = True
            try:
                answer = original(*arguments, **named)
            finally:
                self._inside = False
            kept = arguments[1:] if name == "__init__" else arguments
            self.calls.append((call, kept, named))
            return answer

        self._undo.append((owner, name, original))
        setattr(owner, name, noted)
