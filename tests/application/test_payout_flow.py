"""Payouts by bank: asked, exported once, settled line by line, and back if they fail."""

import csv
from io import StringIO

import pytest

from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.message import Page
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.make_payout_batch import MakePayoutBatch, NothingToExport
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.people.review_kyc import RevokeKyc
from conectar.application.queries.money import GetBalance, ListMovements
from conectar.application.queries.payouts import GetPayoutBatch
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.kernel.money import Money
from conectar.domain.offers.offer import KycPending
from conectar.domain.payments.ledger import Overdrawn
from conectar.domain.payments.movement import MovementKind, MovementStatus
from conectar.domain.payments.payout import (
    AmountNotPositive,
    InvalidPayoutStep,
    NoDestination,
    PayoutResult,
    PayoutStatus,
)
from conectar.domain.people.user import AccountSuspended
from tests import actors
from tests.application.gateway_words import Place, Scene, accounts, audit, scene
from tests.application.paying_out import (
    CBU,
    OTHER,
    ask,
    balance,
    export,
    name_account,
    payouts,
    settle,
)
from tests.application.rooms import days
from tests.application.test_chargebacks import NET, available
from tests.backends import House, everywhere

P, R = PayoutStatus, PayoutResult
SENT, FAILED = R.SENT, R.FAILED


async def earner(home: House, account: bool = True) -> Scene:
    """A professional with money he can take."""
    made = await scene(home, Place.RELEASED)
    await available(made)
    if account:
        await name_account(home, made.beto)
    return made


async def line(made: Scene) -> MovementStatus:
    """What his history says of his only payout."""
    query = ListMovements(
        user_id=None,
        kind=MovementKind.PAYOUT,
        status=None,
        since=None,
        until=None,
        page=Page(),
        actor=made.beto,
    )
    (shown,) = (await made.home.core.execute(query)).items
    return shown.status


@everywhere
async def test_the_money_is_reserved_at_once_exported_once_and_leaves_by_bank(
    still: House,
) -> None:
    made = await earner(still)
    shown = await ask(still, made.beto, NET)
    assert shown.destination.endswith(CBU[-4:]) and CBU not in shown.destination
    assert (await balance(still, made.beto)).available_balance == Money.ZERO
    assert await line(made) is MovementStatus.PENDING
    batch = await export(still)
    assert (batch.payouts, batch.total_amount) == (1, NET)
    assert await line(made) is MovementStatus.PROCESSING
    with pytest.raises(NothingToExport):
        await export(still)
    assert (await accounts(still))["payout_pending"] == NET.cents
    settled = await settle(still, shown.id, SENT)
    assert (settled.status, settled.evidence) == (P.CONFIRMED, "T-1")
    books = await accounts(still)
    assert books["bank"] == -NET.cents and "payout_pending" not in books
    assert await line(made) is MovementStatus.COMPLETED
    await audit(made)


async def test_the_file_says_what_the_payouts_say_and_never_changes(still: House) -> None:
    made = await earner(still)
    shown = await ask(still, made.beto, NET)
    batch = await export(still)
    read = GetPayoutBatch(batch_id=batch.id, actor=still.admin)
    first = (await still.core.execute(read)).content
    header, row = csv.reader(StringIO(first.decode()))
    told = dict(zip(header, row, strict=True))
    assert (told["id"], told["destino"], told["cuit"]) == (str(shown.id), CBU, "20123456786")
    assert Money.parse(told["monto"]) == NET
    await name_account(still, made.beto, OTHER)
    await settle(still, shown.id, FAILED)
    assert (await still.core.execute(read)).content == first


@pytest.mark.parametrize("results", [(FAILED,), (SENT, FAILED)], ids=["at once", "after success"])
async def test_what_fails_is_in_the_balance_again(
    still: House, results: tuple[PayoutResult, ...]
) -> None:
    made = await earner(still)
    shown = await ask(still, made.beto, NET)
    await export(still)
    for result in results:
        await settle(still, shown.id, result)
    assert (await balance(still, made.beto)).available_balance == NET
    assert not {"bank", "payout_pending"} & (await accounts(still)).keys()
    assert await line(made) is MovementStatus.FAILED
    await audit(made)


STEPS = [
    ((), SENT),
    ((), FAILED),
    ((SENT,), SENT),
    ((FAILED,), SENT),
    ((FAILED,), FAILED),
    ((SENT, FAILED), SENT),
    ((SENT, FAILED), FAILED),
]


