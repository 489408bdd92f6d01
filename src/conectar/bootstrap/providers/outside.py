"""The outside world: fakes in memory, or the real adapters over real sockets."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from conectar.adapters.outbound.mailbox.mailer import SandboxMailer
from conectar.adapters.outbound.memory.outside import FakeGateway, FakeMailer, FakeStorage
from conectar.adapters.outbound.mercadopago.gateway import MercadoPagoGateway
from conectar.adapters.outbound.mercadopago.signature import WebhookSignature
from conectar.adapters.outbound.smtp.mailer import SmtpMailer, server
from conectar.adapters.outbound.storage.files import ObstoreStorage
from conectar.adapters.vocabulary.paths import WEBHOOK_PATH
from conectar.application.ports.outside import Mailer, PaymentGateway, Storage
from conectar.application.ports.system import Clock, Telemetry
from conectar.bootstrap.place import Place
from conectar.bootstrap.settings import Settings


class FakeOutsideProvider(Provider):
    """Nobody outside: for tests of the core and for examples."""

    scope = Scope.APP

    mailer = provide(FakeMailer)
    storage = provide(FakeStorage, provides=Storage)

    @provide
    def gateway(self, clock: Clock) -> FakeGateway:
        """A gateway that tests may pay at."""
        return FakeGateway(clock)

    @provide
    def as_gateway(self, gateway: FakeGateway) -> PaymentGateway:
        """The port of it."""
        return gateway

    @provide
    def as_mailer(self, mailer: FakeMailer) -> Mailer:
        """The port of it."""
        return mailer


class RealOutsideProvider(Provider):
    """MercadoPago (or the sandbox that stands for it), a mailbox, files."""

    scope = Scope.APP

    @provide
    async def gateway(
        self, place: Place, telemetry: Telemetry
    ) -> AsyncIterator[MercadoPagoGateway]:
        """The official SDK in threads."""
        gateway = MercadoPagoGateway(
            access_token=place.access_token,
            base_url=place.mercadopago_url,
            collector_id=place.collector_id,
            notification_url=place.public_url + WEBHOOK_PATH,
            back_url=place.public_url,
            span=telemetry.span,
        )
        yield gateway
        gateway.close()

    @provide
    def as_gateway(self, gateway: MercadoPagoGateway) -> PaymentGateway:
        """The port of it."""
        return gateway

    @provide
    def signature(self, place: Place) -> WebhookSignature:
        """Who may send notices."""
        return WebhookSignature(place.webhook_secrets)

    @provide
    async def mailer(self, settings: Settings, place: Place) -> AsyncIterator[Mailer]:
        """The SMTP server of the settings, or the sandbox's mailbox."""
        if settings.smtp_url and settings.mail_from:
            yield SmtpMailer(server(settings.smtp_url), settings.mail_from)
            return
        mailer = SandboxMailer(place.sandbox_url)
        yield mailer
        await mailer.aclose()

    @provide
    def storage(self, place: Place) -> Storage:
        """Files in a folder."""
        return ObstoreStorage(place.storage_url)
