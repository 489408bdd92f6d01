"""People, trades and levels."""

from dataclasses import dataclass
from datetime import datetime

from conectar.application.message import Listed
from conectar.application.views import View
from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.ids import NoticeId, SessionId, TradeId, UserId
from conectar.domain.kernel.money import Money, Rate
from conectar.domain.levels.level import Level
from conectar.domain.people.kyc import DocumentKind, KycStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView(View):
    """An account, as its owner sees it."""

    id: UserId
    email: str
    first_name: str
    last_name: str
    role: Role
    phone: str | None
    avatar_url: str | None
    is_active: bool
    email_verified: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensView(View):
    """A pair of tokens; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView(View):
    """A device signed in; `current` is the one that asks."""

    id: SessionId
    device: str
    created_at: datetime
    last_used_at: datetime
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView(View):
    """A plain yes."""

    message: str
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeView(View):
    """A trade of the catalogue."""

    id: TradeId
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalView(View):
    """A professional, as he sees himself; the payout account is masked."""

    id: UserId
    user_id: UserId
    first_name: str
    last_name: str
    email: str
    kyc: KycStatus
    level: Level
    points: int
    current_commission_rate: Rate
    rating_average: float | None
    total_reviews: int
    trades: tuple[TradeView, ...]
    biography: str | None
    radius_km: int
    takes_instant: bool
    available: bool
    hourly_rate: Money | None
    latitude: float | None
    longitude: float | None
    address: str | None
    payout_account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfessionalView(View):
    """What anybody may know: never e-mail, telephone, place or payout account."""

    id: UserId
    first_name: str
    last_name: str
    avatar_url: str | None
    biography: str | None
    level: Level
    rating_average: float | None
    total_reviews: int
    trades: tuple[TradeView, ...]
    radius_km: int
    takes_instant: bool
    available: bool
    hourly_rate: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KycStatusView(View):
    """How far the proof of identity got, and why it was refused."""

    kyc: KycStatus
    kyc_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView(View):
    """A private file, behind a signed link that lives ten minutes."""

    kind: DocumentKind
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KycPendingView(View):
    """A proof that waits for an administrator."""

    professional_id: UserId
    first_name: str
    last_name: str
    email: str
    dni: str
    cuit: str
    submitted_at: datetime
    documents: tuple[DocumentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView(View):
    """A professional found near a point; the distance comes in steps of half a kilometre."""

    id: UserId
    first_name: str
    last_name: str
    trades: tuple[str, ...]
    hourly_rate: Money | None
    rating_average: float | None
    total_reviews: int
    distance_km: float
    level: Level
    avatar_url: str | None
    takes_instant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView(View):
    """A page of results. `total` is exact up to 200; `total_exact` says so."""

    total: int
    total_exact: bool
    results: tuple[FoundView, ...]
    page: int
    total_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView(View):
    """A rung of the ladder."""

    level: Level
    from_points: int
    commission_rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderView(View):
    """A place on the leaderboard."""

    position: int
    professional_id: UserId
    name: str
    level: Level
    points: int
    rating_average: float | None
    jobs_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView(View):
    """How far a professional got on the ladder, as anybody may see."""

    professional_id: UserId
    name: str
    level: Level
    points: int
    next_level: Level | None
    points_to_next: int | None
    rating_average: float | None
    total_reviews: int
    jobs_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsView(View):
    """A professional's own figures. `completion_rate` is the approved part (0 to 1) of the paid
    jobs that ended; `answer_hours` the mean time to his first answer to an offer."""

    jobs_done: int
    income: Money
    rating_average: float | None
    total_reviews: int
    level: Level
    points: int
    next_level: Level | None
    points_to_next: int | None
    commission_now: Rate
    completion_rate: float | None
    answer_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView(View):
    """Something the house told somebody."""

    id: NoticeId
    event: str
    title: str
    told: str
    read: bool
    about: dict[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesView(View):
    """A page of notices, and how many of all were not read."""

    page: Listed[NoticeView]
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesView(View):
    """By which ways somebody wants to be told of what."""

    email_offers: bool
    email_jobs: bool
    email_payments: bool
    email_messages: bool
    push_offers: bool
    push_jobs: bool
    push_payments: bool
    push_messages: bool
