"""The client wants to pay."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.door import Door
from conectar.application.jobs.moving import find
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import PaymentGateway, Preference, PreferenceRequest
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.application.views.money import CheckoutView
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import WrongSide
from conectar.domain.kernel.ids import CheckoutId, JobId
from conectar.domain.payments.checkout import Checkout, CheckoutStatus, NotPayable


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckout(Saga[CheckoutView]):
    """Answers where the client can pay his job; asked again while it is payable, the same.

    Our own intent commits before the gateway hears of it, and its id is the gateway's idempotency
    key, so a crash in between leaves nothing that a second try does not mend.
    """

    job_id: JobId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCheckout(Command[tuple[Checkout, PreferenceRequest]]):
    """First step: our intent."""

    job_id: JobId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePreference(Command[Checkout]):
    """Last step: what the gateway made of it."""

    checkout_id: CheckoutId
    preference: Preference


class OpenCheckoutHandler:
    """Goes between."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway

    async def __call__(self, saga: OpenCheckout, door: Door) -> CheckoutView:
        """Raises NotFound, WrongSide, NotPayable, GatewaySilent, GatewayRefused."""
        begin = BeginCheckout(job_id=saga.job_id, actor=saga.actor)
        checkout, request = await door.execute(begin)
        if checkout.preference_id:
            return _view(checkout, made=False)
        preference = await self._gateway.open_preference(request)
        note = NotePreference(checkout_id=checkout.id, preference=preference)
        return await door.conclude(note, _made)


async def _made(checkout: Checkout, _: UnitOfWork) -> CheckoutView:
    return _view(checkout, made=True)


class BeginCheckoutHandler:
    """Finds the open intent of a payable job, or makes it."""

    def __init__(self, clock: Clock, ids: Ids, policy: Policy) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy

    async def __call__(
        self, command: BeginCheckout, uow: UnitOfWork
    ) -> tuple[Checkout, PreferenceRequest]:
        """Raises NotFound, WrongSide, NotPayable."""
        now = self._clock.now()
        job = await find(command.job_id, command.actor, uow)
        if Role.CLIENT not in job.roles_of(command.actor):
            raise WrongSide()
        until = job.payable_until(now)
        if until is None:
            raise NotPayable(status=job.status.value)
        checkout = await uow.checkouts.open_of(job.id)
        if checkout is None:
            checkout = Checkout(
                id=CheckoutId(self._ids.new()),
                job_id=job.id,
                client_id=job.client_id,
                amount=job.price,
                status=CheckoutStatus.OPEN,
                created_at=now,
                expires_at=until,
                check_at=now + self._policy.checkout_polls[0],
            )
            await uow.checkouts.add(checkout)
        client = existing(await uow.users.find(job.client_id))
        request = PreferenceRequest(
            checkout_id=checkout.id,
            job_id=job.id,
            title=job.description,
            amount=job.price,
            payer_email=client.email,
            expires_at=checkout.expires_at,
        )
        return checkout, request


class NotePreferenceHandler:
    """Notes it."""

    async def __call__(self, command: NotePreference, uow: UnitOfWork) -> Checkout:
        """Raises NotFound."""
        checkout = existing(await uow.checkouts.find(command.checkout_id))
        checkout = checkout.opened_at_gateway(*command.preference)
        await uow.checkouts.save(checkout)
        return checkout


def _view(checkout: Checkout, made: bool) -> CheckoutView:
    assert checkout.preference_id and checkout.init_point, "the gateway answered"
    return CheckoutView(
        preference_id=checkout.preference_id,
        init_point=checkout.init_point,
        sandbox_init_point=None,
        expires_at=checkout.expires_at,
        made=made,
    )
