"""Ten lives of two thousand jobs each: whatever happens, the sums hold."""

import asyncio

import pytest
from bench.simulation import live

pytestmark = pytest.mark.no_cover
"""Its work is the sums; measured lines cost it more than twice the time."""

JOBS = 2_000
SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_after_every_thousand_jobs(seed: int) -> None:
    looked = list[int]()
    told = asyncio.run(live(JOBS, seed, looked.append))
    assert looked == [1_000, 2_000]
    happened = {what for what, times in told.items() if times > 5}
    assert happened >= {
        "ResolveDispute",
        "WithdrawDispute",
        "RefundPayment",
        "CloseIncident",
        "SettlePayout",
        "ResolveRefund",
        "WriteReview",
        "ApproveJob: PaymentFrozen",
    }, f"not much of a life: {sorted(told)}"


def test_a_seed_is_one_life_and_always_the_same() -> None:
    first, again, other = (asyncio.run(live(250, seed)) for seed in (3, 3, 4))
    assert first == again != other
