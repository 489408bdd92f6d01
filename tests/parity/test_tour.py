"""A tour through the machine, for chance may miss something: every message is sent and compared."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from conectar.adapters.outbound.sql.connection import Database
from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.accounts.verify_email import RequestVerification, VerifyEmail
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.disputes.take_dispute import TakeDispute
from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.house.ban_user import BanUser, UnbanUser
from conectar.application.house.confirm_proposal import ConfirmProposal, ConfirmResolution
from conectar.application.message import Page
from conectar.application.offers.hire_service import HireService
from conectar.application.offers.services import AddService
from conectar.application.payments.ask_payout import AskPayout
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.people.erase_me import EraseMe
from conectar.application.people.regret_job import CloseRegret, RegretJob
from conectar.application.people.review_kyc import RevokeKyc
from conectar.application.queries.admin import ListRegrets
from conectar.application.queries.incidents import ListIncidents
from conectar.application.queries.jobs import GetJob
from conectar.application.queries.money import GetBalance
from conectar.application.queries.payouts import GetPayoutBatch, ListDebts, ListPayouts
from conectar.application.registry import HANDLERS
from conectar.application.sweeps.sweep import Due
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.jobs.lifecycle import DisputeStatus, EscrowStatus, JobStatus
from conectar.domain.kernel.actor import person
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payment import Bearer
from conectar.domain.payments.payout import PayoutResult, PayoutStatus
from conectar.domain.payments.refund import Resolution
from conectar.domain.people.regret import RegretOutcome
from tests.parity import desk, people, quarrels
from tests.parity.indexes import Statements
from tests.parity.people import EMAILS
from tests.parity.street import Refused
from tests.parity.test_parity import Parity

ALL = Page(0, 100)
LITTLE, MUCH = Money(100_00), Money(333_33)
DAY = timedelta(days=1)


class Walk:
    """The machine, and what whoever walks through it asks of it."""

    def __init__(self, limit: Money | None, bearer: Bearer) -> None:
        self.machine = Parity()
        self.machine.people_move_in("hire", LITTLE, 1, limit, bearer)
        self.street, self.cast = self.machine.street, self.machine.cast
        self.admin, self.bearer = self.street.first.admin, bearer
        self.beto = person(self.cast.beto)
        self.statements = Statements()
        home = self.street.on_postgresql
        self.street.runner.run(home.container.get(Database)).listeners.append(self.statements)

    def done(self, message: Any) -> Any:
        """Its answer; a refusal is no part of the walk."""
        answer = self.street.send(message)
        assert not isinstance(answer, Refused), (message, answer)
        return answer

    def job(self) -> Any:
        """The newest, as an administrator sees it."""
        return self.done(GetJob(job_id=self.machine.jobs[-1], actor=self.admin))

    def paid(self, amount: Money, *moves: str) -> Any:
        """A job with held money, on which somebody worked."""
        self.machine.hire(amount, "its payment")
        for move in moves:
            who = "beto" if move in ("complete", "cancel") else "ana"
            self.machine.work(1, who, True, move)
        return self.job()

    def quarrel(self, amount: Money) -> Any:
        """A dispute about a finished job."""
        job = self.paid(amount, "complete")
        return self.done(
            OpenDispute(
                job_id=job.id,
                cause=DisputeReason.LATE,
                description="No vino",
                actor=self.cast.ana,
            )
        )

    def resolve(self, dispute: Any, ruling: Ruling, percent: int | None = None) -> Any:
        """By the first administrator."""
        return self.done(
            ResolveDispute(
                dispute_id=dispute.id,
                ruling=ruling,
                client_percent=percent,
                explanation="visto",
                actor=self.admin,
            )
        )

    def says(self, word: str) -> Any:
        """The gateway, of the newest payment; the job afterwards."""
        self.machine.notice(0, word)
        return self.job()

    def balance(self) -> Money:
        """What the professional may ask for."""
        balance: Money = self.done(GetBalance(actor=self.cast.beto)).available_balance
        return balance

    def incidents(self) -> list[Any]:
        """What waits for a person."""
        return quarrels.found(self.street, ListIncidents(page=ALL, actor=self.admin))


@pytest.fixture(params=Bearer, ids=lambda bearer: bearer.value)
def walk(request: pytest.FixtureRequest) -> Iterator[Walk]:
    """Houses in which a second administrator is needed above 200 pesos."""
    walk = Walk(Money(200_00), request.param)
    yield walk
    walk.street.close()


def disputes_end_in_every_way(walk: Walk) -> None:
    for ruling, percent, escrow in (
        (Ruling.REFUND, None, EscrowStatus.REFUNDING),
        (Ruling.RELEASE, None, EscrowStatus.RELEASED),
        (Ruling.SPLIT, 33, EscrowStatus.SPLIT),
    ):
        dispute = walk.quarrel(LITTLE)
        for number in (1, 2, 4, 5):
            quarrels.argue(walk.street, walk.cast, 0, number)
        walk.done(TakeDispute(dispute_id=dispute.id, actor=walk.admin))
        agreed = walk.resolve(dispute, ruling, percent)
        assert agreed.done.ruling is ruling and agreed.proposal is None
        assert walk.job().escrow is escrow
        walk.machine.run_due()
    dispute = walk.quarrel(LITTLE)
    withdrawn = walk.done(WithdrawDispute(dispute_id=dispute.id, actor=walk.cast.ana))
    assert withdrawn.status is DisputeStatus.WITHDRAWN
    dispute = walk.quarrel(MUCH)
    walk.machine.wait_long(61 * DAY)
    assert walk.job().status is JobStatus.CANCELLED, "nobody decided"


def much_money_needs_two(walk: Walk) -> None:
    dispute = walk.quarrel(MUCH)
    assert walk.resolve(dispute, Ruling.RELEASE).proposal is not None
    assert walk.machine.do(ConfirmResolution(dispute_id=dispute.id, actor=walk.admin)) is None
    resolved = walk.done(ConfirmResolution(dispute_id=dispute.id, actor=walk.cast.second))
    assert resolved.ruling is Ruling.RELEASE
    walk.paid(MUCH)
    payment = walk.machine.payments[-1]
    refund = RefundPayment(
        payment_id=payment, amount=None, reason="a pedido", actor=walk.cast.second
    )
    proposal = walk.done(refund).proposal
    confirm = ConfirmProposal(proposal_id=proposal.id, actor=walk.admin)
    assert walk.done(confirm).confirmed_by == walk.admin.user_id
    assert walk.machine.do(confirm) is None, "it is spent"
    walk.machine.run_due()
    assert walk.job().escrow is EscrowStatus.REFUNDED


def the_gateway_freezes_takes_and_gives_back(walk: Walk) -> None:
    walk.paid(LITTLE, "complete")
    assert walk.says("in_mediation").frozen_by is not None
    assert walk.says("approved").frozen_by is None
    assert walk.says("in_process").frozen_by is not None
    assert walk.says("settled").escrow is EscrowStatus.CHARGED_BACK
    walk.paid(LITTLE, "complete")
    assert walk.says("refunded").escrow is EscrowStatus.REFUNDED
    walk.paid(MUCH, "complete", "approve")
    walk.says("release")
    assert walk.says("settled").escrow is EscrowStatus.CHARGED_BACK
    assert walk.says("reimbursed").escrow is EscrowStatus.RELEASED
    assert walk.says("settled").escrow is EscrowStatus.RELEASED, "a second time it is a person's"
    close_the_only_one(walk, loss=MUCH)
    walk.paid(MUCH, "complete", "approve")
    walk.says("release")
    payouts = send_out(walk, walk.balance())
    for payout in payouts:
        settle(walk, payout, PayoutResult.SENT)
    walk.says("settled")
    debts = quarrels.found(walk.street, ListDebts(page=ALL, actor=walk.admin))
    assert len(debts) == (walk.bearer is Bearer.PROFESSIONAL)
    for amount in (LITTLE, None, None):
        walk.street.send(
            WriteOffDebt(
                professional_id=walk.beto,
                amount=amount,
                evidence="D-1",
                reason="no vuelve",
                actor=walk.admin,
            )
        )
    assert not quarrels.found(walk.street, ListDebts(page=ALL, actor=walk.admin))
    walk.paid(LITTLE)
    walk.says("partially_refunded")
    close_the_only_one(walk, loss=Money(1))


def close_the_only_one(walk: Walk, loss: Money | None) -> None:
    """What no rule knows, a person looks at."""
    (parked,) = walk.incidents()
    close = CloseIncident(
        payment_id=parked.gateway_payment_id,
        loss=loss,
        recovery=None,
        evidence="I-1",
        reason="visto",
        actor=walk.admin,
    )
    if proposal := walk.done(close).proposal:
        walk.done(ConfirmProposal(proposal_id=proposal.id, actor=walk.cast.second))
    assert walk.incidents() == []


def send_out(walk: Walk, *amounts: Money) -> list[Any]:
    """Payouts that are in a bank file, newest first."""
    for amount in amounts:
        walk.done(AskPayout(amount=amount, actor=walk.cast.beto))
    asked = walk.done(MakePayoutBatch(actor=walk.admin))
    if asked.proposal:
        walk.done(ConfirmProposal(proposal_id=asked.proposal.id, actor=walk.cast.second))
    exported = ListPayouts(status=PayoutStatus.EXPORTED, page=ALL, actor=walk.admin)
    payouts = quarrels.found(walk.street, exported)
    assert len(payouts) == len(amounts)
    return payouts


def settle(walk: Walk, payout: Any, result: PayoutResult) -> None:
    """What the bank said."""
    step = SettlePayout(payout_id=payout.id, result=result, evidence="B-1", actor=walk.admin)
    walk.done(step)


def money_reaches_the_bank(walk: Walk) -> None:
    for _ in range(2):
        walk.paid(MUCH, "complete", "approve")
        walk.says("release")
    has = walk.balance()
    payouts = send_out(walk, Money(150_00), has - Money(150_00))
    batch = walk.done(GetPayoutBatch(batch_id=payouts[0].batch_id, actor=walk.admin))
    assert batch.payouts == 2 and batch.content
    assert walk.balance() == Money.ZERO
    settle(walk, payouts[0], PayoutResult.SENT)
    for payout in payouts:
        settle(walk, payout, PayoutResult.FAILED)
    assert walk.balance() == has
    for number in range(4):
        desk.keep_books(walk.street, walk.cast, 0, number)


def a_service_is_hired_and_praised(walk: Walk) -> None:
    service = walk.done(
        AddService(
            name="Destapar",
            description=None,
            price=LITTLE,
            trade_id=TRADES[0].id,
            actor=walk.cast.beto,
        )
    )
    made = walk.done(HireService(service_id=service.id, actor=walk.cast.ana))
    assert made.amount == LITTLE
    walk.machine.jobs.append(made.id)
    walk.machine.open_page(1, "ana", True)
    walk.machine.pay(1, None, "ARS", "approved", True)
    walk.machine.work(1, "beto", True, "complete")
    for number in (5, 1):
        quarrels.review(walk.street, walk.cast, 0, number)
    walk.machine.work(1, "ana", True, "approve")
    walk.machine.run_due()
    for number in range(9):
        quarrels.keep_services(walk.street, walk.cast, 0, number)


def somebody_is_banned(walk: Walk) -> None:
    job = walk.paid(LITTLE)
    beto = walk.beto
    walk.done(BanUser(user_id=beto, reason="por algo", actor=walk.admin))
    job = walk.job()
    assert job.status is JobStatus.DISPUTED
    let_be = WithdrawDispute(dispute_id=job.dispute_id, actor=walk.cast.second)
    assert walk.machine.do(let_be) is None, "not while he is banned"
    walk.done(UnbanUser(user_id=beto, actor=walk.admin))
    assert walk.done(let_be).status is DisputeStatus.WITHDRAWN
    walk.done(RevokeKyc(professional_id=beto, reason="vencido", actor=walk.admin))
    people.show_papers(walk.street, walk.cast, 2, 5)


def somebody_regrets(walk: Walk) -> None:
    email = "ana@conectar.test"
    for moves, outcome in (
        ((), RegretOutcome.CANCELLED),
        (("complete",), RegretOutcome.CASE),
    ):
        job = walk.paid(LITTLE, *moves)
        code = walk.done(RegretJob(email=email, job_id=job.id, reason="lo pensé")).code
        (case,) = quarrels.found(
            walk.street, ListRegrets(outcome=outcome, page=ALL, actor=walk.admin)
        )
        assert case.code == code
    dispute = walk.quarrel(LITTLE)
    walk.done(RegretJob(email=email, job_id=dispute.job_id, reason="lo pensé"))
    walk.done(CloseRegret(code=code, explanation="visto", actor=walk.admin))
    walk.machine.run_due()


def everybody_is_told(walk: Walk) -> None:
    quarrels.mailer_refuses(walk.street, walk.cast, 0, 11)
    desk.look_around(walk.street, walk.cast, 0, 1)
    for who in range(len(EMAILS)):
        for number in range(6):
            quarrels.read_notices(walk.street, walk.cast, who, number)
    walk.done(RequestVerification(actor=walk.cast.ana))
    walk.machine.run_due()
    token = people.mails(walk.street, "ana@conectar.test", "verificar?token=")[-1]
    walk.street.send(VerifyEmail(token=token))


def the_usual_way(walk: Walk) -> None:
    machine = walk.machine
    machine.a_notice_of_nothing()
    for number in range(6):
        for doing in people.DOINGS:
            doing(machine.street, machine.cast, 3, number)
    walk.paid(LITTLE, "cancel")
    machine.sweep(Due.REFUNDS)
    walk.paid(LITTLE, "complete", "changes", "complete", "approve")
    walk.says("release")
    machine.resolve(0, Resolution.RETRY, None)
    machine.ask_for_a_payment(1, 0)
    for move in ("counter", "edit", "reject", "withdraw"):
        machine.propose(0, "ana", "beto", MUCH, None)
        machine.haggle(1, "beto" if move == "counter" else "ana", move, LITTLE)
    walk.paid(LITTLE)
    machine.street.advance(20 * DAY)
    machine.sweep(Due.RELEASES)


def the_clock_speaks(walk: Walk) -> None:
    walk.paid(LITTLE)
    walk.machine.propose(0, "ana", "beto", LITTLE, None)
    walk.machine.wait_long(14 * DAY + timedelta(hours=1))
    walk.machine.somebody_asks(0, 1, Page())
    walk.machine.wait_long(60 * DAY)
    walk.machine.wait_long(6 * DAY)
    assert walk.job().status is JobStatus.CANCELLED
    desk.clean_up(walk.street, walk.cast, 0, 0)


def somebody_leaves(walk: Walk) -> None:
    quarrels.leave(walk.street, walk.cast, 0, 1)
    walk.street.send(EraseMe(actor=walk.cast.ana))
    for by in (walk.cast.eva, walk.cast.fabi):
        walk.street.send(EraseMe(actor=by))
    walk.machine.run_due()


def test_what_nobody_sends_nobody_compares(walk: Walk) -> None:
    """Every message of the house, and with them every statement that an index may serve."""
    for part in (
        the_usual_way,
        disputes_end_in_every_way,
        much_money_needs_two,
        money_reaches_the_bank,
        the_gateway_freezes_takes_and_gives_back,
        a_service_is_hired_and_praised,
        somebody_is_banned,
        somebody_regrets,
        everybody_is_told,
        the_clock_speaks,
        somebody_leaves,
    ):
        part(walk)
    walk.machine.the_books_balance()
    walk.machine.everything_is_the_same()
    missing = {message.__name__ for message in HANDLERS} - walk.street.sent()
    assert not missing, f"never sent: {sorted(missing)}"
    unserved = walk.street.runner.run(walk.statements.unserved(walk.street.on_postgresql))
    assert not unserved, f"indexes that serve nobody: {sorted(unserved)}"
