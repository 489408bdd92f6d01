"""Whichever way round a posting names its balances, they are locked in one order."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Insert, Update
from sqlalchemy.engine import Compiled

from conectar.adapters.outbound.sql.connection import Database, Said
from conectar.adapters.outbound.sql.tables import BALANCES
from conectar.application.ports.unit_of_work import LockTimeout, LostRace, Store
from conectar.domain.kernel.ids import TransactionId
from conectar.domain.kernel.money import Money
from conectar.domain.payments import ledger
from conectar.domain.payments.ledger import Account, AccountKind, LedgerTransaction
from tests.backends import House
from tests.contract.values import T0

ROUNDS, AT_ONCE = 15, 8


def two_owners() -> list[Account]:
    """What two are owed."""
    return [Account(AccountKind.PAYABLE, uuid4()) for _ in range(2)]


def two_kinds() -> list[Account]:
    """What one is owed, and what he will be."""
    owner = uuid4()
    return [Account(kind, owner) for kind in (AccountKind.PAYABLE, AccountKind.PAYABLE_UNRELEASED)]


@pytest.mark.parametrize("pair", [two_owners, two_kinds])
async def test_who_posts_the_other_way_round_waits_and_that_is_all(
    guarded: House, pair: Callable[[], list[Account]]
) -> None:
    for _ in range(ROUNDS):
        accounts = pair()
        ways = (accounts, accounts[::-1]) * (AT_ONCE // 2)
        for _made_first_then_found in range(2):
            ended = await asyncio.gather(*(posted(guarded.store, way) for way in ways))
            assert set(ended) == {None}, "40P01: they locked each other out"
        async with guarded.store.unit() as uow:
            kept = [await uow.ledger.balance(account) for account in accounts]
        assert kept == [Money(2 * AT_ONCE)] * 2


async def test_the_order_is_that_of_their_names(guarded: House) -> None:
    accounts = [*two_owners(), *two_kinds()]
    heard = Heard()
    (await guarded.container.get(Database)).listeners.append(heard)
    for way in permutations(accounts):
        heard.said.clear()
        await posted(guarded.store, way)
        locked = [
            next(a for a in accounts if {a.kind.value, a.owner} <= told) for told in heard.said
        ]
        assert list(dict.fromkeys(locked)) == sorted(accounts, key=str)
        assert locked == sorted(locked, key=str), "each is made, if it was missing, and moved"


class Heard:
    """What was said of balances: a listener."""

    def __init__(self) -> None:
        self.said: list[set[Any]] = []

    def __call__(self, said: Said) -> AbstractContextManager[None]:
        """Keeps the parameters."""
        whole = said.statement
        statement = whole.statement if isinstance(whole, Compiled) else whole
        if isinstance(statement, Insert | Update) and statement.table is BALANCES:
            self.said += map(set, said.parameters)
        return nullcontext()


async def posted(store: Store, accounts: Sequence[Account]) -> str | None:
    """A cent to each, in this order; what PostgreSQL said to whom it threw out."""
    cents = tuple((account, Money(1)) for account in accounts)
    transaction = LedgerTransaction(
        id=TransactionId(uuid4()),
        source_ref=str(uuid4()),
        at=T0,
        entries=ledger.post(((ledger.BANK, Money(len(cents))),), cents),
        job_id=None,
        payment_id=None,
    )
    try:
        async with store.unit() as uow:
            await uow.ledger.post(transaction)
            await uow.commit()
    except (LostRace, LockTimeout) as thrown_out:
        return str(getattr(thrown_out.__cause__, "sqlstate", thrown_out))
    return None
