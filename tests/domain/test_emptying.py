"""Every account of an owner, and suspense, can be emptied: by a posting that somebody makes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from conectar.domain.kernel.ids import JobId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import postings
from conectar.domain.payments.commission import Shares
from conectar.domain.payments.ledger import PER_OWNER, AccountKind, Legs, normal_side
from conectar.domain.payments.payment import Given

K = AccountKind
FLOORED = PER_OWNER | {K.SUSPENSE}
ENDS = frozenset(AccountKind) - FLOORED
"""Where money may stay: outside, or as the house's own gains and losses."""
APPLICATION = Path(postings.__file__).parents[2] / "application"
OTHERS: dict[object, object] = {JobId: JobId(UUID(int=1)), UserId: UserId(UUID(int=2))}
Catalogue = Mapping[str, Callable[..., Legs]]
CATALOGUE: Catalogue = {
    name: move
    for name, move in vars(postings).items()
    if inspect.isfunction(move) and move.__module__ == postings.__name__ and name[0] != "_"
}


def samples(move: Callable[..., Legs]) -> Iterator[Legs]:
    """What a posting posts: growing or shrinking amounts, both answers to every yes-or-no."""
    kinds = [p.annotation for p in inspect.signature(move).parameters.values()]
    for yes, growing in product((False, True), (False, True)):
        amounts = (Money(3**n) for n in (range(5, 25) if growing else range(25, 5, -1)))
        made: list[object] = []
        for kind in kinds:
            if kind in (Shares, Given):
                made.append(kind(next(amounts), next(amounts)))
            else:
                made.append(next(amounts) if kind is Money else OTHERS.get(kind, yes))
        yield move(*made)


def flows(catalogue: Catalogue) -> dict[AccountKind, set[AccountKind]]:
    """What stands against each kind of account when a posting empties it."""
    ways: dict[AccountKind, set[AccountKind]] = {kind: set() for kind in AccountKind}
    for move in catalogue.values():
        for posted, one in ((legs, one) for legs in samples(move) for one in legs):
            if one.cents * normal_side(one.account.kind) < 0:
                against = {other.account.kind for other in posted if other.cents * one.cents < 0}
                ways[one.account.kind] |= against
    return ways


def stuck(catalogue: Catalogue) -> set[AccountKind]:
    """The kinds whose money can never come to an end."""
    ways, reaches = flows(catalogue), set(ENDS)
    while more := {kind for kind in FLOORED - reaches if ways[kind] & reaches}:
        reaches |= more
    return set(FLOORED - reaches)


def made_by_somebody() -> set[str]:
    """The postings that the application makes."""
    found = set()
    for file in APPLICATION.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found |= {node.attr} if node.value.id == "postings" else set()
    return found


def test_each_account_of_an_owner_and_suspense_can_be_emptied() -> None:
    assert stuck(CATALOGUE) == set()


def test_they_are_emptied_by_postings_that_somebody_makes() -> None:
    made = made_by_somebody()
    assert set(CATALOGUE) - made == set(), "a posting that nobody makes"
    assert stuck({name: move for name, move in CATALOGUE.items() if name in made}) == set()


def test_each_of_them_is_filled_by_something() -> None:
    """An account that nothing fills would be emptied by anything."""
    filled = {
        entry.account.kind
        for move in CATALOGUE.values()
        for legs in samples(move)
        for entry in legs
        if entry.cents * normal_side(entry.account.kind) > 0
    }
    assert filled == set(AccountKind)


WITHOUT = {
    K.PAYOUT_PENDING: {"payout_confirmed", "payout_failed"},
    K.SUSPENSE: {"suspense_refund_decided"},
    K.RECEIVABLE: {"debt_repaid", "debt_written_off", "reimbursed"},
    K.PAYABLE_UNRELEASED: {"earnings_released", "charged_back", "refunded_after_release"},
    K.ESCROW: {"job_released", "refund_decided", "split", "taken_outside"},
}


@pytest.mark.parametrize("kind", WITHOUT)
def test_the_guard_sees_an_account_that_nothing_empties(kind: AccountKind) -> None:
    fewer = {name: move for name, move in CATALOGUE.items() if name not in WITHOUT[kind]}
    assert kind in stuck(fewer)


def test_the_guard_sees_a_posting_that_only_moves_it_in_a_circle() -> None:
    circle = {name: CATALOGUE[name] for name in ("payout_asked", "payout_failed", "debt_repaid")}
    assert {K.PAYABLE, K.PAYOUT_PENDING, K.RECEIVABLE} <= stuck(circle)
