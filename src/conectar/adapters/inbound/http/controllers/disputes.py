"""`/disputas` and `/admin/disputas`: quarrels about a job."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.reading import page, read, uid, uploads, word
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import values
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.disputes.say_in_dispute import SayInDispute
from conectar.application.disputes.show_evidence import ShowEvidence
from conectar.application.disputes.take_dispute import TakeDispute
from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.house.confirm_proposal import ConfirmResolution
from conectar.application.queries.disputes import GetDispute, ListDisputeMessages, ListDisputes
from conectar.application.views.work import DisputeMessageView, DisputeView
from conectar.domain.jobs.dispute import Ruling
from conectar.domain.jobs.lifecycle import DisputeStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import DisputeId
from conectar.domain.people.files import SIZE_MAX

STATUS = spanish("status")
LISTED = {STATUS: coded(DisputeStatus), **PAGE}
FILES = spanish("files")
UPLOAD_MAX = 10 * SIZE_MAX + 64 * 1024
ENDED = (400, 403, 404)


class DisputesController(Controller):
    """Disputes about jobs of whoever asks."""

    path = paths.DISPUTES
    tags = (paths.DISPUTES_TAG,)
    guards = (signed_in,)

    @get("/", opt=about(ListDisputes, tuple[DisputeView, ...], query=LISTED, listed=True))
    async def disputes(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them."""
        return await _listed(request, core)

    @get(paths.DISPUTE, opt=about(GetDispute, DisputeView, errors=(404,)))
    async def dispute(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Reads one, with its files."""
        query = GetDispute(dispute_id=DisputeId(uid(dispute_id)), actor=request.user)
        return show(request, await core.execute(query))

    @get(
        paths.DISPUTE_MESSAGES,
        opt=about(
            ListDisputeMessages,
            tuple[DisputeMessageView, ...],
            query=PAGE,
            listed=True,
            errors=(404,),
        ),
    )
    async def messages(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """What was said, newest first."""
        query = ListDisputeMessages(
            dispute_id=DisputeId(uid(dispute_id)), page=page(request), actor=request.user
        )
        return show(request, await core.execute(query))

    @post(
        paths.DISPUTE_MESSAGES,
        opt=about(SayInDispute, DisputeMessageView, body=s.SayIn, errors=(400, 404)),
    )
    async def say(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Says something."""
        body = await read(request, s.SayIn)
        message = SayInDispute(
            dispute_id=DisputeId(uid(dispute_id)), text=body.said, actor=request.user
        )
        return await answer(request, core, message)

    @post(
        paths.DISPUTE_EVIDENCE,
        request_max_body_size=UPLOAD_MAX,
        opt=about(ShowEvidence, DisputeView, parts=(FILES,), errors=(400, 404, 413, 415)),
    )
    async def evidence(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Shows images or PDF files."""
        message = ShowEvidence(
            dispute_id=DisputeId(uid(dispute_id)),
            files=await uploads(request, FILES),
            actor=request.user,
        )
        return await answer(request, core, message)

    @post(
        paths.DISPUTE_WITHDRAW,
        status_code=200,
        opt=about(WithdrawDispute, DisputeView, body=s.Nothing, errors=ENDED),
    )
    async def withdraw(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Lets it be."""
        await read(request, s.Nothing)
        message = WithdrawDispute(dispute_id=DisputeId(uid(dispute_id)), actor=request.user)
        return await answer(request, core, message)


class AdminDisputesController(Controller):
    """Disputes, for those who decide them."""

    path = paths.ADMIN_DISPUTES
    tags = (paths.DISPUTES_TAG, paths.ADMIN_TAG)
    guards = (signed_in, role(Role.ADMIN))

    @get("/", opt=about(ListDisputes, tuple[DisputeView, ...], query=LISTED, listed=True))
    async def disputes(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists everybody's."""
        return await _listed(request, core)

    @post(
        paths.DISPUTE_TAKE,
        status_code=200,
        opt=about(TakeDispute, DisputeView, body=s.Nothing, errors=(400, 404)),
    )
    async def take(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Looks at it."""
        await read(request, s.Nothing)
        message = TakeDispute(dispute_id=DisputeId(uid(dispute_id)), actor=request.user)
        return await answer(request, core, message)

    @post(
        paths.DISPUTE_RESOLVE,
        status_code=200,
        opt=about(
            ResolveDispute, DisputeView, body=s.ResolveDisputeIn, seconded=True, errors=(400, 404)
        ),
    )
    async def resolve(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Decides it, or proposes to another administrator how."""
        body = await read(request, s.ResolveDisputeIn)
        message = ResolveDispute(
            dispute_id=DisputeId(uid(dispute_id)),
            ruling=values(Ruling)[body.ruling],
            client_percent=body.client_percent,
            explanation=body.explanation,
            actor=request.user,
        )
        return await answer(request, core, message)

    @post(
        paths.DISPUTE_CONFIRM,
        status_code=200,
        opt=about(ConfirmResolution, DisputeView, body=s.Nothing, errors=(400, 404)),
    )
    async def confirm(
        self, request: Call, dispute_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Agrees with what another administrator proposed."""
        await read(request, s.Nothing)
        message = ConfirmResolution(dispute_id=DisputeId(uid(dispute_id)), actor=request.user)
        return await answer(request, core, message)


async def _listed(request: Call, core: Core) -> Response[bytes]:
    query = ListDisputes(
        status=word(request, STATUS, DisputeStatus), page=page(request), actor=request.user
    )
    return show(request, await core.execute(query))
