"""A second administrator: who may agree, and to what still stands."""

from __future__ import annotations

from uuid import UUID

import pytest

from conectar.domain.kernel.errors import Kind
from conectar.domain.kernel.ids import ProposalId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.proposal import Proposal, ProposalSpent, SameAdministrator

from .builders import T0

FIRST, SECOND, THIRD = (UserId(UUID(int=n)) for n in (51, 52, 53))


def proposal() -> Proposal:
    return Proposal(
        id=ProposalId(UUID(int=50)),
        subject="payment:1",
        message="RefundPayment",
        payload=b"{}",
        amount=Money(1_000_000_00),
        proposed_by=FIRST,
        created_at=T0,
    )


def test_another_administrator_agrees_once() -> None:
    assert (proposal().standing, proposal().confirmed_by) == (True, None)
    agreed = proposal().confirm(SECOND)
    assert (agreed.standing, agreed.confirmed_by) == (False, SECOND)
    assert (agreed.payload, agreed.amount, agreed.proposed_by) == (b"{}", proposal().amount, FIRST)
    for again in (FIRST, SECOND, THIRD):
        with pytest.raises(ProposalSpent):
            agreed.confirm(again)


def test_nobody_agrees_with_himself() -> None:
    with pytest.raises(SameAdministrator):
        proposal().confirm(FIRST)


def test_a_newer_one_takes_its_place() -> None:
    old = proposal().replaced()
    assert (old.standing, old.confirmed_by) == (False, None)
    for by in (FIRST, SECOND):
        with pytest.raises(ProposalSpent):
            old.confirm(by)


def test_kinds_of_refusals() -> None:
    assert SameAdministrator.kind is ProposalSpent.kind is Kind.REFUSED
