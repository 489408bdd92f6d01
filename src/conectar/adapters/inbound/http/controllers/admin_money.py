"""`/admin`, where money is moved by hand."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.controllers.payments import PAYMENT_ID
from conectar.adapters.inbound.http.fields import money, optional_money
from conectar.adapters.inbound.http.reading import page, read, uid, word
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import values
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.house.confirm_proposal import ConfirmProposal
from conectar.application.payments.close_incident import CloseIncident
from conectar.application.payments.make_payout_batch import MakePayoutBatch
from conectar.application.payments.move_treasury import MoveTreasury
from conectar.application.payments.refund_payment import RefundPayment
from conectar.application.payments.settle_payout import SettlePayout
from conectar.application.payments.write_off_debt import WriteOffDebt
from conectar.application.queries.incidents import ListIncidents, ListProposals
from conectar.application.queries.payouts import GetPayoutBatch, ListDebts, ListPayouts
from conectar.application.views.money import (
    BatchView,
    DebtView,
    IncidentView,
    PayoutView,
    ProposalView,
    RefundView,
    TreasuryView,
    TreasuryWay,
)
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import BatchId, PaymentId, PayoutId, ProposalId, UserId
from conectar.domain.payments.payout import PayoutResult, PayoutStatus

STATUS = spanish("status")
PAYOUTS = {STATUS: coded(PayoutStatus), **PAGE}


class AdminMoneyController(Controller):
    """For administrators only."""

    path = "/admin"
    tags = (paths.ADMIN_TAG, paths.PAYMENTS_TAG)
    guards = (signed_in, role(Role.ADMIN))

    @post(
        "/payments/{payment_id:str}/refund",
        status_code=200,
        opt=about(
            RefundPayment, RefundView, body=s.RefundPaymentIn, seconded=True, errors=(400, 404)
        ),
    )
    async def refund(
        self, request: Call, payment_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Gives a payment back, or proposes it to another administrator."""
        body = await read(request, s.RefundPaymentIn)
        message = RefundPayment(
            payment_id=_payment(payment_id),
            amount=optional_money(body.amount),
            reason=body.reason,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(
        "/chargebacks", opt=about(ListIncidents, tuple[IncidentView, ...], query=PAGE, listed=True)
    )
    async def incidents(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What the gateway froze, or said that no rule knows."""
        query = ListIncidents(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        paths.INCIDENT_CLOSE,
        status_code=200,
        opt=about(
            CloseIncident, IncidentView, body=s.CloseIncidentIn, seconded=True, errors=(400, 404)
        ),
    )
    async def close_incident(
        self, request: Call, payment_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Closes one that waits for a person."""
        body = await read(request, s.CloseIncidentIn)
        message = CloseIncident(
            payment_id=_payment(payment_id),
            loss=optional_money(body.loss, "loss"),
            recovery=optional_money(body.recovery, "recovery"),
            evidence=body.evidence,
            reason=body.reason,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get("/payouts", opt=about(ListPayouts, tuple[PayoutView, ...], query=PAYOUTS, listed=True))
    async def payouts(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists payouts."""
        status = word(request, STATUS, PayoutStatus)
        query = ListPayouts(status=status, page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        "/payouts/batches",
        opt=about(MakePayoutBatch, BatchView, body=s.Nothing, seconded=True, errors=(400,)),
    )
    async def make_batch(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Makes the bank's file of the day."""
        await read(request, s.Nothing)
        return await answer(request, core, MakePayoutBatch(actor=request.user))

    @get(
        "/payouts/batches/{batch_id:str}",
        opt=about(GetPayoutBatch, bytes, media=("text/csv",), errors=(404,)),
    )
    async def batch(
        self, request: Call, batch_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """A bank's file, the same bytes every time."""
        query = GetPayoutBatch(batch_id=BatchId(uid(batch_id)), actor=request.user)
        batch = await core.execute(query)
        name = f'attachment; filename="{batch.created_at:%Y-%m-%d}-{batch.id}.csv"'
        headers = {"Content-Disposition": name}
        return Response(batch.content, media_type="text/csv; charset=utf-8", headers=headers)

    @post(
        paths.PAYOUT_CONFIRM,
        status_code=200,
        opt=about(SettlePayout, PayoutView, body=s.BankResultIn, errors=(400, 404)),
    )
    async def settle_payout(
        self, request: Call, payout_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Says what the bank did."""
        body = await read(request, s.BankResultIn)
        message = SettlePayout(
            payout_id=PayoutId(uid(payout_id)),
            result=values(PayoutResult)[body.bank_result],
            evidence=body.evidence,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(paths.DEBTS, opt=about(ListDebts, tuple[DebtView, ...], query=PAGE, listed=True))
    async def debts(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Who owes the house."""
        query = ListDebts(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        paths.DEBT_WRITE_OFF,
        status_code=200,
        opt=about(WriteOffDebt, DebtView, body=s.WriteOffIn, seconded=True, errors=(400, 404)),
    )
    async def write_off(
        self, request: Call, professional_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Gives up what somebody owes."""
        body = await read(request, s.WriteOffIn)
        message = WriteOffDebt(
            professional_id=UserId(uid(professional_id)),
            amount=optional_money(body.amount),
            evidence=body.evidence,
            reason=body.reason,
            actor=request.user,
        )
        return await answer(request, core, message)

    @post(paths.TREASURY, opt=about(MoveTreasury, TreasuryView, body=s.TreasuryIn, seconded=True))
    async def treasury(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Notes a move between the gateway and the bank."""
        body = await read(request, s.TreasuryIn)
        message = MoveTreasury(
            direction=values(TreasuryWay)[body.direction],
            amount=money(body.amount),
            evidence=body.evidence,
            reason=body.reason,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(
        paths.PROPOSALS, opt=about(ListProposals, tuple[ProposalView, ...], query=PAGE, listed=True)
    )
    async def proposals(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What waits for a second administrator."""
        query = ListProposals(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        paths.PROPOSAL_CONFIRM,
        status_code=200,
        opt=about(ConfirmProposal, ProposalView, body=s.Nothing, errors=(400, 404)),
    )
    async def confirm(
        self, request: Call, proposal_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Agrees with one."""
        await read(request, s.Nothing)
        message = ConfirmProposal(proposal_id=ProposalId(uid(proposal_id)), actor=request.user)
        return await answer(request, core, message)


def _payment(sent: str) -> PaymentId:
    if not PAYMENT_ID.fullmatch(sent):
        raise NotFound()
    return PaymentId(sent)
