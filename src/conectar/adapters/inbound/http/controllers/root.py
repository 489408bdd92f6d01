"""What lives at the root: health, files behind signed links, the documentation."""

import asyncio
from importlib.metadata import version
from importlib.resources import files as package_files
from time import monotonic, perf_counter
from typing import Any

import msgspec
from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, get
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from conectar.adapters.inbound.http.call import Call
from conectar.adapters.inbound.http.openapi import document
from conectar.adapters.inbound.http.scraping import Figures, ScrapeGate
from conectar.adapters.inbound.http.spec import about
from conectar.adapters.vocabulary import paths
from conectar.application.core import Core
from conectar.application.ports.outside import Stored
from conectar.application.ports.probes import Probes
from conectar.application.queries.files import OpenFile
from conectar.application.queries.gauges import GetGauges
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import WrongRole

JSON = "application/json"
FIGURES = "text/plain; version=0.0.4"
CACHED_S = 30.0
PROBE_TIMEOUT_S = 3.0
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)


class Duty:
    """Whether this program still wants to be sent requests."""

    on = True


class Health:
    """Asks what we depend on, and remembers what is outside for half a minute."""

    def __init__(self, probes: Probes, duty: Duty) -> None:
        self._probes = probes
        self._duty = duty
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """(whether it works at all, the document)."""
        checks = {name: await self._check(name) for name in self._probes.checks}
        failed = {name for name, check in checks.items() if check["status"] == "error"}
        broken = bool(failed & self._probes.needed)
        status = "unhealthy" if broken else "degraded" if failed else "healthy"
        told = {
            "status": status,
            "service": "conectar",
            "version": version("conectar"),
            "checks": checks,
        }
        return not broken, told

    async def ready(self) -> bool:
        """Whether everything that is needed answers, and we are on duty."""
        return self._duty.on and all(
            [(await self._ask(name))["status"] == "ok" for name in self._probes.needed]
        )

    async def _check(self, name: str) -> dict[str, Any]:
        asked_at, known = self._known.get(name, (-CACHED_S, {}))
        if name in self._probes.needed or monotonic() - asked_at >= CACHED_S:
            known = await self._ask(name)
            self._known[name] = (monotonic(), known)
        return known

    async def _ask(self, name: str) -> dict[str, Any]:
        probe = self._probes.checks[name]
        if probe is None:
            return {"status": "not_configured", "latency_ms": None}
        started = perf_counter()
        try:
            good = await asyncio.wait_for(probe(), PROBE_TIMEOUT_S)
        except Exception:
            good = False
        latency = round((perf_counter() - started) * 1000, 2)
        return {"status": "ok" if good else "error", "latency_ms": latency}


class HealthController(Controller):
    """For whoever watches."""

    path = "/health"
    tags = (paths.HEALTH_TAG,)

    @get("/", opt=about(Health, dict, errors=(503,)))
    async def health(self, health: FromDishka[Health]) -> Response[bytes]:
        """Everything, with its latency."""
        works, told = await health.report()
        return _json(told, 200 if works else 503)

    @get("/ready", opt=about(Health, dict, errors=(503,)))
    async def ready(self, health: FromDishka[Health]) -> Response[bytes]:
        """Whether it may be sent requests."""
        ready = await health.ready()
        return _json({"status": "ready" if ready else "not_ready"}, 200 if ready else 503)

    @get("/live", opt=about(Health, dict))
    async def live(self) -> Response[bytes]:
        """Whether it lives."""
        return _json({"status": "alive"}, 200)


class MetricsController(Controller):
    """For whoever collects figures; not for the public."""

    path = "/metrics"
    tags = (paths.HEALTH_TAG,)

    @get("/", opt=about(GetGauges, bytes, media=("text/plain",), errors=(403,)))
    async def metrics(
        self, request: Call, gate: FromDishka[ScrapeGate], figures: FromDishka[Figures]
    ) -> Response[bytes]:
        """Requests, and what somebody may have to be woken for."""
        if not gate.admits(request.scope, dict(request.scope["headers"])):
            raise WrongRole(role=Role.ADMIN.value)
        return Response(await figures.page(), media_type=FIGURES)


class FilesController(Controller):
    """Private files, behind links that live ten minutes."""

    path = paths.FILES
    tags = (paths.FILES_TAG,)

    @get(
        "/{token:str}",
        opt=about(OpenFile, bytes, media=("image/*", "application/pdf"), errors=(404,)),
    )
    async def file(self, token: FromPath[str], core: FromDishka[Core]) -> Response[bytes]:
        """One file."""
        found: Stored = await core.execute(OpenFile(token=token))
        headers = {
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Response(found.content, media_type=found.media_type, headers=headers)


DOCS_PAGE = f"""<!doctype html>
<html lang="{paths.DOCS_LANGUAGE}"><head><meta charset="utf-8"><title>{paths.DOCS_TITLE}</title>
<link rel="stylesheet" href="/docs-assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs-assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>
"""
DOCS_SCRIPT = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, '
    "validatorUrl: null});\n"
)


class DocsController(Controller):
    """The documentation, without a call to anywhere else."""

    @get("/openapi.json")
    async def openapi(self, request: Call) -> Response[bytes]:
        """OpenAPI 3.1."""
        return _json(document(request.app), 200)

    @get("/docs")
    async def docs(self) -> Response[bytes]:
        """Swagger UI."""
        headers = {"Content-Security-Policy": DOCS_POLICY}
        return Response(DOCS_PAGE.encode(), media_type="text/html; charset=utf-8", headers=headers)

    @get("/docs/start.js")
    async def script(self) -> Response[bytes]:
        """Its start."""
        return Response(DOCS_SCRIPT.encode(), media_type="text/javascript; charset=utf-8")


def docs_assets() -> Any:
    """The files of Swagger UI, from its package."""
    folder = package_files("swagger_ui_bundle") / "vendor" / "swagger-ui-5.31.0"
    return create_static_files_router("/docs-assets", directories=[str(folder)])


def _json(told: Any, status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(told), status_code=status, media_type=JSON)
