"""`/servicios` and `/profesional/servicios`: work that is hired without haggling."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.fields import money, optional_money
from conectar.adapters.inbound.http.reading import page, read, uid, words
from conectar.adapters.inbound.http.spec import PAGE, about
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.offers.hire_service import HireService
from conectar.application.offers.services import AddService, ChangeService, WithdrawService
from conectar.application.queries.services import ListMyServices, ListServices
from conectar.application.views.work import JobView, ServiceView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import ServiceId, TradeId

TRADE, TRADE_MAX = spanish("trade"), 300


class MyServicesController(Controller):
    """A professional's own instant services."""

    path = paths.MY_SERVICES
    tags = (paths.SERVICES_TAG,)
    guards = (signed_in, role(Role.PROFESSIONAL))

    @get("/", opt=about(ListMyServices, tuple[ServiceView, ...], query=PAGE, listed=True))
    async def services(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them."""
        query = ListMyServices(page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @post("/", opt=about(AddService, ServiceView, body=s.ServiceIn, errors=(400, 404)))
    async def add(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Adds one."""
        body = await read(request, s.ServiceIn)
        message = AddService(
            name=body.name,
            description=body.description,
            price=money(body.fixed_price, "fixed_price"),
            trade_id=TradeId(body.trade_id),
            actor=request.user,
        )
        return await answer(request, core, message)

    @put(
        paths.MY_SERVICE,
        opt=about(ChangeService, ServiceView, body=s.ChangeServiceIn, errors=(400, 404)),
    )
    async def change(
        self, request: Call, service_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Changes one."""
        body = await read(request, s.ChangeServiceIn)
        message = ChangeService(
            service_id=ServiceId(uid(service_id)),
            name=body.name,
            description=body.description,
            price=optional_money(body.fixed_price, "fixed_price"),
            trade_id=TradeId(body.trade_id) if body.trade_id else None,
            actor=request.user,
        )
        return await answer(request, core, message)

    @delete(paths.MY_SERVICE, status_code=200, opt=about(WithdrawService, None, errors=(404,)))
    async def withdraw(
        self, request: Call, service_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Takes one away."""
        message = WithdrawService(service_id=ServiceId(uid(service_id)), actor=request.user)
        return await answer(request, core, message)


class ServicesController(Controller):
    """Instant services, for whoever looks and hires."""

    tags = (paths.SERVICES_TAG,)

    @get(
        paths.SERVICES,
        opt=about(
            ListServices,
            tuple[ServiceView, ...],
            query={TRADE: {"type": "string", "maxLength": TRADE_MAX}, **PAGE},
            listed=True,
        ),
    )
    async def services(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """What can be hired now."""
        query = ListServices(trade=words(request, TRADE, TRADE_MAX), page=page(request))
        return show(request, await core.execute(query))

    @post(
        paths.HIRE,
        guards=[signed_in, role(Role.CLIENT)],
        opt=about(HireService, JobView, body=s.Nothing, errors=(400, 404)),
    )
    async def hire(
        self, request: Call, service_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Makes a job of one."""
        await read(request, s.Nothing)
        message = HireService(service_id=ServiceId(uid(service_id)), actor=request.user)
        return await answer(request, core, message)
