"""Money: histories, balances, quotes, and what waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conectar.application.access import existing, only
from conectar.application.door import Door
from conectar.application.message import Listed, Page, Query, Saga
from conectar.application.payments.apply_fact import ApplyFact
from conectar.application.ports.outside import PaymentGateway
from conectar.application.ports.readers import MovementFilter, Readers
from conectar.application.ports.rows import AccountSum, Parked
from conectar.application.ports.system import Clock
from conectar.application.settings import Policy
from conectar.application.views.money import (
    AccountLineView,
    BalanceView,
    MovementView,
    PaymentStatusView,
    QuoteRule,
    QuoteView,
    RefundView,
    Rounding,
    SuspenseView,
    TrialBalanceView,
)
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import NotFound, WrongRole
from conectar.domain.kernel.ids import PaymentId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.commission import divide
from conectar.domain.payments.ledger import AccountKind, normal_side
from conectar.domain.payments.movement import (
    CLIENTS,
    PROFESSIONALS,
    Movement,
    MovementKind,
    MovementStatus,
)
from conectar.domain.payments.refund import Refund, RefundStatus

SEEN_BY = {
    Role.CLIENT: CLIENTS,
    Role.PROFESSIONAL: PROFESSIONALS,
    Role.ADMIN: frozenset(MovementKind),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMovements(Query[Listed[MovementView]]):
    """A person's own movements; an administrator sees everybody's, or those of `user_id`."""

    user_id: UserId | None
    kind: MovementKind | None
    status: MovementStatus | None
    since: datetime | None
    until: datetime | None
    page: Page
    actor: Actor


class ListMovementsHandler:
    """Reads them."""

    async def __call__(self, query: ListMovements, read: Readers) -> Listed[MovementView]:
        """Raises WrongRole for a `user_id` from anybody but an administrator."""
        admin = query.actor.role is Role.ADMIN
        if query.user_id is not None and not admin:
            raise WrongRole(role=Role.ADMIN.value)
        kinds = SEEN_BY[query.actor.role]
        of = MovementFilter(
            party=query.user_id if admin else person(query.actor),
            kinds=kinds & {query.kind} if query.kind else kinds,
            status=query.status,
            since=query.since,
            until=query.until,
        )
        found = await read.movements(of, query.page)
        return Listed(tuple(map(movement_view, found.items)), found.total)


def movement_view(movement: Movement) -> MovementView:
    """A row of somebody's history."""
    return MovementView(
        id=movement.id,
        job_id=movement.job_id,
        kind=movement.kind,
        amount=movement.amount,
        status=movement.status,
        gateway_payment_id=movement.payment_id,
        created_at=movement.created_at,
        completed_at=movement.completed_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPaymentStatus(Saga[PaymentStatusView]):
    """Asks the gateway how a payment of the caller's is, and repairs what a lost notice left
    undone."""

    payment_id: PaymentId
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPayment(Query[PaymentStatusView]):
    """The payment as we have it, to a party of its job or an administrator."""

    payment_id: PaymentId
    actor: Actor


class GetPaymentStatusHandler:
    """Asks even for a payment we never heard of, for its notice may be lost, and shows it only if
    it turns out to be the caller's."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway

    async def __call__(self, saga: GetPaymentStatus, door: Door) -> PaymentStatusView:
        """Raises NotFound for a stranger's and an unknown one alike, GatewaySilent."""
        fact = existing(await self._gateway.payment(saga.payment_id))
        await door.execute(ApplyFact(fact=fact))
        return await door.execute(ShowPayment(payment_id=saga.payment_id, actor=saga.actor))


class ShowPaymentHandler:
    """Reads it."""

    async def __call__(self, query: ShowPayment, read: Readers) -> PaymentStatusView:
        """Raises NotFound."""
        payment = existing(await read.payment(query.payment_id))
        if query.actor.role is not Role.ADMIN:
            row = await read.job(payment.job_id) if payment.job_id else None
            existing(row).job.roles_of(query.actor)
        return PaymentStatusView(
            payment_id=payment.id,
            payment_status=payment.status,
            payment_detail=payment.detail,
            amount=payment.amount,
            job_id=payment.job_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCommission(Query[QuoteView]):
    """What a professional would be left of an amount if an offer were accepted now, and why."""

    amount: Money
    professional_id: UserId
    actor: Actor


class QuoteCommissionHandler:
    """Calculates."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    async def __call__(self, query: QuoteCommission, read: Readers) -> QuoteView:
        """Raises NotFound."""
        known = existing(await read.professional(query.professional_id))
        mine = query.actor.user_id == query.professional_id or query.actor.role is Role.ADMIN
        if not mine and not known.professional.visible(known.user):
            raise NotFound()
        tier = known.professional.tier(self._policy.tiers)
        commission, net = divide(query.amount, tier.commission)
        days = timedelta(days=self._policy.offers.days)
        return QuoteView(
            amount=query.amount,
            level=tier.level,
            rule=QuoteRule.LEVEL_RATE,
            base=query.amount,
            commission_rate=tier.commission,
            commission=commission,
            professional_net=net,
            rounding=Rounding.HALF_EVEN,
            valid_until=self._clock.now() + days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBalance(Query[BalanceView]):
    """What the professional can take, what waits at the gateway, what he owes and has earned."""

    actor: Actor


class GetBalanceHandler:
    """Reads the ledger's own balances."""

    async def __call__(self, query: GetBalance, read: Readers) -> BalanceView:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        me = person(query.actor)
        payable = await read.owner_balance(AccountKind.PAYABLE, me)
        owes = await read.owner_balance(AccountKind.RECEIVABLE, me)
        left = payable - owes
        return BalanceView(
            available_balance=max(left, Money.ZERO),
            pending_balance=await read.owner_balance(AccountKind.PAYABLE_UNRELEASED, me),
            debt=max(Money.ZERO - left, Money.ZERO),
            total_earned=await total_earned(me, read),
            total_commissions=await read.commissions_of(me),
        )


async def total_earned(professional: UserId, read: Readers) -> Money:
    """What was released to him, less what was taken back."""
    released = await read.movement_total(MovementKind.RELEASE, professional)
    return released - await read.movement_total(MovementKind.CHARGEBACK, professional)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetTrialBalance(Query[TrialBalanceView]):
    """The sums of every account. They balance if debits equal credits and each stored balance is
    what its entries say."""

    actor: Actor


class GetTrialBalanceHandler:
    """Reads the entries themselves."""

    async def __call__(self, query: GetTrialBalance, read: Readers) -> TrialBalanceView:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        sums = await read.account_sums()
        return TrialBalanceView(
            accounts=tuple(_line(one) for one in sums),
            balanced=sum(one.debits - one.credits for one in sums) == 0
            and all(one.stored in (None, one.debits - one.credits) for one in sums),
        )


def _line(one: AccountSum) -> AccountLineView:
    debit_normal = normal_side(one.kind)
    return AccountLineView(
        account=one.kind.value,
        debits=Money(one.debits),
        credits=Money(one.credits),
        balance=Money(debit_normal * (one.debits - one.credits)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRefunds(Query[Listed[RefundView]]):
    """The intents to give money back, newest first."""

    status: RefundStatus | None
    page: Page
    actor: Actor


class ListRefundsHandler:
    """Reads them."""

    async def __call__(self, query: ListRefunds, read: Readers) -> Listed[RefundView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.refunds(query.status, query.page)
        return Listed(tuple(map(refund_view, found.items)), found.total)


def refund_view(refund: Refund) -> RefundView:
    """An intent as an administrator sees it."""
    return RefundView(
        id=refund.id,
        job_id=refund.job_id,
        gateway_payment_id=refund.payment_id,
        amount=refund.amount,
        currency=refund.amount.currency,
        origin=refund.origin,
        status=refund.status,
        attempts=refund.sends,
        next_at=refund.next_at,
        error=refund.error,
        evidence=refund.evidence,
        created_at=refund.created_at,
        settled_at=refund.settled_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSuspense(Query[Listed[SuspenseView]]):
    """Payments that may not fund anything: on their way back, or parked for a person."""

    page: Page
    actor: Actor


class ListSuspenseHandler:
    """Reads them."""

    async def __call__(self, query: ListSuspense, read: Readers) -> Listed[SuspenseView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        found = await read.suspense(query.page)
        return Listed(tuple(map(_suspense_view, found.items)), found.total)


def _suspense_view(parked: Parked) -> SuspenseView:
    payment = parked.payment
    return SuspenseView(
        gateway_payment_id=payment.id,
        job_id=payment.job_id,
        amount=payment.amount,
        currency=payment.amount.currency,
        payment_status=payment.status,
        verdict=payment.verdict,
        flag=payment.flag,
        refund=parked.refund,
        approved_at=payment.approved_at,
    )
