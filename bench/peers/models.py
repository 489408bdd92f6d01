"""The tables of both peers, as an ORM has them: entities with relationships, loaded when touched
unless a query says otherwise. One index a column that is asked for."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geography
from sqlalchemy import Computed, DateTime, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

PLACE = "ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography"
PENDING, ACCEPTED = "PENDIENTE", "ACEPTADA"
AWAITING, UNPAID, APPROVED = "PENDIENTE_PAGO", "PENDIENTE", "APROBADO"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Of every entity."""

    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class User(Base):
    """An account."""

    __tablename__ = "users"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str] = mapped_column(String(40))
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Trade(Base):
    """A trade."""

    __tablename__ = "trades"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]


class ProfessionalTrade(Base):
    """Who does what."""

    __tablename__ = "professional_trades"
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), primary_key=True)
    trade_id: Mapped[UUID] = mapped_column(ForeignKey("trades.id"), primary_key=True, index=True)


class Professional(Base):
    """A professional; his id is the account's."""

    __tablename__ = "professionals"
    __table_args__ = (Index("ix_professionals_place", "place", postgresql_using="gist"),)
    id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    biography: Mapped[str | None]
    radius_km: Mapped[int]
    takes_instant: Mapped[bool]
    available: Mapped[bool]
    hourly_rate: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place: Mapped[Any] = mapped_column(
        Geography("POINT", 4326, spatial_index=False),
        Computed(PLACE, persisted=True),
        nullable=True,
        deferred=True,
    )
    verification: Mapped[str] = mapped_column(String(40), index=True)
    points: Mapped[int]
    rating_average: Mapped[float | None]
    total_reviews: Mapped[int]
    user: Mapped[User] = relationship()
    trades: Mapped[list[Trade]] = relationship(secondary="professional_trades")


class Offer(Base):
    """Terms one side proposes."""

    __tablename__ = "offers"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(40))
    description: Mapped[str]
    amount: Mapped[int]
    status: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Job(Base):
    """An accepted offer."""

    __tablename__ = "jobs"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    description: Mapped[str]
    amount: Mapped[int]
    commission_rate: Mapped[int]
    status: Mapped[str] = mapped_column(String(40), index=True)
    escrow: Mapped[str] = mapped_column(String(40))
    accepted_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    client: Mapped[User] = relationship()
    professional: Mapped[Professional] = relationship()


class Step(Base):
    """A row of a timeline."""

    __tablename__ = "timeline"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=now)


class Notice(Base):
    """What somebody is told."""

    __tablename__ = "notices"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Event(Base):
    """A row of the outbox."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unsent", "created_at", postgresql_where=text("sent_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


class Grant(Base):
    """Points that somebody was given, once a job."""

    __tablename__ = "point_grants"
    source_ref: Mapped[str] = mapped_column(primary_key=True)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    points: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class Key(Base):
    """An idempotency key and what was answered."""

    __tablename__ = "idempotency_keys"
    owner: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
