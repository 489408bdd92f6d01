"""The core: every handler of the registry, and the door in front of them."""

from dishka import AsyncContainer, Provider, Scope, provide

from conectar.adapters.codec import JsonCodec
from conectar.application.core import Core
from conectar.application.disputes.shown import DisputeShower
from conectar.application.house.seconding import Seconding
from conectar.application.ports.codec import Codec
from conectar.application.ports.system import Clock, Ids, Telemetry, Waker
from conectar.application.ports.unit_of_work import Store
from conectar.application.reactions.registry import REACTIONS
from conectar.application.registry import HANDLERS
from conectar.application.settings import Policy
from conectar.bootstrap.place import Place
from conectar.bootstrap.settings import Settings
from conectar.domain.jobs.terms import Terms
from conectar.domain.levels.points import PointScale
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.payments.refund import RetryPlan


class CoreProvider(Provider):
    """Handlers live as long as the program."""

    scope = Scope.APP

    def __init__(self) -> None:
        super().__init__()
        for handler in (*HANDLERS.values(), DisputeShower, Seconding):
            self.provide(handler)

    @provide
    def codec(self, place: Place) -> JsonCodec:
        """Fingerprints are keyed with the installation's secret."""
        return JsonCodec(place.secret_keys[0])

    @provide
    def as_codec(self, codec: JsonCodec) -> Codec:
        """The port of it."""
        return codec

    @provide
    def policy(self, settings: Settings) -> Policy:
        """The figures of this installation."""
        return Policy(
            offers=OfferLimits(
                days=settings.deadline_offer.days,
                price_min=settings.price_min,
                reminder=settings.interval_reminder_offer,
            ),
            terms=Terms(
                payment=settings.deadline_payment,
                pending_payment=settings.deadline_pending_payment,
                work=settings.deadline_work,
                approval=settings.deadline_approval,
                rework=settings.deadline_rework,
                dispute=settings.deadline_dispute,
                after_dispute=settings.deadline_after_dispute,
                held=settings.deadline_held,
                cooling_off_days=settings.deadline_cooling_off.days,
                changes=settings.changes_max,
                work_reminder=settings.interval_reminder_work,
                approval_reminder=settings.interval_reminder_approval,
            ),
            tiers=settings.commission_tiers,
            points=PointScale(
                job=settings.points_job,
                five_stars=settings.points_five_stars,
                four_stars=settings.points_four_stars,
            ),
            retries=RetryPlan(
                resend=settings.interval_refund_resend,
                read_back=settings.interval_refund_read_back,
            ),
            bearer=settings.chargeback_bearer,
            second_admin_above=settings.second_admin_above,
            destination_wait=settings.deadline_destination,
            access_lives=settings.access_token_ttl,
            session_lives=settings.refresh_token_ttl,
            checkout_polls=settings.interval_checkout_poll,
            release_poll=settings.interval_release_poll,
            pending_poll=settings.interval_pending_poll,
            delivery_lease=settings.interval_redelivery,
        )

    @provide
    async def core(
        self,
        container: AsyncContainer,
        store: Store,
        codec: Codec,
        clock: Clock,
        telemetry: Telemetry,
        waker: Waker,
        ids: Ids,
    ) -> Core:
        """The one door."""
        return Core(
            store=store,
            handlers={message: await container.get(cls) for message, cls in HANDLERS.items()},
            reactions={reaction.name: reaction.message for reaction in REACTIONS},
            codec=codec,
            clock=clock,
            telemetry=telemetry,
            waker=waker,
            ids=ids,
        )
