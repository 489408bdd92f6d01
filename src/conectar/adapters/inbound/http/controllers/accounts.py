"""`/auth` and `/users`: getting in, staying in, and oneself."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, show, signed_in
from conectar.adapters.inbound.http.limits import AccountLimit
from conectar.adapters.inbound.http.reading import read, read_form, uid
from conectar.adapters.inbound.http.spec import about
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import values
from conectar.adapters.vocabulary.messages import NOTES
from conectar.application.accounts.change_password import ChangePassword
from conectar.application.accounts.end_session import EndSession
from conectar.application.accounts.log_in import LogIn
from conectar.application.accounts.refresh_session import RefreshSession
from conectar.application.accounts.register import Register
from conectar.application.accounts.reset_password import RequestPasswordReset, ResetPassword
from conectar.application.accounts.update_me import UpdateMe
from conectar.application.accounts.verify_email import RequestVerification, VerifyEmail
from conectar.application.core import Core
from conectar.application.people.erase_me import EraseMe
from conectar.application.queries.export import ExportMe
from conectar.application.queries.people import GetMe, ListSessions
from conectar.application.views.house import ExportView
from conectar.application.views.people import NoteView, SessionView, TokensView, UserView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import SessionId
from conectar.domain.people.user import Unauthenticated

DEVICE_MAX = 200


class AuthController(Controller):
    """Who comes in. No idempotency keys here: what is answered is secret or says nothing."""

    path = paths.AUTH
    tags = (paths.ACCOUNTS_TAG,)

    @post("/register", opt=about(Register, UserView, body=s.RegisterIn, keyed=False, errors=(409,)))
    async def register(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Opens an account."""
        body = await read(request, s.RegisterIn)
        message = Register(
            email=body.email,
            password=body.password,
            first_name=body.first_name,
            last_name=body.last_name,
            role=values(Role)[body.role],
            phone=body.phone,
        )
        return show(request, await core.execute(message))

    @post(
        "/login",
        status_code=200,
        opt=about(LogIn, TokensView, form=("username", "password"), keyed=False, errors=(401, 403)),
    )
    async def log_in(
        self, request: Call, core: FromDishka[Core], limit: FromDishka[AccountLimit]
    ) -> Response[bytes]:
        """Signs in."""
        body = await read_form(request, s.LogInIn)
        await limit.hit(body.username)
        device = request.headers.get("user-agent", "")[:DEVICE_MAX]
        message = LogIn(email=body.username, password=body.password, device=device)
        return show(request, await core.execute(message))

    @post(
        "/refresh",
        status_code=200,
        opt=about(RefreshSession, TokensView, body=s.RefreshIn, keyed=False, errors=(401, 403)),
    )
    async def refresh(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """A new pair of tokens."""
        body = await read(request, s.RefreshIn)
        tokens = await core.execute(RefreshSession(refresh_token=body.refresh_token))
        if tokens is None:
            raise Unauthenticated()
        return show(request, tokens)

    @post(
        "/forgot-password",
        status_code=200,
        opt=about(RequestPasswordReset, NoteView, body=s.ForgotPasswordIn, keyed=False),
    )
    async def forgot_password(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Asks for a mail."""
        body = await read(request, s.ForgotPasswordIn)
        await core.execute(RequestPasswordReset(email=body.email))
        return show(request, NoteView(message=NOTES["reset_requested"], success=True))

    @post(
        "/reset-password",
        status_code=200,
        opt=about(ResetPassword, NoteView, body=s.ResetPasswordIn, keyed=False, errors=(400,)),
    )
    async def reset_password(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Sets a new password with the mail's token."""
        body = await read(request, s.ResetPasswordIn)
        await core.execute(ResetPassword(token=body.token, new_password=body.new_password))
        return show(request, NoteView(message=NOTES["password_changed"], success=True))

    @post(
        "/verify-email",
        status_code=200,
        opt=about(VerifyEmail, NoteView, body=s.VerifyEmailIn, keyed=False, errors=(400,)),
    )
    async def verify_email(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Proves an address with the mail's token."""
        body = await read(request, s.VerifyEmailIn)
        await core.execute(VerifyEmail(token=body.token))
        return show(request, NoteView(message=NOTES["email_verified"], success=True))


class SessionsController(Controller):
    """The devices one is signed in on."""

    path = paths.AUTH
    tags = (paths.ACCOUNTS_TAG,)
    guards = (signed_in,)

    @post("/logout", status_code=200, opt=about(EndSession, None, keyed=False))
    async def log_out(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Ends this session."""
        end = EndSession(session_id=SessionId(request.auth), actor=request.user)
        return show(request, await core.execute(end))

    @post(
        "/verify-email/resend",
        status_code=202,
        opt=about(RequestVerification, NoteView, keyed=False),
    )
    async def resend(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Asks for another mail."""
        await core.execute(RequestVerification(actor=request.user))
        return show(request, NoteView(message=NOTES["verification_sent"], success=True))

    @get("/sessions", opt=about(ListSessions, tuple[SessionView, ...]))
    async def sessions(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them."""
        query = ListSessions(session_id=SessionId(request.auth), actor=request.user)
        return show(request, await core.execute(query))

    @delete(
        "/sessions/{session_id:str}",
        status_code=200,
        opt=about(EndSession, None, keyed=False, errors=(404,)),
    )
    async def end(
        self, request: Call, session_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Ends one."""
        end = EndSession(session_id=SessionId(uid(session_id)), actor=request.user)
        return show(request, await core.execute(end))


class MeController(Controller):
    """Oneself."""

    path = paths.ME
    tags = (paths.ACCOUNTS_TAG,)
    guards = (signed_in,)

    @get("/", opt=about(GetMe, UserView))
    async def me(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Reads."""
        return show(request, await core.execute(GetMe(actor=request.user)))

    @put("/", opt=about(UpdateMe, UserView, body=s.UpdateMeIn))
    async def update(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Changes."""
        body = await read(request, s.UpdateMeIn)
        message = UpdateMe(
            first_name=body.first_name,
            last_name=body.last_name,
            phone=body.phone,
            actor=request.user,
        )
        return await answer(request, core, message)

    @post(
        "/change-password",
        status_code=200,
        opt=about(ChangePassword, NoteView, body=s.ChangePasswordIn, errors=(400,)),
    )
    async def change_password(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Sets another password."""
        body = await read(request, s.ChangePasswordIn)
        message = ChangePassword(
            current_password=body.current_password,
            new_password=body.new_password,
            session_id=SessionId(request.auth),
            actor=request.user,
        )
        return await answer(
            request, core, message, NoteView(message=NOTES["password_changed"], success=True)
        )

    @get("/export", opt=about(ExportMe, ExportView))
    async def export(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Everything the house knows of one."""
        query = ExportMe(session_id=SessionId(request.auth), actor=request.user)
        return show(request, await core.execute(query))

    @delete("/", status_code=200, opt=about(EraseMe, None, errors=(400, 403)))
    async def erase(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Leaves for good."""
        return await answer(request, core, EraseMe(actor=request.user))
