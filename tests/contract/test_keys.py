"""Idempotency keys in a store."""

from datetime import timedelta
from uuid import uuid4

from conectar.application.ports.keys import StoredAnswer
from conectar.application.ports.unit_of_work import Store
from tests.contract.values import T0


def answer(**changes: object) -> StoredAnswer:
    """A filled key."""
    given = {
        "owner": uuid4(),
        "key": "llave-01",
        "fingerprint": b"\0\xff",
        "created_at": T0,
        "leased_until": None,
        "lease": 1,
        "answer": b"{}",
        "refusal": False,
        "context": "",
    } | changes
    return StoredAnswer(**given)  # type: ignore[arg-type]


async def test_a_key_belongs_to_its_owner(store: Store) -> None:
    mine, yours = answer(), answer(answer=b"[]")
    async with store.unit() as uow:
        assert await uow.keys.claim(mine) is None
        assert await uow.keys.claim(yours) is None
        await uow.commit()
    async with store.unit() as uow:
        assert await uow.keys.find(mine.owner, mine.key) == mine
        assert await uow.keys.find(yours.owner, yours.key) == yours
        assert await uow.keys.find(mine.owner, "llave-02") is None
        await uow.keys.forget(mine.owner, mine.key)
        assert await uow.keys.find(mine.owner, mine.key) is None
        assert await uow.keys.find(yours.owner, yours.key) == yours
        await uow.keys.forget(mine.owner, mine.key)


async def test_a_forgotten_key_comes_back_with_its_unit(store: Store) -> None:
    mine = answer()
    async with store.unit() as uow:
        assert await uow.keys.claim(mine) is None
        await uow.commit()
    async with store.unit() as uow:
        await uow.keys.forget(mine.owner, mine.key)
    async with store.unit() as uow:
        assert await uow.keys.find(mine.owner, mine.key) == mine


async def test_old_keys_go_in_batches_and_young_ones_stay(store: Store) -> None:
    old = [answer(created_at=T0 - timedelta(seconds=n + 1)) for n in range(5)]
    young = answer(created_at=T0)
    async with store.unit() as uow:
        for key in (*old, young):
            assert await uow.keys.claim(key) is None
        assert [await uow.keys.forget_older(T0, 3) for _ in range(3)] == [3, 2, 0]
        assert [await uow.keys.find(k.owner, k.key) for k in old] == [None] * 5
        assert await uow.keys.find(young.owner, young.key) == young