@pytest.mark.parametrize(("before", "result"), STEPS)
async def test_no_line_is_settled_twice_or_before_it_was_exported(
    still: House, before: tuple[PayoutResult, ...], result: PayoutResult
) -> None:
    made = await earner(still)
    shown = await ask(still, made.beto, NET)
    if before:
        await export(still)
    for one in before:
        await settle(still, shown.id, one)
    books = await accounts(still)
    with pytest.raises(InvalidPayoutStep):
        await settle(still, shown.id, result)
    assert await accounts(still) == books


async def test_a_changed_account_waits_three_days_the_first_does_not(still: House) -> None:
    made = await earner(still)
    await ask(still, made.beto, Money(100))
    await name_account(still, made.beto, OTHER)
    await ask(still, made.beto, Money(200))
    assert (await export(still)).total_amount == Money(100), "frozen with the old account"
    still.clock.advance(days(3) - days(0.001))
    with pytest.raises(NothingToExport):
        await export(still)
    still.clock.advance(days(0.001))
    assert (await export(still)).total_amount == Money(200)
    assert [p.destination for p in await payouts(still)] == [CBU, OTHER]


async def test_who_may_not_ask_is_refused_and_nothing_is_reserved(still: House) -> None:
    made = await earner(still, account=False)
    books = await accounts(still)

    async def refused(amount: Money, error: type[Exception], who: Actor = made.beto) -> None:
        with pytest.raises(error):
            await ask(still, who, amount)
        assert await accounts(still) == books

    await refused(NET, WrongRole, made.ana)
    await refused(NET, NoDestination)
    await name_account(still, made.beto)
    for cents in (0, -1):
        await refused(Money(cents), AmountNotPositive)
    await refused(Money(NET.cents + 1), Overdrawn)
    new = await actors.register(still, Role.PROFESSIONAL)
    await refused(NET, KycPending, new)
    revoke = RevokeKyc(professional_id=person(made.beto), reason="falso", actor=still.admin)
    await still.core.execute(revoke)
    await refused(NET, KycPending)
    ban = BanUser(user_id=person(made.beto), reason="fraude", actor=still.admin)
    await still.core.execute(ban)
    await refused(NET, AccountSuspended)


async def test_a_banned_professionals_payouts_wait_for_his_return(still: House) -> None:
    made = await earner(still)
    await ask(still, made.beto, NET)
    ban = BanUser(user_id=person(made.beto), reason="fraude", actor=still.admin)
    await still.core.execute(ban)
    with pytest.raises(NothingToExport):
        await export(still)
    await still.core.execute(UnbanUser(user_id=person(made.beto), actor=still.admin))
    assert (await export(still)).payouts == 1


async def test_only_administrators_export_and_settle(still: House) -> None:
    made = await earner(still)
    shown = await ask(still, made.beto, NET)
    for message in (
        MakePayoutBatch(actor=made.beto),
        SettlePayout(payout_id=shown.id, result=SENT, evidence="yo", actor=made.beto),
    ):
        with pytest.raises(WrongRole):
            await still.core.execute(message)
    with pytest.raises(WrongRole):
        await still.core.execute(GetBalance(actor=still.admin))


@everywhere
async def test_asked_twice_at_once_is_reserved_once(still: House) -> None:
    made = await earner(still)
    await still.core.execute(AskPayout(amount=NET, actor=made.beto))
    with pytest.raises(Overdrawn):
        await still.core.execute(AskPayout(amount=NET, actor=made.beto))
    assert (await accounts(still))["payout_pending"] == NET.cents


async def test_the_return_of_a_second_payment_releases_nothing_of_the_first(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    job = await actors.unpaid_job(still, ana, beto)
    page = (await actors.checkout(still, job, ana)).preference_id
    first = still.gateway.pay(page)
    await actors.notice(still, first)
    made = Scene(still, job, first)
    await still.core.execute(actors.CompleteJob(job_id=job.id, notes=None, actor=beto))
    await still.core.execute(actors.ApproveJob(job_id=job.id, actor=ana))
    second = still.gateway.pay(page)
    await actors.notice(still, second)
    shown = await balance(still, beto)
    assert (shown.available_balance, shown.pending_balance) == (Money.ZERO, NET)
    await available(made)
    assert (await balance(still, beto)).available_balance == NET
