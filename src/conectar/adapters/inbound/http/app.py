"""The application: controllers, refusals, limits. What it is given it does not make."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from dishka import AsyncContainer
from dishka.integrations.litestar import DishkaRouter
from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from conectar.adapters.inbound.http import errors
from conectar.adapters.inbound.http.call import Replay
from conectar.adapters.inbound.http.controllers import (
    accounts,
    admin,
    admin_house,
    admin_money,
    disputes,
    jobs,
    notices,
    offers,
    payments,
    professionals,
    reviews,
    root,
    services,
)
from conectar.adapters.vocabulary.paths import API
from conectar.application.core import Core
from conectar.domain.kernel.errors import DomainError

JSON_MAX = 1024 * 1024

V1 = (
    accounts.AuthController,
    accounts.SessionsController,
    accounts.MeController,
    professionals.ProfessionalController,
    professionals.PublicController,
    offers.OffersController,
    jobs.JobsController,
    payments.PaymentsController,
    payments.WebhookController,
    admin.AdminController,
    admin_money.AdminMoneyController,
    admin_house.AdminHouseController,
    disputes.DisputesController,
    disputes.AdminDisputesController,
    reviews.ReviewsController,
    reviews.LevelsController,
    services.MyServicesController,
    services.ServicesController,
    notices.NoticesController,
    notices.RegretController,
    root.FilesController,
)
ROOT = (root.HealthController, root.MetricsController, root.DocsController)


def create_app(
    core: Core,
    container: AsyncContainer,
    *,
    cors_origins: Sequence[str] = (),
    mounts: Sequence[Any] = (),
    lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = (),
) -> Litestar:
    """The framework's application; `mounts` are served beside the routes."""
    app = Litestar(
        route_handlers=[
            DishkaRouter(API, route_handlers=list(V1)),
            DishkaRouter("", route_handlers=list(ROOT)),
            root.docs_assets(),
            *mounts,
        ],
        exception_handlers={
            DomainError: errors.on_refusal,
            Replay: errors.on_replay,
            HTTPException: errors.on_http,
            Exception: errors.on_fault,
            500: errors.on_fault,
        },
        cors_config=_cors(cors_origins),
        lifespan=list(lifespan),
        logging_config=None,
        openapi_config=None,
        request_max_body_size=JSON_MAX,
        state=State({"core": core}),
    )
    app.asgi_handler = _injected(app.asgi_handler, container)
    return app


def _injected(app: ASGIApp, container: AsyncContainer) -> ASGIApp:
    """Whatever is injected lives as long as the program, so a request has no container of its own:
    dishka's way makes one that only the collector of garbage can undo."""

    async def with_container(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["dishka_container"] = container
        await app(scope, receive, send)

    return with_container


def _cors(origins: Sequence[str]) -> CORSConfig | None:
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Correlation-ID"],
        expose_headers=[
            "X-Total-Count",
            "X-Unread-Count",
            "X-Correlation-ID",
            "Idempotency-Replayed",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
        ],
    )
