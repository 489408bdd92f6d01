"""What administrators do: bans, payouts, refunds, incidents, proposals, the books, the clean-up."""

from collections.abc import Callable
from typing import Any

from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.house.confirm_proposal import ConfirmProposal
from conectar.application.house.redrive_event import RedriveEvent
from conectar.application.message import Page
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.people.review_kyc import ApproveKyc, RevokeKyc
from conectar.application.queries.admin import ListPendingEvents, ListUsers
from conectar.application.queries.incidents import ListIncidents, ListProposals
from conectar.application.queries.money import GetBalance, ListMovements
from conectar.application.queries.payouts import GetPayoutBatch, ListDebts, ListPayouts
from conectar.application.sweeps.clean_up import CleanUp
from conectar.application.views.money import TreasuryWay
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.money import Money
from conectar.domain.payments.movement import MovementKind
from conectar.domain.payments.payout import PayoutResult
from tests.parity.people import Cast, run_due
from tests.parity.quarrels import ALL, found, one
from tests.parity.street import Refused, Street


def clerk(street: Street, cast: Cast, who: int, number: int) -> Actor:
    """An administrator; now and then somebody who would like to be one."""
    return cast.anybody(who) if number % 9 == 0 else (street.first.admin, cast.second)[who % 2]


def ban(street: Street, cast: Cast, who: int, number: int) -> None:
    """Somebody is suspended, and most often back at once."""
    by, person = clerk(street, cast, who, number), cast.anybody(number).user_id
    assert person is not None
    street.send(BanUser(user_id=person, reason="por algo", actor=by))
    run_due(street)
    if number % 4:
        street.send(UnbanUser(user_id=person, actor=by))
    street.send(BanUser(user_id=by.user_id or person, reason="a sí mismo", actor=by))


def doubt(street: Street, cast: Cast, who: int, number: int) -> None:
    """The house believes a professional no longer, and does again."""
    by = clerk(street, cast, who, number)
    street.send(RevokeKyc(professional_id=cast.beto.user_id, reason="vencido", actor=by))  # type: ignore[arg-type]
    if number % 3:
        street.send(ApproveKyc(professional_id=cast.beto.user_id, actor=by))  # type: ignore[arg-type]


def ask_payout(street: Street, cast: Cast, who: int, number: int) -> None:
    """All he has, a part, too much, or nothing."""
    by = cast.beto if number % 5 else cast.anybody(who)
    balance = street.send(GetBalance(actor=by))
    has = Money.ZERO if isinstance(balance, Refused) else balance.available_balance
    amounts = (has, Money(max(1, has.cents // 2)), has + Money(1), Money.ZERO)
    street.send(AskPayout(amount=amounts[number % 4], actor=by))


def pay_out(street: Street, cast: Cast, who: int, number: int) -> None:
    """A bank file, and what the bank says of one of its lines."""
    by = clerk(street, cast, who, number)
    street.send(MakePayoutBatch(actor=by))
    payouts = found(street, ListPayouts(status=None, page=ALL, actor=street.first.admin))
    for payout in one(payouts, number):
        if payout.batch_id:
            street.send(GetPayoutBatch(batch_id=payout.batch_id, actor=by))
        result = list(PayoutResult)[number % 2]
        street.send(SettlePayout(payout_id=payout.id, result=result, evidence="B-1", actor=by))


def keep_books(street: Street, cast: Cast, who: int, number: int) -> None:
    """The house's own money, and what it will never see again."""
    by = clerk(street, cast, who, number)
    street.send(
        MoveTreasury(
            direction=list(TreasuryWay)[number % 2],
            amount=Money(number % 3 * 400_00),
            evidence="T-1",
            reason="caja",
            actor=by,
        )
    )
    for debt in found(street, ListDebts(page=ALL, actor=street.first.admin)):
        part = Money(1) if number % 2 else None
        street.send(
            WriteOffDebt(
                professional_id=debt.professional_id,
                amount=part,
                evidence="D-1",
                reason="no vuelve",
                actor=by,
            )
        )


def give_back(street: Street, cast: Cast, who: int, number: int) -> None:
    """A payment goes back, whole or in part."""
    movements = ListMovements(
        user_id=None,
        kind=MovementKind.PAYMENT,
        status=None,
        since=None,
        until=None,
        page=ALL,
        actor=street.first.admin,
    )
    for line in one(found(street, movements), number):
        amounts = (None, Money(1), line.amount, line.amount + Money(1), Money(33_33))
        street.send(
            RefundPayment(
                payment_id=line.gateway_payment_id,
                amount=amounts[number % 5],
                reason="a pedido",
                actor=clerk(street, cast, who, number),
            )
        )
    run_due(street)


def close_incidents(street: Street, cast: Cast, who: int, number: int) -> None:
    """What waits for a person."""
    for incident in one(found(street, ListIncidents(page=ALL, actor=street.first.admin)), number):
        street.send(
            CloseIncident(
                payment_id=incident.gateway_payment_id,
                loss=Money(500_00) if number % 3 == 0 else None,
                recovery=Money(1) if number % 4 == 0 else None,
                evidence="I-1",
                reason="visto",
                actor=clerk(street, cast, who, number),
            )
        )


def agree(street: Street, cast: Cast, who: int, number: int) -> None:
    """Somebody confirms what was proposed; whoever proposed it may not."""
    for proposal in one(found(street, ListProposals(page=ALL, actor=street.first.admin)), number):
        by = clerk(street, cast, who, number)
        street.send(ConfirmProposal(proposal_id=proposal.id, actor=by))
        if number % 2:
            street.send(ConfirmProposal(proposal_id=proposal.id, actor=cast.second))
    run_due(street)


def look_around(street: Street, cast: Cast, who: int, number: int) -> None:
    """Who there is, and what hangs; it gets another try."""
    by = clerk(street, cast, who, number)
    words = (None, "ñan", "ÑANDÚ ", "@conectar", "%")[number % 5]
    role = (None, Role.CLIENT, Role.ADMIN)[number % 3]
    street.send(ListUsers(role=role, words=words, page=Page(number % 2, 3), actor=by))
    for hanging in one(found(street, ListPendingEvents(page=ALL, actor=by)), number):
        street.send(RedriveEvent(event_id=hanging.id, actor=by))


def clean_up(street: Street, cast: Cast, who: int, number: int) -> None:
    """As every night, and once more."""
    street.send(CleanUp())
    street.send(CleanUp())


DOINGS: list[Callable[[Street, Cast, int, int], Any]] = [
    ban,
    doubt,
    ask_payout,
    pay_out,
    pay_out,
    keep_books,
    give_back,
    close_incidents,
    agree,
    look_around,
    clean_up,
]
