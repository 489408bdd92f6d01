"""The sandbox as a Litestar application, without the ``/sandbox`` in front of its paths."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from conectar.sandbox import api_controls, api_mercadopago
from conectar.sandbox.documents import encode
from conectar.sandbox.errors import MercadoPagoError, Refusal
from conectar.sandbox.gate import AnyRequest
from conectar.sandbox.world import World

_BODY_MAX_BYTES = 2_000_000
_SLUGS = {404: "not_found", 405: "method_not_allowed", 413: "payload_too_large"}


def create_app(world: World) -> Litestar:
    """The application; it neither starts nor stops the world (``world.running()`` does)."""

    def the_world() -> World:
        return world

    return Litestar(
        route_handlers=[
            api_mercadopago.PreferencesApi,
            api_mercadopago.PaymentsApi,
            api_mercadopago.ChargebacksApi,
            api_mercadopago.PayoutsApi,
            api_mercadopago.who_am_i,
            *api_controls.HANDLERS,
        ],
        dependencies={"world": Provide(the_world, sync_to_thread=False)},
        exception_handlers={
            Refusal: _refusal,
            MercadoPagoError: _mercadopago_error,
            HTTPException: _http_error,
        },
        openapi_config=None,
        logging_config=None,  # it runs inside another program, whose logging stays as it is
        request_max_body_size=_BODY_MAX_BYTES,
    )


def _refusal(_: AnyRequest, error: Refusal) -> Response[bytes]:
    return _problem(error.status, error.code, error.detail)


def _mercadopago_error(_: AnyRequest, error: MercadoPagoError) -> Response[bytes]:
    """Reached from the controls only: the API answers its own errors in ``gate``."""
    code = "NO_ENCONTRADO" if error.status == 404 else "MERCADOPAGO_LO_RECHAZA"
    return _problem(error.status, code, error.message)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Unknown paths and methods, in the style of the place where they were looked for."""
    if "/mercadopago" in request.url.path:
        slug = _SLUGS.get(error.status_code, "bad_request")
        body = MercadoPagoError(error.status_code, slug, error.detail).body()
        return Response(encode(body), status_code=error.status_code, media_type="application/json")
    return _problem(error.status_code, "PEDIDO_INVALIDO", error.detail)


def _problem(status: int, code: str, detail: str) -> Response[bytes]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": "Pedido rechazado",
        "status": status,
        "detail": detail,
        "error": code,
    }
    return Response(encode(body), status_code=status, media_type="application/problem+json")
