"""`/professional`, `/public`, `/search`: who does what, where, and who he is."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from dishka.integrations.litestar import FromDishka
from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import JSON, Call, answer, role, show, signed_in
from conectar.adapters.inbound.http.copies import Copies, Source, tagged
from conectar.adapters.inbound.http.fields import money, optional_money
from conectar.adapters.inbound.http.reading import files, page, read, uid, word
from conectar.adapters.inbound.http.spec import PAGE, about, coded
from conectar.adapters.inbound.http.wire import to_bytes
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.codes import CODES, values
from conectar.adapters.vocabulary.fields import spanish
from conectar.application import versions
from conectar.application.core import Core
from conectar.application.message import Page, Query
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.people.choose_trades import AddTrade, RemoveTrade
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.ports.search import SearchOrder
from conectar.application.queries.jobs import ListJobs
from conectar.application.queries.levels import GetStats
from conectar.application.queries.offers import ListOffers
from conectar.application.queries.professionals import (
    GetKycStatus,
    GetProfessional,
    GetPublicProfessional,
    ListMyTrades,
    ListTrades,
)
from conectar.application.queries.search import Search
from conectar.application.views.people import (
    KycStatusView,
    ProfessionalView,
    PublicProfessionalView,
    SearchView,
    StatsView,
    TradeView,
)
from conectar.application.views.work import JobView, OfferView
from conectar.domain.jobs.lifecycle import JobStatus
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import TradeId, UserId
from conectar.domain.offers.events import OfferStatus
from conectar.domain.people.files import SIZE_MAX
from conectar.domain.people.kyc import DocumentKind
from conectar.domain.people.professional import Point

DOCUMENTS = tuple(CODES[DocumentKind].values())
PROFILE_PATH = paths.API + paths.PUBLIC_PROFESSIONAL.replace(":str", "")
TRADES_PATH = paths.API + paths.PUBLIC_TRADES
HOT = {path.rpartition("/")[0]: path for path in (PROFILE_PATH, TRADES_PATH)}
"""The paths whose copies are answered before the framework, by all but their last part."""
PROFILE_S, SEARCH_S = 600, 180
UPLOAD_MAX = 3 * SIZE_MAX + 64 * 1024


def of_status(enum: type[JobStatus] | type[OfferStatus]) -> dict[str, dict[str, object]]:
    """The query parameters of a list by status."""
    return {spanish("status"): coded(enum), **PAGE}


class ProfessionalController(Controller):
    """A professional's own room."""

    path = paths.PROFESSIONAL
    tags = (paths.PROFESSIONALS_TAG,)
    guards = (signed_in, role(Role.PROFESSIONAL))

    @get("/me", opt=about(GetProfessional, ProfessionalView))
    async def me(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Reads the profile."""
        return show(request, await core.execute(GetProfessional(actor=request.user)))

    @put("/me", opt=about(UpdateProfessional, ProfessionalView, body=s.ProfessionalIn))
    async def update(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Changes the profile."""
        body = await read(request, s.ProfessionalIn)
        placed = body.latitude is not None and body.longitude is not None
        message = UpdateProfessional(
            biography=body.biography,
            radius_km=body.radius_km,
            takes_instant=body.takes_instant,
            available=body.available,
            hourly_rate=optional_money(body.hourly_rate, "hourly_rate"),
            location=Point(body.latitude or 0.0, body.longitude or 0.0) if placed else None,
            address=body.address,
            payout_account=body.payout_account,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get("/me/stats", opt=about(GetStats, StatsView))
    async def stats(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """His own figures."""
        return show(request, await core.execute(GetStats(actor=request.user)))

    @get(paths.MY_TRADES, opt=about(ListMyTrades, tuple[TradeView, ...]))
    async def trades(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists what he does."""
        return show(request, await core.execute(ListMyTrades(actor=request.user)))

    @post(paths.MY_TRADES, opt=about(AddTrade, TradeView, body=s.TradeIn, errors=(404,)))
    async def add_trade(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Adds a trade."""
        body = await read(request, s.TradeIn)
        message = AddTrade(trade_id=TradeId(body.trade_id), actor=request.user)
        return await answer(request, core, message)

    @delete(paths.MY_TRADE, status_code=200, opt=about(RemoveTrade, None, errors=(404,)))
    async def remove_trade(
        self, request: Call, trade_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Removes a trade."""
        message = RemoveTrade(trade_id=TradeId(uid(trade_id)), actor=request.user)
        return await answer(request, core, message)

    @get("/kyc/status", opt=about(GetKycStatus, KycStatusView))
    async def kyc_status(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """How far the proof of identity got."""
        return show(request, await core.execute(GetKycStatus(actor=request.user)))

    @post(
        "/kyc/submit",
        status_code=202,
        request_max_body_size=UPLOAD_MAX,
        opt=about(
            SubmitKyc,
            KycStatusView,
            parts=DOCUMENTS,
            texts=("dni", "cuit"),
            errors=(400, 413, 415),
        ),
    )
    async def submit_kyc(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Sends the proof of identity."""
        sent = await files(request, DOCUMENTS, ("dni", "cuit"))
        message = SubmitKyc(
            dni=sent["dni"],
            cuit=sent["cuit"],
            files={kind: sent[name] for name, kind in values(DocumentKind).items()},
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(
        paths.MY_OFFERS,
        opt=about(ListOffers, tuple[OfferView, ...], query=of_status(OfferStatus), listed=True),
    )
    async def offers(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists his offers."""
        status = word(request, spanish("status"), OfferStatus)
        query = ListOffers(
            status=status, page=page(request), actor=request.user, as_professional_only=True
        )
        return show(request, await core.execute(query))

    @post(
        paths.MY_OFFERS,
        opt=about(CreateOffer, OfferView, body=s.OfferToClientIn, errors=(400, 404)),
    )
    async def offer(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Proposes terms to a client."""
        body = await read(request, s.OfferToClientIn)
        message = CreateOffer(
            to=UserId(body.client_id),
            description=body.description,
            amount=money(body.amount),
            valid_days=body.valid_days,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(
        paths.MY_JOBS,
        opt=about(ListJobs, tuple[JobView, ...], query=of_status(JobStatus), listed=True),
    )
    async def jobs(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists his jobs."""
        status = word(request, spanish("status"), JobStatus)
        query = ListJobs(
            status=status, page=page(request), actor=request.user, as_professional_only=True
        )
        return show(request, await core.execute(query))


class PublicController(Controller):
    """What anybody may know."""

    tags = (paths.PUBLIC_TAG,)

    @get(
        paths.PUBLIC_PROFESSIONAL,
        opt=about(GetPublicProfessional, PublicProfessionalView, errors=(404,), tagged=True),
    )
    async def professional(
        self,
        request: Call,
        professional_id: FromPath[str],
        core: FromDishka[Core],
        copies: FromDishka[Copies],
    ) -> Response[bytes]:
        """A professional's public profile, with an ETag."""
        id = UserId(uid(professional_id))
        source = Source(
            PROFILE_PATH.format(professional_id=id),
            (versions.of_professional(id),),
            PROFILE_S,
            reading(core, GetPublicProfessional(professional_id=id)),
        )
        return tagged(request, await copies.get(source, looked=signed(request)))

    @get(paths.PUBLIC_TRADES, opt=about(ListTrades, tuple[TradeView, ...], tagged=True))
    async def trades(
        self, request: Call, core: FromDishka[Core], copies: FromDishka[Copies]
    ) -> Response[bytes]:
        """The catalogue of trades, with an ETag."""
        source = Source(TRADES_PATH, (), PROFILE_S, reading(core, ListTrades()))
        return tagged(request, await copies.get(source, looked=signed(request)))

    @post(
        "/search",
        status_code=200,
        opt=about(Search, SearchView, body=s.SearchIn, keyed=False),
    )
    async def search(
        self, request: Call, core: FromDishka[Core], copies: FromDishka[Copies]
    ) -> Response[bytes]:
        """Professionals near a point."""
        body = await read(request, s.SearchIn)
        query = Search(
            near=Point(body.latitude, body.longitude),
            radius_km=body.search_radius_km,
            trade=body.trade,
            rating_min=body.rating_min,
            price_min=optional_money(body.price_min, "price_min"),
            price_max=optional_money(body.price_max, "price_max"),
            available=body.available,
            beyond_reach=body.beyond_reach,
            order=values(SearchOrder)[body.order],
            page=Page(body.skip, body.limit),
        )
        load = reading(core, query)
        topics = versions.around(query.near, query.within_km)
        if not topics:
            return Response(await load(), status_code=200, media_type=JSON)
        source = Source(f"search/{msgspec.json.encode(body).hex()}", topics, SEARCH_S, load)
        copy = await copies.get(source, looked=signed(request))
        return Response(copy.body, status_code=200, media_type=JSON)


def reading(core: Core, query: Query[Any]) -> Callable[[], Awaitable[bytes]]:
    """How a query is read and encoded."""

    async def read() -> bytes:
        return to_bytes(await core.execute(query))

    return read


def signed(request: Call) -> bool:
    """Whether somebody says who he is; that he is so is not looked into."""
    return "authorization" in request.headers
