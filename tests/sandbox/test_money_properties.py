"""Random histories: the sandbox's own books always balance, and nobody gets back what he didn't
pay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conectar.sandbox import SandboxSettings, World
from conectar.sandbox.amounts import as_number, as_text, basis_points
from conectar.sandbox.documents import load
from conectar.sandbox.errors import MercadoPagoError, Refusal

from .conftest import Clock
from .support import COLLECTOR, payout_body

# Few, close and around the net amount of 100.00 (92.71), so that they meet each other's limits.
AMOUNTS = st.sampled_from([1, 500, 9_271, 9_272, 9_800, 10_000, 10_001, 30_000])
ACTIONS = st.sampled_from(
    ["approve", "reject", "refund", "mediate", "charge_back", "settle", "reimburse", "release"]
)
STEPS = st.one_of(
    st.tuples(st.just("pay"), AMOUNTS, st.sampled_from(["approved", "pending", "rejected"])),
    st.tuples(st.just("move"), st.integers(0, 3), ACTIONS, st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("refund"), st.integers(0, 3), st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("payout"), AMOUNTS, st.sampled_from(["approved", "pending", "rejected"])),
    st.tuples(st.just("bank"), st.integers(0, 3), st.sampled_from(["approve", "reject", "return"])),
    st.tuples(st.just("wait"), st.integers(1, 30)),
)


def new_world(clock: Clock) -> World:
    return World(
        SandboxSettings("t", COLLECTOR, "s", "http://127.0.0.1/sandbox"),
        now=clock.now,
        advance=clock.advance,
    )


def take(world: World, clock: Clock, step: tuple[Any, ...]) -> None:
    kind, payments, payouts = step[0], world.payments.all(), world.payouts.all()
    if kind == "pay":
        item = {"title": "T", "quantity": 1, "currency_id": "ARS", "unit_price": 1}
        preference = world.preferences.create({"items": [item]})
        world.pay(preference.id, step[2], amount=step[1])
    elif kind == "move" and payments:
        world.moves.make(payments[step[1] % len(payments)], step[2], step[3])
    elif kind == "refund" and payments:
        world.refunds.make(payments[step[1] % len(payments)], step[2])
    elif kind == "payout":
        world.payouts.next_results.append(step[2])
        try:
            number = as_text(step[1])
            body = load(f'{{"amount": {number}}}')["amount"]
            world.payouts.send(payout_body(body))
        finally:
            world.payouts.next_results.clear()
    elif kind == "bank" and payouts:
        world.payouts.decide(payouts[step[1] % len(payouts)], step[2])
    elif kind == "wait":
        clock.time += timedelta(days=step[1])
        world.catch_up()


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_the_books_balance_whatever_happens(steps: list[tuple[Any, ...]]) -> None:
    clock = Clock()
    world = new_world(clock)
    for step in steps:
        before = world.oracle.report()
        try:
            take(world, clock, step)
        except (MercadoPagoError, Refusal):
            assert world.oracle.report() == before, "a refusal changes nothing"
        report = world.oracle.report()
        assert report["problemas"] == []
        for payment in world.payments.all():
            assert 0 <= payment.refunded <= payment.amount
        if step[0] in ("refund", "payout") and "-" not in before["cuenta"]["saldo_disponible"]:
            assert "-" not in report["cuenta"]["saldo_disponible"], "our calls make no debt"
        row_sum = sum(_cents(row["neto_en_cuenta"]) for row in report["pagos"])
        sent = sum(_cents(row["pagado"]) + _cents(row["en_transito"]) for row in report["payouts"])
        assert _cents(report["cuenta"]["saldo_total"]) == row_sum - sent


@given(st.integers(0, 10**11), st.integers(0, 10_000))
def test_shares_are_rounded_half_even(cents: int, points: int) -> None:
    exact = (Decimal(cents) * points / 10_000).quantize(Decimal(1), ROUND_HALF_EVEN)
    assert basis_points(cents, points) == exact
    assert int(as_number(cents) * 100) == cents == _cents(as_text(cents))


def test_a_new_world_gives_out_other_numbers() -> None:
    clock = Clock()
    first = new_world(clock).numbers.next_id()
    clock.time = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)
    assert new_world(clock).numbers.next_id() > first


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)
