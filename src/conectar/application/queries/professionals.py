"""Professionals: as they see themselves, as anybody sees them, as the house checks them."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Listed, Page, Query
from conectar.application.ports.outside import Links
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import Known, KycRow
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.application.settings import Policy
from conectar.application.views.people import (
    DocumentView,
    KycPendingView,
    KycStatusView,
    LevelView,
    ProfessionalView,
    PublicProfessionalView,
    TradeView,
)
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId
from conectar.domain.people.kyc import KycStatus
from conectar.domain.people.professional import Professional


def professional_view(known: Known, policy: Policy) -> ProfessionalView:
    """A professional as he sees himself."""
    user, pro = known.user, known.professional
    tier = pro.tier(policy.tiers)
    return ProfessionalView(
        id=user.id,
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        kyc=pro.kyc,
        level=tier.level,
        points=pro.points,
        current_commission_rate=tier.commission,
        rating_average=pro.rating_average,
        total_reviews=pro.reviews,
        trades=known.trades,
        biography=pro.biography,
        radius_km=pro.radius_km,
        takes_instant=pro.takes_instant,
        available=pro.available,
        hourly_rate=pro.hourly_rate,
        latitude=pro.location.latitude if pro.location else None,
        longitude=pro.location.longitude if pro.location else None,
        address=pro.address,
        payout_account=masked(pro.payout_account),
    )


def masked(account: str | None) -> str | None:
    """The last four characters, and dots for the rest."""
    return account and "•" * (len(account) - 4) + account[-4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfessional(Query[ProfessionalView]):
    """The caller's own profile."""

    actor: Actor


class GetProfessionalHandler:
    """Reads it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: GetProfessional, read: Readers) -> ProfessionalView:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        known = existing(await read.professional(person(query.actor)))
        return professional_view(known, self._policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetPublicProfessional(Query[PublicProfessionalView]):
    """What anybody may know of a professional who is active and whose identity is approved."""

    snapshot = False

    professional_id: UserId


class GetPublicProfessionalHandler:
    """Reads it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: GetPublicProfessional, read: Readers) -> PublicProfessionalView:
        """Raises NotFound for anybody who may not be shown."""
        known = existing(await read.professional(query.professional_id))
        user, pro = known.user, known.professional
        if not pro.visible(user):
            raise NotFound()
        return PublicProfessionalView(
            id=user.id,
            first_name=user.first_name,
            last_name=user.last_name,
            avatar_url=None,
            biography=pro.biography,
            level=pro.tier(self._policy.tiers).level,
            rating_average=pro.rating_average,
            total_reviews=pro.reviews,
            trades=known.trades,
            radius_km=pro.radius_km,
            takes_instant=pro.takes_instant,
            available=pro.available,
            hourly_rate=pro.hourly_rate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetKycStatus(Query[KycStatusView]):
    """How far the caller's proof of identity got."""

    actor: Actor


class GetKycStatusHandler:
    """Reads it."""

    async def __call__(self, query: GetKycStatus, read: Readers) -> KycStatusView:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        return kyc_status(existing(await read.professional(person(query.actor))).professional)


def kyc_status(professional: Professional) -> KycStatusView:
    """The reason is shown only while it matters."""
    refused = professional.kyc is KycStatus.REJECTED
    reason = professional.kyc_reason if refused else None
    return KycStatusView(kyc=professional.kyc, kyc_reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKycPending(Query[Listed[KycPendingView]]):
    """The proofs of identity that wait for an administrator, newest first."""

    page: Page

    actor: Actor


class ListKycPendingHandler:
    """Reads them, and signs a link for each document."""

    def __init__(self, clock: Clock, tokens: Tokens, links: Links, policy: Policy) -> None:
        self._clock = clock
        self._tokens = tokens
        self._links = links
        self._policy = policy

    async def __call__(self, query: ListKycPending, read: Readers) -> Listed[KycPendingView]:
        """Raises WrongRole."""
        only(query.actor, Role.ADMIN)
        rows = await read.kyc_in_review(query.page)
        return Listed(tuple(map(self._view, rows.items)), rows.total)

    def _view(self, row: KycRow) -> KycPendingView:
        now = self._clock.now()
        until = now + self._policy.file_link_lives
        shown = row.submission
        return KycPendingView(
            professional_id=row.user.id,
            first_name=row.user.first_name,
            last_name=row.user.last_name,
            email=row.user.email,
            dni=shown.dni,
            cuit=shown.cuit,
            submitted_at=shown.submitted_at,
            documents=tuple(
                DocumentView(
                    kind=d.kind, url=self._links.file(self._tokens.file(d.key, now, until))
                )
                for d in shown.documents
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTrades(Query[tuple[TradeView, ...]]):
    """The catalogue of trades, by name."""


class ListTradesHandler:
    """Reads it."""

    async def __call__(self, query: ListTrades, read: Readers) -> tuple[TradeView, ...]:
        """Never empty: a fresh database holds twenty."""
        return tuple(await read.trades())


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMyTrades(Query[tuple[TradeView, ...]]):
    """The caller's own trades."""

    actor: Actor


class ListMyTradesHandler:
    """Reads them."""

    async def __call__(self, query: ListMyTrades, read: Readers) -> tuple[TradeView, ...]:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        return existing(await read.professional(person(query.actor))).trades


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLevels(Query[tuple[LevelView, ...]]):
    """The ladder of levels with its commissions."""


class ListLevelsHandler:
    """A figure of the house, not of the store."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: ListLevels, read: Readers) -> tuple[LevelView, ...]:
        """From the lowest up."""
        return tuple(
            LevelView(level=t.level, from_points=t.from_points, commission_rate=t.commission)
            for t in self._policy.tiers
        )
