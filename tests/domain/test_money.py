"""Amounts: their grammar, exact arithmetic, and shares that add up."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conectar.domain.kernel.errors import Kind
from conectar.domain.kernel.money import CurrencyMismatch, MalformedAmount, Money, Rate, least

GRAMMAR = r"^[0-9]{1,9}(\.[0-9]{1,2})?\Z"
CENTS = st.integers(-(10**13), 10**13)
WIRE_CENTS = st.integers(0, 99_999_999_999)
RATES = st.integers(0, 10_000)
NEARLY = st.text(alphabet="0123456789.,+-eE_ \n\u0661\uff11", max_size=14)


@given(st.one_of(NEARLY, st.text(max_size=14), st.from_regex(GRAMMAR, alphabet="0123456789.")))
@example("999999999.99")
@example("0")
@example("0.0")
@example("00012.5")
@example("1000000000")
@example("1.")
@example(".5")
@example("1.000")
@example("1.5\n")
@example("\n1")
@example("+1")
@example("-1")
@example("1e3")
@example("1_000")
@example("1,5")
@example("NaN")
@example("Infinity")
@example("")
@example("\u0661\u0662")
@example("1.\u0665")
@example("\u00b2")
@example("0x10")
@example("True")
def test_an_amount_is_exactly_what_the_grammar_says(text: str) -> None:
    if re.match(GRAMMAR, text):
        assert Money.parse(text) == Money(int(Fraction(text) * 100))
    else:
        with pytest.raises(MalformedAmount):
            Money.parse(text)


def test_a_malformed_amount_is_malformed() -> None:
    assert MalformedAmount.kind is Kind.MALFORMED
    with pytest.raises(MalformedAmount) as caught:
        Money.parse("9" * 10_000)
    assert len(str(caught.value.facts["text"])) <= 40


@given(WIRE_CENTS)
def test_what_is_written_is_read_again(cents: int) -> None:
    money = Money(cents)
    assert re.fullmatch(r"[0-9]+\.[0-9]{2}", str(money))
    assert Money.parse(str(money)) == money
    assert Money.of(money.decimal) == money
    assert money.decimal.as_tuple().exponent == -2


@given(CENTS)
def test_there_is_no_float_in_it(cents: int) -> None:
    money = Money(cents)
    parts = (money + money, money - money, money.share(Rate(333)), least(money, Money(0)))
    assert all(type(part.cents) is int for part in parts)
    assert type(money.decimal) is Decimal
    assert type(Rate(1234).percent) is Decimal
    assert Rate(1234).percent == Decimal("12.34")


def test_what_a_float_would_get_wrong() -> None:
    assert Money.parse("0.1") + Money.parse("0.2") == Money.parse("0.3")
    assert Money.parse("4.35").cents == 435
    assert Money.parse("999999999.99").cents == 99_999_999_999


@given(CENTS, RATES)
@example(50, 100)
@example(150, 100)
@example(1, 5_000)
@example(3, 5_000)
@example(-1, 5_000)
@example(-3, 5_000)
def test_a_share_is_rounded_half_to_even(cents: int, points: int) -> None:
    share = Money(cents).share(Rate(points)).cents
    assert share == round(Fraction(cents * points, 10_000))
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(cents) * points / 10_000
        assert share == exact.quantize(Decimal(1), ROUND_HALF_EVEN)


@given(CENTS, RATES)
def test_the_parts_of_an_amount_add_up_to_it(cents: int, points: int) -> None:
    whole = Money(cents)
    part = whole.share(Rate(points))
    assert part + (whole - part) == whole
    if cents >= 0:
        assert Money(0) <= part <= whole
    assert whole.share(Rate(0)) == Money(0)
    assert whole.share(Rate(10_000)) == whole


@given(CENTS, CENTS)
def test_amounts_are_whole_numbers_of_cents(a: int, b: int) -> None:
    assert (Money(a) + Money(b)).cents == a + b
    assert (Money(a) - Money(b)).cents == a - b
    assert (Money(a) < Money(b)) == (a < b)
    assert (Money(a) <= Money(b)) == (a <= b)
    assert (Money(a) > Money(b)) == (a > b)
    assert (Money(a) >= Money(b)) == (a >= b)
    assert (Money(a) == Money(b)) == (a == b)
    assert bool(Money(a)) == (a != 0)
    assert least(Money(a), Money(b)).cents == min(a, b)


@given(CENTS, CENTS)
def test_currencies_do_not_mix(a: int, b: int) -> None:
    peso, dollar = Money(a, "ARS"), Money(b, "USD")
    assert peso != dollar
    for together in (
        lambda: peso + dollar,
        lambda: dollar - peso,
        lambda: peso < dollar,
        lambda: peso <= dollar,
        lambda: dollar > peso,
        lambda: dollar >= peso,
        lambda: least(peso, dollar),
    ):
        with pytest.raises(CurrencyMismatch):
            together()
    assert (dollar + dollar).currency == (dollar - dollar).currency == "USD"
    assert dollar.share(Rate(1500)).currency == "USD"
    assert Money.parse("1", "USD").currency == Money.of(Decimal(1), "USD").currency == "USD"
    assert Money(1).currency == Money.ZERO.currency == "ARS"


@given(
    st.integers(0, 10**15),
    st.integers(-8, 4),
)
@example(1000, -3)
@example(5, -3)
@example(1, 2)
def test_a_decimal_of_the_gateway_is_taken_exactly_or_not_at_all(digits: int, power: int) -> None:
    amount = Decimal(digits).scaleb(power)
    exact = Fraction(digits) * Fraction(10) ** power * 100
    if exact.denominator == 1:
        assert Money.of(amount).cents == exact
    else:
        with pytest.raises(MalformedAmount):
            Money.of(amount)


@pytest.mark.parametrize("text", ["NaN", "0.005", "1E-30"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MalformedAmount):
        Money.of(Decimal(text))


@pytest.mark.parametrize(
    "text", ["1.0000000000000000000000000000001", "1234567890123456789012345678.01"]
)
def test_long_decimals_are_taken_exactly_or_not_at_all(text: str) -> None:
    exact = Fraction(text) * 100
    try:
        assert Money.of(Decimal(text)).cents == exact
    except MalformedAmount:
        assert exact.denominator != 1


def test_an_infinite_amount_is_refused() -> None:
    with pytest.raises(MalformedAmount):
        Money.of(Decimal("Infinity"))


@pytest.mark.parametrize("points", [-1, 10_001])
def test_a_rate_is_a_part(points: int) -> None:
    with pytest.raises(AssertionError):
        Rate(points)


def test_money_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        Money(1).cents = 2  # type: ignore[misc]
