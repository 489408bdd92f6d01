"""What both peers read and answer: the same JSON as ours, through Pydantic, with the same words."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import jwt
from pydantic import BaseModel, ConfigDict, Field

from bench.peers.models import Job, Professional
from conectar.adapters.vocabulary.fields import spanish

AUDIENCE, ALGORITHM = "conectar:access", "HS256"
TIERS = ((5000, "PLATINO"), (2000, "ORO"), (500, "PLATA"), (0, "BRONCE"))
TTL_S = 300


class Wire(BaseModel):
    """English inside, Spanish outside."""

    model_config = ConfigDict(
        alias_generator=spanish, validate_by_name=True, validate_by_alias=True
    )


class SearchIn(Wire):
    """What is looked for."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    search_radius_km: float = Field(10.0, ge=1, le=500)
    trade: str | None = None
    rating_min: float | None = Field(None, ge=0, le=5)
    price_min: float | None = Field(None, ge=0)
    price_max: float | None = Field(None, ge=0)
    available: bool | None = None
    beyond_reach: bool = False
    order: Literal["distancia", "rating", "precio"] = "distancia"
    skip: int = Field(0, ge=0, le=10_000)
    limit: int = Field(20, ge=1, le=100)


class Found(Wire):
    """One who was found."""

    id: UUID
    first_name: str
    last_name: str
    trades: list[str]
    hourly_rate: float | None
    rating_average: float | None
    total_reviews: int
    distance_km: float
    level: str
    avatar_url: str | None = None
    takes_instant: bool


class SearchOut(Wire):
    """A page of them."""

    total: int
    results: list[Found]
    page: int
    total_pages: int


class Party(Wire):
    """A side of a job."""

    id: UUID
    first_name: str
    last_name: str
    avatar_url: str | None = None


class ProfessionalParty(Party):
    """The other side."""

    rating_average: float | None


class JobOut(Wire):
    """A job."""

    id: UUID
    offer_id: UUID
    client_id: UUID
    professional_id: UUID
    client: Party
    professional: ProfessionalParty
    description: str
    amount: float
    commission_rate: float
    commission: float
    professional_net: float
    status: str
    escrow: str
    created_at: datetime
    expires_at: datetime | None
    actions: list[str]


class TradeOut(Wire):
    """A trade."""

    id: UUID
    name: str
    description: str


class PublicProfessional(Wire):
    """What anybody may know."""

    id: UUID
    first_name: str
    last_name: str
    avatar_url: str | None = None
    biography: str | None
    level: str
    rating_average: float | None
    total_reviews: int
    trades: list[TradeOut]
    radius_km: int
    takes_instant: bool
    available: bool
    hourly_rate: float | None


def bearer(header: str | None, secret: str) -> UUID | None:
    """Whose token it is. The tokens are ours; what is signed is checked."""
    if header is None or not header.startswith("Bearer "):
        return None
    try:
        claims = jwt.decode(header[7:], secret, algorithms=[ALGORITHM], audience=AUDIENCE)
        return UUID(claims["sub"])
    except (jwt.PyJWTError, ValueError):
        return None


def level(points: int) -> str:
    """That of so many points."""
    return next(name for least, name in TIERS if points >= least)


def pesos(cents: int | None) -> float | None:
    """As a number."""
    return None if cents is None else cents / 100


def profile(one: Professional) -> PublicProfessional:
    """Of a professional with his account and trades."""
    return PublicProfessional(
        id=one.id,
        first_name=one.user.first_name,
        last_name=one.user.last_name,
        biography=one.biography,
        level=level(one.points),
        rating_average=one.rating_average,
        total_reviews=one.total_reviews,
        trades=[TradeOut(id=t.id, name=t.name, description=t.description) for t in one.trades],
        radius_km=one.radius_km,
        takes_instant=one.takes_instant,
        available=one.available,
        hourly_rate=pesos(one.hourly_rate),
    )


def found(one: Professional, metres: float) -> Found:
    """As search shows him."""
    return Found(
        id=one.id,
        first_name=one.user.first_name,
        last_name=one.user.last_name,
        trades=[trade.name for trade in one.trades],
        hourly_rate=pesos(one.hourly_rate),
        rating_average=one.rating_average,
        total_reviews=one.total_reviews,
        distance_km=round(metres / 1000, 1),
        level=level(one.points),
        takes_instant=one.takes_instant,
    )


def job_out(job: Job, viewer: UUID) -> JobOut:
    """Of a job with both sides."""
    commission = job.amount * job.commission_rate // 10_000
    worker = job.professional
    return JobOut(
        id=job.id,
        offer_id=job.offer_id,
        client_id=job.client_id,
        professional_id=job.professional_id,
        client=Party(**_names(job.client)),
        professional=ProfessionalParty(**_names(worker.user), rating_average=worker.rating_average),
        description=job.description,
        amount=job.amount / 100,
        commission_rate=job.commission_rate / 100,
        commission=commission / 100,
        professional_net=(job.amount - commission) / 100,
        status=job.status,
        escrow=job.escrow,
        created_at=job.accepted_at,
        expires_at=job.expires_at,
        actions=["pagar", "cancelar"] if viewer == job.client_id else ["cancelar"],
    )


def _names(user: Any) -> dict[str, Any]:
    return {"id": user.id, "first_name": user.first_name, "last_name": user.last_name}
