"""Aggregates for the stores' tests: plain ones that belong together, and wild ones."""

import dataclasses
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

from hypothesis import strategies as st

from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.domain.jobs.job import Job, begin
from conectar.domain.jobs.terms import Terms
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import (
    CheckoutId,
    JobId,
    OfferId,
    PaymentId,
    RefundId,
    TransactionId,
    UserId,
)
from conectar.domain.kernel.ids import (
    SessionId as SessionId,
)
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.offers.offer import Offer, propose
from conectar.domain.payments.checkout import Checkout, CheckoutStatus
from conectar.domain.payments.movement import Movement, MovementKind, MovementStatus
from conectar.domain.payments.payment import Payment, PaymentStatus, Verdict
from conectar.domain.payments.refund import Refund, RefundOrigin, RefundStatus
from conectar.domain.people.professional import Point, Professional, newcomer
from conectar.domain.people.session import Session as Session
from conectar.domain.people.user import User

T0 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PRICE = Money(150_000_50)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)


class Cast(NamedTuple):
    """Things that may point at each other."""

    client: User
    user: User
    professional: Professional
    offer: Offer
    job: Job
    checkout: Checkout
    payment: Payment


def user(role: Role = Role.CLIENT, **changes: Any) -> User:
    """Somebody new."""
    id = UserId(uuid4())
    made = User(
        id=id,
        email=f"{id}@conectar.test",
        password_hash="-",
        first_name="Ana",
        last_name="Paz",
        role=role,
        phone=None,
        active=True,
        email_verified=False,
        created_at=T0,
    )
    return dataclasses.replace(made, **changes)


def offer(client: UserId, professional: UserId, **changes: Any) -> Offer:
    """Terms between the two."""
    made = propose(
        id=OfferId(uuid4()),
        client_id=client,
        professional_id=professional,
        description="Cambiar la canilla",
        amount=PRICE,
        valid_days=15,
        by=Actor(Role.CLIENT, client),
        at=T0,
        limits=OfferLimits(),
    ).offer
    return dataclasses.replace(made, **changes)


def job(of: Offer, **changes: Any) -> Job:
    """What an offer becomes."""
    made = begin(
        id=JobId(uuid4()),
        offer_id=of.id,
        client_id=of.client_id,
        professional_id=of.professional_id,
        description=of.description,
        price=of.amount,
        rate=Rate(1500),
        by=Actor(Role.PROFESSIONAL, of.professional_id),
        at=T0,
        terms=Terms(),
    ).job
    return dataclasses.replace(made, **changes)


def checkout(of: Job, **changes: Any) -> Checkout:
    """An open one."""
    made = Checkout(
        id=CheckoutId(uuid4()),
        job_id=of.id,
        client_id=of.client_id,
        amount=of.price,
        status=CheckoutStatus.OPEN,
        created_at=T0,
        expires_at=T0 + DAY,
        check_at=T0 + HOUR,
    )
    return dataclasses.replace(made, **changes)


def payment(of: Checkout, **changes: Any) -> Payment:
    """One nobody has judged."""
    made = Payment(
        id=PaymentId(str(uuid4().int % 10**12)),
        checkout_id=of.id,
        job_id=of.job_id,
        client_id=of.client_id,
        status=PaymentStatus.PENDING,
        detail="-",
        amount=of.amount,
        refunded=Money.ZERO,
        taken=Money.ZERO,
        approved_at=None,
        ask_release_at=None,
        updated_at=T0,
        verdict=Verdict.OPEN,
    )
    return dataclasses.replace(made, **changes)


def refund(of: Payment, **changes: Any) -> Refund:
    """One not sent yet."""
    assert of.job_id and of.client_id
    made = Refund(
        id=RefundId(uuid4()),
        payment_id=of.id,
        job_id=of.job_id,
        client_id=of.client_id,
        amount=of.amount,
        whole=True,
        origin=RefundOrigin.ESCROW,
        status=RefundStatus.CREATED,
        created_at=T0,
        next_at=T0,
    )
    return dataclasses.replace(made, **changes)


def movement(of: Job, **changes: Any) -> Movement:
    """A line of somebody's history."""
    id = TransactionId(uuid4())
    made = Movement(
        id=id,
        source_ref=f"job:{of.id}:{id}",
        kind=MovementKind.REFUND,
        status=MovementStatus.PROCESSING,
        amount=of.price,
        job_id=of.id,
        client_id=of.client_id,
        professional_id=of.professional_id,
        payment_id=None,
        created_at=T0,
    )
    return dataclasses.replace(made, **changes)


async def cast(uow: UnitOfWork) -> Cast:
    """A whole cast, added."""
    client, person = user(), user(Role.PROFESSIONAL)
    await uow.users.add(client)
    await uow.users.add(person)
    professional = newcomer(person.id, "blur")
    await uow.professionals.add(professional)
    terms = offer(client.id, person.id)
    await uow.offers.add(terms)
    work = job(terms)
    await uow.jobs.add(work)
    opened = checkout(work)
    await uow.checkouts.add(opened)
    paid = payment(opened)
    await uow.payments.add(paid)
    return Cast(client, person, professional, terms, work, opened, paid)


# -- wild ones ---------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
FIRST, LAST = datetime(1970, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001  (Hypothesis adds UTC)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    str: TEXT,
    datetime: st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    bool: st.booleans(),
    int: st.integers(0, 2**53),
    float: st.floats(-180, 180),
    bytes: st.binary(max_size=40),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=400)),
    Rate: st.builds(Rate, st.integers(0, 10_000)),
    Point: st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
}


def wild(cls: type[Any], currency: str, **fixed: Any) -> st.SearchStrategy[Any]:
    """Any value of a class, whose amounts are of one currency and some of whose fields are."""
    hints = get_type_hints(cls)
    fields = {f.name: hints[f.name] for f in dataclasses.fields(cls)}
    free = {n: _any(h, currency) for n, h in fields.items() if n not in fixed}
    return st.builds(cls, **free, **{n: st.just(v) for n, v in fixed.items()})


def _any(hint: Any, currency: str) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (a for a in get_args(hint) if a is not NoneType)
        return st.none() | _any(inner, currency)
    if get_origin(hint) is tuple:
        return st.lists(_any(get_args(hint)[0], currency), max_size=3).map(tuple)
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return st.dictionaries(_any(key, currency), _any(value, currency), max_size=3)
    base = getattr(hint, "__supertype__", hint)
    if base is Money:
        return st.builds(Money, st.integers(-(10**13), 10**13), st.just(currency))
    if isinstance(base, type) and issubclass(base, Enum):
        return st.sampled_from(list(base))
    if base in PLAIN:
        return PLAIN[base]
    return wild(base, currency)
