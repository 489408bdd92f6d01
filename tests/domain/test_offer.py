"""Haggling: who may do what with an offer, which terms stand, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import datetime
from itertools import product
from uuid import UUID

import pytest

from conectar.domain.kernel.actor import CLOCK, Actor, Role
from conectar.domain.kernel.errors import DomainError, Kind, NotFound, OutOfRange, WrongSide
from conectar.domain.kernel.ids import OfferId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.events import (
    OfferAccepted,
    OfferCountered,
    OfferCreated,
    OfferExpired,
    OfferRejected,
    OfferStatus,
    OfferUpdated,
    OfferWithdrawn,
)
from conectar.domain.offers.offer import (
    AmountTooSmall,
    Decision,
    Move,
    NotAvailable,
    Offer,
    OfferChanged,
    OfferNotPending,
    OfferOverdue,
    propose,
)

from .builders import (
    ADMIN,
    CLIENT,
    CLIENT_ID,
    DAY,
    HOUR,
    LIMITS,
    PROFESSIONAL,
    PROFESSIONAL_ID,
    STRANGE_PROFESSIONAL,
    STRANGER,
    T0,
    TICK,
)

LOW = Money(99_99)
LEAST = Money(100_00)


def proposed(by: Actor = CLIENT, days: int = 15, amount: Money = LEAST) -> Offer:
    return proposal(by, days, amount).offer


def proposal(by: Actor, days: int, amount: Money) -> Decision:
    return propose(
        id=OfferId(UUID(int=9)),
        client_id=CLIENT_ID,
        professional_id=PROFESSIONAL_ID,
        description="Two doors",
        amount=amount,
        valid_days=days,
        by=by,
        at=T0,
        limits=LIMITS,
    )


Do = Callable[[Offer, Actor, datetime], Decision]
MOVES: dict[Move, Do] = {
    Move.ACCEPT: lambda o, by, at: o.accept(by=by, at=at, seen=None),
    Move.REJECT: lambda o, by, at: o.reject(by=by, at=at, reason="Dear"),
    Move.EDIT: lambda o, by, at: o.edit(
        by=by, at=at, amount=Money(120_00), description=None, valid_days=None, limits=LIMITS
    ),
    Move.COUNTER: lambda o, by, at: o.counter(
        by=by, at=at, amount=Money(130_00), description="One door", limits=LIMITS
    ),
    Move.WITHDRAW: lambda o, by, at: o.withdraw(by=by, at=at),
}
# move: (the proposer may, the other side may, status afterwards, event, the terms change)
RULES = {
    Move.ACCEPT: (False, True, OfferStatus.ACCEPTED, OfferAccepted, False),
    Move.REJECT: (True, True, OfferStatus.REJECTED, OfferRejected, False),
    Move.EDIT: (True, False, OfferStatus.PENDING, OfferUpdated, True),
    Move.COUNTER: (False, True, OfferStatus.PENDING, OfferCountered, True),
    Move.WITHDRAW: (True, False, OfferStatus.WITHDRAWN, OfferWithdrawn, False),
}
SIDES = [(CLIENT, PROFESSIONAL), (PROFESSIONAL, CLIENT)]
CLOSED: dict[str, Callable[[], Offer]] = {
    "accepted": lambda: proposed().accept(by=PROFESSIONAL, at=T0, seen=1).offer,
    "rejected": lambda: proposed().reject(by=CLIENT, at=T0, reason=None).offer,
    "withdrawn": lambda: proposed().withdraw(by=CLIENT, at=T0).offer,
    "expired": lambda: proposed().expire(at=T0 + 15 * DAY).offer,
}


@pytest.mark.parametrize(("proposer", "other"), SIDES)
@pytest.mark.parametrize("move", Move)
def test_each_side_may_what_the_rules_say(move: Move, proposer: Actor, other: Actor) -> None:
    by_proposer, by_other, status, told, terms_change = RULES[move]
    offer = proposed(by=proposer)
    for actor, allowed in ((proposer, by_proposer), (other, by_other)):
        assert (move in offer.moves(actor, T0 + HOUR)) == allowed
        if not allowed:
            with pytest.raises(WrongSide):
                MOVES[move](offer, actor, T0 + HOUR)
            continue
        after, (event,) = MOVES[move](offer, actor, T0 + HOUR)
        assert after.status is status
        assert type(event) is told
        assert after.version == offer.version + terms_change
        assert (after.step, event.version) == (2, 2)
        assert (event.actor, event.at, event.subject_id) == (actor, T0 + HOUR, offer.id)
        assert event.states == (OfferStatus.PENDING, status, None)
        assert (after.updated_at, after.created_at) == (T0 + HOUR, T0)
        assert event.reason == ("Dear" if move is Move.REJECT else None)


@pytest.mark.parametrize("move", Move)
def test_a_stranger_finds_nothing(move: Move) -> None:
    for stranger in (STRANGER, STRANGE_PROFESSIONAL):
        for offer in (proposed(), *(make() for make in CLOSED.values())):
            with pytest.raises(NotFound):
                MOVES[move](offer, stranger, T0)
            with pytest.raises(NotFound):
                offer.moves(stranger, T0)


@pytest.mark.parametrize("how", CLOSED)
def test_an_answered_offer_is_answered(how: str) -> None:
    offer = CLOSED[how]()
    refused = OfferOverdue if how == "expired" else OfferNotPending
    for move, actor in product(Move, (CLIENT, PROFESSIONAL)):
        by_proposer, by_other, *_ = RULES[move]
        may = by_proposer if actor is CLIENT else by_other
        with pytest.raises(DomainError) as caught:
            MOVES[move](offer, actor, T0 + HOUR)
        assert type(caught.value) is (refused if may else WrongSide), (how, move, actor)
        assert offer.moves(actor, T0 + HOUR) == frozenset()
    with pytest.raises(OfferNotPending):
        offer.expire(at=T0 + 100 * DAY)


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.REJECT, Move.COUNTER])
def test_an_administrator_reads_and_no_more(move: Move) -> None:
    with pytest.raises(WrongSide):
        MOVES[move](proposed(), ADMIN, T0)


@pytest.mark.parametrize("move", [Move.EDIT, Move.WITHDRAW])
def test_an_administrator_does_not_play_the_proposer(move: Move) -> None:
    with pytest.raises(WrongSide):
        MOVES[move](proposed(), ADMIN, T0)
    assert proposed().moves(ADMIN, T0) == frozenset()


def test_nobody_accepts_what_he_has_not_seen() -> None:
    offer = MOVES[Move.EDIT](proposed(), CLIENT, T0).offer
    for seen in (1, 3):
        with pytest.raises(OfferChanged) as caught:
            offer.accept(by=PROFESSIONAL, at=T0, seen=seen)
        assert caught.value.facts == {"version": 2}
    assert OfferChanged.kind is Kind.CONFLICT
    for seen_or_not in (2, None):
        after = offer.accept(by=PROFESSIONAL, at=T0, seen=seen_or_not).offer
        assert (after.status, after.amount) == (OfferStatus.ACCEPTED, Money(120_00))


def test_the_side_and_the_state_are_refused_before_the_version() -> None:
    with pytest.raises(WrongSide):
        proposed().accept(by=CLIENT, at=T0, seen=7)
    with pytest.raises(OfferNotPending):
        CLOSED["rejected"]().accept(by=PROFESSIONAL, at=T0, seen=7)
    with pytest.raises(OfferOverdue):
        proposed().accept(by=PROFESSIONAL, at=T0 + 15 * DAY, seen=7)


def test_a_counter_offer_changes_sides_and_starts_the_days_again() -> None:
    offer = proposed(days=7)
    later = T0 + 6 * DAY
    after = offer.counter(
        by=PROFESSIONAL, at=later, amount=Money(500_00), description=None, limits=LIMITS
    ).offer
    assert after.proposed_by is Role.PROFESSIONAL
    assert (after.amount, after.description) == (Money(500_00), "Two doors")
    assert after.expires_at == later + 7 * DAY
    assert after.moves(CLIENT, later) == {Move.ACCEPT, Move.REJECT, Move.COUNTER}
    assert after.moves(PROFESSIONAL, later) == {Move.EDIT, Move.REJECT, Move.WITHDRAW}
    back = after.counter(
        by=CLIENT, at=later, amount=Money(400_00), description="One", limits=LIMITS
    ).offer
    assert (back.proposed_by, back.version, back.step) == (Role.CLIENT, 3, 3)
    assert back.description == "One"


def test_an_edit_keeps_what_is_not_given() -> None:
    offer, later = proposed(), T0 + 5 * DAY
    after = offer.edit(
        by=CLIENT, at=later, amount=None, description="Three", valid_days=None, limits=LIMITS
    ).offer
    assert (after.amount, after.description) == (offer.amount, "Three")
    assert (after.valid_days, after.expires_at) == (15, offer.expires_at)
    longer = offer.edit(
        by=CLIENT, at=later, amount=None, description=None, valid_days=30, limits=LIMITS
    ).offer
    assert (longer.valid_days, longer.expires_at) == (30, later + 30 * DAY)
    assert (longer.amount, longer.description) == (offer.amount, offer.description)


@pytest.mark.parametrize("days", [1, 15, 60])
@pytest.mark.parametrize("move", Move)
def test_an_offer_ends_exactly_at_its_moment(move: Move, days: int) -> None:
    offer = proposed(days=days)
    end = T0 + days * DAY
    actor = CLIENT if RULES[move][0] else PROFESSIONAL
    assert offer.expires_at == end
    MOVES[move](offer, actor, end - TICK)
    with pytest.raises(OfferOverdue):
        MOVES[move](offer, actor, end)
    assert offer.moves(actor, end - TICK) and not offer.moves(actor, end)
    with pytest.raises(OfferNotPending):
        offer.expire(at=end - TICK)
    after, (event,) = offer.expire(at=end)
    assert after.status is OfferStatus.EXPIRED
    assert isinstance(event, OfferExpired)
    assert (event.actor, event.version) == (CLOCK, 2)


@pytest.mark.parametrize("days", [-1, 0, 61, 10_000])
def test_an_offer_stands_one_to_sixty_days(days: int) -> None:
    with pytest.raises(OutOfRange):
        proposed(days=days)
    if days:
        with pytest.raises(OutOfRange):
            proposed().edit(
                by=CLIENT, at=T0, amount=None, description=None, valid_days=days, limits=LIMITS
            )


def test_an_edit_to_zero_days_is_refused() -> None:
    with pytest.raises(OutOfRange):
        proposed().edit(
            by=CLIENT, at=T0, amount=None, description=None, valid_days=0, limits=LIMITS
        )


@pytest.mark.parametrize("amount", [Money(0), Money(1), LOW])
def test_an_offer_starts_at_a_hundred(amount: Money) -> None:
    with pytest.raises(AmountTooSmall):
        proposed(amount=amount)
    with pytest.raises(AmountTooSmall):
        proposed().counter(by=PROFESSIONAL, at=T0, amount=amount, description=None, limits=LIMITS)
    if amount:
        with pytest.raises(AmountTooSmall):
            proposed().edit(
                by=CLIENT, at=T0, amount=amount, description=None, valid_days=None, limits=LIMITS
            )
    assert AmountTooSmall.kind is Kind.REFUSED
    assert proposed(amount=LEAST).amount == LEAST


def test_an_edit_to_nothing_is_refused() -> None:
    with pytest.raises(AmountTooSmall):
        proposed().edit(
            by=CLIENT, at=T0, amount=Money(0), description=None, valid_days=None, limits=LIMITS
        )


def test_the_wrong_state_is_refused_before_the_wrong_amount() -> None:
    with pytest.raises(OfferNotPending):
        CLOSED["rejected"]().counter(
            by=PROFESSIONAL, at=T0, amount=LOW, description=None, limits=LIMITS
        )
    with pytest.raises(OfferOverdue):
        proposed().edit(
            by=CLIENT,
            at=T0 + 15 * DAY,
            amount=LOW,
            description=None,
            valid_days=None,
            limits=LIMITS,
        )


@pytest.mark.parametrize("by", [CLIENT, PROFESSIONAL])
def test_either_side_may_begin(by: Actor) -> None:
    offer, (event,) = proposal(by, 15, LEAST)
    assert (offer.proposed_by, offer.status) == (by.role, OfferStatus.PENDING)
    assert (offer.version, offer.step, offer.created_at) == (1, 1, T0)
    assert isinstance(event, OfferCreated)
    assert (event.version, event.states) == (1, (None, OfferStatus.PENDING, None))


def test_nobody_offers_to_himself() -> None:
    with pytest.raises(NotAvailable):
        propose(
            id=OfferId(UUID(int=9)),
            client_id=CLIENT_ID,
            professional_id=CLIENT_ID,
            description="Two doors",
            amount=LEAST,
            valid_days=15,
            by=CLIENT,
            at=T0,
            limits=LIMITS,
        )
    assert NotAvailable.kind is Kind.REFUSED


def test_an_offer_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        proposed().amount = LOW  # type: ignore[misc]
