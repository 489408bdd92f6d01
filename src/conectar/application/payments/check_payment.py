"""We ask the gateway about a payment, and believe the answer."""

from dataclasses import dataclass, replace

from conectar.application.door import Door
from conectar.application.message import Command, Query, Saga
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.ports.outside import GatewaySilent, PaymentGateway
from conectar.application.ports.readers import Readers
from conectar.application.ports.system import Clock
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.settings import Policy
from conectar.domain.kernel.ids import CheckoutId, JobId, PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPayment(Saga[None]):
    """Asks for one payment and applies what is new. Raises GatewaySilent if the gateway does not
    know it (yet): a notice may be faster than its own database."""

    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRelease(Saga[None]):
    """Asks for a payment whose money should be available by now, and says when to ask again."""

    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRelease(Command[bool]):
    """The step that says when; False if it is not time to ask."""

    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCheckout(Saga[None]):
    """Asks for every payment of a job's checkouts, in case a notice was lost."""

    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCheckout(Saga[None]):
    """Asks for the payments of one open checkout, and says when to ask again."""

    checkout_id: CheckoutId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutsOf(Query[tuple[CheckoutId, ...]]):
    """The checkouts of a job that the gateway knows of."""

    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPoll(Command[bool]):
    """The step that says when; False if it is not time to ask."""

    checkout_id: CheckoutId


class CheckPaymentHandler:
    """Asks."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway

    async def __call__(self, saga: CheckPayment, door: Door) -> None:
        """Raises GatewaySilent."""
        fact = await self._gateway.payment(saga.payment_id)
        if fact is None:
            raise GatewaySilent(payment=saga.payment_id)
        await door.execute(ApplyFact(fact=fact))


class CheckReleaseHandler:
    """Plans first, so that silence is asked about later and not at once."""

    async def __call__(self, saga: CheckRelease, door: Door) -> None:
        """Raises GatewaySilent."""
        if await door.execute(PlanRelease(payment_id=saga.payment_id)):
            await door.execute(CheckPayment(payment_id=saga.payment_id))


class PlanReleaseHandler:
    """Plans."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: PlanRelease, uow: UnitOfWork) -> bool:
        """Refuses nothing."""
        now = self._clock.now()
        payment = await uow.payments.find(command.payment_id)
        if payment is None or payment.ask_release_at is None or now < payment.ask_release_at:
            return False
        again = now + self._policy.release_poll
        await uow.payments.save(replace(payment, ask_release_at=again))
        return True


class CheckCheckoutHandler:
    """Asks."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway

    async def __call__(self, saga: CheckCheckout, door: Door) -> None:
        """Raises GatewaySilent."""
        for checkout in await door.execute(CheckoutsOf(job_id=saga.job_id)):
            for fact in await self._gateway.payments_of(checkout):
                await door.execute(ApplyFact(fact=fact))


class PollCheckoutHandler:
    """Asks, and plans the next time whether or not anybody answers."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway

    async def __call__(self, saga: PollCheckout, door: Door) -> None:
        """Raises GatewaySilent."""
        if not await door.execute(PlanPoll(checkout_id=saga.checkout_id)):
            return
        for fact in await self._gateway.payments_of(saga.checkout_id):
            await door.execute(ApplyFact(fact=fact))


class CheckoutsOfHandler:
    """Reads."""

    async def __call__(self, query: CheckoutsOf, read: Readers) -> tuple[CheckoutId, ...]:
        """Empty for a job nobody tried to pay."""
        return tuple(await read.checkouts_of(query.job_id))


class PlanPollHandler:
    """Plans."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, command: PlanPoll, uow: UnitOfWork) -> bool:
        """Refuses nothing."""
        now = self._clock.now()
        checkout = await uow.checkouts.find(command.checkout_id)
        if checkout is None or checkout.check_at is None or now < checkout.check_at:
            return False
        await uow.checkouts.save(checkout.polled(now, self._policy.checkout_polls))
        return True
