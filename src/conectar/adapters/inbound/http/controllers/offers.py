"""`/ofertas`: haggling."""

from dishka.integrations.litestar import FromDishka
from litestar import Controller, HttpMethod, Response, delete, get, post, put, route
from litestar.params import FromPath

from conectar.adapters.inbound.http import schemas as s
from conectar.adapters.inbound.http.call import Call, answer, show, signed_in
from conectar.adapters.inbound.http.controllers.professionals import of_status
from conectar.adapters.inbound.http.fields import money, optional_money
from conectar.adapters.inbound.http.reading import page, read, uid, word
from conectar.adapters.inbound.http.spec import about
from conectar.adapters.vocabulary import paths
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.core import Core
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.offers.counter_offer import CounterOffer
from conectar.application.offers.create_offer import CreateOffer
from conectar.application.offers.edit_offer import EditOffer
from conectar.application.offers.reject_offer import RejectOffer
from conectar.application.offers.withdraw_offer import WithdrawOffer
from conectar.application.queries.offers import GetOffer, GetOfferTimeline, ListOffers
from conectar.application.views.work import JobView, OfferView, StepView
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import WrongRole
from conectar.domain.kernel.ids import OfferId, UserId
from conectar.domain.offers.events import OfferStatus


def client_only(request: Call) -> None:
    """Proposing to a professional is the client's. Raises WrongRole."""
    if request.user.role is not Role.CLIENT:
        raise WrongRole(role=Role.CLIENT.value)


class OffersController(Controller):
    """Offers of whoever asks."""

    path = paths.OFFERS
    tags = (paths.OFFERS_TAG,)
    guards = (signed_in,)

    @post(
        "/",
        opt=about(CreateOffer, OfferView, body=s.OfferToProfessionalIn, errors=(400, 403, 404)),
    )
    async def create(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Proposes terms to a professional."""
        body = await read(request, s.OfferToProfessionalIn)
        client_only(request)
        message = CreateOffer(
            to=UserId(body.professional_id),
            description=body.description,
            amount=money(body.amount),
            valid_days=body.valid_days,
            actor=request.user,
        )
        return await answer(request, core, message)

    @get(
        "/",
        opt=about(ListOffers, tuple[OfferView, ...], query=of_status(OfferStatus), listed=True),
    )
    async def offers(self, request: Call, core: FromDishka[Core]) -> Response[bytes]:
        """Lists them."""
        status = word(request, spanish("status"), OfferStatus)
        query = ListOffers(status=status, page=page(request), actor=request.user)
        return show(request, await core.execute(query))

    @get(paths.OFFER, opt=about(GetOffer, OfferView, errors=(404,)))
    async def offer(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Reads one."""
        query = GetOffer(offer_id=OfferId(uid(offer_id)), actor=request.user)
        return show(request, await core.execute(query))

    @get(paths.OFFER_TIMELINE, opt=about(GetOfferTimeline, tuple[StepView, ...], errors=(404,)))
    async def timeline(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """What happened to one."""
        query = GetOfferTimeline(offer_id=OfferId(uid(offer_id)), actor=request.user)
        return show(request, await core.execute(query))

    @put(paths.OFFER, opt=about(EditOffer, OfferView, body=s.EditOfferIn, errors=(400, 403, 404)))
    async def edit(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Changes the terms."""
        body = await read(request, s.EditOfferIn)
        message = EditOffer(
            offer_id=OfferId(uid(offer_id)),
            amount=optional_money(body.amount),
            description=body.description,
            valid_days=body.valid_days,
            actor=request.user,
        )
        return await answer(request, core, message)

    @post(
        paths.OFFER_COUNTER,
        status_code=200,
        opt=about(CounterOffer, OfferView, body=s.CounterOfferIn, errors=(400, 403, 404)),
    )
    async def counter(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Answers with other terms."""
        body = await read(request, s.CounterOfferIn)
        message = CounterOffer(
            offer_id=OfferId(uid(offer_id)),
            amount=money(body.amount),
            description=body.description,
            actor=request.user,
        )
        return await answer(request, core, message)

    @route(
        paths.OFFER_ACCEPT,
        http_method=[HttpMethod.POST, HttpMethod.PUT],
        status_code=201,
        opt=about(AcceptOffer, JobView, body=s.AcceptOfferIn, errors=(400, 403, 404, 409)),
    )
    async def accept(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Accepts the standing terms."""
        body = await read(request, s.AcceptOfferIn)
        message = AcceptOffer(
            offer_id=OfferId(uid(offer_id)), version=body.version, actor=request.user
        )
        return await answer(request, core, message)

    @post(
        paths.OFFER_REJECT,
        status_code=200,
        opt=about(RejectOffer, OfferView, body=s.ReasonIn, errors=(400, 404)),
    )
    async def reject(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Ends it."""
        body = await read(request, s.ReasonIn)
        message = RejectOffer(
            offer_id=OfferId(uid(offer_id)), reason=body.reason, actor=request.user
        )
        return await answer(request, core, message)

    @delete(paths.OFFER, status_code=200, opt=about(WithdrawOffer, None, errors=(400, 403, 404)))
    async def withdraw(
        self, request: Call, offer_id: FromPath[str], core: FromDishka[Core]
    ) -> Response[bytes]:
        """Takes the terms back."""
        message = WithdrawOffer(offer_id=OfferId(uid(offer_id)), actor=request.user)
        return await answer(request, core, message)
