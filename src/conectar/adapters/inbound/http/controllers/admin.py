"""`/admin`: the house's own room."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post, put
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.reading import page, read, uid, word
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import values
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.payments.resolve_refund import ResolveRefund
from conectar.application.people.review_kyc import ApproveKyc, RejectKyc, RevokeKyc
from conectar.application.queries.money import GetTrialBalance, ListRefunds, ListSuspense
from conectar.application.queries.professionals import ListKycPending
from conectar.application.views.money import RefundView, SuspenseView, TrialBalanceView
from conectar.application.views.people import KycPendingView, KycStatusView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import RefundId, UserId
from conectar.domain.payments.refund import RefundStatus, Resolution

STATUS = spanish("status")
INTENTS = {STATUS: coded(RefundStatus), **PAGE}


class AdminController(Controller):
    """For administrators only."""

    path = "/admin"
    tags = (paths.ADMIN_TAG,)
    guards = (signed_in, role(Role.ADMIN))

    @get(
        "/kyc/pending",
        opt=about(ListKycPending, tuple[KycPendingView, ...], query=PAGE, listed=True),
    )
    async def kyc_pending(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Proofs of identity that wait."""
        return show(
            request, await core.execute(ListKycPending(page=page(request), actor=request.user))
        )

    @put(
        "/kyc/{professional_id:str}/approve",
        opt=about(ApproveKyc, KycStatusView, body=s.Nothing, errors=(400, 404)),
    )
    async def approve_kyc(
        self, request: Call, professional_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Approves one."""
        await read(request, s.Nothing)
        id = UserId(uid(professional_id))
        return await answer(request, core, ApproveKyc(professional_id=id, actor=request.user))

    @put(
        "/kyc/{professional_id:str}/reject",
        opt=about(RejectKyc, KycStatusView, body=s.WhyIn, errors=(400, 404)),
    )
    async def reject_kyc(
        self, request: Call, professional_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Rejects one."""
        body = await read(request, s.WhyIn)
        id = UserId(uid(professional_id))
        message = RejectKyc(professional_id=id, reason=body.reason, actor=request.user)
        return await answer(request, core, message)

    @put(
        "/kyc/{professional_id:str}/revoke",
        opt=about(RevokeKyc, KycStatusView, body=s.WhyIn, errors=(400, 404)),
    )
    async def revoke_kyc(
        self, request: Call, professional_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Revokes one."""
        body = await read(request, s.WhyIn)
        id = UserId(uid(professional_id))
        message = RevokeKyc(professional_id=id, reason=body.reason, actor=request.user)
        return await answer(request, core, message)

    @get("/ledger/trial-balance", opt=about(GetTrialBalance, TrialBalanceView))
    async def trial_balance(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """The sums of every account."""
        return show(request, await core.execute(GetTrialBalance(actor=request.user)))

    @get("/intents", opt=about(ListRefunds, tuple[RefundView, ...], query=INTENTS, listed=True))
    async def intents(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Intents to give money back."""
        status = word(request, STATUS, RefundStatus)
        query = ListRefunds(status=status, page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post(
        paths.REFUND_RESOLVE,
        status_code=200,
        opt=about(ResolveRefund, RefundView, body=s.ResolutionIn, seconded=True, errors=(400, 404)),
    )
    async def resolve(
        self, request: Call, refund_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Settles one by hand."""
        body = await read(request, s.ResolutionIn)
        message = ResolveRefund(
            refund_id=RefundId(uid(refund_id)),
            resolution=values(Resolution)[body.resolution],
            evidence=body.evidence,
            reason=body.reason,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get("/suspense", opt=about(ListSuspense, tuple[SuspenseView, ...], query=PAGE, listed=True))
    async def suspense(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Payments that may not fund anything."""
        query = ListSuspense(page=page(request), actor=request.user)
        return show(request, await core.execute(query))
