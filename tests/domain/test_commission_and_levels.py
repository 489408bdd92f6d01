"""What the house takes, and what a professional's points buy him."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conectar.domain.kernel.money import Money, Rate
from conectar.domain.levels.level import DEFAULT_TIERS, Level, Tier, tier_at
from conectar.domain.payments.commission import divide

from .builders import accepted

# level, from how many points, commission in basis points
LADDER = [
    ("bronze", 0, 1500),
    ("silver", 500, 1200),
    ("gold", 2000, 1000),
    ("diamond", 5000, 800),
]


def test_the_ladder_of_the_rules() -> None:
    told = [(t.level.value, t.from_points, t.commission.basis_points) for t in DEFAULT_TIERS]
    assert told == LADDER


@given(st.integers(0, 1_000_000))
@example(499)
@example(500)
@example(1999)
@example(2000)
@example(4999)
@example(5000)
def test_points_reach_the_highest_level_they_can(points: int) -> None:
    wanted = max((floor, name) for name, floor, _ in LADDER if floor <= points)
    assert tier_at(points).level.value == wanted[1]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_points_never_cost_more(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert tier_at(high).commission.basis_points <= tier_at(low).commission.basis_points


def test_another_ladder_may_be_set() -> None:
    own = (Tier(Level.BRONZE, 0, Rate(500)), Tier(Level.GOLD, 10, Rate(0)))
    assert tier_at(9, own) == own[0]
    assert tier_at(10, own) == own[1]


@given(st.integers(0, 99_999_999_999), st.integers(0, 10_000))
@example(1, 1500)
@example(1, 5000)
@example(3, 5000)
@example(10, 1500)
@example(30, 1500)
@example(50, 100)
@example(150, 100)
def test_commission_is_half_even_and_the_parts_add_up(cents: int, points: int) -> None:
    shares = divide(Money(cents), Rate(points))
    assert shares.commission.cents == round(Fraction(cents * points, 10_000))
    assert shares.commission + shares.net == Money(cents)
    assert shares.net >= Money.ZERO


@pytest.mark.parametrize(
    ("price", "points", "commission", "net"),
    [
        ("15000.50", 1500, "2250.08", "12750.42"),  # 2250.075: to the even cent
        ("100.10", 1500, "15.02", "85.08"),  # 15.015: to the even cent
        ("100.30", 1500, "15.04", "85.26"),  # 15.045: to the even cent
        ("100.00", 800, "8.00", "92.00"),
        ("999999999.99", 1200, "120000000.00", "879999999.99"),
    ],
)
def test_examples_by_hand(price: str, points: int, commission: str, net: str) -> None:
    shares = divide(Money.parse(price), Rate(points))
    assert (str(shares.commission), str(shares.net)) == (commission, net)


def test_a_job_divides_by_its_own_frozen_rate() -> None:
    job = accepted(price=Money.parse("15000.50"), rate=Rate(1500))
    assert job.shares == divide(Money.parse("15000.50"), Rate(1500))
